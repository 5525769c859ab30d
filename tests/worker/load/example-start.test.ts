import { expect, test } from 'vitest';
import { z } from 'zod';
import { check, compute, defineLoop } from '../../../loops/define/index.ts';
import { exampleStart } from '../../../worker/load/example-start.ts';
import { parseHarness } from '../../../worker/load/harness.ts';

function entry(input: z.ZodType) {
  const loop = defineLoop({
    name: 'sample',
    input,
    output: z.object({}),
    stages: {
      main: {
        generate: compute('nothing', () => ({})),
        verify: [check('is', () => ({ verdict: 'pass', evidence: 'it is' }))],
      },
    },
  });
  return { loop, harness: parseHarness(undefined, 'harness.yaml'), folder: '.' };
}

test('an example input fits its schema', () => {
  const input = z.object({
    id: z.string().min(10),
    email: z.email(),
    at: z.iso.datetime(),
    kind: z.enum(['a', 'b']),
    size: z.int().min(7),
    tags: z.array(z.string()).min(1),
    note: z.string().optional(),
    who: z.union([z.object({ name: z.string() }), z.null()]),
    done: z.boolean().default(false),
  });
  const start = exampleStart([entry(input)]);
  expect(start).toMatchObject({ loop: 'sample', workflowId: 'sample-1' });
  expect(input.safeParse(JSON.parse(start.input))).toMatchObject({ success: true });
});

const shared = z.object({ name: z.string() }).meta({ id: 'Person' });
const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});

test.each<[string, z.ZodType]>([
  ['a number of at most a half', z.number().max(0.5)],
  ['a number over 5', z.number().gt(5)],
  ['a number over 500', z.number().gt(500)],
  ['a number below -3', z.number().lt(-3)],
  ['a number between 0 and 1', z.number().gt(0).lt(1)],
  ['an integer over 5', z.int().gt(5)],
  ['a multiple', z.int().min(1000).multipleOf(7)],
  ['a short text', z.string().max(3)],
  ['a long text', z.string().min(300).max(400)],
  ['an address', z.ipv4()],
  ['another address', z.ipv6()],
  ['a network', z.cidrv4()],
  ['an id', z.uuid()],
  ['an id of one version', z.uuidv4()],
  ['an id of another kind', z.ulid()],
  ['an id that sorts', z.nanoid()],
  ['an id that collides never', z.cuid2()],
  ['a duration', z.iso.duration()],
  ['a time', z.iso.time()],
  ['a telephone number', z.e164()],
  ['bytes', z.base64()],
  ['a tuple', z.tuple([z.string(), z.number(), z.null()])],
  ['null', z.null()],
  ['a constant null', z.literal(null)],
  ['one type twice', z.object({ from: shared, to: shared })],
  ['what holds itself', Tree],
  ['both of two', z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() }))],
  ['a record', z.record(z.string(), z.number())],
  ['a record of each key', z.record(z.enum(['a', 'b']), z.number())],
  ['one of two that is told by a field', z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })])],
  ['what is made into something else', z.string().transform((text) => text.length)],
  ['a rule of its own', z.object({ a: z.string().optional(), b: z.string().optional() }).refine(({ a }) => a)],
])('an example fits %s', (_what, field) => {
  const input = z.object({ field });
  expect(input.safeParse(JSON.parse(exampleStart([entry(input)]).input))).toMatchObject({ success: true });
});

test('a plain example has what is needed, with texts that say which field they are', () => {
  const input = z.object({ id: z.string(), size: z.int(), note: z.string().optional() });
  expect(JSON.parse(exampleStart([entry(input)]).input)).toEqual({ id: 'id', size: 1 });
});

test.each([
  ['a pattern', z.string().regex(/^ORD-\d+$/)],
  [
    'a rule that breaks',
    z.string().refine(() => {
      throw new Error('no desk');
    }),
  ],
])('where %s takes nothing that is made up, the place of the input is shown', (_what, field) => {
  expect(exampleStart([entry(z.object({ field }))]).input).toBe('<input>');
});

test('the first case is a better example, and a single quote in it cannot end the command', () => {
  const cases = [{ id: 'a', input: { text: "what's this" }, slice: 'guard' as const }];
  const found = { ...entry(z.object({ text: z.string() })), cases, at: { file: 'loop.ts', line: 1 } };
  const { input } = exampleStart([found]);
  expect(input).not.toContain("'");
  expect(JSON.parse(input)).toEqual({ text: "what's this" });
});

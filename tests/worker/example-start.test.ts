import { expect, test } from 'vitest';
import { z } from 'zod';
import { check, compute, defineLoop } from '../../loops/define/index.ts';
import { exampleStart } from '../../worker/example-start.ts';
import { parseHarness } from '../../worker/load-harness.ts';

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
  return { loop, harness: parseHarness('', 'harness.yaml'), folder: '.' };
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

test('the first case is a better example, and a single quote in it cannot end the command', () => {
  const cases = [{ id: 'a', input: { text: "what's this" }, slice: 'guard' as const }];
  const found = { ...entry(z.object({ text: z.string() })), cases, at: { file: 'loop.ts', line: 1 } };
  const { input } = exampleStart([found]);
  expect(input).not.toContain("'");
  expect(JSON.parse(input)).toEqual({ text: "what's this" });
});

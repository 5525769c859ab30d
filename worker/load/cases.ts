import type { z } from 'zod';
import { Case } from '../../contract/case.ts';
import type { Mistake } from '../../contract/mistake.ts';
import type { Loop } from '../../loops/define/index.ts';
import { got } from './expectation.ts';
import { schemaMistakes, type MistakeAt } from './schema-mistakes.ts';

/** File in a loop's folder with its evals. */
export const CASES_FILE = 'cases.jsonl';

/** The cases of a file, and every mistake in it. */
export interface CasesFile {
  readonly cases: readonly Case[];
  readonly mistakes: readonly Mistake[];
}

/** Reads the text of a `cases.jsonl` of the folder that has these loops. */
export function readCases(text: string, file: string, loops: readonly Loop[]): CasesFile {
  const cases: Case[] = [];
  const mistakes: Mistake[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, content] of text.split(/\r?\n/).entries()) {
    if (content.trim() === '' || content.trimStart().startsWith('//')) continue;
    const line = index + 1;
    const at: MistakeAt = (path, rule, fix) => ({
      file,
      line,
      ...(path.length === 0 ? {} : { field: path.join('.') }),
      rule,
      fix,
    });
    const read = readCase(content, loops, at);
    mistakes.push(...read.mistakes);
    if (read.value === undefined) continue;
    const { id } = read.value;
    const first = lineOf.get(id);
    if (first !== undefined)
      mistakes.push(
        at(['id'], `line ${first} has the id "${id}" too`, 'Give each case its own: results are kept by it.'),
      );
    else lineOf.set(id, line);
    cases.push(read.value);
  }
  return { cases, mistakes };
}

function readCase(text: string, loops: readonly Loop[], at: MistakeAt): { value?: Case; mistakes: Mistake[] } {
  const json = jsonOf(text);
  if ('why' in json) return { mistakes: [at([], `this is no JSON: ${json.why}`, 'Write one JSON object a line.')] };
  const parsed = Case.safeParse(json.value);
  if (!parsed.success) return { mistakes: schemaMistakes(Case, json.value, parsed.error, at) };
  const { data } = parsed;
  const loop = data.loop === undefined && loops.length === 1 ? loops[0] : loops.find(({ name }) => name === data.loop);
  const names = loops.map(({ name }) => name).join(', ');
  if (loop === undefined)
    return {
      mistakes: [
        at(
          ['loop'],
          `expected one of the folder's loops (${names}), got ${got(data.loop)}`,
          'Say which loop the case is of.',
        ),
      ],
    };
  const input = loop.input.safeParse(data.input);
  const mistakes = input.success ? [] : schemaMistakes(loop.input, data.input, input.error, at, ['input']);
  if (data.expect !== undefined) mistakes.push(...expectMistakes(loop.output, data.expect, ['expect'], at));
  return { value: data, mistakes };
}

function jsonOf(text: string): { value: unknown } | { why: string } {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/** What in an expectation no output can have: objects are parts of what the schema says, everything else has to fit whole. */
function expectMistakes(schema: z.ZodType, expected: unknown, path: readonly PropertyKey[], at: MistakeAt): Mistake[] {
  const whole = schema.safeParse(expected);
  if (whole.success) return [];
  const shape = shapeOf(schema);
  if (shape === undefined || typeof expected !== 'object' || expected === null || Array.isArray(expected)) {
    const alternatives = alternativesOf(schema);
    if (alternatives?.some((one) => expectMistakes(one, expected, path, at).length === 0)) return [];
    return schemaMistakes(schema, expected, whole.error, at, path);
  }
  return Object.entries(expected).flatMap(([name, value]) => {
    const field = shape[name];
    if (field === undefined)
      return [
        at(
          [...path, name],
          'the output has no such field',
          `Remove it; the output has ${Object.keys(shape).join(', ')}.`,
        ),
      ];
    return expectMistakes(field, value, [...path, name], at);
  });
}

interface Inside {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
}

/** The fields of an object's schema, through what may be left out, null or have a default. */
function shapeOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const { type, shape, innerType } = schema._zod.def as unknown as Inside;
  if (type === 'object') return shape;
  return innerType === undefined ? undefined : shapeOf(innerType);
}

function alternativesOf(schema: z.ZodType): readonly z.ZodType[] | undefined {
  const { options, innerType } = schema._zod.def as unknown as Inside;
  return options ?? (innerType === undefined ? undefined : alternativesOf(innerType));
}

import { z } from 'zod';
import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';
import type { JsonSchema } from '../../core/json-schema.ts';
import { expectation, got, schemaAt } from './expectation.ts';

/** Makes a mistake at a field of a file. */
export type MistakeAt = (path: readonly PropertyKey[], rule: string, fix: string) => Mistake;

/** What zod found in a value, each as a mistake in the product's words. `under` is where the value stands in its file. */
export function schemaMistakes(
  schema: z.ZodType,
  value: unknown,
  error: z.ZodError,
  mistake: MistakeAt,
  under: readonly PropertyKey[] = [],
): Mistake[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const at: MistakeAt = (path, rule, fix) => mistake([...under, ...path], rule, fix);
  return error.issues.flatMap((issue) => mistakesOf({ issue, value, json, mistake: at }));
}

interface Issue {
  readonly issue: z.core.$ZodIssue;
  readonly value: unknown;
  readonly json: JsonSchema;
  readonly mistake: MistakeAt;
}

function mistakesOf({ issue, value, json, mistake }: Issue): Mistake[] {
  const { path } = issue;
  const found = at(value, path);
  const schema = schemaAt(json, path, value);
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schema?.properties ?? {});
    return issue.keys.map((key) => mistake([...path, key], `unknown field \`${key}\``, unknownFix(key, known)));
  }
  const inner = issue.code === 'invalid_union' ? meant(issue.errors) : undefined;
  if (inner !== undefined)
    return inner.flatMap((one) =>
      mistakesOf({ issue: { ...one, path: [...path, ...one.path] }, value, json, mistake }),
    );
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined && 'options' in issue) {
    const options = (issue.options as readonly unknown[]).map(String);
    const near = typeof found === 'string' ? nearest(found, options) : undefined;
    return [
      mistake(
        path,
        `expected one of ${options.join(', ')}, got ${got(found)}`,
        near === undefined ? `Write one of them.` : `Did you mean \`${near}\`?`,
      ),
    ];
  }
  if (isOwn(issue)) return [ownMistake(issue, path, mistake)];
  if (issue.code === 'custom') return [mistake(path, `${issue.message}, got ${got(found)}`, exampleFix(path, schema))];
  const wanted = schema === undefined ? issue.message : expectation(schema);
  return [
    mistake(
      path,
      `expected ${wanted}, got ${got(found)}`,
      found === undefined ? `Add \`${String(path.at(-1))}\`.` : exampleFix(path, schema),
    ),
  ];
}

/** A message of ours on a value that may be a secret: it has the rule and, after a semicolon, the fix. */
function isOwn({ code, message }: z.core.$ZodIssue): boolean {
  return ['invalid_format', 'invalid_union', 'custom'].includes(code) && /^Expected .*; /.test(message);
}

function ownMistake({ message }: z.core.$ZodIssue, path: readonly PropertyKey[], mistake: MistakeAt): Mistake {
  const [rule = message, ...fix] = message.split('; ');
  return mistake(path, `${rule.charAt(0).toLowerCase()}${rule.slice(1)}`, `${fix.join('; ')}.`);
}

/** The alternative of a union that has the right type at its root, where there is exactly one. */
function meant(errors: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const near = errors.filter(
    (issues) => !issues.some(({ path, code }) => path.length === 0 && code !== 'unrecognized_keys'),
  );
  return near.length === 1 ? near[0] : undefined;
}

function unknownFix(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `Remove it; known are ${known.join(', ')}.` : `Did you mean \`${near}\`?`;
}

function exampleFix(path: readonly PropertyKey[], schema: JsonSchema | undefined): string {
  const name = String(path.at(-1));
  const example = schema?.default;
  const isPlain = ['string', 'number', 'boolean'].includes(typeof example) && example !== '';
  if (isPlain) return `Write such a value; the default is \`${name}: ${String(example)}\`.`;
  if (schema?.type === 'array') return `Write a list: \`${name}:\`, then lines that begin with \`- \`.`;
  if (path.length === 0) return schema?.type === 'object' ? 'Write fields with values.' : 'Write such a value.';
  return schema?.type === 'object'
    ? `Write its fields below \`${name}:\`, indented, or remove it.`
    : 'Write such a value.';
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, step) => (inside as Readonly<Record<PropertyKey, unknown>> | null | undefined)?.[step],
    value,
  );
}

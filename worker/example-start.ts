import { z } from 'zod';
import type { LoopEntry } from '../activities/dependencies.ts';
import type { Loop } from '../loops/define/index.ts';
import type { JsonSchema } from './load/expectation.ts';
import type { FoundLoop } from './load/loop-folder.ts';

/** How to start a run of a loop that is there, as words of a command. */
export interface ExampleStart {
  readonly loop: string;
  readonly workflowId: string;
  /** JSON, in one line, without single quotes. */
  readonly input: string;
}

/** Inputs that say more than any schema. */
const OWN: Readonly<Record<string, ExampleStart>> = {
  supportTriage: {
    loop: 'supportTriage',
    workflowId: 'supportTriage-4711',
    input: '{"id":"4711","text":"Something is wrong with my card, can somebody look?"}',
  },
};

/** A start of the first loop: with its first case as input, else with one made from its schema. */
export function exampleStart(entries: readonly (LoopEntry | FoundLoop)[]): ExampleStart {
  const [entry] = entries;
  if (entry === undefined) return { loop: '<loop>', workflowId: '<loop>-1', input: '{}' };
  const { name } = entry.loop;
  const [first] = 'cases' in entry ? entry.cases : [];
  const input = JSON.stringify(first === undefined ? exampleInput(entry.loop) : first.input);
  // A single quote would end the shell's word.
  return OWN[name] ?? { loop: name, workflowId: `${name}-1`, input: input.replaceAll("'", String.raw`\u0027`) };
}

/** An input that fits the schema as far as a schema can say it. */
function exampleInput({ input }: Loop): unknown {
  return exampleOf(z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as JsonSchema, 'example');
}

function exampleOf(schema: JsonSchema, name: string): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (schema.enum !== undefined) return schema.enum[0];
  const [alternative] = schema.anyOf ?? schema.oneOf ?? [];
  if (alternative !== undefined) return exampleOf(alternative, name);
  switch (schema.type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      return Object.fromEntries(required.map((field) => [field, exampleOf(properties[field] ?? {}, field)]));
    }
    case 'array':
      return (schema.minItems ?? 0) > 0 ? [exampleOf(schema.items ?? {}, name)] : [];
    case 'integer':
    case 'number':
      return Math.max(1, schema.minimum ?? 1);
    case 'boolean':
      return true;
    case undefined:
    default:
      return exampleText(schema, name);
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
};

function exampleText({ format, minLength = 0 }: JsonSchema, name: string): string {
  return FORMATS[format ?? ''] ?? name.padEnd(minLength, '.');
}

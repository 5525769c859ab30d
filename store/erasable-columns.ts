import { ERASED } from '../contract/erasure.ts';
import type { Tables } from './schema.ts';

/** A row as the scan sees it. */
export type Row = Readonly<Record<string, string | number | null>>;

/**
 * How a column is erased. `name`: a keyed digest takes its place, where it names the subject; `effect`: that of its work does. `text`: goes where it names
 * the subject, and with its run. `json`: what names the subject goes, and with its run what stands under these fields.
 */
export type Erasing =
  | { readonly as: 'name' }
  | { readonly as: 'effect' }
  | { readonly as: 'text'; readonly ofRun: boolean }
  | { readonly as: 'json'; readonly ofRun: readonly string[] };

/** A table whose rows may hold what a customer sent, or what was made of it. */
export interface ErasableTable {
  readonly table: keyof Tables;
  readonly key: readonly string[];
  /** Column with the run that it belongs to. */
  readonly run?: string;
  readonly columns: Readonly<Record<string, Erasing>>;
  /** What takes the place of all of a row's content where any of it goes: a tombstone. */
  readonly tombstone?: Readonly<Record<string, string | null>>;
}

const name = { as: 'name' } as const;
const text = { as: 'text', ofRun: true } as const;
const mention = { as: 'text', ofRun: false } as const;

/** Every table that may name somebody, but artefacts, which have their owners, and harnesses, which lose examples (erasure-harnesses.ts). The ledger holds sums. */
export const ERASABLE: readonly ErasableTable[] = [
  {
    table: 'runs',
    key: ['run_key'],
    run: 'run_key',
    columns: {
      workflow_id: name,
      work_key: name,
      duplicate_of: name,
      tenant: name,
      trigger: { as: 'json', ofRun: [] },
      reason: text,
    },
  },
  { table: 'work', key: ['work_key'], columns: { work_key: name } },
  { table: 'doubts', key: ['work_key'], columns: { work_key: name } },
  {
    table: 'attempts',
    key: ['run_key', 'stage', 'attempt'],
    run: 'run_key',
    columns: { author: name, strategy_because: text },
  },
  {
    table: 'judgements',
    key: ['run_key', 'stage', 'artefact', 'author'],
    run: 'run_key',
    columns: { author: name, body: { as: 'json', ofRun: ['evidence', 'because'] } },
  },
  {
    table: 'verifier_findings',
    key: ['run_key', 'stage', 'artefact', 'author', 'asked'],
    run: 'run_key',
    columns: { author: name, body: { as: 'json', ofRun: ['evidence', 'quote'] } },
  },
  {
    table: 'gates',
    key: ['run_key', 'digest'],
    run: 'run_key',
    columns: { because: text, policy: { as: 'json', ofRun: [] }, claimed_by: mention },
  },
  { table: 'refusals', key: ['key'], run: 'run_key', columns: { why: mention, by: mention } },
  {
    table: 'decisions',
    key: ['key'],
    run: 'run_key',
    columns: { by: mention, note: text, body: { as: 'json', ofRun: ['note', 'feedback', 'output'] } },
  },
  {
    table: 'lessons',
    key: ['id'],
    run: 'run_key',
    columns: { text, input: text, output: text, predicted: text, by: mention },
    // The row stays: ids are watermarks, and what a run could know is one of them.
    tombstone: { text: ERASED, input: 'null', output: null, predicted: null },
  },
  {
    table: 'effects',
    key: ['key'],
    run: 'run_key',
    columns: { key: { as: 'effect' }, result: { as: 'json', ofRun: ['*'] } },
  },
  { table: 'outbox', key: ['topic', 'key'], columns: { key: name, body: { as: 'json', ofRun: ['*'] } } },
  // The chain holds on to the digest of a body, not to its words.
  { table: 'audit', key: ['seq'], columns: { body: { as: 'json', ofRun: [] } } },
  {
    table: 'inbox',
    key: ['source', 'delivery'],
    columns: { body: { as: 'json', ofRun: [] }, workflow_id: name, reason: mention },
  },
  { table: 'starts', key: ['origin'], columns: { workflow_id: name } },
  { table: 'budget_raises', key: ['key'], run: 'run_key', columns: { reason: text, by: mention } },
  {
    table: 'review_answers',
    key: ['loop', 'check', 'at', 'by'],
    columns: { note: mention, answer: mention, by: name },
  },
  {
    table: 'cases',
    key: ['loop', 'id'],
    run: 'run_key',
    columns: { id: name, input: text, expect: text, never: text, cluster: text, related: name, note: text },
    // The row stays, so that grades keep their case.
    tombstone: { input: 'null', expect: null, never: null, cluster: null, note: null },
  },
  { table: 'lesson_changes', key: ['id'], columns: { because: mention, by: mention } },
  // A cluster is made of the words of a note.
  { table: 'failures', key: ['lesson'], run: 'run_key', columns: { cluster: text } },
  {
    table: 'grades',
    key: ['experiment', 'arm', 'case_id'],
    run: 'run_key',
    columns: { case_id: name, related: name, because: text, criteria: { as: 'json', ofRun: [] } },
  },
  {
    table: 'candidates',
    key: ['loop', 'digest'],
    columns: { manifest: { as: 'json', ofRun: [] }, because: mention },
  },
  { table: 'harness_moves', key: ['id'], columns: { by: mention, reason: mention } },
  { table: 'experiments', key: ['id'], columns: { because: mention, cluster: mention, workflow_id: mention } },
  { table: 'api_tokens', key: ['id'], columns: { label: mention } },
  { table: 'alerts', key: ['key'], columns: { text: mention } },
  { table: 'notices', key: ['channel', 'id'], columns: { problem: mention } },
];

/** Values of these fields are words of ours, and hold the JSON together. */
const OURS: ReadonlySet<string> = new Set(['verdict', 'decision', 'identity', 'kind']);

/** JSON without what names the subject and, where `fields` are named, without what stands under them; `*` is all of it. */
export function scrubbed(json: string, named: (text: string) => boolean, fields: readonly string[]): string {
  if (fields.includes('*')) return JSON.stringify(ERASED);
  const scrub = (value: unknown, field: string): unknown => {
    if (fields.includes(field) && value !== undefined && value !== null) return ERASED;
    if (Array.isArray(value)) return value.map((item) => scrub(item, ''));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [named(key) ? ERASED : key, scrub(inner, key)]),
      );
    if (typeof value === 'number') return named(String(value)) ? ERASED : value;
    return typeof value === 'string' && !OURS.has(field) && named(value) ? ERASED : value;
  };
  return JSON.stringify(scrub(JSON.parse(json), ''));
}

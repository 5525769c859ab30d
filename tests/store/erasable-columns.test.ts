import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ERASABLE } from '../../store/erasable-columns.ts';
import { openStore } from '../../store/index.ts';

/** Columns of text that an erasure leaves as they are: keys of runs, digests, and words that are ours. */
const STAYS: Readonly<Record<string, readonly string[]>> = {
  // Rows go as a whole, with who holds them.
  artefacts: ['digest', 'body'],
  artefact_owners: ['digest', 'run_key', 'keep'],
  runs: [
    'run_key',
    'loop',
    'first_run_id',
    'harness',
    'trigger_kind',
    'input',
    'prices',
    'outcome',
    'artefact',
    'without_lessons',
    'judges',
    'autonomy',
  ],
  work: ['run_key', 'state'],
  contexts: ['run_key', 'stage', 'manifest'],
  attempts: ['run_key', 'stage', 'artefact', 'strategy', 'passed_over'],
  judgements: ['run_key', 'stage', 'artefact', 'verdict'],
  verifier_findings: ['run_key', 'stage', 'artefact', 'asked'],
  gates: ['run_key', 'gate', 'digest', 'stage', 'artefact', 'loop', 'state'],
  statements: ['nonce', 'use'],
  refusals: ['key', 'run_key', 'gate', 'digest', 'decision', 'code', 'via'],
  decisions: ['key', 'run_key', 'gate', 'digest', 'decision', 'identity'],
  lessons: ['key', 'loop', 'kind', 'trust', 'run_key', 'source', 'artefact'],
  effects: ['run_key', 'name', 'artefact', 'state'],
  outbox: ['topic'],
  // Sums, by run and tenant.
  ledger: ['run_key', 'loop', 'stage', 'call', 'execution', 'model', 'state', 'budgets', 'response', 'tenant'],
  budgets: ['id'],
  budget_waits: ['run_key', 'budget'],
  budget_raises: ['key', 'budget', 'run_key', 'identity'],
  // Examples go from the body; what names a subject elsewhere is listed, or goes as a whole.
  harnesses: ['loop', 'body', 'digest', 'source'],
  harness_pointers: ['loop', 'file_digest'],
  harness_moves: ['key', 'loop', 'kind', 'experiment'],
  review_answers: ['loop', 'check'],
  erasures: ['id', 'by', 'reason', 'subject', 'counts'],
  erasure_salt: ['salt'],
  doubts: [],
  // Of schedules, not of what they bring.
  alerts: ['key', 'kind', 'about'],
  // Digests of gates and keys of alerts; what they are about is read when it is sent.
  notice_looks: ['kind', 'about', 'subject'],
  notices: ['channel', 'id', 'event', 'subject', 'state', 'together'],
  schedule_looks: ['id', 'project', 'times'],
  audit: ['kind', 'body_digest', 'prev', 'hash'],
  inbox: ['source', 'delivery', 'event', 'state'],
  // People who work here: they are disabled, and what they decided names them.
  users: ['name', 'roles', 'scopes'],
  api_tokens: ['id', 'user', 'secret_hash', 'scopes'],
  sign_in_codes: ['code_hash', 'user', 'session'],
  sessions: ['id_hash', 'user', 'token'],
  // Digests.
  inbox_versions: ['source', 'subject'],
  // Digests, and names of loops.
  starts: ['origin', 'item', 'started_by', 'loop'],
  changes: ['kind', 'run_key'],
  // What they hold of customers goes as a whole with their run.
  cases: ['loop', 'slice', 'source', 'run_key'],
  failures: ['loop', 'run_key', 'feedback'],
  growth: ['loop'],
  lesson_changes: ['loop', 'state'],
  lesson_expiry: ['loop'],
  experiments: ['id', 'loop', 'kind', 'baseline', 'candidate', 'change', 'state', 'standing', 'earlier'],
  grades: ['experiment', 'arm', 'slice', 'verdict', 'outcome', 'run_key'],
  // Figures, and words that are ours.
  autonomy: ['loop', 'level', 'because', 'figures'],
  candidates: ['loop', 'digest', 'kind', 'state', 'run_key', 'experiment'],
  // Names of judges, figures, and keys of runs.
  judge_records: ['loop', 'stage', 'judge', 'standing', 'because', 'figures'],
  judge_answers: ['loop', 'stage', 'judge', 'kind', 'run_key', 'artefact', 'input_of', 'asked'],
  // A cache: an erasure empties it.
  source_answers: ['key', 'loop', 'digest', 'body'],
};

test('each column of text is erased where it names a subject, or is known to hold none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-columns-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const columns = await store.facts.query(
    `select t.name as "table", c.name as "column" from sqlite_master t, pragma_table_info(t.name) c
     where t.type = 'table' and t.name not like 'kysely%' and t.name not like 'sqlite%' and lower(c.type) = 'text'`,
  );
  const erased = ERASABLE.flatMap(({ table, columns: its }) => Object.keys(its).map((column) => `${table}.${column}`));
  const stays = Object.entries(STAYS).flatMap(([table, its]) => its.map((column) => `${table}.${column}`));
  const found = columns.map((row) => `${String(row['table'])}.${String(row['column'])}`);
  expect([...erased, ...stays].toSorted()).toEqual(found.toSorted());
});

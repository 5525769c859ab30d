import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { DATABASE_FILE } from '../../store/index.ts';
import { openReader } from '../../store/sqlite.ts';
import { TriageModel, type ModelCall } from './crash-model.ts';

/** Rows that must not be there once every run of `supportTriage` has ended, whatever was killed on the way. */
const NEVER = {
  'a run that did not end': `select workflow_id from runs where closed_at is null or outcome is null`,
  'an accepted run without its effect, or without its row in the outbox': `
    select r.workflow_id from runs r left join effects e on e.key = r.work_key || '/label'
      left join outbox o on o.topic = 'labels' and o.key = r.work_key || '/label'
    where r.outcome = 'accepted' and (e.state is not 'done' or e.run_key <> r.run_key or o.key is null)`,
  'an effect or an outbox row that no accepted run has': `
    select key from (select key from effects union select key from outbox)
    where key not in (select work_key || '/label' from runs where outcome = 'accepted')`,
  'an outbox row twice for a ticket': `select body ->> 'ticket' from outbox group by 1 having count(*) > 1`,
  'an outbox row that is not what was accepted': `
    select o.key from outbox o join runs r on o.key = r.work_key || '/label' join artefacts a on a.digest = r.artefact
    where o.body ->> 'intent' is not a.body ->> 'intent' or o.body ->> 'reply' is not a.body ->> 'reply'`,
  'work that is done without an accepted run, or the reverse': `
    select r.workflow_id from runs r left join work w on w.work_key = r.work_key
    where w.run_key is not r.run_key or (w.state = 'done') <> (r.outcome = 'accepted')`,
  'attempts with a gap': `
    select run_key from attempts group by run_key, stage having count(*) <> max(attempt) or min(attempt) <> 1`,
  'an attempt without a call that was paid': `
    select a.run_key from attempts a where not exists (select 1 from ledger l where l.run_key = a.run_key
      and l.stage = a.stage and l.attempt = a.attempt and l.call = 'generate' and l.state = 'settled')`,
  'a call for an attempt that was stored': `
    select a.run_key from attempts a join ledger l on l.run_key = a.run_key and l.stage = a.stage and l.attempt = a.attempt
    where l.at > a.at`,
  'an effect without a passing verdict on exactly that artefact': `
    select e.key from effects e where not exists (select 1 from judgements j where j.run_key = e.run_key
      and j.artefact = e.artefact and j.verdict = 'pass')`,
  'an effect without the approval that its verdict asked for': `
    select e.key from effects e join judgements j on j.run_key = e.run_key and j.artefact = e.artefact
    where j.body ->> '$.approval.ask' = 1 and not exists (select 1 from decisions d join gates g
      on g.run_key = d.run_key and g.digest = d.digest
      where d.run_key = e.run_key and d.decision = 'approve' and g.artefact = e.artefact)`,
  'a gate version decided twice': `
    select digest from decisions where decision <> 'revise' group by run_key, digest having count(*) > 1`,
  'a decision on a gate that was not opened': `
    select d.key from decisions d left join gates g on g.run_key = d.run_key and g.digest = d.digest where g.digest is null`,
  'an approval without its one example': `
    select d.key from decisions d where d.decision = 'approve' and 1 <> (select count(*) from lessons l
      where l.kind = 'example' and l.key = d.run_key || '/' || d.digest || '/approve/example')`,
  'an example without its approval': `
    select l.key from lessons l where l.kind = 'example' and not exists (select 1 from decisions d
      where d.decision = 'approve' and l.key = d.run_key || '/' || d.digest || '/approve/example')`,
  'a rejection without its run ended so and its one lesson': `
    select d.key from decisions d join runs r on r.run_key = d.run_key where d.decision = 'reject'
      and (r.outcome <> 'rejected' or 1 <> (select count(*) from lessons l where l.run_key = d.run_key and l.kind = 'rejection'))`,
  'a rejected run without its decision': `
    select r.workflow_id from runs r where r.outcome = 'rejected'
      and 1 <> (select count(*) from decisions d where d.run_key = r.run_key and d.decision = 'reject')`,
  'a run that gave up without its one lesson': `
    select r.workflow_id from runs r where r.outcome in ('exhausted', 'stalled')
      and 1 <> (select count(*) from lessons l where l.run_key = r.run_key and l.kind = r.outcome)`,
  'a line of the ledger that is still held': `select run_key, attempt from ledger where state = 'held'`,
  'a line that books more than it reserved': `select run_key from ledger where booked > reserved`,
  'a budget that is not the sum of its lines': `
    select b.id from budgets b where b.reserved <> 0 or b.spent > b.cap or b.spent <> (select coalesce(sum(l.booked), 0)
      from ledger l, json_each(l.budgets) own where own.value = b.id)`,
  'two lines that book one answer': `
    select input_tokens from ledger where state = 'settled' group by input_tokens having count(*) > 1`,
  'a broken reference': `pragma foreign_key_check`,
} as const;

/** What is wrong in the store of a data folder after `runs` runs; empty when nothing was lost or doubled. */
export function storeProblems(data: string, runs: number): string[] {
  return withStore(data, (store) => {
    const problems = Object.entries(NEVER).flatMap(([what, sql]) => {
      const rows = store.prepare(sql).all();
      return rows.length === 0 ? [] : [`${what}: ${JSON.stringify(rows.slice(0, 5))}`];
    });
    const { n, ids } = store.prepare('select count(*) as n, count(distinct workflow_id) as ids from runs').get() ?? {};
    if (n !== runs || ids !== runs)
      problems.push(`${runs} runs were started, the store has ${String(n)} of ${String(ids)} workflows`);
    const integrity = store.prepare('pragma integrity_check').get()?.['integrity_check'];
    return integrity === 'ok' ? problems : [...problems, `integrity: ${String(integrity)}`];
  });
}

/**
 * Holds the ledger against what the model server saw, ticket by ticket: every call has a line; a settled line is an
 * answer to that ticket at its price; a call that a kill cut off, or whose answer nobody lived to book, is `uncertain`;
 * what is left over was reserved when the kill came before the request was out.
 */
export function ledgerProblems(data: string, calls: readonly ModelCall[]): string[] {
  return withStore(data, (store) => {
    const lines = store
      .prepare(
        `select r.workflow_id as id, l.state, l.booked, l.input_tokens as inputTokens
         from ledger l join runs r on r.run_key = l.run_key`,
      )
      .all() as unknown as { id: string; state: string; booked: number; inputTokens: number }[];
    return [...new Set(calls.map(({ ticket }) => ticket))].flatMap((ticket) => {
      const mine = calls.filter((call) => call.ticket === ticket);
      const booked = lines.filter(({ id }) => id === `supportTriage-${ticket}`);
      const settled = booked.filter(({ state }) => state === 'settled');
      const uncertain = booked.filter(({ state }) => state === 'uncertain');
      const answered = mine.filter(({ seen }) => !seen.aborted);
      const matches = settled.every((line) =>
        answered.some((call) => call.inputTokens === line.inputTokens && TriageModel.cost(call) === line.booked),
      );
      const unbooked = mine.length - settled.length;
      const problems = [
        ...(matches ? [] : [`${ticket}: a settled line is no answer that was given`]),
        ...(uncertain.length >= unbooked
          ? []
          : [`${ticket}: ${unbooked} calls came to nothing, ${uncertain.length} are uncertain`]),
      ];
      return problems;
    });
  });
}

/** Figures of the ledger. */
export function ledgerTotals(data: string) {
  return withStore(data, (store) => ({
    ...(store
      .prepare(
        `select coalesce(sum(booked), 0) as booked, coalesce(sum(state = 'uncertain'), 0) as uncertain,
           coalesce(sum(state = 'settled'), 0) as settled, count(*) as lines from ledger`,
      )
      .get() as { booked: number; uncertain: number; settled: number; lines: number }),
    spent: Number(store.prepare(`select coalesce(sum(spent), 0) as n from budgets where id like 'run:%'`).get()?.['n']),
  }));
}

/** Which lines of the ledger are in a state. */
export function linesThatAre(data: string, state: 'held' | 'uncertain'): number[] {
  return withStore(data, (store) =>
    store
      .prepare('select rowid as id from ledger where state = ?')
      .all(state)
      .map((row) => Number(row['id'])),
  );
}

/** Lines of the ledger that wait for their call, and what became of the others, in order. */
export function ledgerLines(data: string) {
  return withStore(
    data,
    (store) =>
      store
        .prepare(
          `select r.workflow_id as id, l.state, l.reserved, l.booked, l.activity_attempt as try, l.at
           from ledger l join runs r on r.run_key = l.run_key order by l.at`,
        )
        .all() as unknown as { id: string; state: string; reserved: number; booked: number; try: number; at: number }[],
  );
}

/** Digests that have an approval on record. */
export function approvedDigests(data: string): Set<string> {
  return withStore(
    data,
    (store) =>
      new Set(
        store
          .prepare(`select digest from decisions where decision = 'approve'`)
          .all()
          .map((row) => String(row['digest'])),
      ),
  );
}

/** How many runs ended in which way. */
export function outcomesOf(data: string): Record<string, number> {
  return withStore(data, (store) =>
    Object.fromEntries(
      store
        .prepare('select outcome, count(*) as n from runs group by outcome order by n desc')
        .all()
        .map((row) => [String(row['outcome']), Number(row['n'])]),
    ),
  );
}

function withStore<T>(data: string, ask: (store: DatabaseSync) => T): T {
  const store = openReader(join(data, DATABASE_FILE));
  try {
    return ask(store);
  } finally {
    store.close();
  }
}

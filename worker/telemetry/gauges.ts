import type { Meter } from '@opentelemetry/api';
import type { Facts } from '../../store/ports.ts';

/** How long an answer of the store is good for, in milliseconds: several readers ask for the same. */
const GOOD_FOR_MS = 500;

/** What the store is asked. Each reads an index or a small table, so that a hundred thousand runs cost milliseconds; none takes a lock. */
const QUESTIONS = {
  closed: `select loop, outcome, count(*) as n from runs where closed_at is not null group by loop, outcome`,
  open: `select loop, count(*) as n from runs where closed_at is null group by loop`,
  // A budget has a row a loop and day, where every call is booked.
  spend: `select substr(id, 6, length(id) - 16) as loop, sum(spent) as n from budgets where id >= 'loop:' and id < 'loop;' group by 1`,
  uncertain: `select loop, sum(booked) as n from ledger where state = 'uncertain' group by loop`,
  reserved: `select loop, sum(reserved) as n from ledger where state = 'held' group by loop`,
  gates: `select r.loop as loop, count(*) as n, min(g.opened_at) as oldest from runs r join gates g on g.run_key = r.run_key
    where r.closed_at is null and g.opened_at = (select max(opened_at) from gates where run_key = r.run_key)
      and not exists (select 1 from decisions d where d.run_key = g.run_key and d.digest = g.digest and d.decision <> 'revise')
    group by r.loop`,
} as const;

type Question = keyof typeof QUESTIONS;
type Row = Readonly<Record<string, unknown>>;

/** A run whose workflow task fails again and again, as it is counted. */
export interface Wedged {
  readonly loop: string;
}

/** What the gauges are read from. */
export interface GaugeOptions {
  readonly facts: Facts;
  readonly now: () => number;
  /** Runs that Temporal reports problems of, as they were found last. */
  readonly wedged: () => readonly Wedged[];
}

/** Metrics that are read when somebody asks: they survive a restart, because the store does. */
export function gauges(meter: Meter, { facts, now, wedged }: GaugeOptions): void {
  const answers = new Map<Question, { readonly at: number; readonly rows: Promise<readonly Row[]> }>();
  const ask = (question: Question): Promise<readonly Row[]> => {
    const known = answers.get(question);
    if (known !== undefined && now() - known.at < GOOD_FOR_MS) return known.rows;
    const rows = facts.query(QUESTIONS[question]);
    answers.set(question, { at: now(), rows });
    return rows;
  };
  const counter = (name: string, description: string) => meter.createObservableCounter(name, { description });
  const gauge = (name: string, description: string) => meter.createObservableGauge(name, { description });
  const dollars = (n: unknown): number => Number(n) / 1e6;

  counter('loopwright_runs_closed', 'Runs that closed.').addCallback(async (result) => {
    for (const { loop, outcome, n } of await ask('closed')) result.observe(Number(n), labels({ loop, outcome }));
  });
  gauge('loopwright_runs_open', 'Runs that are open.').addCallback(async (result) => {
    for (const { loop, n } of await ask('open')) result.observe(Number(n), labels({ loop }));
  });
  counter('loopwright_spend_usd', 'USD booked, uncertain calls at their worst case.').addCallback(async (result) => {
    for (const { loop, n } of await ask('spend')) result.observe(dollars(n), labels({ loop }));
  });
  gauge('loopwright_cost_per_accepted_usd', 'All USD booked, by accepted runs.').addCallback(async (result) => {
    const closed = await ask('closed');
    for (const { loop, n } of await ask('spend')) {
      const accepted = closed.find((row) => row['loop'] === loop && row['outcome'] === 'accepted')?.['n'];
      if (accepted !== undefined) result.observe(dollars(n) / Number(accepted), labels({ loop }));
    }
  });
  gauge('loopwright_uncertain_usd', 'USD booked at the worst case: nobody knows.').addCallback(async (result) => {
    for (const { loop, n } of await ask('uncertain')) result.observe(dollars(n), labels({ loop }));
  });
  gauge('loopwright_reserved_usd', 'USD reserved for calls in flight.').addCallback(async (result) => {
    for (const { loop, n } of await ask('reserved')) result.observe(dollars(n), labels({ loop }));
  });
  gauge('loopwright_gates_open', 'Gates that wait for a person.').addCallback(async (result) => {
    for (const { loop, n } of await ask('gates')) result.observe(Number(n), labels({ loop }));
  });
  gauge('loopwright_oldest_gate_seconds', 'Age of the gate that waits longest.').addCallback(async (result) => {
    for (const { loop, oldest } of await ask('gates'))
      result.observe(Math.max(0, now() - Number(oldest)) / 1000, labels({ loop }));
  });
  gauge('loopwright_wedged_runs', 'Runs whose workflow task keeps failing.').addCallback((result) => {
    const byLoop = Map.groupBy(wedged(), ({ loop }) => loop);
    if (byLoop.size === 0) result.observe(0);
    for (const [loop, runs] of byLoop) result.observe(runs.length, { loop });
  });
}

function labels(row: Row): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]));
}

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
  alerts: `select kind, count(*) as n from alerts where cleared_at is null group by kind`,
  gates: `select loop, count(*) as n, min(opened_at) as oldest from gates where state = 'open' group by loop`,
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
  let known: { readonly at: number; readonly answers: Promise<Answers> } | undefined;
  // All at once: numbers that are read together are of one moment.
  const ask = (): Promise<Answers> => {
    if (known === undefined || now() - known.at >= GOOD_FOR_MS) known = { at: now(), answers: answersOf(facts) };
    return known.answers;
  };
  const byLoop = (name: string, description: string, read: (answers: Answers) => Values): void => {
    const seen = new Set<string>();
    meter.createObservableGauge(name, { description }).addCallback(async (result) => {
      const values = read(await ask());
      for (const loop of values.keys()) seen.add(loop);
      // The SDK repeats what it was told last: where there is nothing any more, that has to be said.
      for (const loop of seen) result.observe(values.get(loop) ?? 0, { loop });
    });
  };
  const counter = (name: string, description: string) => meter.createObservableCounter(name, { description });

  counter('loopwright_runs_closed', 'Runs that closed.').addCallback(async (result) => {
    for (const { loop, outcome, n } of (await ask()).closed)
      result.observe(Number(n), { loop: String(loop), outcome: String(outcome) });
  });
  counter('loopwright_spend_usd', 'USD booked, uncertain calls at their worst case.').addCallback(async (result) => {
    for (const [loop, usd] of dollars((await ask()).spend)) result.observe(usd, { loop });
  });
  byLoop('loopwright_runs_open', 'Runs that are open.', ({ open }) => valuesOf(open));
  byLoop('loopwright_cost_per_accepted_usd', 'All USD booked, by accepted runs.', costPerAccepted);
  byLoop('loopwright_uncertain_usd', 'USD booked at the worst case: nobody knows.', ({ uncertain }) =>
    dollars(uncertain),
  );
  byLoop('loopwright_reserved_usd', 'USD reserved for calls in flight.', ({ reserved }) => dollars(reserved));
  byLoop('loopwright_gates_open', 'Gates that wait for a person.', ({ gates }) => valuesOf(gates));
  byLoop('loopwright_oldest_gate_seconds', 'Age of the gate that waits longest.', ({ gates }) =>
    valuesOf(gates, ({ oldest }) => Math.max(0, now() - Number(oldest)) / 1000),
  );
  const kinds = new Set<string>();
  meter
    .createObservableGauge('loopwright_alerts_open', { description: 'Alerts that wait for a person.' })
    .addCallback(async (result) => {
      const open = new Map((await ask()).alerts.map(({ kind, n }) => [String(kind), Number(n)]));
      for (const kind of open.keys()) kinds.add(kind);
      for (const kind of kinds) result.observe(open.get(kind) ?? 0, { kind });
    });
  byLoop('loopwright_wedged_runs', 'Runs whose workflow task keeps failing.', ({ open }) => {
    const stuck = Map.groupBy(wedged(), ({ loop }) => loop);
    const loops = new Set([...valuesOf(open).keys(), ...stuck.keys()]);
    return new Map([...loops].map((loop) => [loop, stuck.get(loop)?.length ?? 0]));
  });
}

type Answers = Readonly<Record<Question, readonly Row[]>>;
/** By loop. */
type Values = ReadonlyMap<string, number>;

async function answersOf(facts: Facts): Promise<Answers> {
  const asked = Object.entries(QUESTIONS).map(async ([name, text]) => [name, await facts.query(text)] as const);
  return Object.fromEntries(await Promise.all(asked)) as Answers;
}

function valuesOf(rows: readonly Row[], value: (row: Row) => number = ({ n }) => Number(n)): Values {
  return new Map(rows.map((row) => [String(row['loop']), value(row)]));
}

function dollars(rows: readonly Row[]): Values {
  return valuesOf(rows, ({ n }) => Number(n) / 1e6);
}

/** Loops without an accepted run have none. */
function costPerAccepted({ spend, closed }: Answers): Values {
  const accepted = valuesOf(closed.filter(({ outcome }) => outcome === 'accepted'));
  return new Map(
    [...dollars(spend)].flatMap(([loop, usd]) => (accepted.has(loop) ? [[loop, usd / (accepted.get(loop) ?? 1)]] : [])),
  );
}

import { z } from 'zod';
import type { Facts } from '../define/index.ts';

/** Which days a report is about: those before the run's cut. */
export const ReportInput = z.strictObject({ days: z.int().min(1).max(366).default(7) });
/** Which days a report is about: those before the run's cut. */
export type ReportInput = z.infer<typeof ReportInput>;

/** One figure, with the label under which a report has to state it. */
const Figure = z.object({ section: z.string(), label: z.string(), value: z.string() });
/** One figure, with the label under which a report has to state it. */
export type Figure = z.infer<typeof Figure>;

/** What stage `collect` makes: every figure of the period, spelt as the report spells it. */
export const Figures = z.object({
  /** The period as a title may name it, e.g. `2026-07-06 to 2026-07-13`. */
  title: z.string(),
  /** How many runs closed in the period. */
  runs: z.int().min(0),
  figures: z.array(Figure),
});
/** What stage `collect` makes: every figure of the period, spelt as the report spells it. */
export type Figures = z.infer<typeof Figures>;

const DAY_MS = 86_400_000;

/** Runs that closed in the period, without the reports themselves. */
const CLOSED = `r.closed_at >= ? and r.closed_at < ? and r.loop <> 'weeklyReport'`;

const RUNS = `select r.loop as loop, r.outcome as name, count(*) as n from runs r
  where ${CLOSED} group by r.loop, r.outcome order by r.loop, r.outcome`;

/** A call still in flight when its run was closed counts at its worst case, as its budget does. */
const SPEND = `select r.loop as name, sum(case l.state when 'held' then l.reserved else l.booked end) as n
  from runs r join ledger l on l.run_key = r.run_key where ${CLOSED} group by r.loop`;

const OPENED = `select 'opened' as name, count(distinct g.run_key || '/' || g.gate) as n
  from runs r join gates g on g.run_key = r.run_key where ${CLOSED}`;

/** An edit is a revision that brought an output; one that brought feedback asked for another attempt. */
const DECIDED = `select case when d.decision = 'revise' and json_type(d.body, '$.output') is not null then 'edit'
    else d.decision end as name, count(distinct d.run_key || '/' || d.gate) as n
  from runs r join decisions d on d.run_key = r.run_key where ${CLOSED} group by 1`;

const LESSONS = `select s.kind as name, count(*) as n
  from runs r join lessons s on s.run_key = r.run_key where ${CLOSED} group by s.kind order by s.kind`;

/** Every figure about the runs that closed in the `days` days up to `asOf`: how they ended, what they cost, asked and taught. */
export async function collect({ days }: ReportInput, facts: Facts, asOf: number): Promise<Figures> {
  const from = asOf - days * DAY_MS;
  const ask = (sql: string) => counts(facts, sql, from, asOf);
  const ended = await ask(RUNS);
  const spend = await ask(SPEND);
  const gates = [...(await ask(OPENED)), ...(await ask(DECIDED))];
  const lessons = await ask(LESSONS);
  const loops = [...new Set(ended.map(({ loop }) => loop))];
  const outcomes = [...new Set(ended.map(({ name }) => name))].toSorted();
  const runs = sum(ended);
  const gate = (name: string): string => count(sum(gates.filter((row) => row.name === name)));
  const figure = (section: string, label: string, value: string): Figure => ({ section, label, value });
  return {
    title: `${stamp(from).slice(0, 10)} to ${stamp(asOf).slice(0, 10)}`,
    runs,
    figures: [
      figure('Period', 'Period', `${stamp(from)} to ${stamp(asOf)}`),
      figure('Period', 'Days', count(days)),
      figure('Runs', 'Runs', count(runs)),
      ...loops.map((loop) => figure('Runs', `Runs of ${loop}`, count(sum(ended.filter((row) => row.loop === loop))))),
      ...outcomes.map((name) =>
        figure('Runs', `Runs ended ${name}`, count(sum(ended.filter((row) => row.name === name)))),
      ),
      figure('Spend', 'Spend', dollars(sum(spend))),
      ...loops.map((loop) =>
        figure('Spend', `Spend of ${loop}`, dollars(sum(spend.filter((row) => row.name === loop)))),
      ),
      figure('Gates', 'Gates opened', gate('opened')),
      figure('Gates', 'Gates approved', gate('approve')),
      figure('Gates', 'Gates edited', gate('edit')),
      figure('Gates', 'Gates rejected', gate('reject')),
      figure('Gates', 'Gates expired', gate('expire')),
      figure('Lessons', 'Lessons', count(sum(lessons))),
      ...lessons.map(({ name, n }) => figure('Lessons', `Lessons of kind ${name}`, count(n))),
    ],
  };
}

interface Count {
  readonly loop: string;
  readonly name: string;
  readonly n: number;
}

async function counts(facts: Facts, sql: string, from: number, to: number): Promise<Count[]> {
  const rows = await facts.query(sql, [from, to]);
  return rows.map((row) => ({ loop: String(row['loop']), name: String(row['name']), n: Number(row['n'] ?? 0) }));
}

function sum(rows: readonly Count[]): number {
  return rows.reduce((total, { n }) => total + n, 0);
}

/** UTC, to the second where nothing smaller is said. */
function stamp(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

/** `1,234`. */
function count(n: number): string {
  return n.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** `$1,234.57`; below a dollar to the micro-dollar, because a call may cost less than a cent. */
function dollars(microUsd: number): string {
  if (microUsd >= 1_000_000) {
    const cents = Math.round(microUsd / 10_000);
    return `$${count(Math.floor(cents / 100))}.${String(cents % 100).padStart(2, '0')}`;
  }
  return `$0.${String(microUsd)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '')}`;
}

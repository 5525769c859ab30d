import { sql, type Kysely } from 'kysely';
import type { Lesson } from '../contract/lesson.ts';
import type { CaseCount, DecisionFigures, LoopFigures, VersionLine } from '../contract/loop-figures.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { Database } from './group-commit.ts';
import { lessonOf } from './lessons.ts';
import type { Tables } from './schema.ts';

/** What became of loops, in numbers. */
export interface LoopBook {
  /** Names of the loops that this store knows, sorted. */
  names(): Promise<readonly string[]>;
  /** Figures of all loops, or of one; `day` is the UTC day whose money is told, `2026-11-27`. */
  figures(day: string, loop?: string): Promise<readonly LoopFigures[]>;
  /** How the newest gates of a loop were decided; `upTo` bounds how many are looked at. */
  decisions(loop: string, upTo: number): Promise<DecisionFigures>;
  /** Ids of the schedules that have started runs of a loop. */
  schedules(loop: string): Promise<readonly string[]>;
  /** Harness versions of a loop, newest first. */
  versions(loop: string): Promise<readonly VersionLine[]>;
  /** Lessons of a loop, newest first. */
  lessons(loop: string, limit: number): Promise<readonly Lesson[]>;
  /** How many cases a loop has, without those that were erased. */
  cases(loop: string): Promise<readonly CaseCount[]>;
}

/** What became of loops, in SQL. */
export function sqlLoopBook({ read }: Database): LoopBook {
  return {
    names: () => names(read),
    figures: (day, loop) => figures(read, day, loop),
    async decisions(loop, upTo) {
      const rows = await read
        .selectFrom('gates')
        .select(['state', 'opened_at', 'settled_at'])
        .where('loop', '=', loop)
        .where('state', 'in', ['approved', 'edited', 'rejected'])
        .orderBy('settled_at', 'desc')
        .limit(upTo)
        .execute();
      const count = (state: string): number => rows.filter((row) => row.state === state).length;
      const took = rows.map((row) => (row.settled_at ?? row.opened_at) - row.opened_at).toSorted((a, b) => a - b);
      const medianMs = took[Math.floor(took.length / 2)];
      return {
        approved: count('approved'),
        edited: count('edited'),
        rejected: count('rejected'),
        ...(medianMs === undefined ? {} : { medianMs }),
      };
    },
    async schedules(loop) {
      const source = sql<string>`json_extract(trigger, '$.source')`;
      const rows = await read
        .selectFrom('runs')
        .select(source.as('id'))
        .distinct()
        .where('loop', '=', loop)
        .where('trigger_kind', '=', 'schedule')
        .execute();
      return rows.map(({ id }) => id);
    },
    async versions(loop) {
      const rows = await read
        .selectFrom('harnesses')
        .select(['version', 'source', 'digest', 'promoted', 'at'])
        .where('loop', '=', loop)
        .orderBy('version', 'desc')
        .execute();
      return rows.map(({ promoted, ...row }) => ({ ...row, promoted: promoted === 1 }));
    },
    async lessons(loop, limit) {
      const rows = await read
        .selectFrom('lessons')
        .selectAll()
        .where('loop', '=', loop)
        .where('erased_at', 'is', null)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(lessonOf);
    },
    cases: (loop) => casesOf(read, loop),
  };
}

async function casesOf(read: Kysely<Tables>, loop: string): Promise<CaseCount[]> {
  const rows = await read
    .selectFrom('cases')
    .select(['slice', 'source', 'sealed', ({ fn }) => fn.countAll<number>().as('count')])
    .where('loop', '=', loop)
    .where('erased_at', 'is', null)
    .groupBy(['slice', 'source', 'sealed'])
    .execute();
  return rows.map(({ slice, source, sealed, count }) => ({
    slice: slice as CaseCount['slice'],
    source: source as CaseCount['source'],
    sealed: sealed === 1,
    count,
  }));
}

async function names(read: Kysely<Tables>): Promise<string[]> {
  const rows = await read.selectFrom('harness_pointers').select('loop').orderBy('loop').execute();
  return rows.map(({ loop }) => loop);
}

async function figures(read: Kysely<Tables>, day: string, loop: string | undefined): Promise<LoopFigures[]> {
  const pointers = await read
    .selectFrom('harness_pointers')
    .selectAll()
    .$if(loop !== undefined, (some) => some.where('loop', '=', loop ?? ''))
    .orderBy('loop')
    .execute();
  const [runs, gates, lessons, costs, budgets] = await Promise.all([
    counted(read, 'runs', loop),
    counted(read, 'gates', loop),
    counted(read, 'lessons', loop),
    counted(read, 'ledger', loop),
    read.selectFrom('budgets').selectAll().where('id', 'like', `loop:%:${day}`).execute(),
  ]);
  return pointers.map(({ loop: name, version }) => {
    const own = runs.filter((row) => row.loop === name);
    const budget = budgets.find(({ id }) => id === `loop:${name}:${day}`);
    const outcomes = own.filter(({ kind }) => kind !== null).map(({ kind, n }) => [kind as Outcome, n]);
    return {
      loop: name,
      version,
      outcomes: Object.fromEntries(outcomes) as LoopFigures['outcomes'],
      open: own.find(({ kind }) => kind === null)?.n ?? 0,
      waiting: gates.find((row) => row.loop === name)?.n ?? 0,
      lessons: lessons.find((row) => row.loop === name)?.n ?? 0,
      costMicroUsd: costs.find((row) => row.loop === name)?.n ?? 0,
      todayMicroUsd: budget === undefined ? 0 : budget.spent + budget.reserved,
      ...(budget === undefined ? {} : { capMicroUsd: budget.cap }),
    };
  });
}

/** What is counted of a loop: runs by outcome, open gates, lessons that are still there, money. */
const COUNTS = {
  runs: sql`select loop, outcome as kind, count(*) as n from runs where trigger_kind <> 'eval'`,
  gates: sql`select loop, null as kind, count(*) as n from gates where state = 'open'`,
  lessons: sql`select loop, null as kind, count(*) as n from lessons where erased_at is null`,
  ledger: sql`select loop, null as kind, sum(case state when 'held' then reserved else booked end) as n from ledger where 1 = 1`,
} as const;

async function counted(
  read: Kysely<Tables>,
  what: keyof typeof COUNTS,
  loop: string | undefined,
): Promise<{ loop: string; kind: string | null; n: number }[]> {
  const one = loop === undefined ? sql`` : sql`and loop = ${loop}`;
  const { rows } = await sql<{ loop: string; kind: string | null; n: number }>`${COUNTS[what]} ${one}
    group by 1, 2`.execute(read);
  return rows;
}

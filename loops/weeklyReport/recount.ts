import { OUTCOMES } from '../../contract/outcomes.ts';
import type { Facts } from '../define/index.ts';

// The verifier's own books. Nothing in here comes from `collect.ts`, neither code nor SQL: where the two differ, one is wrong.

/** A figure that a report has to state, and how it may spell it. */
export interface Truth {
  readonly label: string;
  /** What the store says, for people. */
  readonly shown: string;
  /** Whether a text states exactly this. */
  says(this: void, text: string): boolean;
}

/** What is true of a period. */
export interface Truths {
  readonly figures: readonly Truth[];
  /** The period as a title may name it, by its dates. */
  readonly dates: string;
  /** Names that may have digits in them. */
  readonly names: readonly string[];
}

/** Counts everything that a report on `days` days up to `asOf` has to state, one scalar query a figure. */
export async function recount(facts: Facts, days: number, asOf: number): Promise<Truths> {
  const begin = new Date(asOf);
  begin.setUTCDate(begin.getUTCDate() - days);
  const books = booksOf(facts, begin.getTime(), asOf - 1);
  const loops = await books.names('select distinct loop as name from runs where closed_at between ? and ?');
  const others = loops.filter((name) => name !== 'weeklyReport');
  const figures = [
    exactly('Period', `${iso(begin)} to ${iso(new Date(asOf))}`),
    countOf('Days', days),
    ...(await runFigures(books, others)),
    ...(await spendFigures(books, others)),
    ...(await gateFigures(books)),
    ...(await lessonFigures(books)),
  ];
  return { figures, dates: `${day(begin)} to ${day(new Date(asOf))}`, names: loops };
}

type Books = ReturnType<typeof booksOf>;

/** Asks about rows whose first two parameters are the first and the last millisecond of the period. */
function booksOf(facts: Facts, first: number, last: number) {
  const rows = (sql: string, more: readonly string[] = []) => facts.query(sql, [first, last, ...more]);
  return {
    rows,
    names: async (sql: string): Promise<string[]> => (await rows(sql)).map((row) => String(row['name'])).toSorted(),
    scalar: async (sql: string, more: readonly string[] = []): Promise<number> =>
      Number((await rows(sql, more))[0]?.['figure'] ?? 0),
  };
}

async function runFigures(books: Books, loops: readonly string[]): Promise<Truth[]> {
  const where = `from runs where closed_at between ? and ? and not loop = 'weeklyReport'`;
  const figures = [countOf('Runs', await books.scalar(`select count(run_key) as figure ${where}`))];
  for (const loop of loops) {
    const ran = await books.scalar(`select count(run_key) as figure ${where} and loop = ?`, [loop]);
    figures.push(countOf(`Runs of ${loop}`, ran));
  }
  for (const outcome of OUTCOMES) {
    const ended = await books.scalar(`select count(run_key) as figure ${where} and outcome = ?`, [outcome]);
    if (ended > 0) figures.push(countOf(`Runs ended ${outcome}`, ended));
  }
  return figures;
}

/** By the runs' budgets, where collect goes by the lines of the ledger: books that do not balance publish no report. */
async function spendFigures(books: Books, loops: readonly string[]): Promise<Truth[]> {
  const figures: Truth[] = [];
  let total = 0;
  for (const loop of loops) {
    const spent = await books.scalar(
      `select sum(spent) + sum(reserved) as figure from budgets
        where id in (select 'run:' || run_key from runs where closed_at between ? and ? and loop = ?)`,
      [loop],
    );
    figures.push(spendOf(`Spend of ${loop}`, spent));
    total += spent;
  }
  return [spendOf('Spend', total), ...figures];
}

async function gateFigures(books: Books): Promise<Truth[]> {
  const own = `run_key in (select run_key from runs where closed_at between ? and ? and not loop = 'weeklyReport')`;
  const opened = await books.rows(`select distinct run_key, gate from gates where ${own}`);
  const decisions = await books.rows(`select run_key, gate, decision, body from decisions where ${own}`);
  const gatesWhere = (holds: (decision: string, body: object) => boolean): number =>
    new Set(
      decisions
        .filter((row) => holds(String(row['decision']), JSON.parse(String(row['body'])) as object))
        .map((row) => JSON.stringify([row['run_key'], row['gate']])),
    ).size;
  return [
    countOf('Gates opened', opened.length),
    countOf(
      'Gates approved',
      gatesWhere((decision) => decision === 'approve'),
    ),
    countOf(
      'Gates edited',
      gatesWhere((decision, body) => decision === 'revise' && 'output' in body),
    ),
    countOf(
      'Gates rejected',
      gatesWhere((decision) => decision === 'reject'),
    ),
    countOf(
      'Gates expired',
      gatesWhere((decision) => decision === 'expire'),
    ),
  ];
}

async function lessonFigures(books: Books): Promise<Truth[]> {
  const where = `from lessons where run_key in
    (select run_key from runs where closed_at between ? and ? and not loop = 'weeklyReport')`;
  const figures = [countOf('Lessons', await books.scalar(`select count(id) as figure ${where}`))];
  for (const kind of await books.names(`select distinct kind as name ${where}`)) {
    const learnt = await books.scalar(`select count(id) as figure ${where} and kind = ?`, [kind]);
    figures.push(countOf(`Lessons of kind ${kind}`, learnt));
  }
  return figures;
}

function exactly(label: string, shown: string): Truth {
  return { label, shown, says: (text) => text === shown };
}

/** `1234` or `1,234`, and nothing else. */
function countOf(label: string, truth: number): Truth {
  const digits = String(truth);
  const grouped = digits.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return { label, shown: grouped, says: (text) => text === digits || text === grouped };
}

/** Dollars with two to six decimals, rightly rounded at the last one; something is never nothing. */
function spendOf(label: string, microUsd: number): Truth {
  const says = (text: string): boolean => {
    const [, whole = '', decimals] = /^\$(\d+|\d{1,3}(?:,\d{3})+)\.(\d{2,6})$/.exec(text) ?? [];
    if (decimals === undefined || /^0\d/.test(whole)) return false;
    const stated = Number(whole.replaceAll(',', '') + decimals);
    return stated === Math.round(microUsd / 10 ** (6 - decimals.length)) && (stated > 0 || microUsd === 0);
  };
  return { label, shown: `$${(microUsd / 1_000_000).toFixed(6)}`, says };
}

function iso(date: Date): string {
  const text = date.toISOString();
  return date.getUTCMilliseconds() === 0 ? `${text.slice(0, 19)}Z` : text;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stage } from '../../loops/define/index.ts';
import { collect, type Figures } from '../../loops/weeklyReport/collect.ts';
import { draft } from '../../loops/weeklyReport/draft.ts';
import { weeklyReport } from '../../loops/weeklyReport/loop.ts';
import { liesOf } from '../../loops/weeklyReport/read-report.ts';
import { recount, type Truths } from '../../loops/weeklyReport/recount.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import type { Store } from '../../store/ports.ts';
import { historyAround, plantIdle } from '../support/planted-history.ts';
import { plant, type PlantedRun } from '../support/planted.ts';

const AS_OF = Date.parse('2026-07-13T09:00:00Z');
const DAY = 86_400_000;
const FROM = AS_OF - 7 * DAY;

let folder: string;
let store: Store;
let figures: Figures;
let report: string;
let truths: Truths;

/** One week, with the edges on both sides of it. */
const WEEK: readonly PlantedRun[] = [
  { runKey: 'just-before', loop: 'supportTriage', closedAt: FROM - 1, outcome: 'accepted', calls: [5_000_000] },
  { runKey: 'first', loop: 'supportTriage', closedAt: FROM, outcome: 'accepted', calls: [120_000, 3456] },
  { runKey: 'last', loop: 'supportTriage', closedAt: AS_OF - 1, outcome: 'accepted', gates: [['approve']] },
  { runKey: 'at-the-cut', loop: 'supportTriage', closedAt: AS_OF, outcome: 'rejected', gates: [['reject']] },
  { runKey: 'own', loop: 'weeklyReport', closedAt: AS_OF - DAY, outcome: 'accepted', calls: [9_000_000] },
  {
    runKey: 'edited',
    loop: 'editorial2',
    closedAt: AS_OF - DAY,
    outcome: 'accepted',
    calls: [2_345_678],
    gates: [['feedback', 'edit', 'approve'], ['expire']],
    lessons: ['example', 'correction'],
  },
  {
    runKey: 'lost',
    loop: 'editorial2',
    closedAt: AS_OF - DAY,
    outcome: 'exhausted',
    gates: [['feedback', 'reject']],
    lessons: ['exhausted', 'rejection'],
  },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-weekly-'));
  store = await openStore(folder, process.pid);
  for (const run of WEEK) await plant(store, run);
  plantIdle(join(folder, DATABASE_FILE), FROM, 1240);
  figures = await collect({ days: 7 }, store.facts, AS_OF);
  report = draft(figures);
  truths = await recount(store.facts, 7, AS_OF);
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

describe('what is counted', () => {
  test('the template states every figure of the runs that closed in the period, and the recount agrees', () => {
    expect(liesOf(report, truths)).toEqual([]);
    expect(report).toBe(`# Report on the loops, 2026-07-06 to 2026-07-13

About the runs that closed in the period, without those of this report itself. Counted from the store.

## Period

- Period: 2026-07-06T09:00:00Z to 2026-07-13T09:00:00Z
- Days: 7

## Runs

- Runs: 1,244
- Runs of editorial2: 2
- Runs of supportTriage: 1,242
- Runs ended accepted: 3
- Runs ended exhausted: 1
- Runs ended noWork: 1,240

## Spend

- Spend: $2.47
- Spend of editorial2: $2.35
- Spend of supportTriage: $0.123456

## Gates

- Gates opened: 4
- Gates approved: 2
- Gates edited: 1
- Gates rejected: 1
- Gates expired: 1

## Lessons

- Lessons: 4
- Lessons of kind correction: 1
- Lessons of kind example: 1
- Lessons of kind exhausted: 1
- Lessons of kind rejection: 1

`);
  });

  test('collect and recount agree on any history, however the period is cut', async () => {
    await withStore(async (other) => {
      const histories = fc.sample(historyAround(AS_OF), { numRuns: 60, seed: 7 });
      for (const [index, run] of histories.entries()) await plant(other, { ...run, runKey: `run-${index}` });
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: -20 * DAY, max: 20 * DAY }),
          fc.integer({ min: 1, max: 30 }),
          async (shift, days) => {
            const asOf = AS_OF + shift;
            const collected = await collect({ days }, other.facts, asOf);
            expect(liesOf(draft(collected), await recount(other.facts, days, asOf))).toEqual([]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  test('a ledger and budgets that do not balance publish no report', async () => {
    await withStore(async (other) => {
      await plant(other, { runKey: 'a', loop: 'writeTitle', closedAt: FROM, outcome: 'accepted', calls: [1_500_000] });
      const facts: Store['facts'] = {
        query: (sql, parameters) => other.facts.query(sql.replace('sum(spent)', 'sum(spent) - 500000'), parameters),
      };
      const text = draft(await collect({ days: 7 }, other.facts, AS_OF));
      expect(liesOf(text, await recount(facts, 7, AS_OF))).toEqual([
        'Spend: the report says "$1.50", the store says $1.000000',
        'Spend of writeTitle: the report says "$1.50", the store says $1.000000',
      ]);
    });
  });

  test('both ask through the index on closing times', async () => {
    const plans: string[] = [];
    const facts: Store['facts'] = {
      query: async (sql, parameters = []) => {
        const plan = await store.facts.query(`explain query plan ${sql}`, parameters);
        plans.push(plan.map((row) => String(row['detail'])).join('\n'));
        return await store.facts.query(sql, parameters);
      },
    };
    await collect({ days: 7 }, facts, AS_OF);
    await recount(facts, 7, AS_OF);
    const scans = plans.filter((plan) => /^SCAN (?!\()/m.test(plan));
    expect(scans).toEqual([]);
  });
});

describe('lies are found, by name', () => {
  test.each([
    ['misstated', '- Runs ended accepted: 3', '- Runs ended accepted: 4', 'Runs ended accepted: the report says "4"'],
    ['rounded', '- Runs: 1,244', '- Runs: about 1,200', 'Runs: the report says "about 1,200"'],
    ['grouped wrongly', '- Runs: 1,244', '- Runs: 12,44', 'Runs: the report says "12,44"'],
    ['in another unit', '- Gates opened: 4', '- Gates opened: 4%', 'Gates opened: the report says "4%"'],
    ['qualified', '- Gates opened: 4', '- Gates opened: 4 a day', 'Gates opened: the report says "4 a day"'],
    ['spend', '- Spend: $2.47', '- Spend: $2.48', 'Spend: the report says "$2.48", the store says $2.469134'],
    ['spend rounded away', '$0.123456', '$0.13', 'Spend of supportTriage: the report says "$0.13"'],
    ['another period', '06T09:00:00Z to', '06T10:00:00Z to', 'Period: the report says "2026-07-06T10:00:00Z to'],
    ['another date', '# Report on the loops, 2026-07-06', '# Report on the loops, 2026-07-07', '"2026-07-07"'],
    ['one date twice', 'loops, 2026-07-06', 'loops, 2026-07-13', '"2026-07-13"'],
    ['left out', '- Gates expired: 1\n', '', 'Gates expired: left out, the store says 1'],
    ['renamed', '- Gates expired: 1', '- Expired gates: 1', 'Gates expired: left out'],
    ['doubled, once wrong', '## Gates', '(Gates edited: 9)', 'Gates edited: the report says "9"'],
    ['invented in prose', '## Gates', 'About 42 customers wrote twice.', '"42" in "About 42 customers wrote twice."'],
    ['in words', '## Gates', 'Some three dozen runs needed help.', '"dozen" in'],
    ['a percentage', '## Gates', 'Accepted: 92%', '"92%" in "Accepted: 92%"'],
    ['a week number', '## Gates', 'Week 28 was calm.', '"28" in "Week 28 was calm."'],
    ['an unknown loop', '- Runs ended accepted: 3', '- Runs of ghost: 3', '"3" in "- Runs of ghost: 3"'],
    ['another script', '- Gates opened: 4', '- Gates opened: ٤', 'Gates opened: the report says "٤"'],
    ['a fraction', '## Gates', 'About ½ were edited.', '"½" in "About ½ were edited."'],
    ['hidden in a comment', '- Gates expired: 1', '<!-- Gates expired: 1 -->', '"<!" could hide a figure'],
    ['struck through', '- Gates expired: 1', '- ~~Gates expired: 1~~', '"~~" could hide a figure'],
    ['a comparison', '- Gates opened: 4', '- Gates opened: 4 (up from 3)', '"3" in'],
    ['a second column', '- Gates opened: 4', '| Gates opened | 4 | 5 |', '"5" in'],
  ])('%s', (_kind, before, after, named) => {
    const lies = liesOf(report.replace(before, after), truths);
    expect(lies.join('\n')).toContain(named);
  });

  test('the truth may be told otherwise: in tables, in bold, ungrouped, rounded to cents, in brackets, with words around it', () => {
    const told = report
      .replace('- Runs: 1,244', '| Figure | Value |\n|---|---:|\n| **Runs** | **1244** |')
      .replace('- Gates opened: 4', 'It was a calm week for the approvers (Gates opened: 4), one might say.')
      .replace('$0.123456', '`$0.12`')
      .replace('## Lessons', '## What editorial2 taught\n\nThe first lesson came early; supportTriage had none.');
    expect(liesOf(told, truths)).toEqual([]);
  });

  test('any digit that is changed is found', () => {
    const digits = [...report.matchAll(/\d/g)].map(({ index }) => index).filter((at) => !inName(at));
    fc.assert(
      fc.property(fc.constantFrom(...digits), fc.integer({ min: 1, max: 9 }), (at, by) => {
        const digit = (Number(report[at]) + by) % 10;
        expect(liesOf(`${report.slice(0, at)}${digit}${report.slice(at + 1)}`, truths)).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('any digit that is added or dropped is found', () => {
    const digits = [...report.matchAll(/\d/g)].map(({ index }) => index).filter((at) => !inName(at));
    fc.assert(
      fc.property(fc.constantFrom(...digits), fc.integer({ min: 0, max: 9 }), fc.boolean(), (at, digit, drop) => {
        const text = drop
          ? report.slice(0, at) + report.slice(at + 1)
          : `${report.slice(0, at)}${digit}${report.slice(at)}`;
        // Dollars may be rounded: `$0.12346` without a 5 is as true as `$0.123456`.
        fc.pre(!/\$\S*$/.test(report.slice(0, at)));
        expect(liesOf(text, truths)).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('any figure that is dropped is found, by its label', () => {
    for (const { label, value } of figures.figures) {
      const lies = liesOf(report.replace(`- ${label}: ${value}\n`, ''), truths);
      expect(lies.join('\n')).toContain(`${label}: left out`);
    }
  });

  test('any number that is added is found, wherever', () => {
    const gaps = [...report.matchAll(/\s/g)].map(({ index }) => index);
    const number = fc.oneof(
      fc.nat().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.nat({ max: 100 }).map((n) => `${n}%`),
      fc.nat().map((n) => `$${n}`),
      fc.constantFrom('a dozen', 'twenty-one', 'half', 'III⅔'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...gaps), number, (at, added) => {
        expect(liesOf(`${report.slice(0, at)} ${added}${report.slice(at)}`, truths)).not.toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('one figure in the place of another is found', () => {
    const { figures: all } = figures;
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.constantFrom(...all), (one, other) => {
        fc.pre(one.value !== other.value);
        const text = report.replace(`- ${one.label}: ${one.value}\n`, `- ${one.label}: ${other.value}\n`);
        expect(liesOf(text, truths).join('\n')).toContain(`${one.label}: the report says`);
      }),
    );
  });
});

test('the check on a draft reads the store and nothing that collect made', async () => {
  const stage = weeklyReport.stages['draft'] as Stage<unknown, unknown>;
  const [check] = stage.verify;
  if (check?.kind !== 'check') throw new Error('expected a check');
  const evidence = {
    facts: store.facts,
    asOf: AS_OF,
    earlier: { collect: 'nonsense' },
    examples: [],
    watermark: 0,
    documents: async () => [],
  };
  expect(await check.run({ markdown: report }, { days: 7 }, evidence)).toEqual({
    verdict: 'pass',
    evidence: `all ${figures.figures.length} figures hold, and no others`,
  });
  expect(await check.run({ markdown: report }, { days: 6 }, evidence)).toMatchObject({ verdict: 'fail' });
});

/** Whether a place in the report is in the name of a loop. */
function inName(at: number): boolean {
  return report.slice(0, at + 1).endsWith('editorial2');
}

async function withStore(use: (store: Store) => Promise<void>): Promise<void> {
  const other = await mkdtemp(join(tmpdir(), 'loopwright-weekly-'));
  const opened = await openStore(other, process.pid);
  try {
    await use(opened);
  } finally {
    await opened.close();
    await rm(other, { recursive: true, force: true });
  }
}

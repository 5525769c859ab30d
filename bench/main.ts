import { parseArgs } from 'node:util';
import { bench } from './bench.ts';
import { benchGym } from './gym/main.ts';
import { benchHooks } from './hooks/main.ts';
import { benchLearning } from './learning/main.ts';
import { money } from './money/money.ts';
import { benchRace } from './race/main.ts';
import { benchRollback } from './rollback/main.ts';
import { summarise, tableOf } from './summary.ts';
import { USAGE } from './usage.ts';

const OPTIONS = {
  seeds: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
  webhooks: { type: 'string', default: '1000' },
  approvals: { type: 'string', default: '200' },
  starts: { type: 'string', default: '200' },
  away: { type: 'string', default: '60' },
  worlds: { type: 'string', default: '150' },
  messages: { type: 'string', default: '10003' },
  bare: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  rounds: { type: 'string', default: '6' },
  runs: { type: 'string', default: '200' },
  sequential: { type: 'string', default: '20' },
  'in-flight': { type: 'string', default: '50' },
  profile: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** The words after `npm run bench --`, read. */
function parse() {
  return parseArgs({ allowPositionals: true, options: OPTIONS });
}

type Values = ReturnType<typeof parse>['values'];

/** What can be measured, by its name; each answers with an exit code. */
const BENCHES: Readonly<Record<string, (values: Values) => number | Promise<number>>> = {
  money: benchMoney,
  hooks: ({ webhooks, away, json }) =>
    benchHooks({ webhooks: count('webhooks', webhooks), awayMs: 1000 * count('away', away), json }),
  race: ({ approvals, json }) => benchRace({ approvals: count('approvals', approvals), json }),
  rollback: ({ starts, json }) => benchRollback({ runs: count('starts', starts), json }),
  learning: ({ messages, bare, json }) => benchLearning({ messages: count('messages', messages), bare, json }),
  gym: ({ worlds, from, json }) => benchGym({ worlds: count('worlds', worlds), from: count('from', from), json }),
};

/** Reads the words, measures, prints. */
async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [name] = positionals;
  if (name === undefined) return await compare(values);
  const measure = BENCHES[name];
  if (measure !== undefined) return await measure(values);
  console.error(`There is no bench "${name}".\n\n${USAGE}`);
  return 2;
}

/** Holds a run against the hand-written one. 1 where that is not what it is meant to be. */
async function compare(values: Values): Promise<number> {
  const measured = await bench({
    env: process.env,
    rounds: count('rounds', values.rounds),
    runs: count('runs', values.runs),
    sequential: count('sequential', values.sequential),
    inFlight: count('in-flight', values['in-flight']),
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    report: console.error,
  });
  const summary = summarise(measured);
  console.log(values.json ? JSON.stringify(summary) : tableOf(summary));
  if (summary.minimalEventsAsExpected) return 0;
  console.error(
    `Expected a run of bench/minimal.ts to have 54 to 57 events, got ${summary.minimalEvents.join(', ')}: the comparison is not the one that was meant.`,
  );
  return 1;
}

async function benchMoney({ seeds, from, json }: Values): Promise<number> {
  const result = await money({ seeds: count('seeds', seeds), from: count('from', from), report: console.error });
  const { wrong, ...figures } = result;
  if (json) console.log(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) console.log(`${name.padEnd(24)}${value}`);
  for (const line of wrong) console.error(line);
  return wrong.length === 0 ? 0 : 1;
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 100_000) return value;
  console.error(`Expected \`--${name}\` to be an integer from 1 to 100000, got "${text}".\n\n${USAGE}`);
  process.exit(2);
}

process.exitCode = await main();

import { parseArgs } from 'node:util';
import { bench } from './bench.ts';
import { benchHooks } from './hooks/main.ts';
import { money } from './money/money.ts';
import { benchRace } from './race/main.ts';
import { benchRollback } from './rollback/main.ts';
import { summarise, tableOf } from './summary.ts';

const USAGE = `npm run bench -- money [--json] [--seeds N] [--from N]

  Parallel runs under random caps against a provider that fails in every way, with workers killed in mid-call: whether
  spending passes a cap, the ledger is the provider's bill, and nothing is denied for ever. Exits 1 where not.

  --seeds N        default 1000
  --from N         the first seed; default 1
  --json           one JSON object

npm run bench -- hooks [--json] [--webhooks N] [--away SECONDS]

  A burst of webhooks while Temporal is away, some of them twice, and kill -9 of the process that takes them, in the
  middle of the burst and of starting their runs: whether each starts exactly one. Exits 1 where not.

  --webhooks N     default 1000
  --away SECONDS   default 60
  --json           one JSON object

npm run bench -- race [--json] [--approvals N]

  Two users of the gateway and the bare Temporal CLI decide each of many approvals at once: whether one of them wins, and
  the others hear who. Exits 1 where not.

  --approvals N    default 200
  --json           one JSON object

npm run bench -- rollback [--json] [--starts N]

  A stream of starts while a loop goes back to the harness before, twice, with kill -9 of the worker right after the
  command's answer and in the middle of the command: what new runs take, and whether open ones keep theirs. Exits 1 where
  one is lost, or takes the version that was taken back for longer than a second.

  --starts N       default 200
  --json           one JSON object

npm run bench -- [--json] [--rounds N] [--runs N] [--sequential N] [--in-flight N] [--profile DIR]

  --rounds N       interleaved rounds; default 6
  --runs N         runs of the throughput phase, each side and round; default 200
  --sequential N   runs of the latency phase; default 20
  --in-flight N    runs at once in the throughput phase; default 50
  --profile DIR    leave a CPU profile of each worker there
  --json           one JSON object, last on stdout, instead of the table`;

/** Reads the words, measures, prints. Exits 1 where the hand-written run is not what it is meant to be. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      webhooks: { type: 'string', default: '1000' },
      approvals: { type: 'string', default: '200' },
      starts: { type: 'string', default: '200' },
      away: { type: 'string', default: '60' },
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '6' },
      runs: { type: 'string', default: '200' },
      sequential: { type: 'string', default: '20' },
      'in-flight': { type: 'string', default: '50' },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (positionals[0] === 'money') return await benchMoney(values);
  if (positionals[0] === 'race')
    return await benchRace({ approvals: count('approvals', values.approvals), json: values.json });
  if (positionals[0] === 'rollback')
    return await benchRollback({ runs: count('starts', values.starts), json: values.json });
  if (positionals[0] === 'hooks') {
    const { json } = values;
    return await benchHooks({
      webhooks: count('webhooks', values.webhooks),
      awayMs: 1000 * count('away', values.away),
      json,
    });
  }
  if (positionals.length > 0) {
    console.error(`There is no bench "${positionals.join(' ')}".\n\n${USAGE}`);
    return 2;
  }
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

async function benchMoney({ seeds, from, json }: { seeds: string; from: string; json: boolean }): Promise<number> {
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

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../store/index.ts';
import { liveSeed, nothingAround, type SeedResult } from './seed.ts';

/** Seeds that live on one store before it is opened anew, as after a restart. */
const SEEDS_A_STORE = 100;

/** What `bench money --json` prints. Money in integer micro-USD. */
export interface MoneyResult {
  readonly seeds: number;
  readonly calls: number;
  /** The most that any budget was passed by, by the ledger or by the provider's bill. */
  readonly overspendMicroUsd: number;
  readonly falseDenials: number;
  /** Calls that are booked at their worst case. */
  readonly uncertain: number;
  /** Summed over the seeds; of each it is from 0 to what is uncertain. */
  readonly ledgerMinusBillMicroUsd: number;
  /** Calls that were booked at what they cost, and calls that a cap refused: neither is rare. */
  readonly settled: number;
  readonly refused: number;
  /** What was not as it must be, with its seed. */
  readonly wrong: readonly string[];
}

/** Lives seeds `from` to `from + seeds - 1` and adds up what they came to. */
export async function money(options: {
  readonly seeds: number;
  readonly from: number;
  readonly report: (text: string) => void;
}): Promise<MoneyResult> {
  const { seeds, from, report } = options;
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-money-'));
  const results: SeedResult[] = [];
  const wrong: string[] = [];
  try {
    for (let first = from; first < from + seeds; first += SEEDS_A_STORE) {
      const store = await openStore(folder, process.pid);
      const deps = nothingAround(store);
      for (let seed = first; seed < Math.min(first + SEEDS_A_STORE, from + seeds); seed += 1) {
        const result = await liveSeed(store, deps, seed);
        results.push(result);
        wrong.push(...result.wrong.map((what) => `seed ${seed}: ${what}`));
        if (result.overspendMicroUsd > 0) wrong.push(`seed ${seed}: overspent ${result.overspendMicroUsd} micro-USD`);
        if (result.falseDenials > 0) wrong.push(`seed ${seed}: ${result.falseDenials} false denials`);
      }
      await store.close();
      report(`${results.length} of ${seeds} seeds`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const sum = (of: (result: SeedResult) => number): number => results.reduce((all, result) => all + of(result), 0);
  return {
    seeds: results.length,
    calls: sum(({ calls }) => calls),
    overspendMicroUsd: Math.max(0, ...results.map(({ overspendMicroUsd }) => overspendMicroUsd)),
    falseDenials: sum(({ falseDenials }) => falseDenials),
    uncertain: sum(({ uncertain }) => uncertain),
    ledgerMinusBillMicroUsd: sum(({ ledgerMinusBillMicroUsd }) => ledgerMinusBillMicroUsd),
    settled: sum(({ settled }) => settled),
    refused: sum(({ refused }) => refused),
    wrong,
  };
}

import { gym, type GymResult } from './gym.ts';

/** Streams of a version against itself, and of each injected loss. */
const STREAMS = 1000;

/** What the gate must keep to, by figure: at most, or at least. */
const BOUNDS: readonly (readonly [string, (result: GymResult) => number, 'most' | 'least', number])[] = [
  ['useless', (result) => result.useless, 'most', 0.05],
  ['harmful', (result) => result.harmful, 'most', 0.04],
  ['oracleShare', (result) => result.oracleShare, 'least', 0.9],
  ['approvals', (result) => result.approvals, 'most', 20],
  ['evaluationsPerProposal', (result) => result.evaluationsPerProposal, 'most', 400],
  ['falsePromotionAA', (result) => result.falsePromotionAA, 'most', 0.05],
  ['casesToFind.40', (result) => result.casesToFind[40], 'most', 30],
  ['casesToFind.20', (result) => result.casesToFind[20], 'most', 60],
  ['casesToFind.10', (result) => result.casesToFind[10], 'most', 200],
];

/** Which bounds were not kept, in words. */
export function missed(result: GymResult): string[] {
  return BOUNDS.filter(([, figure, at, bound]) =>
    at === 'most' ? figure(result) > bound : figure(result) < bound,
  ).map(([name, figure, at, bound]) => `Expected \`${name}\` to be at ${at} ${bound}, got ${figure(result)}.`);
}

/** Runs LoopGym and prints what the gate did; 1 where it did not keep to its bounds. */
export function benchGym(options: { readonly worlds: number; readonly from: number; readonly json: boolean }): number {
  const result = gym({ worlds: options.worlds, streams: STREAMS, seed: options.from });
  if (options.json) console.log(JSON.stringify(result));
  else for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(30)}${JSON.stringify(value)}`);
  const wrong = missed(result);
  for (const line of wrong) console.error(line);
  return wrong.length === 0 ? 0 : 1;
}

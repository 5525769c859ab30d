import type { TrialRules } from '../../core/learning/gate.ts';
import { Random } from '../random.ts';
import { tryChange, watchChange } from './trial.ts';
import { Arms, newWorld, propose, qualityOf, type Rates, type Weights } from './world.ts';

/** Changes that are proposed in a world. */
export const PROPOSALS = 60;

/** Cases that run at a time, as many as an experiment runs. */
export const AT_ONCE = 8;

/** What became of a world: its quality at first, at the end, and where somebody knows what every change does. */
export interface Life {
  readonly weights: Weights;
  readonly start: number;
  readonly oracle: number;
  rates: Rates;
  /** Promotions; those that did nothing; those that did harm on the whole, whether they were taken back or not. */
  promoted: number;
  useless: number;
  harmful: number;
  /** Cases that trials and watches ran, each in two arms. */
  tried: number;
  watched: number;
}

/** Lives through all proposals of a world: each is tried, promoted where it is proven, watched, and taken back where it does harm. */
export function live(seed: number, rules: TrialRules): Life {
  const random = new Random(seed);
  const { weights, rates } = newWorld(random);
  const oracle = qualityOf(weights, withOracle(weights, rates, new Random(seed + 1)));
  const start = qualityOf(weights, rates);
  const life: Life = { weights, start, oracle, rates, promoted: 0, useless: 0, harmful: 0, tried: 0, watched: 0 };
  for (let proposals = 0; proposals < PROPOSALS; proposals += 1) {
    const { cluster, rates: candidate } = propose(weights, life.rates, random);
    const arms = new Arms({ weights, baseline: life.rates, candidate, cluster }, random);
    const trial = tryChange(arms, rules, AT_ONCE);
    life.tried += trial.cases;
    if (trial.standing === 'proven') promote(life, candidate, random);
  }
  return life;
}

function promote(life: Life, candidate: Rates, random: Random): void {
  const { weights, rates: baseline } = life;
  const effect = qualityOf(weights, candidate) - qualityOf(weights, baseline);
  life.promoted += 1;
  if (effect === 0) life.useless += 1;
  if (effect < 0) life.harmful += 1;
  const watch = watchChange(new Arms({ weights, baseline, candidate }, random), AT_ONCE);
  life.watched += watch.cases;
  if (watch.standing === 'proven') life.rates = candidate;
}

function withOracle(weights: Weights, start: Rates, random: Random): Rates {
  let now = start;
  for (let proposals = 0; proposals < PROPOSALS; proposals += 1) {
    const { rates } = propose(weights, now, random);
    if (qualityOf(weights, rates) > qualityOf(weights, now)) now = rates;
  }
  return now;
}

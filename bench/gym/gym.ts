import { rulesOf, type TrialRules } from '../../core/learning/gate.ts';
import { Random } from '../random.ts';
import { AT_ONCE, live, PROPOSALS, type Life } from './life.ts';
import { tryChange, watchChange } from './trial.ts';
import { Arms, newWorld, propose, qualityOf } from './world.ts';

/** How much to simulate. */
export interface GymOptions {
  readonly worlds: number;
  /** Streams of a version against itself, and of each injected loss. */
  readonly streams: number;
  readonly seed: number;
  /** Default: those of an instruction. */
  readonly rules?: TrialRules;
}

/** What the gate did in worlds in which the truth is known. Shares are from 0 to 1. */
export interface GymResult {
  readonly worlds: number;
  /** Of what was promoted: did nothing, and did harm on the whole, whether it was taken back or not. */
  readonly useless: number;
  readonly harmful: number;
  /** What was gained, of what somebody gains who knows what every change does. */
  readonly oracleShare: number;
  /** Changes that a person was asked to promote, of 60. */
  readonly approvals: number;
  /** Runs of trials a proposal, both arms counted; those of watches come on top. */
  readonly evaluationsPerProposal: number;
  readonly watchEvaluationsPerProposal: number;
  /** Streams in which a version was promoted against itself with a look after every case, and in which it was taken back. */
  readonly falsePromotionAA: number;
  readonly falseRollbackAA: number;
  /** Cases, by points of an injected loss, within which nine of ten watches take it back. */
  readonly casesToFind: Readonly<Record<'40' | '20' | '10', number>>;
  /** Share of work handled rightly: at first, at the end, and with an oracle. */
  readonly start: number;
  readonly final: number;
  readonly oracle: number;
}

/** How often a loop is right into which a loss is injected: as often as what a loop does alone has to be. */
const GOOD = 0.95;

/** LoopGym: worlds in which the truth is known, run by the product's own gate and watch (reference: learning.md §5.4). */
export function gym({ worlds, streams, seed, rules = rulesOf('instruction', false) }: GymOptions): GymResult {
  const lives = Array.from({ length: worlds }, (_, world) => live(seed * 1_000_003 + world, rules));
  const mean = (what: (life: Life) => number): number => lives.reduce((sum, life) => sum + what(life), 0) / worlds;
  const promoted = mean((life) => life.promoted);
  const [start, oracle] = [mean((life) => life.start), mean((life) => life.oracle)];
  const final = mean((life) => qualityOf(life.weights, life.rates));
  return {
    worlds,
    useless: round(mean((life) => life.useless) / promoted),
    harmful: round(mean((life) => life.harmful) / promoted),
    oracleShare: round((final - start) / (oracle - start)),
    approvals: round(promoted),
    evaluationsPerProposal: round((2 * mean((life) => life.tried)) / PROPOSALS),
    watchEvaluationsPerProposal: round((2 * mean((life) => life.watched)) / PROPOSALS),
    ...againstItself(streams, seed),
    casesToFind: {
      40: casesToFind(0.4, streams, seed),
      20: casesToFind(0.2, streams, seed),
      10: casesToFind(0.1, streams, seed),
    },
    start: round(start),
    final: round(final),
    oracle: round(oracle),
  };
}

/** A version against itself: tried by the weakest rules there are, and watched. */
function againstItself(streams: number, seed: number): Pick<GymResult, 'falsePromotionAA' | 'falseRollbackAA'> {
  let promoted = 0;
  let takenBack = 0;
  for (let stream = 0; stream < streams; stream += 1) {
    const random = new Random(seed * 2_000_003 + stream);
    const { weights, rates } = newWorld(random);
    const { cluster } = propose(weights, rates, random);
    const same = { weights, baseline: rates, candidate: rates };
    if (tryChange(new Arms({ ...same, cluster }, random), rulesOf('example', false), 1).standing === 'proven')
      promoted += 1;
    if (watchChange(new Arms(same, random), AT_ONCE).standing === 'refuted') takenBack += 1;
  }
  return { falsePromotionAA: round(promoted / streams), falseRollbackAA: round(takenBack / streams) };
}

/** Cases until nine of ten watches see that so much of all work is lost. */
function casesToFind(loss: number, streams: number, seed: number): number {
  const cases = Array.from({ length: streams }, (_, stream) => {
    const random = new Random(seed * 3_000_017 + Math.round(loss * 1e7) + stream);
    const arms = new Arms({ weights: [1], baseline: [GOOD], candidate: [GOOD - loss] }, random);
    return watchChange(arms, 1).cases;
  });
  return cases.toSorted((a, b) => a - b)[Math.ceil(0.9 * streams) - 1] as number;
}

function round(figure: number): number {
  return Math.round(figure * 10_000) / 10_000;
}

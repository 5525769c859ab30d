import type { Calibration, JudgeAnswer, JudgeEvidence, JudgeFigures, JudgeStanding } from '../../contract/judges.ts';
import { percent } from '../figures.ts';
import { shareInterval } from '../interval.ts';
import { eValue } from './evidence.ts';
import { swappedAnswers, votesOf, type JudgeVote } from './judge-votes.ts';

/** What it takes to let a judge decide (reference: learning.md §3.2). */
export const NEEDED = { labels: 50, rate: 0.8, kappa: 0.6 } as const;

/** The newest labels of each kind that count: a judge that was bad once can show that it is good again. */
export const NEWEST = 100;

/** The newest labels that drift is looked for in, and how many have to come before them. */
const DRIFT = { newest: 50, before: 100 } as const;

/** Evidence at which something counts as shown, however often it was looked for: a false alarm at most once in so many judges. */
const SHOWN = 20;

/** What the word of each judge of a loop counts for, by stage and name. */
export function calibrate(loop: string, { artefacts, answers, standings }: JudgeEvidence): readonly Calibration[] {
  const byJudge = Map.groupBy(votesOf(artefacts, answers), placeOf);
  const swapped = Map.groupBy(swappedAnswers(answers), placeOf);
  const before = new Map(standings.map(({ stage, judge, standing }) => [`${stage}/${judge}`, standing]));
  return [...new Set([...byJudge.keys(), ...swapped.keys()])]
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((place) => {
      const [stage = '', ...name] = place.split('/');
      const figures = judgeFigures(byJudge.get(place) ?? [], swapped.get(place));
      return { loop, stage, judge: name.join('/'), ...standingOf(figures, before.get(place)), figures };
    });
}

function placeOf({ stage, judge }: Pick<JudgeVote, 'stage' | 'judge'>): string {
  return `${stage}/${judge}`;
}

/** What is known of one judge; its votes, and what it said to swapped artefacts, oldest first. */
export function judgeFigures(
  votes: readonly JudgeVote[],
  swapped: readonly Pick<JudgeAnswer, 'letThrough'>[] = [],
): JudgeFigures {
  const labelled = votes.filter(({ even, truth }) => even && truth !== undefined);
  const good = labelled.filter(({ truth }) => truth === 'good').slice(-NEWEST);
  const bad = labelled.filter(({ truth }) => truth === 'bad').slice(-NEWEST);
  const passes = rateOf(good.filter((vote) => vote.letThrough).length, good.length);
  const fails = rateOf(bad.filter((vote) => !vote.letThrough).length, bad.length);
  const kappa = cohenKappa(passes, fails);
  const exam = swapped.slice(-NEWEST);
  const lately = votes.filter((vote) => vote.lately);
  const letThrough = lately.filter((vote) => vote.letThrough);
  const held = lately.filter((vote) => !vote.letThrough);
  const wronglyLet = letThrough.filter(({ truth }) => truth === 'bad').length;
  const wronglyHeld = held.filter(({ truth }) => truth === 'good').length;
  return {
    passes,
    fails,
    best: {
      passes: { right: letThrough.length - wronglyLet, of: letThrough.length - wronglyLet + wronglyHeld },
      fails: { right: held.length - wronglyHeld, of: held.length - wronglyHeld + wronglyLet },
    },
    ...(kappa === undefined ? {} : { kappa }),
    ...(exam.length === 0
      ? {}
      : { swapped: { held: exam.filter(({ letThrough }) => !letThrough).length, of: exam.length } }),
    orders: {
      changed: votes.reduce((sum, { orders }) => sum + orders.changed, 0),
      of: votes.reduce((sum, { orders }) => sum + orders.of, 0),
    },
    drift: driftOf(labelled),
  };
}

/** What a judge's word counts for. One that was demoted comes back by good figures only, and not because few are left. */
export function standingOf(
  figures: JudgeFigures,
  before: JudgeStanding = 'uncalibrated',
): { readonly standing: JudgeStanding; readonly because: string } {
  const { passes, fails, best, kappa = 0, drift, swapped = { held: 0, of: 0 } } = figures;
  if (drift >= SHOWN)
    return advisory(
      `it has disagreed with people more often in the last ${DRIFT.newest} labels than before (E ${round(drift)})`,
    );
  // Easier than what people refuse: who fails it is no better at that, and who passes it has shown nothing.
  if (eValue(swapped.of - swapped.held, swapped.held, 1 - NEEDED.rate) >= SHOWN)
    return advisory(
      `it held ${swapped.held} of ${swapped.of} artefacts that were made for other work and cannot be right for what it was shown; where its criteria say nothing of the input, declare \`readsInput: false\` under another name`,
    );
  const labels = Math.min(passes.of, fails.of);
  const told = `it let through ${share(passes)} of what people took (at least ${percent(passes.low)}) and held ${share(fails)} of what they did not (at least ${percent(fails.low)}), κ ${kappa.toFixed(2)}`;
  if (labels >= NEEDED.labels)
    return passes.low >= NEEDED.rate && fails.low >= NEEDED.rate && kappa >= NEEDED.kappa
      ? { standing: 'gating', because: told }
      : advisory(`${told}; it takes ${percent(NEEDED.rate)}, ${percent(NEEDED.rate)} and ${NEEDED.kappa}`);
  for (const [what, { right, of }] of [
    ['let through what people took', best.passes],
    ['held what people did not take', best.fails],
  ] as const)
    if (eValue(of - right, right, 1 - NEEDED.rate) >= SHOWN)
      return advisory(`it ${what} ${right} of ${of} times, with all that nobody has spoken about counted as right`);
  const few = `${passes.of} of ${NEEDED.labels} labels of what people took, ${fails.of} of ${NEEDED.labels} of what they did not`;
  return before === 'advisory'
    ? advisory(`it was found wanting, and has not shown since that it is good: ${few}`)
    : { standing: 'uncalibrated', because: few };
}

function advisory(because: string): { readonly standing: 'advisory'; readonly because: string } {
  return { standing: 'advisory', because };
}

/** Evidence that people are disagreed with more often in the newest labels than in those before, whose rate is taken at its highest. */
function driftOf(labelled: readonly JudgeVote[]): number {
  const newest = labelled.slice(-DRIFT.newest);
  const older = labelled.slice(0, -DRIFT.newest);
  if (older.length < DRIFT.before) return 1;
  const wrong = (votes: readonly JudgeVote[]): number =>
    votes.filter(({ letThrough, truth }) => letThrough !== (truth === 'good')).length;
  const most = shareInterval(wrong(older), older.length).high;
  return most >= 1 ? 1 : eValue(wrong(newest), newest.length - wrong(newest), most);
}

/** Cohen's kappa of a judge and people; undefined where either always says the same. */
function cohenKappa(passes: Counted, fails: Counted): number | undefined {
  const all = passes.of + fails.of;
  if (all === 0) return undefined;
  const letThrough = passes.right + fails.of - fails.right;
  const agreed = (passes.right + fails.right) / all;
  const chance = (passes.of * letThrough + fails.of * (all - letThrough)) / all ** 2;
  return chance === 1 ? undefined : (agreed - chance) / (1 - chance);
}

interface Counted {
  readonly right: number;
  readonly of: number;
}

function rateOf(right: number, of: number): JudgeFigures['passes'] {
  return { right, of, low: shareInterval(right, of).low };
}

function share({ right, of }: Counted): string {
  return `${right} of ${of}`;
}

function round(value: number): string {
  return value.toPrecision(2);
}

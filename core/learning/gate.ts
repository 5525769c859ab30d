import type { ChangeKind } from '../../contract/candidate.ts';
import type { Slice } from '../../contract/case.ts';
import type { Standing } from '../../contract/experiment.ts';
import { fixesNeeded } from './evidence.ts';
import { flipOf, NOTHING_RUN, tallies, type Pair, type SliceTally } from './tally.ts';

/** What a change has to show. Shares are from 0 to 1. */
export interface TrialRules {
  /** Evidence (E) on target cases that proves it. */
  readonly threshold: number;
  /** Share of fixes among what changes that it has to be better than. */
  readonly floor: number;
  /** Target cases that are run at most. */
  readonly targetMost: number;
  /** Guard cases without which nobody knows what it breaks; that are enough where it breaks nothing; and that are run at most. */
  readonly guardLeast: number;
  readonly guardEnough: number;
  readonly guardMost: number;
  /** Target cases after which as many breaks as fixes are enough to give up, and after which E < 1 is. */
  readonly futileEarly: number;
  readonly futileLate: number;
  /** Evidence of harm on guard cases that refutes it at any time, and loss that does at the end. */
  readonly harm: number;
  readonly guardLoss: number;
  /** Share of cases without a result over which nothing is proven, and evidence that one arm lacks more of them. */
  readonly missing: number;
  readonly uneven: number;
}

/** What the evidence on a change comes to. */
export interface Weighed {
  readonly standing: Standing;
  /** In words, with the figures. */
  readonly because: string;
  /** Which slice to run next, while `collecting`. */
  readonly need?: Slice;
  readonly slices: Readonly<Record<Slice, SliceTally>>;
  /** Ids of all cases that it fixes and breaks, whether they have a vote or not. */
  readonly fixes: readonly string[];
  readonly breaks: readonly string[];
}

type Verdict = Pick<Weighed, 'standing' | 'because' | 'need'>;

/** Evidence that each kind of change needs: the more it may do, the more (DESIGN §8). */
const THRESHOLDS: Readonly<Record<ChangeKind, number>> = {
  example: 10,
  instruction: 20,
  eval: 20,
  routing: 20,
  tool: 40,
  approval: 40,
};

/** Evidence for what lets a loop do more than before, and the share of what is let through unasked that has to be right where its team says nothing else. */
const WIDENING = 100;
const RIGHT_ALONE = 0.95;

/** Whether a change lets answers through that were held before: it is measured by how many of them are right. */
export function letsThrough(kind: ChangeKind, widens: boolean): boolean {
  return widens && (kind === 'approval' || kind === 'eval');
}

/** What a change of this kind has to show; `widens`: it lets a loop do more than before. `rightAlone`: see {@link letsThrough}. */
export function rulesOf(kind: ChangeKind, widens: boolean, rightAlone: number = RIGHT_ALONE): TrialRules {
  const unasked = letsThrough(kind, widens);
  return {
    threshold: widens ? WIDENING : THRESHOLDS[kind],
    floor: !unasked ? 0.5 : kind === 'approval' ? rightAlone : RIGHT_ALONE,
    // Above .95 there is little left to see: .99 right shows in some 250 cases that change, .98 in 500.
    targetMost: unasked ? 600 : 60,
    guardLeast: 30,
    guardEnough: 400,
    guardMost: 800,
    futileEarly: 20,
    futileLate: unasked ? 200 : 40,
    harm: 5,
    guardLoss: 0.01,
    missing: 0.05,
    uneven: 5,
  };
}

/**
 * How a trial stands: a fold over its pairs, the same whenever and however often it is asked. Pinned cases first, all of
 * them; then target cases one by one, until E crosses the threshold, which no later case takes back; then guard cases.
 * `available`: how many cases there are of each slice, those that were run included; fixed as long as a trial runs.
 * What is missing, few or uneven is never `proven`. `inconclusive` can go on where there are more cases.
 */
export function weigh(
  trialled: readonly Pair[],
  rules: TrialRules,
  available: Readonly<Record<Slice, number>>,
): Weighed {
  const pairs = trialled.toSorted((a, b) => a.seq - b.seq);
  const of = (slice: Slice): SliceTally[] =>
    tallies(
      pairs.filter((pair) => pair.slice === slice),
      rules.floor,
    );
  const pinned = of('pinned');
  const target = of('target').slice(0, rules.targetMost);
  const guard = of('guard').slice(0, rules.guardMost);
  const verdict =
    pinnedVerdict(pairs, last(pinned), available.pinned) ??
    targetVerdict(target, rules, available.target) ??
    guardVerdict(last(target), guard, rules, available.guard);
  return {
    ...verdict,
    slices: { target: last(target), guard: last(guard), pinned: last(pinned) },
    fixes: idsOf(pairs, 'fix'),
    breaks: idsOf(pairs, 'break'),
  };
}

/** When a watch ends: evidence of harm that takes a change back, and cases after which it is let be. */
export interface WatchRules extends Pick<TrialRules, 'missing' | 'uneven'> {
  readonly harm: number;
  readonly most: number;
}

/** Evidence of harm at which a promoted change is taken back, within so many cases (DESIGN §8). */
const WATCH: WatchRules = { harm: 20, most: 400, missing: 0.05, uneven: 5 };

/** How a promoted change does on new cases, its base against it: `refuted` where harm is shown, `proven` after enough cases without. */
export function weighWatch(seen: readonly Pair[], rules: WatchRules = WATCH): Weighed {
  const pairs = seen.toSorted((a, b) => a.seq - b.seq);
  const watched = tallies(pairs, 0.5).slice(0, rules.most);
  const now = last(watched);
  const harmful = watched.find(({ harm }) => harm >= rules.harm);
  const verdict: Verdict = harmful
    ? {
        standing: 'refuted',
        because: `Does harm: ${votes(harmful)} in ${harmful.ran} cases (E ${figure(harmful.harm)} for harm, ${rules.harm} is too much).`,
      }
    : now.ran < rules.most
      ? {
          standing: 'collecting',
          because: `${votes(now)} in ${now.ran} of ${rules.most} cases (E ${figure(now.harm)} for harm, ${rules.harm} would take it back).`,
          need: 'guard',
        }
      : harmless(now, rules);
  return {
    ...verdict,
    slices: { target: NOTHING_RUN, guard: now, pinned: NOTHING_RUN },
    fixes: idsOf(pairs, 'fix'),
    breaks: idsOf(pairs, 'break'),
  };
}

/** Cases of which nobody knows what they came to show nothing, of harm neither. */
function harmless(now: SliceTally, rules: WatchRules): Verdict {
  const lack = lacks(now, rules);
  const so = `${votes(now)} in ${now.ran} cases`;
  return lack === undefined
    ? { standing: 'proven', because: `No harm: ${so}.` }
    : inconclusive(`Nothing is shown, ${lack}: ${so}.`);
}

function pinnedVerdict(pairs: readonly Pair[], now: SliceTally, available: number): Verdict | undefined {
  const broken = pairs
    .filter((pair) => pair.slice === 'pinned' && flipOf(pair) === 'break')
    .map(({ caseId }) => caseId);
  if (broken.length > 0) return refuted(`Breaks what must never break: ${broken.join(', ')}.`);
  if (now.ran < available)
    return collecting('pinned', `${now.ran} of ${available} pinned cases were run, and all of them hold.`);
  if (now.missing > 0)
    return inconclusive(`${now.missing} of ${now.ran} pinned cases have no result, and every one must hold.`);
  return undefined;
}

function targetVerdict(target: readonly SliceTally[], rules: TrialRules, available: number): Verdict | undefined {
  const settled = target.find((at) => isProven(at, rules) || isFutile(at, rules));
  const now = settled ?? last(target);
  const so = `${votes(now)} in ${now.ran} target cases (E ${figure(now.e)}, ${rules.threshold} proves it)`;
  if (settled !== undefined) return isProven(settled, rules) ? undefined : refuted(`Mends nothing: ${so}.`);
  if (available === 0) return inconclusive('There is no case that it should mend.');
  const due = Math.min(available, rules.targetMost);
  if (now.ran < due) return collecting('target', `${so}.`);
  const lack = lacks(now, rules);
  if (lack !== undefined) return inconclusive(`${lack} of target cases: ${so}.`);
  const more = fixesNeeded(rules.threshold, now.breaks, rules.floor) - now.fixes;
  return inconclusive(`Not proven: ${so}; ${more} more fixes would do.`);
}

function guardVerdict(target: SliceTally, guard: readonly SliceTally[], rules: TrialRules, available: number): Verdict {
  const proof = `Mends what it should, ${votes(target)} in ${target.ran} target cases (E ${figure(target.most)})`;
  if (available < rules.guardLeast)
    return inconclusive(
      `${proof}, but of ${available} guard cases nobody can see what it breaks: ${rules.guardLeast} are needed.`,
    );
  const due = Math.min(available, rules.guardEnough);
  const settled = guard.find((at) => at.harm >= rules.harm || (at.ran >= due && breaksNothing(at, rules)));
  const now = settled ?? last(guard);
  const so = `${votes(now)} in ${now.ran} guard cases`;
  if (now.harm >= rules.harm)
    return refuted(`Does harm elsewhere: ${so} (E ${figure(now.harm)} for harm, ${rules.harm} is too much).`);
  if (settled !== undefined) return { standing: 'proven', because: `${proof}, and loses nothing elsewhere: ${so}.` };
  if (now.ran < Math.min(available, rules.guardMost)) return collecting('guard', `${proof}; so far ${so}.`);
  const lack = lacks(now, rules);
  if (lack !== undefined) return inconclusive(`${proof}, but ${lack}: ${so}.`);
  if (now.n < rules.guardLeast)
    return inconclusive(
      `${proof}, but ${so} are ${now.n} votes, and ${rules.guardLeast} are needed to see what it breaks.`,
    );
  const loss = `${proof}, but loses more than ${100 * rules.guardLoss} % elsewhere: ${so}`;
  return now.ran < rules.guardMost
    ? inconclusive(`${loss}. More cases may show that this is chance.`)
    : refuted(`${loss}.`);
}

/** Whether enough guard cases have a result, and no more of them are lost than may be. */
function breaksNothing(at: SliceTally, rules: TrialRules): boolean {
  const lost = at.breaks - at.fixes;
  return at.n >= rules.guardLeast && lost <= rules.guardLoss * at.n && lacks(at, rules) === undefined;
}

function isProven(at: SliceTally, rules: TrialRules): boolean {
  return at.most >= rules.threshold && lacks(at, rules) === undefined;
}

function isFutile(at: SliceTally, rules: TrialRules): boolean {
  if (at.n === rules.futileEarly) return at.fixes <= at.breaks;
  return at.n === rules.futileLate && at.e < 1;
}

/** What is wrong with how many cases have a result, in words. */
function lacks(at: SliceTally, rules: Pick<TrialRules, 'missing' | 'uneven'>): string | undefined {
  if (at.missing > rules.missing * at.ran) return `${at.missing} of ${at.ran} have no result`;
  return at.uneven >= rules.uneven ? 'One side lacks results more often than the other' : undefined;
}

function collecting(need: Slice, because: string): Verdict {
  return { standing: 'collecting', because, need };
}

function refuted(because: string): Verdict {
  return { standing: 'refuted', because };
}

function inconclusive(because: string): Verdict {
  return { standing: 'inconclusive', because };
}

function last(states: readonly SliceTally[]): SliceTally {
  return states.at(-1) ?? NOTHING_RUN;
}

function idsOf(pairs: readonly Pair[], flip: 'fix' | 'break'): string[] {
  return pairs.filter((pair) => flipOf(pair) === flip).map(({ caseId }) => caseId);
}

function votes({ fixes, breaks }: SliceTally): string {
  return `${fixes} ${fixes === 1 ? 'fix' : 'fixes'}, ${breaks} ${breaks === 1 ? 'break' : 'breaks'}`;
}

function figure(e: number): string {
  return e >= 1e6 ? e.toExponential(0) : e >= 100 ? String(Math.round(e)) : e.toFixed(1);
}

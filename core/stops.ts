import type { Digest } from '../contract/names.ts';
import type { Verdict } from '../contract/verdict.ts';
import { isCertainFail } from './verifying.ts';

/** What an attempt that counts came to, as far as a run can see whether it gets anywhere. */
export interface Tried {
  readonly artefact: Digest;
  /** Of the answer; undefined where an older worker did not say. */
  readonly characters?: number | undefined;
  /** Names of the criteria that certainly fail, and of verifiers that were not asked because of them; sorted. */
  readonly failed: readonly string[];
  /** The same with what was seen, places and times left out: equal ones are the same obstacle. */
  readonly blockers: readonly string[];
}

/** A rule by which a stage gets nowhere. */
export type StopRule = 'repeat' | 'oscillation' | 'plateau' | 'regressing' | 'blocker' | 'schema';

/** Why a stage gets nowhere. */
export interface StopSign {
  readonly rule: StopRule;
  readonly because: string;
}

/** Shorter answers have equal lengths by chance: a label for a label. */
const TELLING_CHARACTERS = 80;

/** Attempts in which the best has to become better. */
const PLATEAU = 3;

/** The longest cycle that is looked for. */
const LONGEST_PERIOD = 4;

/** The name of the criterion that an answer fits its schema, which is repaired once. */
const SCHEMA = 'schema';

/** What differs from one look at the same obstacle to the next: where in a text it is, and how long something took. */
const PLACES_AND_TIMES = /\s+|:\d+(?::\d+)?|\b(?:line|column|at) \d+|\b\d+(?:\.\d+)? ?(?:ms|s|seconds)\b/g;

/** What an attempt came to. */
export function triedOf(artefact: Digest, characters: number | undefined, verdict: Verdict): Tried {
  const against = verdict.criteria.filter(isCertainFail);
  // Whoever's turn did not come has passed nothing: an attempt that comes further fails less.
  const failed = new Set([...against, ...(verdict.notAsked ?? [])].map(({ name }) => name));
  const blockers = new Set(
    against.map(({ name, evidence }) => `${name}: ${evidence.replaceAll(PLACES_AND_TIMES, ' ')}`),
  );
  return {
    artefact,
    ...(characters === undefined ? {} : { characters }),
    failed: [...failed].toSorted(),
    blockers: [...blockers].toSorted(),
  };
}

/**
 * Whether attempts get nowhere, oldest first, all of them failed and made after feedback on the one before. An attempt that
 * fails fewer criteria than every one before it is progress, and no rule holds against it. Sources and figures:
 * docs/explanation/knowing-when-to-stop.md.
 */
export function stopSign(trail: readonly Tried[]): StopSign | undefined {
  if (trail.length < 2) return undefined;
  return repeat(trail) ?? schema(trail) ?? (improves(trail) ? undefined : standstill(trail));
}

function standstill(trail: readonly Tried[]): StopSign | undefined {
  return blocker(trail) ?? oscillation(trail) ?? regressing(trail) ?? plateau(trail);
}

/** The same answer again; or one of equal length that fails the same, which is what it looks like when nothing was understood. */
function repeat(trail: readonly Tried[]): StopSign | undefined {
  const last = trail.at(-1) as Tried;
  const before = trail.slice(0, -1);
  const same = before.findLastIndex(({ artefact }) => artefact === last.artefact);
  if (same === before.length - 1) return { rule: 'repeat', because: 'the same answer came again after feedback' };
  if (same !== -1)
    return { rule: 'oscillation', because: `the answer of ${trail.length - 1 - same} attempts ago came again` };
  const previous = before.at(-1) as Tried;
  const alike =
    last.characters !== undefined &&
    last.characters >= TELLING_CHARACTERS &&
    last.characters === previous.characters &&
    equal(last.blockers, previous.blockers);
  return alike
    ? {
        rule: 'repeat',
        because: `an answer of the same ${last.characters} characters failed in the same way after feedback`,
      }
    : undefined;
}

/** A miss of the schema is repaired once. */
function schema(trail: readonly Tried[]): StopSign | undefined {
  return trail.slice(-2).every(({ failed }) => failed.includes(SCHEMA))
    ? { rule: 'schema', because: 'the answer missed its schema again after its repair' }
    : undefined;
}

/** The same obstacle three times running. */
function blocker(trail: readonly Tried[]): StopSign | undefined {
  const [first, ...others] = trail.slice(-3);
  if (first === undefined || others.length < 2) return undefined;
  const same = first.blockers.find((one) => others.every(({ blockers }) => blockers.includes(one)));
  return same === undefined
    ? undefined
    : { rule: 'blocker', because: `the same obstacle three times: ${same.slice(0, 200)}` };
}

/** What fails comes round: mending one breaks the other, twice. */
function oscillation(trail: readonly Tried[]): StopSign | undefined {
  for (let period = 2; period <= LONGEST_PERIOD; period += 1) {
    const recent = trail.slice(-2 * period);
    if (recent.length < 2 * period) break;
    const cycles = recent.slice(period).every(({ failed }, index) => equal(failed, (recent[index] as Tried).failed));
    const moves = recent.slice(1, period).some(({ failed }) => !equal(failed, (recent[0] as Tried).failed));
    if (cycles && moves)
      return { rule: 'oscillation', because: `what fails comes round every ${period} attempts, for the second time` };
  }
  return undefined;
}

/** The last two attempts each fail all that an earlier one failed, and more. */
function regressing(trail: readonly Tried[]): StopSign | undefined {
  const worse = (index: number): boolean =>
    trail.slice(0, index).some(({ failed }) => isPart(failed, (trail[index] as Tried).failed));
  return trail.length >= 3 && worse(trail.length - 1) && worse(trail.length - 2)
    ? { rule: 'regressing', because: 'two attempts running failed all that an earlier one failed, and more' }
    : undefined;
}

/** The best has not become better for a while. */
function plateau(trail: readonly Tried[]): StopSign | undefined {
  const count = ({ failed }: Tried): number => failed.length;
  const before = trail.slice(0, -PLATEAU).map(count);
  const recent = trail.slice(-PLATEAU).map(count);
  return before.length > 0 && Math.min(...recent) >= Math.min(...before)
    ? { rule: 'plateau', because: `no attempt of the last ${PLATEAU} failed fewer criteria than one before them` }
    : undefined;
}

/** Whether the last attempt fails fewer criteria than every one before it. */
function improves(trail: readonly Tried[]): boolean {
  const last = (trail.at(-1) as Tried).failed.length;
  return trail.slice(0, -1).every(({ failed }) => failed.length > last);
}

function equal(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** Whether all of `some` are among `others`, which are more. */
function isPart(some: readonly string[], others: readonly string[]): boolean {
  return some.length < others.length && some.every((one) => others.includes(one));
}

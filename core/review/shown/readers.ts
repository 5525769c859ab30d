import type { Shown } from '../../../contract/loop-evidence.ts';
import type { RunFacts, ShownFacts } from '../../../contract/shown-facts.ts';
import { plainLine } from '../../plain-text.ts';
import { answerTo, nobodyReads, QUESTIONS, type Answered } from '../answers.ts';
import { HASTE_MS } from './gates.ts';
import { clear, found, quoted, share, tooFew } from './say.ts';
import { isDecided } from './verifiers.ts';

/** The question that is asked, and that its answers are kept under. */
const CHECK = 'trigger.read';

/** Runs that a schedule has to have made something in, before anybody is asked who reads it. */
const RUNS = 3;

/** Newest runs of schedules that are looked at. */
const NEWEST = 50;

/** Outcomes of runs that made something which a person could read. */
const MADE: ReadonlySet<RunFacts['outcome']> = new Set(['accepted', 'dryRun', 'rejected', 'expired']);

/**
 * Schedules whose work nobody reads. Whoever decides at a gate has read it, and that is on record; what else people open
 * is not, so for the rest they are asked, and asked again once their answer is old.
 */
export function scheduleUnread({ runs, gates, startsLoops, answers, now }: ShownFacts): Shown {
  const name = 'ScheduleUnread';
  const made = runs.filter(({ trigger, outcome }) => trigger.kind === 'schedule' && MADE.has(outcome)).slice(0, NEWEST);
  if (made.length < RUNS) return tooFew(name, made.length, RUNS, 'runs in which a schedule made something');
  if (startsLoops) return clear(name, 'it starts other loops: whoever reads what they make reads this');
  const decided = new Set(
    gates
      .filter(({ state, waitedMs }) => isDecided(state) && (state !== 'approved' || waitedMs > HASTE_MS))
      .map(({ runKey }) => runKey),
  );
  const read = made.filter(({ runKey }) => decided.has(runKey)).length;
  const seen = `people decided ${share(read, made.length)} of what ${schedulesOf(made)} made`;
  if (2 * read >= made.length) return clear(name, seen);
  const given = answerTo(CHECK, answers, now);
  if (given.kind !== 'fresh') return asked(`${seen}; who reads the rest is on no record${staleWords(given)}`);
  const said = saidWords(given.answer);
  if (!nobodyReads(given.answer.answer)) return clear(name, said, CHECK);
  return found(name, 'warning', {
    because: `${seen}, and of the rest ${said}`,
    nextAction:
      'Remove the schedule (`loopwright schedule`), run it less often, or send what it makes to who acts on it.',
    runs: made,
    check: CHECK,
  });
}

function asked(because: string): Shown {
  const question = QUESTIONS[CHECK];
  const nextAction = `${question} Answer \`${CHECK}\` with --answers FILE, or on the review's page.`;
  return { state: 'asked', name: 'ScheduleUnread', because, check: CHECK, question, nextAction };
}

function schedulesOf(runs: readonly RunFacts[]): string {
  return quoted([...new Set(runs.map(({ trigger }) => trigger.source ?? 'a schedule'))].slice(0, 5));
}

function staleWords(given: Answered): string {
  return given.kind === 'stale' ? `; ${saidWords(given.answer)}, more than 90 days ago` : '';
}

function saidWords({ by, at, answer, note }: Extract<Answered, { readonly kind: 'fresh' }>['answer']): string {
  const noted = note === undefined ? '' : ` (${plainLine(note, 300)})`;
  return `${plainLine(by, 200)} said on ${new Date(at).toISOString().slice(0, 10)}: ${plainLine(answer, 300)}${noted}`;
}

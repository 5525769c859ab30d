import type { JudgeAnswer, JudgedArtefact } from '../../contract/judges.ts';
import type { Timestamp } from '../../contract/names.ts';
import type { Criterion } from '../../contract/verdict.ts';
import { mentions } from '../mentions.ts';

/** What a judge said about an artefact, and what people did. */
export interface JudgeVote {
  readonly stage: string;
  readonly judge: string;
  /** Whether each of its criteria passed. Whatever is no yes holds the artefact: nothing proven is no pass. */
  readonly letThrough: boolean;
  /** Absent where nobody has decided, or where what people refused was not the judge's matter. */
  readonly truth?: 'good' | 'bad';
  /** Whether people would have seen the artefact whatever the judge said: only such votes say how often it is right. */
  readonly even: boolean;
  /** Whether the artefact is one of the newest, decided or not. */
  readonly lately: boolean;
  readonly orders: { readonly changed: number; readonly of: number };
  readonly at: Timestamp;
}

/** What one judge said about one artefact. */
interface Said {
  readonly judge: string;
  readonly criteria: readonly Criterion[];
  readonly letThrough: boolean;
}

/**
 * Votes of the judges of a loop, oldest first. An artefact that people took as it was is good. One that they rejected, edited
 * or sent back is bad, for those whose matter it was: those whom the person's words name; else those who held it; else, where
 * nobody did, everybody who let it through. What a judge said when the artefact came again takes the place of what it had
 * said: that is a second opinion of the same judge, and only the newest counts.
 */
export function votesOf(artefacts: readonly JudgedArtefact[], answers: readonly JudgeAnswer[]): readonly JudgeVote[] {
  const again = Map.groupBy(
    answers.filter(({ kind }) => kind !== 'swapped'),
    placeOf,
  );
  return artefacts
    .flatMap((one) => votesOn(one, again.get(placeOf(one)) ?? []))
    .toSorted((one, other) => one.at - other.at);
}

/**
 * Whether an artefact is a trap for a judge: people did not take it, it was the judge's matter, and they would have seen it
 * whatever the judge said. What got past a judge whose no is final would be no fair question.
 */
export function isTrapFor(judge: string, artefact: JudgedArtefact): boolean {
  if (artefact.decided === undefined || artefact.decided.state === 'approved') return false;
  const own = votesOn(artefact, []).find((vote) => vote.judge === judge);
  if (own !== undefined) return own.truth === 'bad' && own.even;
  return mentions(judge, false)(artefact.decided.words) || !artefact.criteria.some(speaksAgainst);
}

/**
 * Whether an artefact that people took says of a judge how much it lets through: they would have seen it whatever the judge
 * said, or the judge was not there.
 */
export function isGoodFor(judge: string, artefact: JudgedArtefact): boolean {
  if (artefact.decided?.state !== 'approved') return false;
  const own = votesOn(artefact, []).find((vote) => vote.judge === judge);
  return own === undefined || own.even;
}

/** The newest of what each judge said to each swapped artefact, oldest first. */
export function swappedAnswers(answers: readonly JudgeAnswer[]): readonly JudgeAnswer[] {
  const newest = new Map<string, JudgeAnswer>();
  for (const answer of answers.toSorted((one, other) => one.at - other.at)) {
    const { kind, stage, judge, runKey, artefact, inputOf } = answer;
    const key = JSON.stringify([stage, judge, runKey, artefact, inputOf]);
    if (kind !== 'swapped') continue;
    newest.delete(key);
    newest.set(key, answer);
  }
  return [...newest.values()];
}

function votesOn(one: JudgedArtefact, answers: readonly JudgeAnswer[]): JudgeVote[] {
  const judges = saidBy(one.criteria).filter(({ criteria }) => criteria.every(({ verdict }) => verdict !== 'error'));
  const concerned = one.decided === undefined ? [] : concernedBy(one, judges);
  const truth = one.decided?.state === 'approved' ? 'good' : 'bad';
  const before = judges.map((said): JudgeVote => {
    const { judge, criteria, letThrough } = said;
    const compared = criteria.filter(({ order }) => order !== undefined);
    return {
      stage: one.stage,
      judge,
      letThrough,
      ...(concerned.includes(said) ? { truth } : {}),
      lately: one.lately,
      even: one.ask && criteria.every(({ opinion }) => opinion === true),
      orders: { changed: compared.filter(({ order }) => order === 'other').length, of: compared.length },
      at: one.decided?.at ?? one.at,
    };
  });
  if (one.decided === undefined) return before;
  // What people decided otherwise since then was another question.
  const asked = answers.filter(({ kind }) => kind === (truth === 'good' ? 'accepted' : 'refused'));
  const newest = new Map(asked.toSorted((a, b) => a.at - b.at).map((answer) => [answer.judge, answer]));
  const again = [...newest.values()].map(({ stage, judge, letThrough, orders, at }): JudgeVote => {
    return { stage, judge, letThrough, truth, even: true, lately: one.lately, orders, at };
  });
  return [...before.filter(({ judge }) => !newest.has(judge)), ...again];
}

/** Judges by their criteria: those are called `<judge>/<criterion>`. */
function saidBy(criteria: readonly Criterion[]): Said[] {
  const ofJudges = criteria.filter(({ name }) => name.includes('/'));
  const byJudge = Map.groupBy(ofJudges, ({ name }) => name.slice(0, name.lastIndexOf('/')));
  return [...byJudge].map(([judge, own]) => ({
    judge,
    criteria: own,
    letThrough: own.every(({ verdict }) => verdict === 'pass'),
  }));
}

/** Those whose matter a decision was. */
function concernedBy({ criteria, decided }: JudgedArtefact, judges: readonly Said[]): readonly Said[] {
  if (decided?.state === 'approved') return judges;
  const named = judges.filter((said) => namesOf(said).some((name) => mentions(name, false)(decided?.words ?? '')));
  if (named.length > 0) return named;
  return criteria.some(speaksAgainst) ? judges.filter(({ letThrough }) => !letThrough) : judges;
}

/** Whether a criterion held the artefact. A question waits for a person, and says nothing against it. */
function speaksAgainst({ verdict, question }: Criterion): boolean {
  return verdict !== 'pass' && question === undefined;
}

function namesOf({ judge, criteria }: Said): string[] {
  return [judge, ...criteria.map(({ name }) => name.slice(judge.length + 1))];
}

function placeOf({ runKey, stage, artefact }: Pick<JudgedArtefact, 'runKey' | 'stage' | 'artefact'>): string {
  return JSON.stringify([runKey, stage, artefact]);
}

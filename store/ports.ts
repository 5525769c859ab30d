import type { Keep } from '../contract/context.ts';
import type { LessonChange } from '../contract/kept-lesson.ts';
import type { Lesson } from '../contract/lesson.ts';
import type { Digest, Timestamp } from '../contract/names.ts';
import type { Outcome } from '../contract/outcomes.ts';
import type { RunList, RunQuery } from '../contract/record.ts';
import type { RecordQuery, RunRecord } from '../contract/run-record.ts';
import type { PinnedRun, Trigger } from '../contract/run.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { Alerts } from './alerts.ts';
import type { Approvals } from './approvals.ts';
import type { Audit } from './audit.ts';
import type { Autonomy } from './autonomy.ts';
import type { Contexts } from './contexts.ts';
import type { Candidates } from './candidates.ts';
import type { Cases } from './cases.ts';
import type { Changes } from './changes.ts';
import type { CostBook } from './costs.ts';
import type { Erasures } from './erasures.ts';
import type { Experiments } from './experiments.ts';
import type { Failures } from './failures.ts';
import type { Grades } from './grades.ts';
import type { Harnesses } from './harnesses.ts';
import type { Gates, NewDecision } from './gates-port.ts';
import type { JudgeRecords } from './judge-records.ts';
import type { Inbox } from './inbox.ts';
import type { Notices } from './notices-port.ts';
import type { Ledger } from './ledger-port.ts';
import type { LessonStates } from './lesson-states.ts';
import type { LoopBook } from './loop-book.ts';
import type { ReviewAnswers } from './review-answers.ts';
import type { ReviewFacts } from './review-facts.ts';
import type { ScheduleLooks } from './schedule-looks.ts';
import type { Starts } from './starts.ts';
import type { Sessions } from './sessions.ts';
import type { SignIns } from './sign-ins.ts';
import type { SourceAnswers } from './source-answers.ts';
import type { ApiTokens } from './api-tokens.ts';
import type { Users } from './users.ts';

export type { NewLessonChange } from './lesson-states.ts';
export type { HarnessVersion } from './harnesses.ts';
export type { Moved } from './harness-moves.ts';
import type { Statements } from './statements.ts';

export type { Gates, GateVersion, NewDecision, RefusedDecision } from './gates-port.ts';
export type { Budget, CallKey, Ledger, Usage } from './ledger-port.ts';

/** The state outside the chat: what outlives a run. Every write has a key; repeating it changes nothing. */
export interface Store {
  readonly artefacts: Artefacts;
  readonly runs: Runs;
  readonly records: Records;
  readonly contexts: Contexts;
  readonly attempts: Attempts;
  readonly findings: Findings;
  readonly gates: Gates;
  readonly approvals: Approvals;
  readonly statements: Statements;
  readonly lessons: Lessons;
  readonly effects: Effects;
  readonly ledger: Ledger;
  readonly costs: CostBook;
  readonly harnesses: Harnesses;
  readonly reviewAnswers: ReviewAnswers;
  readonly reviewFacts: ReviewFacts;
  readonly autonomy: Autonomy;
  readonly sourceAnswers: SourceAnswers;
  readonly erasures: Erasures;
  readonly alerts: Alerts;
  readonly notices: Notices;
  readonly scheduleLooks: ScheduleLooks;
  readonly inbox: Inbox;
  readonly starts: Starts;
  readonly audit: Audit;
  readonly users: Users;
  readonly apiTokens: ApiTokens;
  readonly signIns: SignIns;
  readonly sessions: Sessions;
  readonly changes: Changes;
  readonly cases: Cases;
  readonly experiments: Experiments;
  readonly grades: Grades;
  readonly candidates: Candidates;
  readonly failures: Failures;
  readonly lessonStates: LessonStates;
  readonly judgeRecords: JudgeRecords;
  readonly loopBook: LoopBook;
  readonly facts: Facts;
  close(): Promise<void>;
}

/** Whose a body is, and for how long. */
export interface ArtefactOwner {
  readonly runKey: string;
  readonly keep: Keep;
}

/** Bodies by content address. */
export interface Artefacts {
  /** The address that a text has, or will have. */
  digest(text: string): Digest;
  /** Stores a text for a run and returns its digest; `run` bodies go when their last run closes. */
  put(text: string, owner: ArtefactOwner): Promise<Digest>;
  /** The text, or undefined when it was never stored or has expired. */
  get(digest: Digest): Promise<string | undefined>;
}

/** A run as it is opened: what was pinned for it, and where it runs. */
export interface NewRun extends PinnedRun {
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly trigger: Trigger;
  readonly openedAt: Timestamp;
}

/** Another run that has the work. */
export interface Holder {
  readonly runKey: string;
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly artefact?: Digest;
}

/** What became of a claim on a piece of work. */
export type Claim =
  | { readonly kind: 'claimed'; readonly run: NewRun }
  | { readonly kind: 'alreadyDone'; readonly holder: Holder }
  | { readonly kind: 'inProgress'; readonly holder: Holder };

/** How a run ended, as it is recorded. */
export interface Closing {
  readonly runKey: string;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly closedAt: Timestamp;
  readonly artefact?: Digest;
  readonly duplicateOf?: string;
  readonly lessons: readonly NewLesson[];
  /** The decision that ended the run, where it is not on record yet. */
  readonly decided?: NewDecision;
  /** Change nothing where the run has closed itself meanwhile: for whoever closes it from outside. */
  readonly unlessClosed?: boolean;
}

/** What a closing left. */
export interface Closed {
  readonly attempts: number;
  readonly gates: number;
  readonly lessons: number;
  readonly costMicroUsd: number;
}

/** Runs and the work they claim. */
export interface Runs {
  /** Records the run and claims its work, in one transaction; claiming again answers what the first time did. A dry run does no work: it claims nothing, and nothing is claimed from it. */
  open(run: NewRun): Promise<Claim>;
  /** Records a run that has nothing to do as closed, `noWork`; changes nothing where the run is recorded already. */
  openDuplicate(run: NewRun, duplicateOf: string, reason: string): Promise<void>;
  /** Closes the record, its work and its `run` artefacts, with its last decision and its lessons, in one transaction. */
  close(closing: Closing): Promise<Closed>;
  /** Runs that were never closed here, oldest first. */
  unclosed(): Promise<readonly NewRun[]>;
  /** Runs, newest first. */
  list(query: RunQuery): Promise<RunList>;
  find(runKey: string): Promise<(NewRun & { readonly outcome?: Outcome; readonly artefact?: Digest }) | undefined>;
}

/** Everything about one run, for who wants to know why it went as it did. */
export interface Records {
  /** The run, or undefined where this store knows none; the newest where several have the workflow id. */
  find(query: RecordQuery): Promise<RunRecord | undefined>;
}

/** A free first tier that answered, but was not sure enough. */
export interface PassedOver {
  readonly route: string;
  readonly confidence: number;
  readonly atLeast: number;
}

/** One attempt, keyed by run, stage and number. */
export interface Attempt {
  readonly runKey: string;
  readonly stage: string;
  readonly attempt: number;
  readonly artefact: Digest;
  /** `model:<id>`, `function:<name>` or `human:<who>`. */
  readonly author: string;
  readonly at: Timestamp;
  /** In what other way it was made, and why, where its stage got nowhere before. */
  readonly changed?: { readonly strategy: string; readonly because: string } | undefined;
  readonly passedOver?: readonly PassedOver[] | undefined;
}

/** What is known of a loop's attempts at a stage. */
export interface AttemptHistory {
  /** Of the first, second … attempt: how many were made and verified, and how many passed. */
  readonly odds: readonly { readonly tried: number; readonly passed: number }[];
  readonly attemptMicroUsd: number;
}

/** A verdict and what the approval rule said about the same artefact. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly approval: { readonly ask: boolean; readonly audit: boolean; readonly because: string };
}

/** Whose judgement it is, and on what. */
export interface JudgementKey {
  readonly runKey: string;
  readonly stage: string;
  readonly artefact: Digest;
  /** `verifiers`, `verifiers/edit` (on a person's edit, where opinions stand aside) or `human:<who>`. */
  readonly author: string;
}

/** Attempts and the verdicts on what they made. */
export interface Attempts {
  /** Stores the text of an attempt's artefact and records the attempt, in one transaction; where the key exists, the recorded one is the answer and nothing changes. */
  add(attempt: Omit<Attempt, 'artefact'>, text: string): Promise<Attempt>;
  find(runKey: string, stage: string, attempt: number): Promise<Attempt | undefined>;
  /** Records what was found about an artefact by `author`, in the place of single findings; where the key exists, nothing changes. */
  judge(key: JudgementKey & { readonly at: Timestamp }, judgement: Judgement): Promise<void>;
  judgement(key: JudgementKey): Promise<Judgement | undefined>;
  /** What the newest attempts of a loop at a stage came to, by number, and what one cost on average; `upTo` bounds how many are looked at. */
  history(loop: string, stage: string, upTo: number): Promise<AttemptHistory>;
  /** Names of the criteria that failed or broke when a run's verifiers last said something. */
  failing(runKey: string): Promise<readonly string[]>;
  /** All judgements on an artefact in a run, oldest first. */
  judgements(runKey: string, stage: string, artefact: Digest): Promise<readonly Judgement[]>;
  /** The same, whichever stage made it. */
  judgementsOn(runKey: string, artefact: Digest): Promise<readonly Judgement[]>;
}

/** What single verifiers found about an artefact, until there is a verdict on it. */
export interface Findings {
  /** Answers by what was asked. */
  of(key: JudgementKey): Promise<ReadonlyMap<string, string>>;
  /** Keeps answers by what was asked; where one is kept already, it stays. */
  keep(key: JudgementKey, found: ReadonlyMap<string, string>, at: Timestamp): Promise<void>;
}

/** A lesson that has no id yet; `key` makes writing it twice harmless. */
export type NewLesson = Omit<Lesson, 'id'> & { readonly key: string };

/** Lessons in the order they were learnt. */
export interface Lessons {
  /** The highest id of a lesson, or of a change of how one stands; 0 without lessons. */
  watermark(): Promise<number>;
  /** How often something was erased: whoever keeps lessons in memory lets go of them when it changes. */
  erasures(): Promise<number>;
  /** Lessons of a loop, or of one of its runs, with `after < id <= upTo`, oldest first, at most `limit`, without those that were erased. */
  list(query: {
    readonly loop: string;
    readonly runKey?: string;
    readonly after: number;
    readonly upTo: number;
    readonly limit?: number;
  }): Promise<readonly Lesson[]>;
  /** Changes of how lessons of a loop stand, with `after < id <= upTo`, oldest first. */
  changes(query: {
    readonly loop: string;
    readonly after: number;
    readonly upTo: number;
  }): Promise<readonly LessonChange[]>;
}

/** Effects, once each. */
export interface Effects {
  /** Marks an effect as begun. `begun`: somebody began before, or may have, and nobody knows how it went. */
  begin(effect: {
    readonly key: string;
    readonly runKey: string;
    readonly name: string;
    readonly artefact: Digest;
    readonly at: Timestamp;
    /** How often a day (UTC) runs of the loop may begin it. */
    readonly aDay?: { readonly loop: string; readonly count: number };
  }): Promise<
    | { readonly kind: 'new' }
    /** So often it was begun that day, and nothing was marked. */
    | { readonly kind: 'capped'; readonly count: number }
    | { readonly kind: 'begun' }
    | { readonly kind: 'done'; readonly artefact: Digest; readonly result: unknown }
  >;
  finish(key: string, result: unknown, at: Timestamp): Promise<void>;
  /**
   * Marks the work of every run that is open here as doubtful: this store is a copy from a moment when it was at work,
   * and an effect of it that is not on record may have been done since. Returns how many.
   */
  doubt(since: Timestamp): Promise<number>;
  /** One row a topic and key; a second put changes nothing. */
  put(topic: string, key: string, body: unknown): Promise<void>;
}

/** Read-only SQL over the store, for loops that report on loops. */
export interface Facts {
  query(sql: string, parameters?: readonly (string | number)[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

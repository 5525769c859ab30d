import type { Digest, Timestamp } from '../contract/names.ts';
import type { Letter, LetterQuery, LetterState } from '../contract/notify.ts';

/** What is looked at: a version of an approval by its digest and when it was opened, an alert by its key and when it was raised. */
export interface NoticeSubject {
  readonly kind: 'approval' | 'alert';
  readonly about: string;
  readonly since: Timestamp;
  /** What its letters call it. */
  readonly subject: string;
}

/** A look at a subject: up to when it was seen, and when there is something to see again. */
export interface NoticeLook extends NoticeSubject {
  readonly at: Timestamp;
  readonly nextAt?: Timestamp | undefined;
  /** Nothing comes after this look. */
  readonly settled: boolean;
}

/** A letter to write; `ifTold` only where the channel was told of the subject before. */
export type PlannedLetter = Pick<Letter, 'id' | 'channel' | 'event' | 'dueAt'> & { readonly ifTold: boolean };

/** A letter that is being sent. */
export interface Sending {
  readonly channel: string;
  readonly ids: readonly string[];
  /** When it is tried. The same again is the same try. */
  readonly at: Timestamp;
  /** When it is tried again where nobody says how it went. */
  readonly nextAt: Timestamp;
  /** Name of the message that they share. */
  readonly together?: string | undefined;
}

/** How it went. */
export interface Sent {
  readonly channel: string;
  readonly ids: readonly string[];
  readonly state: LetterState;
  readonly at: Timestamp;
  readonly nextAt?: Timestamp;
  readonly problem?: string;
}

/** What people are told, over which channel: an outbox with a row a notice and channel. */
export interface Notices {
  /** Approvals that may have something due: never looked at, at their time, or no longer as they were. */
  toLookAt(now: Timestamp, limit: number): Promise<readonly Digest[]>;
  /** When a subject was looked at last. */
  lookedAt(subject: NoticeSubject): Promise<Timestamp | undefined>;
  /** Alerts that were looked at, and not yet seen cleared. */
  openAlerts(): Promise<readonly Pick<NoticeSubject, 'about' | 'since'>[]>;
  /**
   * Writes a look down with what it found. What waits of the same subject at the same channel is withdrawn by what is newer, and
   * all of it where the subject is settled; so is what waits of earlier subjects of the same name.
   */
  plan(look: NoticeLook, letters: readonly PlannedLetter[]): Promise<void>;
  /** Letters of a channel whose time has come, in the order in which they were due. */
  ready(channel: string, now: Timestamp, limit: number): Promise<readonly Letter[]>;
  /** How many messages a channel was sent since. */
  begunSince(channel: string, since: Timestamp): Promise<number>;
  /** Says that letters are being sent; answers those of them that still wait. */
  begin(sending: Sending): Promise<readonly string[]>;
  /** Says how it went, of those that wait. */
  settle(sent: Sent): Promise<void>;
  /** Withdraws what waits for channels that there are no more; returns how many. */
  keepChannels(channels: readonly string[], at: Timestamp): Promise<number>;
  /** Forgets what was settled before a time; returns how many letters. */
  expire(before: Timestamp): Promise<number>;
  /** Letters, newest first. */
  list(query: LetterQuery): Promise<readonly Letter[]>;
}

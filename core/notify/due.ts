import type { Approval, ApprovalState } from '../../contract/approvals.ts';
import type { Timestamp } from '../../contract/names.ts';
import type { NoticeEvent } from '../../contract/notify.ts';
import { assertNever } from '../assert-never.ts';
import { isPending } from '../pending.ts';

/** Something to tell about a subject. The same thing has the same id, whenever it is worked out. */
export interface Due {
  readonly id: string;
  readonly event: NoticeEvent;
  /** Which reminder, or which step of `escalateTo`; from 1. */
  readonly n?: number;
  readonly dueAt: Timestamp;
  /** Only for those who were told of the subject before. */
  readonly ifTold: boolean;
}

/** The last part of the time of a gate in which people are told that it is nearly over: a tenth of it, at most an hour. */
const LAST_SHARE = 10;
const LAST_MS = 3_600_000;

/** What an approval is called among subjects. Opened again, it is another. */
export function approvalSubject({ digest, openedAt }: Pick<Approval, 'digest' | 'openedAt'>): string {
  return `approval:${digest}@${openedAt}`;
}

/** What a subject is about. */
export interface Subject {
  readonly kind: 'approval' | 'alert';
  /** Digest of a gate's version, or key of an alert. */
  readonly about: string;
  readonly since: Timestamp;
}

/** What a subject is about, by what it is called; undefined where nothing is called so. */
export function subjectOf(text: string): Subject | undefined {
  const [, kind, about = '', since] = /^(approval|alert):(.+)@(\d+)$/s.exec(text) ?? [];
  return kind === undefined ? undefined : { kind: kind as Subject['kind'], about, since: Number(since) };
}

/**
 * What is due about an approval at a time, and was not at the look before: looks that follow each other find each notice
 * once. Of several reminders the last; what is due after the time to decide is over never is. Approvals without a policy
 * are those of an older program: they have neither reminders nor an end.
 */
export function noticesDue(approval: Approval, before: Timestamp | undefined, at: Timestamp): readonly Due[] {
  if (!isPending(approval.state)) return [noticeOf(approval, settledAs(approval.state), approval.decidedAt ?? at)];
  const opened = before === undefined ? [noticeOf(approval, 'opened', approval.openedAt)] : [];
  const isNew = ({ dueAt }: Due): boolean => dueAt <= at && (before === undefined || dueAt > before);
  return [...opened, ...reminders(approval, at), ...escalations(approval), ...lastCall(approval)].filter(isNew);
}

/** When something is due next, after `at`; undefined where nothing is until it is decided. */
export function nextDue(approval: Approval, at: Timestamp): Timestamp | undefined {
  if (!isPending(approval.state)) return undefined;
  const { openedAt, policy } = approval;
  const every = policy?.remindAfterMs ?? 0;
  const reminder = every > 0 ? [openedAt + (Math.floor(Math.max(0, at - openedAt) / every) + 1) * every] : [];
  const others = [...escalations(approval), ...lastCall(approval)].map(({ dueAt }) => dueAt);
  const later = [...reminder.filter((time) => isInTime(approval, time)), ...others].filter((time) => time > at);
  return later.length === 0 ? undefined : Math.min(...later);
}

function noticeOf(approval: Approval, event: NoticeEvent, dueAt: Timestamp, n?: number): Due {
  const id = `${approvalSubject(approval)}/${event}${n ?? ''}`;
  const ifTold = event === 'decided' || event === 'withdrawn';
  return { id, event, ...(n === undefined ? {} : { n }), dueAt, ifTold };
}

function reminders(approval: Approval, at: Timestamp): Due[] {
  const { openedAt, policy } = approval;
  const every = policy?.remindAfterMs ?? 0;
  const n = every > 0 ? Math.floor((Math.min(at, (approval.expiresAt ?? Infinity) - 1) - openedAt) / every) : 0;
  return n < 1 ? [] : [noticeOf(approval, 'reminder', openedAt + n * every, n)];
}

function escalations(approval: Approval): Due[] {
  const { openedAt, policy } = approval;
  return (policy?.escalateTo ?? [])
    .map(({ afterMs }, index) => noticeOf(approval, 'escalated', openedAt + afterMs, index + 1))
    .filter(({ dueAt }) => isInTime(approval, dueAt));
}

function lastCall(approval: Approval): Due[] {
  const { openedAt, expiresAt } = approval;
  if (expiresAt === undefined) return [];
  const lastMs = Math.min((expiresAt - openedAt) / LAST_SHARE, LAST_MS);
  return [noticeOf(approval, 'expiring', expiresAt - Math.floor(lastMs))];
}

function isInTime({ expiresAt }: Approval, time: Timestamp): boolean {
  return expiresAt === undefined || time < expiresAt;
}

function settledAs(state: ApprovalState): NoticeEvent {
  switch (state) {
    case 'approved':
    case 'edited':
    case 'rejected':
    case 'answered':
      return 'decided';
    case 'expired':
      return 'expired';
    case 'cancelled':
    case 'superseded':
      return 'withdrawn';
    case 'open':
    case 'claimed':
      throw new Error(`An approval that is ${state} is not settled.`);
    default:
      return assertNever(state);
  }
}

import type { Alert } from '../../contract/alerts.ts';
import type { Approval } from '../../contract/approvals.ts';
import type { NotifyFile, NotifyRule } from '../../contract/notify-file.ts';
import type { Timestamp } from '../../contract/names.ts';
import type { NoticeEvent } from '../../contract/notify.ts';
import { approversAt } from '../may-decide.ts';
import { parseRule } from '../rule.ts';
import type { Due } from './due.ts';

/** What rules of `notify.yaml` can read. */
export const NOTICE_VARIABLES = ['event', 'about', 'loop', 'gate', 'stage', 'risk', 'audit', 'approvers'] as const;

/** A notice as rules see it; what an alert has not is empty. */
export type NoticeView = Readonly<Record<(typeof NOTICE_VARIABLES)[number], unknown>>;

/** A notice to a channel. */
export interface NewLetter extends Due {
  readonly channel: string;
}

/** A notice of an approval, as rules see it; a gate of an older program may be decided by anybody. */
export function approvalView(event: NoticeEvent, approval: Approval, at: Timestamp): NoticeView {
  const { loop, gate, stage, policy, openedAt, audit } = approval;
  const approvers = policy === undefined ? ['*'] : approversAt(policy, openedAt, at);
  return { event, about: 'approval', loop, gate, stage, risk: policy?.risk ?? '', audit, approvers };
}

/** A notice of an alert, as rules see it: `about` is its kind. */
export function alertView(event: NoticeEvent, { kind }: Pick<Alert, 'kind'>): NoticeView {
  return { event, about: kind, loop: '', gate: '', stage: '', risk: '', audit: false, approvers: [] };
}

/** Which channels a notice goes to, and which rules could not say. */
export type Routing = (view: NoticeView) => { readonly to: readonly string[]; readonly trouble: readonly string[] };

/**
 * Where notices go by the rules of a file: to the channels of every rule that holds. One that cannot be decided holds:
 * people would rather be told too much. @throws InvalidRule where one is none.
 */
export function compileRouting({ channels, rules }: Pick<NotifyFile, 'channels' | 'rules'>): Routing {
  const all: NotifyRule = { when: 'true', to: channels.map(({ name }) => name) };
  const compiled = (rules ?? [all]).map(({ when, to }) => ({ holds: parseRule(when, NOTICE_VARIABLES), to }));
  return (view) => {
    const asked = compiled.map(({ holds, to }) => ({ answer: holds(view), to }));
    const to = asked.flatMap((one) => ('error' in one.answer || one.answer.value ? one.to : []));
    return { to: [...new Set(to)], trouble: asked.flatMap(({ answer }) => ('error' in answer ? [answer.error] : [])) };
  };
}

/** Of things that are due at one moment: what says more comes later. */
const RANK: readonly NoticeEvent[] = ['opened', 'reminder', 'escalated', 'expiring'];

/**
 * The letters of a look: of several notices that are due about one subject, a channel gets the last that goes to it.
 * The others say less than it does: whoever was away for a day gets no 24 reminders.
 */
export function lettersOf(due: readonly Due[], channelsOf: (one: Due) => readonly string[]): readonly NewLetter[] {
  const ordered = due.toSorted((a, b) => a.dueAt - b.dueAt || RANK.indexOf(a.event) - RANK.indexOf(b.event));
  const last = new Map(ordered.flatMap((one) => channelsOf(one).map((channel) => [channel, one] as const)));
  return [...last].map(([channel, one]) => ({ ...one, channel }));
}

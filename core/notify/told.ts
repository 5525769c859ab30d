import type { Alert } from '../../contract/alerts.ts';
import type { Approval } from '../../contract/approvals.ts';
import type { Timestamp } from '../../contract/names.ts';
import type { NoticeEvent } from '../../contract/notify.ts';
import type { Criterion } from '../../contract/verdict.ts';
import { dollars, moment, span } from '../figures.ts';
import { approversAt } from '../may-decide.ts';
import { readableJson } from '../json-text.ts';
import { isPending } from '../pending.ts';
import { messageLine, messageText } from './message-text.ts';

/** A notice in words, before it has the form of a channel. Everything in it may be shown as text, and nothing as markup. */
export interface Told {
  readonly event: NoticeEvent | 'test';
  /** One line. */
  readonly headline: string;
  /** What will happen, where something will: made by a loop from what came from outside. */
  readonly output?: { readonly text: string; readonly cut: boolean };
  /** What there is to know, a line each. */
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** What the verifiers found, a line each. */
  readonly evidence: readonly string[];
  /** Where it is decided, or looked at: a page that asks who one is. */
  readonly link?: { readonly words: string; readonly url: string };
}

/** What the store knows of an approval besides itself. */
export interface ApprovalFacts {
  /** What is decided about, as JSON; undefined where it is gone. */
  readonly output: string | undefined;
  readonly criteria: readonly Criterion[];
  readonly costMicroUsd: number | undefined;
}

/** Longest parts of a message, in characters. */
const OUTPUT = 700;
const LINE = 200;
const NAME = 80;

/** Most verifiers of a message; those that say no come first. */
const CRITERIA = 8;

/** What is told of approvals. */
export type ApprovalEvent = Exclude<NoticeEvent, 'raised' | 'cleared'>;

/** What a notice of an approval says, at the moment at which it is sent. */
export function tellApproval(
  event: ApprovalEvent,
  approval: Approval,
  { output, criteria, costMicroUsd }: ApprovalFacts,
  { now, origin }: { readonly now: Timestamp; readonly origin: string },
): Told {
  const pending = isPending(approval.state);
  const shown = output === undefined ? undefined : messageText(readableJson(output), OUTPUT);
  const worst = criteria.toSorted((a, b) => Number(a.verdict === 'pass') - Number(b.verdict === 'pass'));
  return {
    event,
    headline: `${messageLine(approval.workflowId, NAME)} ${headline(event, approval)}`,
    ...(shown === undefined || event === 'withdrawn' ? {} : { output: shown }),
    facts: [
      ['Loop', messageLine(`${approval.loop}, stage ${approval.stage.replace(/#1$/, '')}`, NAME)],
      ...(pending ? waitingFacts(approval, now) : settledFacts(approval)),
      ...(costMicroUsd === undefined ? [] : [['Cost so far', dollars(costMicroUsd)] as const]),
    ],
    evidence: pending ? [...worst.slice(0, CRITERIA).map(evidenceLine), ...restOf(worst.length)] : [],
    link: {
      words: pending ? 'Decide it on the dashboard (you sign in there)' : 'See it on the dashboard (you sign in there)',
      url: `${origin}/approvals/${encodeURIComponent(approval.digest)}`,
    },
  };
}

/** What a notice of an alert says. */
export function tellAlert(event: NoticeEvent, { about, kind, text, raisedAt }: Omit<Alert, 'key'>): Told {
  const over = event === 'cleared' ? 'It is over' : 'Alert';
  return {
    event,
    headline: `${over}: ${ALERTS[kind]} ${messageLine(about, NAME)}`,
    facts: [
      ['What', messageLine(text, 600)],
      ['Since', moment(raisedAt)],
    ],
    evidence: [],
  };
}

const ALERTS: Readonly<Record<Alert['kind'], string>> = {
  late: 'a schedule is late,',
  budget: "a schedule's budget is spent,",
  notify: 'nobody can be told through the channel',
  rollback: 'a change of its harness did harm to the loop',
  judge: 'a judge was found wanting,',
  autonomy: 'a person has to look again at what is done by',
  harness: 'the code has outgrown the harness of',
};

/** What many notices together say: what is in each of them, in a line. */
export function tellTogether(told: readonly Told[], origin: string): Told {
  const lines = told.slice(0, MOST_LINES).map(({ headline: line }) => line);
  const more = told.length > MOST_LINES ? [`and ${told.length - MOST_LINES} more`] : [];
  return {
    event: 'opened',
    headline: `${told.length} more wait`,
    facts: [['Why together', 'there are more than this channel takes in a minute (`perMinute` in notify.yaml)']],
    evidence: [...lines, ...more],
    link: { words: 'See them on the dashboard (you sign in there)', url: `${origin}/approvals` },
  };
}

/** Most notices that are named in one message. */
const MOST_LINES = 40;

function headline(event: ApprovalEvent, { state, decidedBy }: Approval): string {
  switch (event) {
    case 'opened':
      return 'waits for a decision';
    case 'reminder':
      return 'still waits for a decision';
    case 'escalated':
      return 'waits for a decision, and more people may make it now';
    case 'expiring':
      return 'waits for a decision, and its time is nearly over';
    case 'decided':
      return `was ${state}${decidedBy === undefined ? '' : ` by ${messageLine(decidedBy, NAME)}`}`;
    case 'expired':
      return 'was decided by nobody in time, which is a no';
    case 'withdrawn':
      return 'waits for nobody any more';
  }
}

function waitingFacts(approval: Approval, now: Timestamp): [string, string][] {
  const { because, audit, policy, openedAt, expiresAt, have, need, approvedBy, claimedBy } = approval;
  return [
    ['Why people are asked', messageLine(audit ? `a look at a share of what passed: ${because}` : because, LINE)],
    ...(policy?.risk === undefined ? [] : [['Risk', policy.risk] as [string, string]]),
    ['Who may decide', whoMay(approval, now)],
    ...(need > 1 || have > 0
      ? [['Approved', `${have} of ${need}${have === 0 ? '' : `: ${names(approvedBy)}`}`] as [string, string]]
      : []),
    ...(claimedBy === undefined ? [] : [['In hand', messageLine(claimedBy, NAME)] as [string, string]]),
    ['Waits', `since ${moment(openedAt)}`],
    ...(expiresAt === undefined ? [] : [['Time left', timeLeft(expiresAt - now)] as [string, string]]),
  ];
}

function settledFacts({ decidedBy, decidedAt, identity, note }: Approval): [string, string][] {
  const proven = identity === undefined ? '' : identity === 'signed' ? ' (signed)' : ' (unverified)';
  return [
    ...(decidedBy === undefined ? [] : [['By', `${messageLine(decidedBy, NAME)}${proven}`] as [string, string]]),
    ...(decidedAt === undefined ? [] : [['When', moment(decidedAt)] as [string, string]]),
    ...(note === undefined ? [] : [['Said with it', messageLine(note, LINE)] as [string, string]]),
  ];
}

function whoMay({ policy, openedAt }: Approval, now: Timestamp): string {
  const approvers = policy === undefined ? ['*'] : approversAt(policy, openedAt, now);
  const who = approvers.includes('*') ? 'anybody who may decide' : names(approvers);
  const own = policy === undefined || policy.selfApproval ? [] : [policy.requestedBy, policy.editedBy];
  const notThese = own.filter((one) => one !== undefined);
  return notThese.length === 0 ? who : `${who}; not to approve: ${names(notThese)} (own work)`;
}

function names(all: readonly string[]): string {
  return messageLine([...new Set(all)].join(', '), LINE);
}

function timeLeft(ms: number): string {
  return ms <= 0 ? 'none; silence is a no' : `${span(ms)}, then silence is a no`;
}

function evidenceLine({ name, verdict, evidence, question }: Criterion): string {
  return `${verdict} ${messageLine(name, NAME)}: ${messageLine(question ?? evidence, LINE)}`;
}

function restOf(count: number): string[] {
  return count > CRITERIA ? [`and ${count - CRITERIA} more`] : [];
}

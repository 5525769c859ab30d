import { createHash } from 'node:crypto';
import type { Approval } from '../../contract/approvals.ts';
import type { Letter } from '../../contract/notify.ts';
import { alertSubject } from '../../core/notify/alert-notices.ts';
import { approvalSubject, noticesDue, subjectOf } from '../../core/notify/due.ts';
import { isPending } from '../../core/pending.ts';
import type { Wire } from '../../core/notify/posting.ts';
import {
  tellAlert,
  tellApproval,
  tellTogether,
  type ApprovalEvent,
  type ApprovalFacts,
  type Told,
} from '../../core/notify/told.ts';
import { approvalFields } from '../../core/notify/webhook-body.ts';
import type { Store } from '../../store/ports.ts';
import type { Message } from './channel.ts';

/** What messages are made from. */
export interface MessageSource {
  readonly store: Pick<Store, 'approvals' | 'alerts' | 'artefacts' | 'attempts' | 'records'>;
  /** Address of the dashboard. */
  readonly origin: string;
  readonly now: number;
}

/** A message, and which of its letters are in it: there is no point in the others any more. */
export interface MadeMessage {
  readonly message: Message | undefined;
  readonly letters: readonly Letter[];
  readonly pointless: readonly Letter[];
}

/** Makes the message of letters that go out together, as things stand now. */
export async function messageOf({ letters, together }: Wire<Letter>, source: MessageSource): Promise<MadeMessage> {
  const all = await Promise.all(
    letters.map(async (letter) => ({ letter, said: await say(letter, source, together === undefined) })),
  );
  const good = all.flatMap(({ letter, said }) => (said === undefined ? [] : [{ letter, ...said }]));
  const pointless = all.flatMap(({ letter, said }) => (said === undefined ? [letter] : []));
  const [first] = good;
  const made = { letters: good.map(({ letter }) => letter), pointless };
  if (first === undefined) return { ...made, message: undefined };
  const { letter, told, type, fields } = first;
  const { now: at, origin } = source;
  const id = (name: string): string => `msg_${hash(`${letter.channel}\n${name}`)}`;
  if (together === undefined)
    return { ...made, message: { id: id(letter.id), thread: letter.subject, type, told, fields, at } };
  const notices = good.map((one) => ({ type: one.type, headline: one.told.headline, ...one.fields }));
  const sum = tellTogether(
    good.map((one) => one.told),
    origin,
  );
  const shared = { type: 'notices.together', told: sum, fields: { notices }, at };
  return { ...made, message: { id: id(together), thread: together, ...shared } };
}

/** The message by which somebody tries a channel out. */
export function testMessage(channel: string, id: string, at: number): Message {
  const told: Told = {
    event: 'test',
    headline: `TEST: Loopwright can tell people through ${channel}`,
    facts: [['What', 'somebody tried this channel out with `loopwright notify test`; nothing waits for you']],
    evidence: [],
  };
  return { id: `msg_${id}`, thread: `test:${id}`, type: 'notify.test', told, fields: { test: true }, at };
}

interface Said {
  readonly told: Told;
  readonly type: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a letter says now; undefined where there is no point in it any more. */
async function say(letter: Letter, source: MessageSource, whole: boolean): Promise<Said | undefined> {
  const about = subjectOf(letter.subject);
  if (about?.kind === 'approval') return await sayApproval(letter, about.about, source, whole);
  const alert = about === undefined ? undefined : await source.store.alerts.find(about.about);
  if (alert === undefined || alertSubject(alert) !== letter.subject) return undefined;
  const { key, kind } = alert;
  return {
    told: tellAlert(letter.event, alert),
    type: `alert.${letter.event}`,
    fields: { alert: { key, kind, about: alert.about } },
  };
}

async function sayApproval(
  { event, subject, id }: Letter,
  digest: string,
  source: MessageSource,
  whole: boolean,
): Promise<Said | undefined> {
  const { store, now, origin } = source;
  const approval = await store.approvals.find(digest, now);
  if (approval === undefined || approvalSubject(approval) !== subject) return undefined;
  const isStill = isPending(approval.state)
    ? !SETTLED.includes(event)
    : noticesDue(approval, undefined, now).some((due) => due.id === id);
  if (!isStill) return undefined;
  const facts = whole ? await factsOf(approval, store) : NO_FACTS;
  const told = tellApproval(event as ApprovalEvent, approval, facts, { now, origin });
  return { told, type: `approval.${event}`, fields: approvalFields(approval) };
}

const SETTLED: readonly Letter['event'][] = ['decided', 'expired', 'withdrawn'];

const NO_FACTS: ApprovalFacts = { output: undefined, criteria: [], costMicroUsd: undefined };

async function factsOf({ runKey, stage, artefact }: Approval, store: MessageSource['store']): Promise<ApprovalFacts> {
  const [output, judgements, record] = await Promise.all([
    store.artefacts.get(artefact),
    store.attempts.judgements(runKey, stage, artefact),
    store.records.find({ run: runKey }),
  ]);
  return { output, criteria: judgements.at(-1)?.verdict.criteria ?? [], costMicroUsd: record?.run.costMicroUsd };
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

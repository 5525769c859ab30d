import type { Approval } from '../contract/approvals.ts';
import { IMPROVE } from '../contract/names.ts';
import { Proposal } from '../contract/proposal.ts';
import type { RunRecord } from '../contract/run-record.ts';
import { columns } from './columns.ts';
import { dollars, moment, span } from './figures.ts';
import { parsedJson, readableJson } from './json-text.ts';
import { proposalText } from './learning/proposal-text.ts';
import { approversAt } from './may-decide.ts';
import { isPending } from './pending.ts';
import { plainLine, plainText } from './plain-text.ts';

/** An approval as `approvals list --json` prints it: times in ISO 8601. */
export type ListedApproval = Omit<Approval, 'openedAt' | 'expiresAt' | 'claimedUntil' | 'decidedAt'> &
  Partial<Record<'openedAt' | 'expiresAt' | 'claimedUntil' | 'decidedAt', string>>;

/** An approval as programs read it. */
export function listedApproval({
  openedAt,
  expiresAt,
  claimedUntil,
  decidedAt,
  ...approval
}: Approval): ListedApproval {
  const times = Object.entries({ openedAt, expiresAt, claimedUntil, decidedAt }).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, new Date(at).toISOString()]],
  );
  return { ...approval, ...(Object.fromEntries(times) as Partial<ListedApproval>) };
}

/** Digits of a digest that people see and type: enough to be one of its kind. */
const DIGITS = 12;

/** A digest as commands take it. */
export function shortDigest(digest: string): string {
  return digest.slice('sha256:'.length, 'sha256:'.length + DIGITS);
}

/** Approvals as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function approvalTable(approvals: readonly Approval[], now: number): string {
  return columns([
    ['DIGEST', 'RUN', 'GATE', 'STATE', 'LEFT', 'RISK', 'BECAUSE'],
    ...approvals.map((one) => [
      shortDigest(one.digest),
      plainLine(one.workflowId, 60),
      one.gate,
      stateOf(one),
      leftOf(one, now),
      one.policy?.risk ?? '–',
      plainLine(one.because, 80),
    ]),
  ]);
}

function stateOf({ state, have, need, claimedBy, decidedBy }: Approval): string {
  const who = claimedBy ?? decidedBy;
  const count = need > 1 ? ` ${have}/${need}` : '';
  return `${state}${count}${who === undefined ? '' : ` by ${plainLine(who, 40)}`}`;
}

function leftOf({ state, expiresAt }: Approval, now: number): string {
  if (!isPending(state) || expiresAt === undefined) return '–';
  return expiresAt > now ? span(expiresAt - now) : 'now';
}

/** What is known of an approval. */
export interface Known {
  readonly record: RunRecord | undefined;
  /** What is decided, as JSON; undefined where it has expired. */
  readonly output: string | undefined;
  readonly now: number;
}

/** What is decided, as people have to see it before they do: what will happen first, then why and on what evidence. */
export function approvalText(approval: Approval, { record, output, now }: Known): string {
  const { because, gate, workflowId, digest } = approval;
  return [
    `${plainLine(workflowId, 200)}  ${gate}  ${stateOf(approval)}`,
    heading('What is decided'),
    indented(outputOf(approval, output)),
    heading('Why you are asked'),
    indented(because),
    heading('What the verifiers said'),
    indented(evidenceOf(approval, record)),
    heading('What it was made from'),
    indented(contextOf(approval, record)),
    heading('Who may decide'),
    indented(policyLines(approval, now).join('\n')),
    ...(record === undefined
      ? []
      : [heading('Cost'), indented(`${dollars(record.run.costMicroUsd)} of ${dollars(record.run.budgetMicroUsd)}`)]),
    heading('Digest'),
    indented(digest),
  ].join('\n');
}

const heading = (words: string): string => `\n${words}`;

function indented(text: string): string {
  return plainText(text)
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function outputOf({ loop, artefact }: Approval, output: string | undefined): string {
  if (output === undefined) return `artefact ${artefact}, which has expired`;
  const proposal = loop === IMPROVE ? Proposal.safeParse(parsedJson(output)) : undefined;
  return proposal?.success === true ? proposalText(proposal.data) : readableJson(output);
}

function evidenceOf({ artefact }: Approval, record: RunRecord | undefined): string {
  const judgements = record?.judgements.filter((judgement) => judgement.artefact === artefact) ?? [];
  const lines = judgements.flatMap(({ verdict }) =>
    verdict.criteria.map(
      ({ name, verdict: said, evidence }) => `${said.padEnd(12)} ${name}: ${plainLine(evidence, 300)}`,
    ),
  );
  return lines.length === 0 ? 'nothing on record' : lines.join('\n');
}

function contextOf({ stage }: Approval, record: RunRecord | undefined): string {
  const given = record?.contexts.findLast((context) => context.stage === stage)?.manifest;
  if (given === undefined || given.parts.length === 0) return 'no context';
  return given.parts.map(({ trust, source, tokens }) => `${trust.padEnd(10)} ${source}, ${tokens} tokens`).join('\n');
}

function policyLines({ policy, openedAt, expiresAt, have, need, approvedBy }: Approval, now: number): string[] {
  if (policy === undefined) return ['anybody whom the harness names'];
  const sooner = openedAt + policy.minDelayMs;
  return [
    `${approversAt(policy, openedAt, now).join(', ')}${policy.signed ? ', signed in at the gateway' : ''}`,
    `${have} of ${need} have approved${approvedBy.length === 0 ? '' : `: ${approvedBy.join(', ')}`}`,
    ...(policy.selfApproval
      ? []
      : [
          `not who asked for it${policy.requestedBy === undefined ? '' : ` (${policy.requestedBy})`} or edited it${policy.editedBy === undefined ? '' : ` (${policy.editedBy})`}`,
        ]),
    ...(sooner > now ? [`not before ${moment(sooner)}`] : []),
    ...(expiresAt === undefined ? [] : [`silence is a no at ${moment(expiresAt)}`]),
  ];
}

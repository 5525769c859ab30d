import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import { decisionDigest } from '../../activities/verify-decision.ts';
import type { DecideArgument, DecideReply, Status } from '../../contract/messages.ts';
import type { Statement } from '../../contract/statement.ts';
import { decisionKey } from '../../gateway/decision-key.ts';
import { good, titleLoop } from './loops.ts';
import { rig, type Rig } from './rig.ts';

const owls = { id: '1', topic: 'owls' };
/** The key of the gateway of these tests. */
export const key = decisionKey(generateKeyPairSync('ed25519').privateKey);
const decisionKeys = new Map([[key.id, key.publicKey]]);

/** A run that waits at a gate with such an approval rule. */
export const opened = async (
  approval: string,
  options?: unknown,
  topics: readonly string[] = ['owls'],
): Promise<Rig & { handle: WorkflowHandle; digest: string }> => {
  const harness = `approval: { when: "true", ${approval} }`;
  const one = await rig({
    loops: [{ loop: titleLoop(), harness }],
    script: topics.map((topic) => good(topic)),
    decisionKeys,
  });
  const handle = await one.start('writeTitle', owls, options);
  const { gateDigest: digest = '' } = await one.gate(handle);
  return { ...one, handle, digest };
};
/** The `decide` update. */
export const decide = (handle: WorkflowHandle, decision: object): Promise<DecideReply> =>
  handle.executeUpdate<DecideReply, [unknown]>('decide', { args: [decision] });
/** Why a `decide` update is refused: its code, and its words. */
export const refusal = async (handle: WorkflowHandle, decision: object): Promise<[unknown, string]> =>
  await decide(handle, decision).then(
    () => ['not refused', ''],
    ({ cause }: WorkflowUpdateFailedError) => {
      const { details, message } = cause as ApplicationFailure;
      return [(details?.[0] as { code?: string } | undefined)?.code, message];
    },
  );
/** A decision as the gateway sends it for somebody who is signed in. */
export const signed = async (
  { rows }: Rig,
  by: string,
  decision: Partial<DecideArgument> & { digest: string },
  change: Partial<Statement> = {},
): Promise<DecideArgument> => {
  const [run] = await rows('select run_key from runs');
  const message = { decision: 'approve', by, ...decision } as DecideArgument;
  const iat = Math.floor(Date.now() / 1000);
  const statement: Statement = {
    run: String(run?.['run_key']),
    gate: 'main#1',
    digest: decision.digest,
    decision: decisionDigest(message),
    by,
    roles: [],
    iat,
    exp: iat + 60,
    nonce: randomUUID(),
    ...change,
  };
  return { ...message, signature: key.sign(statement) };
};
/** Where a run stands. */
export const statusOf = (handle: WorkflowHandle) => handle.query<Status>('status');

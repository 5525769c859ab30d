import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import type { Status } from '../../contract/messages.ts';
import { titleLoop } from '../support/loops.ts';
import { rig, until } from '../support/rig.ts';

const run = promisify(execFile);
const owls = { id: "o'1 $HOME", topic: 'owls' };
const always = 'approval: { when: "true" }';

/** Runs a printed command as it was printed, with the Temporal CLI that the tests use as `temporal`. */
async function paste(command: string): Promise<string> {
  const { stdout } = await run('bash', ['-c', `temporal() { "$CLI" "$@"; }; ${command}`], {
    env: { ...process.env, CLI: inject('temporalCli') },
  });
  return stdout;
}

async function parked(title = 'owls') {
  const all = await rig({
    loops: [{ loop: titleLoop(), harness: `${always}\nlimits: { attempts: 2, deadline: 1 hour, usd: 0.08 }` }],
    script: [{ json: { title, confidence: 0.5 } }],
    connection: ` --address ${inject('temporal')}`,
  });
  const handle = await all.start('writeTitle', owls, undefined, `it's ${all.taskQueue}`);
  return { ...all, handle, status: await all.gate(handle) };
}

test('status says where a parked run stands', async () => {
  const { handle, status } = await parked();
  expect(status).toEqual({
    loop: 'writeTitle',
    state: 'awaitingDecision',
    stage: 'main#1',
    attempt: 1,
    attemptsLeft: 1,
    workedMs: expect.any(Number),
    deadlineMs: 3_600_000,
    costUsd: 0.00014,
    budgetUsd: 0.08,
    harness: 'v1',
    gate: 'main#1',
    gateDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    gateBecause: 'approval rule: true',
    gateHave: 0,
    gateNeed: 1,
    gateSigned: false,
    gateExpiresAt: expect.stringMatching(/^20\d\d-/),
    gateArtefact: { title: 'owls', confidence: 0.5 },
    approveCommand: expect.stringContaining('temporal workflow update execute --address'),
    reviseCommand: expect.stringContaining('"output":{"title":"owls","confidence":0.5},"approve":true'),
    rejectCommand: expect.stringContaining('"note":"why"'),
    reminders: 0,
    refusedCount: 0,
  });
  await handle.signal('approve', { by: 'ada' });
  await handle.result();
  expect(await handle.query<Status>('status')).toMatchObject({
    state: 'closed',
    outcome: 'accepted',
    reason: 'Verified, approved where needed, and done.',
    costUsd: 0.00014,
  });
});

test('the printed approve command approves', async () => {
  const { handle, status } = await parked();
  expect(await paste(status.approveCommand ?? '')).toContain('approved');
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('the printed revise command brings the draft as an edit, whatever is in it', async () => {
  const title = `owls' "quoted" \`ls\` $(id) \\ \n é 🦉`;
  const { handle, status } = await parked(title);
  expect(await paste((status.reviseCommand ?? '').replace('"confidence":0.5', '"confidence":1'))).toContain('revising');
  expect(await handle.result()).toMatchObject({ outcome: 'accepted', output: { title, confidence: 1 } });
});

test('the printed reject command rejects', async () => {
  const { handle, status } = await parked();
  expect(await paste(status.rejectCommand ?? '')).toContain('rejected');
  expect(await handle.result()).toMatchObject({
    outcome: 'rejected',
    reason: 'Rejected by you@example.com at main#1: why',
  });
});

test('a printed command does nothing to a draft that it did not show', async () => {
  const { handle, status } = await parked();
  await handle.signal('revise', { by: 'eve', output: { title: 'evil owls', confidence: 1 } });
  await until(
    () => handle.query<Status>('status'),
    ({ gateDigest }) => gateDigest !== undefined && gateDigest !== status.gateDigest,
  );
  await expect(paste(status.approveCommand ?? '')).rejects.toThrow(/was superseded/);
  await handle.signal('stop', { by: 'ada', reason: 'enough' });
  expect(await handle.result()).toMatchObject({ outcome: 'stopped' });
});

test('the commands of the README work with the Temporal CLI', async () => {
  const { handle, status } = await parked();
  const flags = `--address ${inject('temporal')} -w "${handle.workflowId}"`;
  expect(JSON.parse(await paste(`temporal workflow query ${flags} --name status --output json`))).toMatchObject({
    queryResult: [{ gate: 'main#1', gateDigest: status.gateDigest }],
  });
  const metadata = await paste(`temporal workflow metadata ${flags}`);
  expect(metadata).toContain('Waiting for a decision at **main#1** because approval rule: true.');
  expect(metadata).toContain('Approve the open gate');
  await paste(`temporal workflow signal ${flags} --name approve --input '{"by":"ada@example.com","note":"fine"}'`);
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

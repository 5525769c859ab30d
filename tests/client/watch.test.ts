import { expect, test } from 'vitest';
import { watchRun } from '../../client/watch.ts';
import type { Status } from '../../contract/messages.ts';
import type { RunEvent } from '../../contract/run-event.ts';
import { model } from '../../loops/define/index.ts';
import { bad, good, names, taste, titleLoop } from '../support/loops.ts';
import { rig, until, type Rig } from '../support/rig.ts';

const owls = { id: '1', topic: 'owls' };

/** All that is seen of a run, in a few words each. */
async function watched({ client }: Pick<Rig, 'client'>, workflowId: string, runId: string): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of watchRun(client, { workflowId, runId })) seen.push(wordsOf(event));
  return seen;
}

function wordsOf(event: RunEvent): string {
  switch (event.kind) {
    case 'opened':
      return `opened ${event.harness}`;
    case 'attempt':
      return `${event.step} ${event.verdict.verdict}`;
    case 'gate':
      return `gate ${event.gate}`;
    case 'budget':
      return `short of ${event.budget.split(':', 1)[0]}`;
    case 'message':
      return `${event.name} by ${event.by ?? 'nobody'}`;
    case 'acting':
    case 'acted':
      return `${event.kind} ${event.effect}`;
    case 'lost':
      return 'lost';
    case 'closed':
      return event.closing.kind === 'completed' ? event.closing.result.outcome : JSON.stringify(event.closing);
  }
}

test('a run that waits for money is seen to, and who raised it', async () => {
  const on = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { usd: 0.0001, onCap: ask }' }],
    script: [good('owls')],
  });
  const run = await on.start('writeTitle', owls);
  const seen = watched(on, run.workflowId, run.firstExecutionRunId);
  await until(
    () => run.query<Status>('status'),
    ({ budget }) => budget !== undefined,
  );
  await run.executeUpdate('raiseBudget', { args: [{ by: 'ada', usd: 1, reason: 'fine' }] });
  expect(await seen).toEqual([
    'opened v1',
    'short of run',
    'raiseBudget by ada',
    'main/1 pass',
    expect.stringMatching(/^act/),
    'acted publish',
    'accepted',
  ]);
});

test('a run is seen from its opening to its end, with every attempt', async () => {
  const on = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }' }],
    script: [bad(), good('owls')],
  });
  const run = await on.start('writeTitle', owls);
  const seen = watched(on, run.workflowId, run.firstExecutionRunId);
  const { gateDigest } = await on.gate(run);
  await run.executeUpdate('decide', { args: [{ decision: 'approve', by: 'ada', digest: gateDigest }] });
  expect(await seen).toEqual([
    'opened v1',
    'main/1 fail',
    'main/2 pass',
    'gate main#1',
    'approve by ada',
    'acting publish',
    'acted publish',
    'accepted',
  ]);
});

test('where a judge verifies in a step of its own, its verdict is seen too, and a person’s edit', async () => {
  const judged = { json: { criteria: [{ name: 'short', pass: true, quote: 'owls' }] } };
  const on = await rig({
    loops: [
      {
        loop: titleLoop('judged', { stages: { main: { generate: model(), verify: [names, taste] } } }),
        harness: 'approval: { when: "true" }',
      },
    ],
    script: ({ model: asked }) => (asked === 'fake-judge' ? judged : good('owls')),
  });
  const run = await on.start('judged', owls);
  const seen = watched(on, run.workflowId, run.firstExecutionRunId);
  await on.gate(run);
  await run.signal('revise', { by: 'ada', output: { title: 'Owls of owls', confidence: 1 }, approve: true });
  const words = await seen;
  expect(words.filter((word) => word.startsWith('main/1'))).toHaveLength(1);
  expect(words).toContain('revise by ada');
  expect(words).toContain('main#1 verify edit pass');
  expect(words.at(-1)).toBe('accepted');
});

test('continue-as-new is one run to whoever watches', async () => {
  const on = await rig({
    loops: [{ loop: titleLoop(), harness: 'limits: { attempts: 4 }' }],
    script: [bad('one'), bad('two'), bad('three'), good('owls')],
    maxEvents: 10,
  });
  const run = await on.start('writeTitle', owls);
  const words = await watched(on, run.workflowId, run.firstExecutionRunId);
  expect(words).toEqual([
    'opened v1',
    'main/1 fail',
    'main/2 fail',
    'main/3 fail',
    'main/4 pass',
    'acting publish',
    'acted publish',
    'accepted',
  ]);
  const { runId } = await on.client.workflow.getHandle(run.workflowId).describe();
  expect(runId).not.toBe(run.firstExecutionRunId);
});

test('a run that fails is seen to fail, with the type of its failure', async () => {
  const on = await rig({ loops: [{ loop: titleLoop() }] });
  const run = await on.start('nobody', owls);
  const [words] = await watched(on, run.workflowId, run.firstExecutionRunId);
  expect(JSON.parse(words ?? '')).toMatchObject({ kind: 'failed', type: 'UnknownLoop' });
});

test('a watch that is called off ends', async () => {
  const on = await rig({
    loops: [{ loop: titleLoop(), harness: 'approval: { when: "true" }' }],
    script: [good('owls')],
  });
  const run = await on.start('writeTitle', owls);
  await on.gate(run);
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const event of watchRun(on.client, { workflowId: run.workflowId, signal: stop.signal })) {
    seen.push(event.kind);
    if (event.kind === 'gate') stop.abort();
  }
  expect(seen).toEqual(['opened', 'attempt', 'gate']);
  await run.signal('reject', { by: 'ada', note: 'no' });
  await run.result();
});

test('a run that is not there is said to be not there', async () => {
  const { client } = await rig({ loops: [{ loop: titleLoop() }] });
  await expect(watchRun(client, { workflowId: 'nobody-knows' }).next()).rejects.toMatchObject({ code: 5 });
});

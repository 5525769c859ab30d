import { expect, test } from 'vitest';
import { model } from '../../../loops/define/index.ts';
import { lineLogger } from '../../../worker/logger.ts';
import { logLines } from '../../../worker/telemetry/log-lines.ts';
import { bad, good, names, titleLoop } from '../../support/loops.ts';
import { rig } from '../../support/rig.ts';

const CANARY = 'canary4711';

test('each step, call, verdict and gate of a run is a line with its ids, and none has content', async () => {
  const lines: string[] = [];
  const loop = titleLoop('writeTitle', { stages: { main: { generate: model(), verify: [names] } } });
  const { start, gate } = await rig({
    loops: [{ loop, harness: 'approval: { when: "true" }' }],
    script: [{ status: 429 }, bad('Not that'), good(CANARY)],
    telemetry: () => logLines((line) => void lines.push(line), Date.now),
  });
  const handle = await start('writeTitle', { id: '1', topic: CANARY });
  await gate(handle);
  await handle.signal('stop', { by: 'ada', reason: CANARY });
  await handle.result();
  const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines.join('\n')).not.toContain(CANARY);
  const [failed] = read.filter(({ message }) => message === 'model call failed');
  expect(failed).toMatchObject({
    level: 'warn',
    loop: 'writeTitle',
    workflowId: handle.workflowId,
    stage: 'main#1',
    attempt: 1,
    activityAttempt: 1,
    call: 'generate',
    model: 'fake-1',
    failure: 'ModelError.RateLimit',
  });
  const [paid] = read.filter(({ message }) => message === 'model call');
  expect(paid).toMatchObject({ activityAttempt: 2, inputTokens: 100, outputTokens: 20, costUsd: 0.00014 });
  const said = new Set(read.map(({ message }) => message));
  for (const message of ['step openRun', 'step generate', 'verified', 'run closed']) expect(said).toContain(message);
  expect(read.every(({ runKey }) => runKey === failed?.['runKey'])).toBe(true);
});

test('the lines of the SDK have the type of a failure and not its words', () => {
  const written: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = ((text: string) => written.push(text) > 0) as typeof process.stderr.write;
  try {
    lineLogger({ LOOPWRIGHT_LOG: 'json' }).warn('Activity failed', {
      workflowId: 'w',
      activityType: 'generate',
      attempt: 2,
      error: new Error(CANARY),
    });
  } finally {
    process.stderr.write = write;
  }
  expect(JSON.parse(written[0] ?? '')).toMatchObject({
    level: 'warn',
    message: 'Activity failed',
    workflowId: 'w',
    step: 'generate',
    activityAttempt: 2,
    failure: 'Unexpected',
  });
  expect(written.join('')).not.toContain(CANARY);
});

import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, inject, test } from 'vitest';
import { clusterOf } from '../../../worker/cluster/cluster.ts';
import { watchRuns } from '../../../worker/telemetry/watch-runs.ts';
import type { Store } from '../../../store/ports.ts';
import { until } from '../../support/rig.ts';

test('a run whose workflow throws a plain error is named once, with the command that shows why', async () => {
  const connection = await NativeConnection.connect({ address: inject('temporal') });
  const taskQueue = `wedged-${process.pid}`;
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('../../support/breaks.ts', import.meta.url)),
  });
  const running = worker.run();
  const cluster = clusterOf(connection, 'default');
  const told: string[] = [];
  const watch = await watchRuns({
    env: {},
    store: {} as Store,
    cluster,
    taskQueue,
    namespace: 'default',
    connectionFlags: ' --address there:7233',
    now: Date.now,
    report: (text) => void told.push(text),
  });
  const handle = await cluster.client.workflow.start('breaks', {
    taskQueue,
    workflowId: taskQueue,
    workflowTaskTimeout: '3s',
  });
  await until(
    async () => {
      await watch.look();
      return told;
    },
    (lines) => lines.length > 0,
  );
  await watch.look();
  expect(told).toEqual([
    `Run ${taskQueue} of breaks is WEDGED: its workflow task fails again and again (category=WorkflowTaskFailed, cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure). It goes on by itself once its code is mended and a worker has it. Why: temporal workflow show --address there:7233 -w ${taskQueue} -r ${handle.firstExecutionRunId}`,
  ]);
  await handle.terminate();
  worker.shutdown();
  await running;
  await connection.close();
});

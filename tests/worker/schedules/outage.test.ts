import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startDevServer, type DevServer } from '../../../worker/temporal/dev-server.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { until } from '../../support/rig.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { Lab, labStore } from './lab.ts';

const { COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION } = temporal.api.enums.v1.CommandType;

async function ownServer(): Promise<{ start: () => Promise<DevServer>; address: string }> {
  const [folder, port] = [await temporaryFolder(), await freePort()];
  let server: DevServer | undefined;
  onTestFinished(() => server?.stop());
  const options = {
    cliPath: inject('temporalCli'),
    port,
    uiPort: 'headless',
    searchAttributes: {},
    report: () => {},
  } as const;
  const start = async () => (server = await startDevServer({ ...options, databaseFile: join(folder, 'temporal.db') }));
  return { start, address: `127.0.0.1:${port}` };
}

/** Fails the next run that waits for a worker, as a worker does with one of an unknown loop. */
async function failNext({ client }: Lab): Promise<void> {
  const { workflowService } = client.connection;
  const taskQueue = { name: 'loops' };
  const { taskToken } = await workflowService.pollWorkflowTaskQueue({
    namespace: 'default',
    taskQueue,
    identity: 'test',
  });
  const failWorkflowExecutionCommandAttributes = { failure: { message: 'Unknown loop "nobody"' } };
  const commands = [{ commandType: COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION, failWorkflowExecutionCommandAttributes }];
  await workflowService.respondWorkflowTaskCompleted({ taskToken, commands, namespace: 'default', identity: 'test' });
}

test('what should have run while Temporal was down, or failed at its start, is late until it runs', async () => {
  const { start, address } = await ownServer();
  const server = await start();
  const connection = await Connection.connect({ address });
  const lab = await Lab.open(connection);
  onTestFinished(() => connection.close());
  const { store } = await labStore();
  await lab.apply(lab.file({ often: { every: '4 seconds', catchup: '1 minute', alertAfter: '3 seconds' } }));
  const { look, said } = lab.watcher(store, Date.now);
  const looking = async () => {
    await lab.client.withDeadline(Date.now() + 1000, look).catch(() => undefined);
    return said;
  };
  await until(looking, () => true);
  await lab.client.withDeadline(Date.now() + 10_000, () => failNext(lab));
  expect(await until(looking, (lines) => lines.length > 0)).toEqual([
    expect.stringMatching(/^Schedule often is LATE: .* did not: its run often-20\S+ failed\./) as unknown,
  ]);
  // The next run stays open, and so is none that failed.
  expect((await until(looking, (lines) => lines.length > 1))[1]).toMatch(/^Schedule often is not late any more/);

  await server.stop();
  expect((await until(looking, (lines) => lines.length > 2))[2]).toMatch(/did not: Temporal does not answer\./);
  expect(await store.alerts.open()).toMatchObject([{ kind: 'late', about: lab.id('often') }]);
  await start();
  const running = await until(
    () =>
      lab.schedules
        .getHandle(lab.id('often'))
        .describe()
        .catch(() => undefined),
    (described) => (described?.info.runningActions.length ?? 0) > 0,
  );
  await lab.client.workflow.getHandle(running?.info.runningActions[0]?.workflow.workflowId ?? '').terminate();
  expect((await until(looking, (lines) => lines.length > 3))[3]).toMatch(/^Schedule often is not late any more/);
}, 60_000);

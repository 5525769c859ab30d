import { createServer, type AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { INDEXED_VALUE_TYPES } from '../../../client/search-attributes.ts';
import type { DoctorSettings } from '../../../worker/doctor/check.ts';
import { serverFinder, type ServerOptions } from '../../../worker/doctor/server.ts';
import { temporalChecks } from '../../../worker/doctor/temporal.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { until } from '../../support/rig.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

let connection: Connection;
let count = 0;
beforeAll(async () => {
  connection = await Connection.connect({ address: inject('temporal') });
});
afterAll(() => connection.close());

/** A namespace that nobody has prepared. */
async function bareNamespace(retentionSeconds = 3 * 86_400): Promise<string> {
  const namespace = `doctor-${process.pid}-${(count += 1)}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: retentionSeconds as never },
  });
  return namespace;
}

async function addAttributes(namespace: string, types: Readonly<Record<string, string>>): Promise<void> {
  const searchAttributes = Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, INDEXED_VALUE_TYPES[type] ?? 0]),
  );
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}

async function look(
  env: Readonly<Record<string, string>>,
  change: Partial<DoctorSettings & ServerOptions> = {},
  mend?: () => void,
) {
  const plain = await settings({ env, ...change });
  const server = serverFinder({ ...plain, defaultAddress: `127.0.0.1:${await freePort()}`, ...change });
  onTestFinished(() => server.close());
  return await findings(temporalChecks(plain, server), mend);
}

const at = (namespace: string) => ({ TEMPORAL_ADDRESS: inject('temporal'), TEMPORAL_NAMESPACE: namespace });

test('where no server runs it says how to start one, and asks nothing further', async () => {
  const found = await look({});
  expect(found['Temporal']?.finding).toMatchObject({ kind: 'warn', saw: expect.stringContaining('none runs') });
  expect(found['Temporal']?.finding).toHaveProperty('command', expect.stringMatching(/^loopwright up --data /));
  expect(found['namespace']?.finding).toEqual({ kind: 'skipped', saw: 'no Temporal server to ask' });
});

test('what a killed `up` left behind is not taken for a server', async () => {
  const data = await temporaryFolder();
  const temporal = `127.0.0.1:${await freePort()}`;
  await writeFile(join(data, 'up.json'), JSON.stringify({ temporal }));
  expect((await look({}, { data }))['Temporal']?.finding.saw).toContain(
    `an \`up\` that was killed had one at ${temporal}`,
  );
});

test('finds the server of the `up` that runs on the data folder', async () => {
  const data = await temporaryFolder();
  await writeFile(join(data, 'up.json'), JSON.stringify({ temporal: inject('temporal') }));
  expect((await look({}, { data }))['Temporal']?.finding).toMatchObject({
    kind: 'ok',
    saw: expect.stringMatching(/, server \d+\.\d+\.\d+\S*, of the `up` that runs on this data folder$/),
  });
});

test('finds a server on the usual port, as a worker would', async () => {
  const found = await look({}, { defaultAddress: inject('temporal') });
  expect(found['Temporal']?.finding).toMatchObject({ kind: 'ok', saw: expect.stringContaining('on the usual port') });
});

test('a named server where nothing listens is a failure, told at once', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  const found = await look({ TEMPORAL_ADDRESS: address });
  expect(found['Temporal']?.finding).toMatchObject({ kind: 'fail', saw: `${address}: nothing listens there` });
});

test('a named server that accepts and says nothing is a failure, told in time', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const address = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const found = await look({ TEMPORAL_ADDRESS: address }, { timeoutMs: 500 });
  expect(found['Temporal']?.finding).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('does not answer as a Temporal server'),
  });
});

test('a temporal.toml that does not parse is one failure, and what would follow is skipped', async () => {
  const file = join(await temporaryFolder(), 'temporal.toml');
  await writeFile(file, '[profile.default\naddress = 1');
  const found = await look({ TEMPORAL_CONFIG_FILE: file });
  expect(found['Temporal']?.finding).toMatchObject({
    kind: 'fail',
    saw: expect.stringContaining('its settings cannot be used'),
    fix: expect.stringContaining('temporal.toml'),
  });
  expect(found['namespace']?.finding.kind).toBe('skipped');
});

test('a missing namespace is a failure with the command that makes it', async () => {
  const found = await look(at('nowhere'));
  const command = `temporal operator namespace create --address ${inject('temporal')} --namespace nowhere`;
  expect(found['namespace']?.finding).toMatchObject({ kind: 'fail', saw: 'there is no namespace nowhere', command });
  expect(found['search attributes']?.finding).toEqual({ kind: 'skipped', saw: 'there is no namespace nowhere' });
});

test('a namespace without search attributes is a warning with the command, and looking adds none', async () => {
  const namespace = await bareNamespace();
  const { finding } = (await look(at(namespace)))['search attributes'] ?? {};
  expect(finding).toMatchObject({
    kind: 'warn',
    saw: expect.stringMatching(/^LoopState, LoopOutcome, LoopHarness, LoopCostUsd missing/),
    fix: expect.stringContaining(`--namespace ${namespace} --name LoopState --type Keyword`),
  });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  expect(customAttributes).toEqual({});
});

test('--fix adds those that are missing, and only those', async () => {
  const namespace = await bareNamespace();
  await addAttributes(namespace, { LoopState: 'Keyword' });
  const { finding, did } = (await look(at(namespace), {}, () => {}))['search attributes'] ?? {};
  expect(did).toMatch(/^added LoopOutcome, LoopHarness, LoopCostUsd;/);
  expect(finding).toEqual({ kind: 'ok', saw: 'all 4 are there' });
});

test('a search attribute of another type is a failure that --fix leaves alone', async () => {
  const namespace = await bareNamespace();
  await addAttributes(namespace, { LoopCostUsd: 'Keyword' });
  const { finding, did } = (await look(at(namespace), {}, () => {}))['search attributes'] ?? {};
  expect(finding).toMatchObject({ kind: 'fail', saw: 'LoopCostUsd is Keyword here; expected Double' });
  expect(did).toBeUndefined();
});

test('a retention under a day is a warning with the command that raises it', async () => {
  const namespace = await bareNamespace(3600);
  expect((await look(at(namespace)))['retention']?.finding).toMatchObject({
    kind: 'warn',
    saw: expect.stringContaining('kept 1.0 h'),
    command: `temporal operator namespace update --address ${inject('temporal')} --namespace ${namespace} --retention 72h`,
  });
  expect((await look(at('default')))['retention']?.finding.kind).toBe('ok');
});

test('a queue that nobody polls is a warning', async () => {
  const found = await look(at(await bareNamespace()));
  expect(found['workers on `loops`']?.finding).toMatchObject({ kind: 'warn', saw: 'none polls: started runs wait' });
});

test('workers that poll are named, and those that were last seen minutes ago do not count', async () => {
  const namespace = await bareNamespace();
  const over = new AbortController();
  const poll = connection.withDeadline(Date.now() + 20_000, () =>
    connection.withAbortSignal(over.signal, () =>
      connection.workflowService.pollWorkflowTaskQueue({
        namespace,
        taskQueue: { name: 'loops' },
        identity: '4711@test',
      }),
    ),
  );
  const ended = poll.catch(() => undefined);
  const found = await until(
    async () => (await look(at(namespace)))['workers on `loops`']?.finding,
    (finding) => finding?.kind === 'ok',
  );
  expect(found?.saw).toBe('1 (4711@test)');
  over.abort();
  await ended;
  const later = await look(at(namespace), { now: () => Date.now() + 120_000 });
  expect(later['workers on `loops`']?.finding).toMatchObject({
    kind: 'warn',
    saw: expect.stringMatching(/^none polls any more, the last one 1[12]\d s ago/),
  });
});

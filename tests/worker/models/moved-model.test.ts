import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { LoopClient } from '../../../client/loop-client.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { ledgerTotals } from '../../support/crash-audit.ts';
import { TriageModel } from '../../support/crash-model.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { FREE_TEXT } from '../../support/fake-openai.ts';
import { until } from '../../support/rig.ts';

test(
  '`up` says once, on stderr, that a model moved, and runs at once lose no money by it',
  { timeout: 60_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-moved-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    // Always the same answer: what matters here is how it is asked for.
    const { model, env } = await TriageModel.start(
      folder,
      () => 0.5,
      ({ seen, inputTokens }) =>
        seen.api === 'responses' ? { text: FREE_TEXT, usage: { input: inputTokens, output: 50 } } : undefined,
    );
    onTestFinished(() => model.fake.close());
    const data = join(folder, 'data');
    const ports = ['--temporal-port', String(await freePort()), '--ui-port', String(await freePort())];
    const up = new LoopwrightProcess(['up', '--json', '--data', data, ...ports], plainEnvironment(env));
    const connection = await Connection.connect({ address: (await up.ready()).temporal });
    onTestFinished(() => connection.close());
    const loops = new LoopClient(new Client({ connection }));

    const messages = model.messages.slice(0, 4);
    await Promise.all(messages.map((message) => loops.start('supportTriage', message.id, message)));
    for (const { id } of messages) {
      await until(
        () => loops.status(`supportTriage-${id}`),
        ({ state }) => state !== 'running',
      );
    }

    const apis = model.calls.map(({ seen }) => seen.api);
    expect(apis.slice(0, 1)).toEqual(['responses']);
    expect(apis.filter((api) => api === 'chat').length).toBeGreaterThanOrEqual(messages.length);
    expect(
      up.stderr.match(/fake-1 at http:\S+ ignores the format .* through Chat Completions from now on/g),
    ).toHaveLength(1);
    const billed = model.calls.reduce((sum, call) => sum + TriageModel.cost(call), 0);
    expect(ledgerTotals(data)).toMatchObject({ booked: billed, spent: billed, lines: apis.length, uncertain: 0 });
  },
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createApp } from '../../gateway/app.ts';
import { openStore } from '../../store/index.ts';

const TOKEN = 'ab'.repeat(32);
const ANSWER = { loop: 'triage', check: 'trigger.explicit', answer: 'manual', by: 'ada', at: 1000 };

async function gateway() {
  const data = await mkdtemp(join(tmpdir(), 'loopwright-answers-'));
  const store = await openStore(data, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(data, { recursive: true, force: true });
  });
  const app = createApp({ store, token: TOKEN, pid: process.pid });
  return async (method: string, path: string, body?: string) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const url = `http://127.0.0.1/api/review-answers${path}`;
    const response = await app.request(url, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, body: (await response.json()) as unknown };
  };
}

test('an answer that was put is among the newest of its loop', async () => {
  const ask = await gateway();
  expect(await ask('PUT', '', JSON.stringify(ANSWER))).toEqual({ status: 200, body: ANSWER });
  expect(await ask('GET', '?loop=triage')).toEqual({ status: 200, body: [ANSWER] });
  expect(await ask('GET', '?loop=other')).toEqual({ status: 200, body: [] });
});

test.each(['{', '[]', JSON.stringify({ ...ANSWER, by: '' }), JSON.stringify({ ...ANSWER, more: 1 })])(
  'what is no answer is refused: %s',
  async (body) => {
    const ask = await gateway();
    expect(await ask('PUT', '', body)).toMatchObject({ status: 400, body: { error: { type: 'InvalidInput' } } });
    expect(await ask('GET', '')).toMatchObject({ body: [] });
  },
);

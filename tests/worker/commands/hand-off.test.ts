import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KeptCase } from '../../../contract/case.ts';
import { Harness } from '../../../contract/harness.ts';
import { handOff } from '../../../worker/learning/hand-off.ts';
import { openGateway } from '../../support/open-gateway.ts';

const kept = (id: string, sealed: boolean): KeptCase => ({
  id,
  loop: 'triage',
  input: { text: `text of ${id}` },
  slice: 'guard',
  related: id,
  source: 'rejection',
  cluster: 'said: fee wrong',
  note: `note of ${id}`,
  runKey: `run of ${id}`,
  sealed,
  at: 1,
});

test('a brief and its cases are written, with nothing of what is sealed; of an unknown loop there is none', async () => {
  const { store, data } = await openGateway();
  await store.harnesses.adopt('triage', Harness.parse({}), 'sha256:h', 1);
  await store.cases.add([kept('c-shown', false), kept('c-sealed', true)]);
  const printed: string[] = [];
  const told: string[] = [];
  const context = {
    env: {},
    cacheDir: data,
    version: '0',
    print: (text: string) => void printed.push(text),
    report: (text: string) => void told.push(text),
  };
  const file = join(data, 'brief.md');
  await handOff(context, 'triage', { data, file, json: true });
  const [brief, cases] = await Promise.all([file, join(data, 'brief.cases.jsonl')].map((one) => readFile(one, 'utf8')));
  expect(cases?.trim().split('\n')).toHaveLength(1);
  expect([brief, cases, ...printed].join('\n')).not.toContain('c-sealed');
  expect(JSON.parse(printed[0] ?? '')).toMatchObject({ loop: 'triage', harness: 'v1', cases: [{ id: 'c-shown' }] });
  await expect(handOff(context, 'nope', { data, json: false })).rejects.toMatchObject({ exitCode: 3 });
});

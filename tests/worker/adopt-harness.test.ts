import { expect, test } from 'vitest';
import { Harness } from '../../contract/harness.ts';
import { adoptHarness } from '../../worker/adopt-harness.ts';
import { titleLoop } from '../support/loops.ts';
import { openGateway } from '../support/open-gateway.ts';
import { candidateOf, moving } from '../store/samples.ts';

test('a file that is behind says so, and one that replaces what was promoted says what it replaces', async () => {
  const { store } = await openGateway();
  const take = async (instructions: string) => {
    const said: string[] = [];
    const report = (text: string) => void said.push(text);
    const entry = { loop: titleLoop('triage'), harness: Harness.parse({ instructions }) };
    const { version } = await adoptHarness(store, entry, { at: 1, report });
    return { version, said: said.join('\n') };
  };
  expect(await take('one')).toEqual({ version: 1, said: '' });
  const body = Harness.parse({ instructions: 'two' });
  await store.candidates.propose(candidateOf('sha256:c'), { body, digest: 'sha256:two' });
  await store.harnesses.promote({ ...moving('p'), version: 'v2', expected: 'v1', unproven: false });
  expect(await take('one')).toMatchObject({
    version: 2,
    said: expect.stringMatching(/^triage runs on v2 and not on what its harness.yaml says/) as unknown,
  });
  expect(await take('three')).toMatchObject({
    version: 3,
    said: expect.stringMatching(/changed and replaces v2, which was promoted.*harness rollback triage/) as unknown,
  });
  expect(await take('three')).toEqual({ version: 3, said: '' });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretsCheck } from '../../../worker/doctor/secrets.ts';
import { redactor } from '../../../worker/redactor.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

// Put together here, so that no scanner of repositories takes it for a real one.
const LOOKS_LIKE_A_KEY = ['sk', 'proj', 'abcdefghijklmnop'].join('-');

async function look(yaml: string, env: NodeJS.ProcessEnv = {}, harness = '') {
  const folder = await temporaryFolder();
  const file = join(folder, 'loopwright.yaml');
  await writeFile(file, yaml);
  await mkdir(join(folder, 'hello'));
  await writeFile(join(folder, 'hello', 'harness.yaml'), harness);
  const plain = await settings({ env: { LOOPWRIGHT_CONFIG: file, ...env } });
  const loops = async () => ({ names: [], entries: [], mistakes: [], folders: [join(folder, 'hello')] });
  const found = await findings([secretsCheck(plain, loops)]);
  return { finding: found['secrets in files']?.finding, file, folder };
}

test('a file that names a variable holds no secret', async () => {
  const { finding } = await look('models: { default: { model: sk-tiny, apiKeyEnv: MY_KEY } }', {
    MY_KEY: 'a'.repeat(20),
  });
  expect(finding?.kind).toBe('ok');
});

test('what looks like a key is a warning with its place, and is not shown', async () => {
  const { finding, file } = await look(`models:\n  default:\n    model: tiny\n    apiKeyEnv: ${LOOKS_LIKE_A_KEY}\n`);
  expect(finding).toMatchObject({ kind: 'warn', saw: `what looks like a key stands at ${file}:4` });
});

test("so is the value of a variable that is named like a secret, and one in a loop's harness", async () => {
  const secret = 'correct horse battery staple';
  const harness = `instructions: say ${secret}`;
  const { finding, folder } = await look('models: {}', { DESK_PASSWORD: secret }, harness);
  expect(finding?.saw).toBe(`what looks like a key stands at ${join(folder, 'hello', 'harness.yaml')}:1`);
});

test('no text that is shown has a secret of the environment, or what looks like a key', () => {
  const word = fc.string({
    minLength: 8,
    maxLength: 30,
    unit: fc.constantFrom('a', 'Z', '0', '_', '-', '+', '/', '=', '.'),
  });
  fc.assert(
    fc.property(word, fc.string(), fc.string(), (secret, before, after) => {
      const shown = redactor({ MY_API_KEY: secret })(`${before}${secret} ${LOOKS_LIKE_A_KEY} ${after}`);
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain(LOOKS_LIKE_A_KEY);
    }),
  );
});

test('short values and plain words stay readable', () => {
  expect(redactor({ MY_KEY: 'none', HOME: '/home/somebody' })('none of /home/somebody')).toBe('none of /home/somebody');
});

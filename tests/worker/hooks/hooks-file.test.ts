import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mistakeLine } from '../../../contract/mistake.ts';
import { hookLoopMistakes, hookSources, readHooksFile } from '../../../worker/hooks/hooks-file.ts';
import { plantFiles } from '../../support/planted-loops.ts';

const GOOD = `sources:
  github:
    kind: github
    secrets: [HOOK_SECRET]
    rules:
      - when: event == "issues"
        loop: triage
        input: { text: body.issue.title }
`;

/** A file with a text, named in an environment. */
async function hooksEnv(text: string, more: Record<string, string> = {}): Promise<NodeJS.ProcessEnv> {
  const folder = await plantFiles({ 'hooks.yaml': text });
  return { LOOPWRIGHT_HOOKS: join(folder, 'hooks.yaml'), ...more };
}

async function mistakes(text: string, loops?: readonly string[]): Promise<string[]> {
  const env = await hooksEnv(text);
  const read = await readHooksFile(env);
  const found = [...read.mistakes, ...(loops === undefined ? [] : hookLoopMistakes(read, loops))];
  return found.map((one) => mistakeLine(one).replace(String(env['LOOPWRIGHT_HOOKS']), 'hooks.yaml'));
}

/** Who may send, by the file and the secrets of an environment. */
const readHooks = async (env: NodeJS.ProcessEnv) => hookSources(await readHooksFile(env), env);

test('a good file is read, with its secrets from the environment', async () => {
  const sources = await readHooks(await hooksEnv(GOOD, { HOOK_SECRET: 'a secret of sixteen' }));
  expect(sources.get('github')).toMatchObject({
    kind: 'github',
    secrets: ['a secret of sixteen'],
    toleranceMs: 300_000,
  });
  expect(await readHooks({ LOOPWRIGHT_HOOKS: undefined })).toEqual(new Map());
});

test.each([
  [
    'a field that there is not',
    GOOD.replace('secrets:', 'secret:'),
    'hooks.yaml:4: `sources.github.secret`: unknown field `secret`. Fix: Did you mean `secrets`?',
  ],
  [
    'a kind that there is not',
    GOOD.replace('kind: github', 'kind: gitlab'),
    'hooks.yaml:3: `sources.github.kind`: expected one of standard, github, stripe, slack',
  ],
  ['a secret in the file', GOOD.replace('HOOK_SECRET', 'whsec_abc'), 'hooks.yaml:4: `sources.github.secrets.0`:'],
  [
    'a rule that reads what there is not',
    GOOD.replace('event ==', 'events =='),
    'hooks.yaml:6: `sources.github.rules.0.when`: rule `events == "issues"`: `events` is not a variable. Fix: Did you mean `event`? Known are event, body, delivery, source.',
  ],
  [
    'a field of an input that is no CEL',
    GOOD.replace('body.issue.title', 'body.issue +'),
    'hooks.yaml:8: `sources.github.rules.0.input.text`: rule `body.issue +`: at character',
  ],
  ['a source whose name is no path', GOOD.replace('  github:\n', '  ../api:\n'), 'hooks.yaml:2: `sources.../api`:'],
  [
    'rules that are never reached',
    `${GOOD.replace('when: event == "issues"', 'when: "true"')}      - loop: triage\n`,
    'hooks.yaml:6: `sources.github.rules.0`: a rule without `when` always holds, so those after it are never reached',
  ],
  [
    'an input for nothing',
    GOOD.replace('        loop: triage\n', ''),
    'a rule without `loop` starts nothing, so it has no `input` and no `key`',
  ],
  ['no YAML', 'sources: [', 'hooks.yaml:1: this is no YAML'],
])('%s is named with line, field and fix', async (_what, text, said) => {
  expect((await mistakes(text)).join('\n')).toContain(said);
});

test('a loop that there is not is named, where it is known which there are', async () => {
  expect(await mistakes(GOOD)).toEqual([]);
  expect(await mistakes(GOOD, ['triage', 'other'])).toEqual([]);
  expect(await mistakes(GOOD, ['triages'])).toEqual([
    'hooks.yaml:7: `sources.github.rules.0.loop`: there is no loop "triage". Fix: Did you mean `triages`?',
  ]);
});

test('a secret that is not set, or can be guessed, keeps the worker from starting, and is not shown', async () => {
  await expect(readHooks(await hooksEnv(GOOD))).rejects.toThrow(
    'source `github` is signed with HOOK_SECRET, which is not set. Set HOOK_SECRET where the worker starts',
  );
  const short = await readHooks(await hooksEnv(GOOD, { HOOK_SECRET: 'hunter2' })).catch(
    (error: Error) => error.message,
  );
  expect(short).toContain('HOOK_SECRET has a secret of 7 bytes, and 16 or more are needed');
  expect(short).not.toContain('hunter2');
  const standard = GOOD.replace('kind: github', 'kind: standard');
  await expect(readHooks(await hooksEnv(standard, { HOOK_SECRET: 'whsec_c2hvcnQ=' }))).rejects.toThrow('of 5 bytes');
  await expect(readHooks({ LOOPWRIGHT_HOOKS: '/nowhere/hooks.yaml' })).rejects.toThrow('cannot be read');
});

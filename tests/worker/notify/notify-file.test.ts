import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mistakeLine } from '../../../contract/mistake.ts';
import { notifyCheck } from '../../../worker/doctor/notify-file.ts';
import { validate } from '../../../worker/load/validate.ts';
import { readNotifyFile } from '../../../worker/notify/notify-file.ts';
import { tryChannel } from '../../../worker/notify/try-channel.ts';
import { plantFiles } from '../../support/planted-loops.ts';
import { findings, settings } from '../doctor/fixtures/settings.ts';
import { SECRET } from './telling.ts';

const GOOD = `channels:
  - name: ops
    kind: webhook
    url: https://hooks.example.com/loops
    secretEnv: OPS_SECRET
  - name: team
    kind: slack
    urlEnv: TEAM_URL
  - name: mail
    kind: email
    from: Loops <loops@example.com>
    to: [ada@example.com]
    host: smtp.example.com
    user: loops
    passwordEnv: MAIL_PASSWORD
rules:
  - to: [ops, team]
  - when: event == "escalated" || risk == "high"
    to: [mail]
`;
const SECRETS = { OPS_SECRET: SECRET, TEAM_URL: 'https://hooks.slack.example/very-secret', MAIL_PASSWORD: 'hunter2' };

async function planted(text: string, more: Record<string, string> = {}): Promise<NodeJS.ProcessEnv> {
  const folder = await plantFiles({ 'notify.yaml': text });
  return { LOOPWRIGHT_NOTIFY: join(folder, 'notify.yaml'), ...more };
}

async function mistakes(text: string): Promise<string> {
  const env = await planted(text);
  const read = await readNotifyFile(env);
  return read.mistakes
    .map((one) => mistakeLine(one).replace(String(env['LOOPWRIGHT_NOTIFY']), 'notify.yaml'))
    .join('\n');
}

test('a good file has no mistake, and without a file nobody is told', async () => {
  expect(await mistakes(GOOD)).toBe('');
  const { value } = await readNotifyFile(await planted(GOOD));
  expect(value?.channels[2]).toMatchObject({ port: 587, tls: 'starttls', perMinute: 20 });
  expect(await readNotifyFile({})).toMatchObject({ value: undefined, mistakes: [] });
});

test.each([
  [
    'a field that there is not',
    GOOD.replace('secretEnv: OPS', 'secret: OPS'),
    'notify.yaml:5: `channels.0.secret`: unknown field `secret`. Fix: Did you mean `secretEnv`?',
  ],
  [
    'a kind that there is not',
    GOOD.replace('kind: slack', 'kind: slak'),
    'notify.yaml:7: `channels.1.kind`: expected one of webhook, slack, email, got "slak". Fix: Did you mean `slack`?',
  ],
  [
    'a secret in place of its name',
    GOOD.replace('OPS_SECRET', SECRET),
    'notify.yaml:5: `channels.0.secretEnv`: expected the name of an environment variable, such as OPS_HOOK_SECRET. Fix: Put the secret into the environment and its name here.',
  ],
  [
    'plain http to the outside',
    GOOD.replace('https://hooks.example', 'http://hooks.example'),
    'notify.yaml:4: `channels.0.url`: expected https, because everybody on the way can read http. Fix:',
  ],
  [
    'no place to send to',
    GOOD.replace('    url: https://hooks.example.com/loops\n', ''),
    'notify.yaml:2: `channels.0.name`: expected `url` or `urlEnv`, got neither. Fix: Add `url: https://…`.',
  ],
  [
    'an address that is never allowed',
    GOOD.replace('secretEnv: OPS_SECRET', "secretEnv: OPS_SECRET\n    allowPrivate: ['169.254.169.254:80']"),
    'notify.yaml:6: `channels.0.allowPrivate.0`: expected a private address, or a network of them, with its port, got "169.254.169.254:80".',
  ],
  [
    'a password that everybody could read',
    GOOD.replace('host:', 'tls: none\n    host:'),
    'notify.yaml:13: `channels.2.tls`: a password would be sent so that everybody on the way can read it. Fix:',
  ],
  [
    'a sender that would be more than one header',
    GOOD.replace('Loops <loops@example.com>', '"a@b.example\\r\\nBcc: all@example.com"'),
    'notify.yaml:11: `channels.2.from`: expected',
  ],
  [
    'a rule that reads what there is not',
    GOOD.replace('event ==', 'events =='),
    'notify.yaml:18: `rules.1.when`: rule `events == "escalated" || risk == "high"`: `events` is not a variable. Fix: Did you mean `event`?',
  ],
  [
    'a channel that there is not',
    GOOD.replace('to: [mail]', 'to: [mails]'),
    'notify.yaml:19: `rules.1.to.0`: there is no channel "mails". Fix: Did you mean `mail`?',
  ],
  [
    'a channel that nothing is sent to',
    GOOD.replace('to: [ops, team]', 'to: [ops]'),
    'notify.yaml:6: `channels.1.name`: no rule sends anything to team. Fix: Name it in the `to` of a rule.',
  ],
  [
    'two channels of one name',
    GOOD.replace('name: team', 'name: ops'),
    'notify.yaml:6: `channels.1.name`: another channel is called ops too',
  ],
])('%s is named with line, field and fix', async (_what, text, said) => {
  expect(await mistakes(text)).toContain(said);
  expect(await mistakes(text)).not.toContain('whsec_');
});

test('validate names its mistakes, alone too', async () => {
  const env = await planted(GOOD.replace('to: [mail]', 'to: [mails]'));
  const around = await settings();
  const found = await validate({ ...around, env, paths: [String(env['LOOPWRIGHT_NOTIFY'])] });
  expect(found.mistakes.map(({ rule }) => rule)).toEqual([
    'there is no channel "mails"',
    expect.stringContaining('mail'),
  ]);
});

test('doctor says which secret is missing or short, and shows none', async () => {
  const look = async (env: NodeJS.ProcessEnv) =>
    (await findings([notifyCheck(await settings({ env }))]))['notify.yaml']?.finding;
  expect(await look(await planted(GOOD, SECRETS))).toMatchObject({
    kind: 'ok',
    saw: expect.stringMatching(/notify\.yaml: ops, team, mail, with their secrets; links lead to this machine/),
  });
  expect(await look({})).toMatchObject({ kind: 'skipped', saw: 'no notify.yaml: nobody is told what waits for them' });
  const bad: readonly [string, string, string][] = [
    ['OPS_SECRET', 'whsec_c2hvcnQ=', 'OPS_SECRET has a secret of 5 bytes, and 16 or more are needed'],
    ['OPS_SECRET', '', 'channel `ops` needs OPS_SECRET, which is not set'],
    ['TEAM_URL', 'ftp://very-secret.example', 'channel `team`: TEAM_URL: expected a URL of https'],
    ['MAIL_PASSWORD', '', 'channel `mail` needs MAIL_PASSWORD, which is not set'],
  ];
  for (const [name, value, said] of bad) {
    const found = await look(await planted(GOOD, { ...SECRETS, [name]: value }));
    expect(found).toMatchObject({ kind: 'fail', saw: expect.stringContaining(said) });
    expect(JSON.stringify(found)).not.toMatch(/very-secret|hunter2|whsec_c2/);
  }
});

test('a channel that there is not cannot be tried, and one that nobody answers on says why, without its URL', async () => {
  const env = await planted(GOOD.replace('slack\n', "slack\n    allowPrivate: ['127.0.0.1:9']\n"), {
    TEAM_URL: 'http://127.0.0.1:9/very-secret',
  });
  await expect(tryChannel(env, 'tean')).rejects.toThrow('has no channel `tean`. It has: ops, team, mail.');
  const said = await tryChannel(env, 'team').catch((error: Error) => error.message);
  expect(said).toContain('Nobody could be told through team: it could not be reached');
  expect(said).not.toContain('very-secret');
});

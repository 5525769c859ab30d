import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { freePort } from '../../../worker/temporal/ports.ts';
import { HOUR } from '../../core/notify/approvals.ts';
import { httpReceiver, smtpReceiver } from './receivers.ts';
import { decide, openGate, ORIGIN, SECRET, telling } from './telling.ts';

const webhook = (name: string, { url, allowPrivate }: { url: string; allowPrivate: readonly string[] }, more = {}) => ({
  kind: 'webhook',
  name,
  url,
  secretEnv: 'HOOK_SECRET',
  allowPrivate,
  ...more,
});

test('a webhook is signed so that the library of Standard Webhooks verifies it, and its link decides nothing', async () => {
  const ops = await httpReceiver();
  const told = await telling({ channels: [webhook('ops', ops)] });
  told.clock.now = Date.now();
  await openGate(told.store, 'r1', told.clock.now);
  await told.at(told.clock.now);
  const [posted] = ops.posted;
  expect(new Webhook(SECRET).verify(posted?.body ?? '', posted?.headers ?? {})).toMatchObject({
    type: 'approval.opened',
    data: {
      headline: 'triage-r1 waits for a decision',
      approval: { digest: 'sha256:r1', workflowId: 'triage-r1' },
      link: `${ORIGIN}/approvals/sha256%3Ar1`,
      evidence: ['pass names-the-topic: Owls'],
      untrusted: { output: '{\n  "title": "Owls"\n}' },
    },
  });
  expect(() => new Webhook(SECRET).verify(`${posted?.body} `, posted?.headers ?? {})).toThrow('signature');
  await told.at(told.clock.now + 2000);
  expect(ops.posted).toHaveLength(1);
});

test('people hear of a gate, are reminded, hear that more may decide, and by whom it was decided; each once', async () => {
  const [ops, boss] = [await httpReceiver(), await httpReceiver()];
  const told = await telling({
    channels: [webhook('ops', ops), webhook('boss', boss)],
    rules: [{ to: ['ops'] }, { when: 'event in ["escalated", "decided"]', to: ['boss'] }],
  });
  await openGate(told.store, 'r1', 0);
  for (let at = 0; at <= 26 * HOUR; at += HOUR / 2) await told.at(at);
  await decide(told.store, 'r1', { decision: 'reject', note: 'no owls' }, 26 * HOUR);
  for (let at = 26 * HOUR; at <= 28 * HOUR; at += HOUR / 2) await told.at(at);
  const types = ({ posted }: typeof ops) => posted.map(({ json }) => json.type?.replace('approval.', ''));
  expect(types(ops)).toEqual(['opened', ...Array.from({ length: 5 }, () => 'reminder'), 'escalated', 'decided']);
  expect(types(boss)).toEqual(['escalated', 'decided']);
  expect(boss.posted[0]?.json.data).toMatchObject({ facts: { 'Who may decide': 'role:lead, boss@example.com' } });
  expect(boss.posted[1]?.json.data).toMatchObject({ headline: 'triage-r1 was rejected by ada' });
  const ids = [...ops.posted, ...boss.posted].map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(ids.length);
});

test('nobody hears of what was decided before it could be sent, or of an end of what they never heard of', async () => {
  const ops = await httpReceiver();
  const told = await telling({ channels: [webhook('ops', ops)] });
  await openGate(told.store, 'r1', 0);
  await told.look();
  await decide(told.store, 'r1', {}, 1);
  await told.at(10);
  expect(ops.posted).toEqual([]);
  expect(await told.letters()).toEqual(['ops opened withdrawn 0']);
});

test('one that fails is tried again later under the same name, and holds up neither others nor other channels', async () => {
  const bad = await httpReceiver(({ body }, count) => ({
    status: body.includes('sha256:r1') && count < 5 ? 503 : 200,
  }));
  const good = await httpReceiver();
  const told = await telling({ channels: [webhook('bad', bad), webhook('good', good)] });
  for (const [index, name] of ['r1', 'r2', 'r3'].entries()) await openGate(told.store, name, index);
  for (const seconds of [1, 3, 6, 8, 26, 30, 200]) await told.at(seconds * 1000);
  const digests = (of: typeof bad) => of.posted.map(({ body }) => /sha256:(r\d)/.exec(body)?.[1]);
  expect(digests(good)).toEqual(['r1', 'r2', 'r3']);
  expect(digests(bad)).toEqual(['r1', 'r2', 'r3', 'r1', 'r1']);
  const names = bad.posted.filter(({ body }) => body.includes('sha256:r1')).map(({ headers }) => headers['webhook-id']);
  expect(new Set(names).size).toBe(1);
  expect(await told.letters({ channel: 'bad', state: 'sent' })).toHaveLength(3);
  expect(told.reports).toEqual(['Nobody could be told through bad: it answered 503. It is tried again in 5.0 s.']);
});

test('a channel that says when to come again is asked no sooner', async () => {
  const ops = await httpReceiver((_, count) => ({ status: count === 1 ? 429 : 200, headers: { 'retry-after': '90' } }));
  const told = await telling({ channels: [webhook('ops', ops)] });
  await openGate(told.store, 'r1', 0);
  for (const seconds of [0, 30, 89]) await told.at(seconds * 1000);
  expect(ops.posted).toHaveLength(1);
  await told.at(90_000);
  expect(ops.posted).toHaveLength(2);
});

test('what fails for a day is given up and becomes an alert, which others are told of, until the channel takes something', async () => {
  let dead = true;
  const [ops, mine] = [await httpReceiver(() => ({ status: dead ? 404 : 200 })), await httpReceiver()];
  const told = await telling({
    channels: [webhook('ops', ops), webhook('mine', mine)],
    rules: [
      { when: 'about != "approval"', to: ['mine', 'ops'] },
      { when: 'about == "approval"', to: ['ops'] },
    ],
  });
  await openGate(told.store, 'r1', 0, { policy: { remindAfterMs: 100 * HOUR, escalateTo: [] } });
  for (let at = 0; at <= 26 * HOUR; at += HOUR) await told.at(at);
  expect(await told.letters({ channel: 'ops' })).toEqual([expect.stringMatching(/^ops opened failed \d+$/) as unknown]);
  expect(await told.store.alerts.open()).toMatchObject([{ key: 'notify:ops', kind: 'notify', about: 'ops' }]);
  expect(mine.posted.map(({ json }) => json.type)).toEqual(['alert.raised']);
  expect(mine.posted[0]?.json.data).toMatchObject({
    headline: 'Alert: nobody can be told through the channel ops',
    facts: { What: expect.stringContaining('it answered 404') as unknown },
  });
  dead = false;
  await openGate(told.store, 'r2', 27 * HOUR);
  for (const at of [27 * HOUR, 27 * HOUR + 2000]) await told.at(at);
  expect(await told.store.alerts.open()).toEqual([]);
  expect(mine.posted.map(({ json }) => json.type)).toEqual(['alert.raised', 'alert.cleared']);
});

test('more than a channel takes in a minute goes together in one message, and none is lost', async () => {
  const ops = await httpReceiver();
  const told = await telling({ channels: [webhook('ops', ops, { perMinute: 5 })] });
  await Promise.all(Array.from({ length: 41 }, (_, index) => openGate(told.store, `r${index}`, 0)));
  await told.at(1000);
  expect(ops.posted.map(({ json }) => json.type)).toEqual([
    ...Array.from({ length: 4 }, () => 'approval.opened'),
    'notices.together',
  ]);
  expect(ops.posted[4]?.json.data).toMatchObject({ headline: '37 more wait', link: `${ORIGIN}/approvals` });
  const digests = ops.posted.flatMap(({ body }) =>
    [...body.matchAll(/"digest":"(sha256:r\d+)"/g)].map(([, one]) => one),
  );
  expect(new Set(digests).size).toBe(41);
  expect(await told.letters({ state: 'sent' })).toHaveLength(41);
  await openGate(told.store, 'late', 1000);
  for (const at of [3000, 30_000, 60_999]) await told.at(at);
  expect(ops.posted).toHaveLength(5);
  await told.at(61_001);
  expect(ops.posted).toHaveLength(6);
});

test('a message of many that failed comes again under its name, without what was decided meanwhile', async () => {
  const ops = await httpReceiver(({ json }, count) => ({
    status: json.type === 'notices.together' && count === 2 ? 503 : 200,
  }));
  const told = await telling({ channels: [webhook('ops', ops, { perMinute: 2 })] });
  await Promise.all(Array.from({ length: 5 }, (_, index) => openGate(told.store, `r${index}`, index)));
  await told.at(1000);
  await decide(told.store, 'r3', {}, 2000);
  for (const at of [6000, 61_001]) await told.at(at);
  const together = ops.posted.filter(({ json }) => json.type === 'notices.together');
  expect(together.map(({ json }) => json.data?.['headline'])).toEqual(['4 more wait', '3 more wait']);
  expect(together[1]?.headers['webhook-id']).toBe(together[0]?.headers['webhook-id']);
});

test('private addresses are reached only where the channel allows them, redirects are not followed, and whoever is not there is named', async () => {
  const free = await freePort();
  const inside = await httpReceiver();
  const outside = await httpReceiver(() => ({ status: 302, headers: { location: inside.url } }));
  const told = await telling({
    channels: [
      webhook('refused', { url: inside.url, allowPrivate: ['10.0.0.0/8:80'] }),
      webhook('redirected', outside),
      webhook('plain', { url: 'http://192.88.98.1:8080/in', allowPrivate: ['127.0.0.1:8080'] }),
      webhook('gone', { url: `http://127.0.0.1:${free}/in`, allowPrivate: [`127.0.0.1:${free}`] }),
    ],
  });
  await openGate(told.store, 'r1', 0);
  await told.at(0);
  const problems = (await told.store.notices.list({ limit: 9 })).map(({ channel, problem }) => [channel, problem]);
  expect(Object.fromEntries(problems)).toEqual({
    refused: expect.stringMatching(/127\.0\.0\.1 is no public address.*notify\.yaml, at its channel: `allowPrivate/),
    plain: 'it is outside of your network, and everybody on the way can read http: use https',
    redirected: 'it answered 302',
    gone: 'it could not be reached: ECONNREFUSED',
  });
  expect(inside.posted).toEqual([]);
});

test('Slack gets blocks, and nothing in them that a loop made is obeyed', async () => {
  const slack = await httpReceiver();
  const url = slack.url.replace('/in', '/services/T0/B0/very-secret');
  const told = await telling(
    { channels: [{ kind: 'slack', name: 'team', urlEnv: 'TEAM_URL', allowPrivate: slack.allowPrivate }] },
    { env: { TEAM_URL: url } },
  );
  await openGate(told.store, 'r1', 0, { output: { title: '<!channel> <https://evil.example|ok> ``` & @here' } });
  await told.at(0);
  const [posted] = slack.posted;
  expect(posted?.path).toBe('/services/T0/B0/very-secret');
  expect(posted?.json.text).not.toMatch(/[<>]/);
  expect(posted?.body.match(/<[^>]*>/g)).toEqual([
    `<${ORIGIN}/approvals/sha256%3Ar1|Decide it on the dashboard (you sign in there)>`,
  ]);
});

test('a secret URL is in no report and no record', async () => {
  const slack = await httpReceiver(() => ({ status: 410 }));
  const url = slack.url.replace('/in', '/services/T0/B0/very-secret');
  const told = await telling(
    { channels: [{ kind: 'slack', name: 'team', urlEnv: 'TEAM_URL', allowPrivate: slack.allowPrivate }] },
    { env: { TEAM_URL: url } },
  );
  await openGate(told.store, 'r1', 0);
  await told.at(0);
  const rows = await told.store.facts.query('select * from notices');
  expect(JSON.stringify([rows, told.reports])).not.toContain('very-secret');
  expect(told.reports).toEqual(['Nobody could be told through team: it answered 410. It is tried again in 5.0 s.']);
});

const mail = (port: number, more = {}) => ({
  kind: 'email',
  name: 'mail',
  from: 'Loops <loops@example.com>',
  to: ['ada@example.com', 'bo@example.com'],
  host: 'localhost',
  port,
  user: 'loops',
  passwordEnv: 'MAIL_PASSWORD',
  ...more,
});

test('a mail is encrypted before anything is said, has text and HTML, and belongs to the thread of its gate', async () => {
  const smtp = await smtpReceiver({ starttls: true });
  const { authorities } = smtp;
  const told = await telling(
    { channels: [mail(smtp.port)] },
    { env: { MAIL_PASSWORD: 'the mail password' }, authorities },
  );
  const hostile = 'x\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>';
  await openGate(told.store, 'r1', 0, { output: { title: hostile } });
  await told.at(0);
  await told.at(4 * HOUR);
  expect(told.reports).toEqual([]);
  const [first, second] = smtp.mails;
  expect(first).toMatchObject({
    from: 'loops@example.com',
    to: ['ada@example.com', 'bo@example.com'],
    user: 'loops',
    secure: true,
  });
  const header = (source: string | undefined, name: string): string[] =>
    (source?.split('\r\n\r\n')[0] ?? '').split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}:`));
  expect(header(first?.source, 'bcc')).toEqual([]);
  expect(header(first?.source, 'subject')).toEqual(['Subject: [loopwright] triage-r1 waits for a decision']);
  expect(header(first?.source, 'auto-submitted')).toEqual(['Auto-Submitted: auto-generated']);
  expect(header(first?.source, 'in-reply-to')).toEqual(header(second?.source, 'in-reply-to'));
  expect(header(first?.source, 'message-id')).not.toEqual(header(second?.source, 'message-id'));
  expect(first?.source).toContain('text/plain');
  expect(first?.source).toContain('text/html');
  const [, html] = first?.source.split('Content-Type: text/html') ?? [];
  expect(html).not.toContain('<script>');
  expect(html).toContain('&lt;script&gt;');
});

test('a mail server that offers no encryption is told nothing, and a wrong password is not repeated', async () => {
  const plain = await smtpReceiver({ starttls: false });
  const env = { MAIL_PASSWORD: 'not the password' };
  const told = await telling({ channels: [mail(plain.port)] }, { env });
  await openGate(told.store, 'r1', 0);
  await told.at(0);
  const smtp = await smtpReceiver({ starttls: true });
  const wrong = await telling({ channels: [mail(smtp.port)] }, { env, authorities: smtp.authorities });
  await openGate(wrong.store, 'r1', 0);
  await wrong.at(0);
  const untrusted = await telling({ channels: [mail(smtp.port)] }, { env });
  await openGate(untrusted.store, 'r1', 0);
  await untrusted.at(0);
  expect([...told.reports, ...wrong.reports, ...untrusted.reports]).toEqual([
    expect.stringContaining('the mail server'),
    'Nobody could be told through mail: the mail server answered 535. It is tried again in 5.0 s.',
    expect.stringContaining('the mail server'),
  ]);
  expect([...plain.mails, ...smtp.mails]).toEqual([]);
  expect(JSON.stringify([told.reports, wrong.reports])).not.toContain('not the password');
});

test('alerts that are raised and cleared are told of; one that was never told of is not over', async () => {
  const ops = await httpReceiver();
  const told = await telling({ channels: [webhook('ops', ops)] });
  const late = { key: 'late:nightly', kind: 'late', about: 'nightly', text: 'LATE', raisedAt: 10 } as const;
  await told.store.alerts.raise(late);
  for (const at of [20, 2020]) await told.at(at);
  await told.store.alerts.clear('late:nightly', 3000);
  await told.at(4020);
  await told.store.alerts.raise({ ...late, raisedAt: 5000 });
  for (const at of [6020, 8020]) await told.at(at);
  expect(ops.posted.map(({ json }) => json.type)).toEqual(['alert.raised', 'alert.cleared', 'alert.raised']);
});

import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { HookRule } from '../../contract/hooks.ts';
import { MOST_FAILURES, REFILL_MS } from '../../core/access/failures.ts';
import { compileHook } from '../../core/hooks/match.ts';
import { SIGN } from '../../gateway/sign.ts';
import { openGateway, OWNER_TOKEN } from '../support/open-gateway.ts';

const ADA = 'ada@example.com';
const HTML = { accept: 'text/html' };
const owner = { authorization: `Bearer ${OWNER_TOKEN}` };
const retry = { source: 'notes', delivery: 'd1' };

async function signedIn(origin?: string) {
  const opened = await openGateway({ origin });
  await opened.addUser(ADA);
  const session = await opened.sessionOf(await opened.signIn(await opened.codeOf(ADA)));
  const change = (headers: Readonly<Record<string, string>>) =>
    opened.ask('/api/deliveries/retry', { method: 'POST', headers: { ...session.headers, ...headers }, json: retry });
  return { ...opened, session, change };
}

test('a page that had its own name pointed at this machine sees nothing, signed in or not', async () => {
  const { ask, gateway, session } = await signedIn();
  for (const host of [
    'evil.example',
    `evil.example:${gateway.port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    '0.0.0.0',
    '127.0.0.1@evil.example',
  ])
    for (const path of ['/', '/sign-in', '/api/runs?limit=1'])
      expect((await ask(path, { headers: { ...session.headers, ...HTML, host } })).status, `${host}${path}`).toBeOneOf([
        400, 403,
      ]);
});

test('what another page sends changes nothing, whatever it sends, also with the session’s cookie', async () => {
  const { ask, change, session } = await signedIn();
  const token = { 'x-csrf-token': session.csrf };
  const attacks = [
    { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
    { origin: 'https://evil.example' },
    { origin: 'null', 'sec-fetch-site': 'cross-site' },
    { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' },
  ];
  for (const attack of attacks) {
    const headers = { cookie: session.headers['cookie'] ?? '', ...attack };
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
      expect(
        await ask('/api/deliveries/retry', {
          method: 'POST',
          headers: { ...headers, ...token, 'content-type': type },
          json: retry,
        }),
      ).toMatchObject({
        status: 403,
        text: expect.stringContaining('CrossOrigin') as unknown,
      });
    for (const path of ['/sign-out', '/sign-in'])
      expect(await ask(path, { method: 'POST', headers, form: { csrf: session.csrf } })).toMatchObject({ status: 403 });
  }
  expect((await change(token)).status).toBe(404);
});

test('a request without the session’s token against forgery is refused, JSON and forms alike', async () => {
  const { ask, change, session, signIn, codeOf, sessionOf } = await signedIn();
  const other = await sessionOf(await signIn(await codeOf(ADA)));
  expect(other.csrf).not.toBe(session.csrf);
  for (const given of [{}, { 'x-csrf-token': '' }, { 'x-csrf-token': 'f'.repeat(64) }, { 'x-csrf-token': other.csrf }])
    expect(await change(given)).toMatchObject({ status: 403, text: expect.stringContaining('Csrf') as unknown });
  for (const form of [{}, { csrf: other.csrf }] as Record<string, string>[])
    expect(await ask('/sign-out', { method: 'POST', headers: session.headers, form })).toMatchObject({ status: 403 });
  // JSON that says it is a form carries no field.
  expect(await change({ 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({ status: 403 });
});

test('a session’s cookie without a browser’s word of where the request comes from is refused', async () => {
  const { ask, session } = await signedIn();
  const headers = { cookie: session.headers['cookie'] ?? '', 'x-csrf-token': session.csrf };
  expect(await ask('/api/deliveries/retry', { method: 'POST', headers, json: retry })).toMatchObject({
    status: 403,
    text: expect.stringContaining('Programs send an API token') as unknown,
  });
});

test('who floods the sign-in is told to wait, and others still come in, from the same address and with the flooded name', async () => {
  const said: string[] = [];
  const { addUser, ask, clock, codeOf, signIn, tokenOf } = await openGateway({
    report: (text) => void said.push(text),
  });
  await addUser(ADA);
  const { id, secret } = await tokenOf(ADA);
  const wrong = `lw_${id}_${'0'.repeat(64)}`;
  const statuses: number[] = [];
  for (let tries = 0; tries < 3 * MOST_FAILURES; tries += 1) statuses.push((await signIn(wrong)).status);
  expect(statuses).toEqual([...Array<number>(MOST_FAILURES).fill(401), ...Array<number>(2 * MOST_FAILURES).fill(429)]);
  expect(await signIn('anything')).toMatchObject({ status: 429, headers: { 'retry-after': String(REFILL_MS / 1000) } });
  expect(await signIn(secret)).toMatchObject({ status: 303 });
  expect(await signIn(await codeOf(ADA))).toMatchObject({ status: 303 });
  clock.now += REFILL_MS;
  expect(await signIn(wrong)).toMatchObject({ status: 401 });
  expect((await ask('/sign-in')).status).toBe(200);
  expect(said).toEqual([`Sign-ins fail again and again (address 127.0.0.1, user ${ADA}), and are answered slowly.`]);
});

test('behind a proxy of ours an address is the one that the proxy saw, and what a client says of itself is no other', async () => {
  const origin = 'https://loops.example.com';
  const { addUser, codeOf, signIn } = await openGateway({ origin });
  await addUser(ADA);
  const from = (forwarded: string) => ({ host: 'loops.example.com', origin, 'x-forwarded-for': forwarded });
  for (let tries = 0; tries <= MOST_FAILURES; tries += 1) await signIn('wrong', from(`10.0.0.${tries}, 203.0.113.9`));
  expect(await signIn('wrong', from('10.9.9.9, 203.0.113.9'))).toMatchObject({ status: 429 });
  expect(await signIn('wrong', from('203.0.113.10'))).toMatchObject({ status: 401 });
  expect(await signIn(await codeOf(ADA), from('203.0.113.9'))).toMatchObject({ status: 303 });
});

test('behind a proxy its address is ours: pages of others are refused, this machine’s commands still come in', async () => {
  const origin = 'https://loops.example.com';
  const { ask, change, session } = await signedIn(origin);
  const host = 'loops.example.com';
  const token = { 'x-csrf-token': session.csrf };
  expect(await change({ ...token, host, origin })).toMatchObject({ status: 404 });
  expect(await change({ ...token, host, origin: 'http://loops.example.com' })).toMatchObject({ status: 403 });
  expect(await change({ ...token, host, origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  expect(await ask('/sign-in', { headers: { host: 'other.example.com' } })).toMatchObject({ status: 403 });
  expect(await ask('/api/owner', { headers: owner })).toMatchObject({ status: 200 });
  // The token of gateway.json is for this machine, whoever may have got hold of it.
  expect(await ask('/api/owner', { headers: { ...owner, host } })).toMatchObject({ status: 401 });
});

test('a form that cannot be read is one without fields', async () => {
  const { ask, session } = await signedIn();
  const headers = { ...session.headers, 'content-type': 'multipart/form-data' };
  expect(await ask('/sign-out', { method: 'POST', headers, json: {} })).toMatchObject({ status: 403 });
  expect(await ask('/sign-in', { method: 'POST', headers, json: {} })).toMatchObject({ status: 401 });
});

test('each answer forbids what no page of ours needs, and is kept by no cache', async () => {
  const { ask, session } = await signedIn();
  const answers = [
    await ask('/sign-in', { headers: HTML }),
    await ask('/sign-out', { headers: { ...session.headers, ...HTML } }),
    await ask('/api/owner', { headers: owner }),
    await ask('/api/owner'),
    await ask('/nowhere', { headers: { host: 'evil.example' } }),
  ];
  for (const { headers } of answers)
    expect(headers).toMatchObject({
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
});

test('people who are not signed in are led to the sign-in and back; programs are told what to send', async () => {
  const { ask, addUser, codeOf, gateway } = await openGateway();
  expect(await ask('/runs?open=true', { headers: HTML })).toMatchObject({
    status: 303,
    headers: { location: `/sign-in?next=${encodeURIComponent('/runs?open=true')}` },
  });
  expect(await ask('/api/runs?limit=1', { headers: HTML })).toMatchObject({
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
  });
  await addUser(ADA);
  const back = async (next: string) =>
    (
      await ask('/sign-in', {
        method: 'POST',
        headers: { origin: gateway.url },
        form: { code: await codeOf(ADA), next },
      })
    ).headers['location'];
  expect(await back('/runs?open=true')).toBe('/runs?open=true');
  expect(await back('//evil.example/')).toBe('/');
});

test('what a stranger wrote into a link is text on the page', async () => {
  const { ask } = await openGateway();
  const { text } = await ask(
    `/sign-in?code=${encodeURIComponent('"><script>alert(1)</script>')}&next=${encodeURIComponent('/"><b>')}`,
  );
  expect(text).not.toMatch(/<script|<b>/);
});

test('bodies that are too large are refused, and the form of a sign-in is small', async () => {
  const { ask, gateway } = await openGateway();
  // Refused by what it says of itself: not a byte of it is read.
  const large = { ...owner, 'content-length': String(1024 * 1024 + 1) };
  const refused = await ask('/api/deliveries/retry', { method: 'POST', headers: large });
  expect(refused).toMatchObject({ status: 413 });
  const form = { credential: 'x'.repeat(9000) };
  expect(await ask('/sign-in', { method: 'POST', headers: { origin: gateway.url }, form })).toMatchObject({
    status: 413,
  });
});

test('headers that never end are not waited for', async () => {
  const { gateway } = await openGateway();
  const slow = connect(gateway.port, '127.0.0.1');
  slow.write(`GET / HTTP/1.1\r\nx-filler: ${'y'.repeat(20_000)}`);
  // Whether it hears why, or is hung up on in the middle of a word.
  await new Promise((gone) =>
    slow
      .on('error', () => undefined)
      .on('close', gone)
      .resume(),
  );
});

test('no cookie counts at the door for webhooks, and none is set there', async () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const rule = HookRule.parse({ loop: 'triage', input: 'body' });
  const source = { kind: 'standard', secrets: [secret], toleranceMs: 300_000, match: compileHook([rule]) } as const;
  const hooks = {
    sources: new Map([['notes', source]]),
    now: Date.now,
    wake: () => undefined,
    report: () => undefined,
  };
  const { ask, addUser, codeOf, signIn, sessionOf } = await openGateway({ hooks });
  await addUser(ADA);
  const { headers } = await sessionOf(await signIn(await codeOf(ADA)));
  const json = { n: 1 };
  expect(await ask('/hooks/notes', { method: 'POST', headers, json })).toMatchObject({ status: 401 });
  const signed = SIGN.standard({ secret, id: 'm1', at: Date.now(), event: '', body: JSON.stringify(json) });
  // A sender may be anywhere, and the gateway may go by another name there.
  const taken = await ask('/hooks/notes', { method: 'POST', headers: { ...signed, host: 'tunnel.example' }, json });
  expect(taken).toMatchObject({ status: 202 });
  expect(taken.headers['set-cookie']).toBeUndefined();
});

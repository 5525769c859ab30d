import { expect, test } from 'vitest';
import { CODE_MS, IDLE_MS, SESSION_MS } from '../../contract/access.ts';
import { createApp } from '../../gateway/app.ts';
import { cookieOf, openGateway, OWNER_TOKEN, type SignedIn } from '../support/open-gateway.ts';

const ADA = 'ada@example.com';
const RUNS = '/api/runs?limit=1';
const retry = { source: 'notes', delivery: 'd1' };

async function withAda() {
  const opened = await openGateway();
  await opened.addUser(ADA);
  return opened;
}

async function signedIn() {
  const opened = await withAda();
  const session = await opened.sessionOf(await opened.signIn(await opened.codeOf(ADA)));
  const post = ({ headers }: Pick<SignedIn, 'headers'>, more: Readonly<Record<string, string>> = {}) =>
    opened.ask('/api/deliveries/retry', { method: 'POST', headers: { ...headers, ...more }, json: retry });
  return { ...opened, session, post };
}

test('a code signs in once, by the form and not by looking at it', async () => {
  const { ask, codeOf, signIn } = await withAda();
  const code = await codeOf(ADA);
  for (let looks = 0; looks < 3; looks += 1)
    expect(await ask(`/sign-in?code=${code}`)).toMatchObject({
      status: 200,
      text: expect.stringContaining(`name="code" value="${code}"`) as unknown,
    });
  const answer = await signIn(code);
  expect(answer).toMatchObject({ status: 303, headers: { location: '/' } });
  expect(String(answer.headers['set-cookie'])).toMatch(
    /^__Host-loopwright=lws_[0-9a-f]{64}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(await ask(RUNS, { headers: { cookie: cookieOf(answer) } })).toMatchObject({ status: 200 });
  const again = await signIn(code);
  expect(again).toMatchObject({ status: 401, text: expect.stringContaining('This code was used.') as unknown });
  expect(again.headers['set-cookie']).toBeUndefined();
});

test('a code is good for ten minutes', async () => {
  const { clock, codeOf, signIn } = await withAda();
  const code = await codeOf(ADA);
  clock.now += CODE_MS;
  expect(await signIn(code)).toMatchObject({ status: 401, text: expect.stringContaining('has expired') as unknown });
});

test('whoever signs in gets a session of their own, whatever session the browser was given before', async () => {
  const { ask, session, codeOf, signIn } = await signedIn();
  const planted = `__Host-loopwright=lws_${'0'.repeat(64)}`;
  for (const before of [planted, session.headers['cookie'] ?? '']) {
    const cookie = cookieOf(await signIn(await codeOf(ADA), { cookie: before }));
    expect(cookie).not.toBe(before);
    expect(await ask(RUNS, { headers: { cookie } })).toMatchObject({ status: 200 });
    expect(await ask(RUNS, { headers: { cookie: before } })).toMatchObject({ status: 401 });
  }
});

test('a session that was signed out is over, also for who kept its cookie', async () => {
  const { ask, session } = await signedIn();
  const { headers, csrf } = session;
  expect(await ask('/sign-out', { method: 'POST', headers, form: { csrf: 'ff' } })).toMatchObject({ status: 403 });
  const out = await ask('/sign-out', { method: 'POST', headers, form: { csrf } });
  expect(out).toMatchObject({ status: 303, headers: { location: '/sign-in' } });
  expect(String(out.headers['set-cookie'])).toContain('Max-Age=0');
  expect(await ask(RUNS, { headers })).toMatchObject({ status: 401 });
});

test('a session ends after eight hours without use, and after seven days of it', async () => {
  const { ask, clock, session } = await signedIn();
  const { headers } = session;
  clock.now += IDLE_MS - 1;
  expect(await ask(RUNS, { headers })).toMatchObject({ status: 200 });
  clock.now += IDLE_MS;
  expect(await ask(RUNS, { headers })).toMatchObject({
    status: 401,
    text: expect.stringContaining('eight hours') as unknown,
  });

  const used = await signedIn();
  const begun = used.clock.now;
  for (; used.clock.now < begun + SESSION_MS; used.clock.now += IDLE_MS / 2)
    expect(await used.ask(RUNS, { headers: used.session.headers })).toMatchObject({ status: 200 });
  expect(await used.ask(RUNS, { headers: used.session.headers })).toMatchObject({
    status: 401,
    text: expect.stringContaining('older than seven days') as unknown,
  });
});

test('who is disabled is out at once, by session and by token, and a revoked or expired token is refused', async () => {
  const { ask, clock, session, store, tokenOf } = await signedIn();
  const [one, two, three] = [await tokenOf(ADA), await tokenOf(ADA), await tokenOf(ADA, ['read'], clock.now + 1000)];
  for (const { headers } of [session, one, two, three])
    expect(await ask(RUNS, { headers })).toMatchObject({ status: 200 });
  await store.apiTokens.revoke(one.id, { by: 'owner', at: clock.now });
  expect(await ask(RUNS, one)).toMatchObject({ status: 401, text: expect.stringContaining('is revoked') as unknown });
  clock.now += 1000;
  expect(await ask(RUNS, three)).toMatchObject({
    status: 401,
    text: expect.stringContaining('has expired') as unknown,
  });
  await store.users.change({ name: ADA, disabled: true }, { by: 'owner', at: clock.now });
  for (const { headers } of [session, two])
    expect(await ask(RUNS, { headers })).toMatchObject({
      status: 401,
      text: expect.stringContaining('is disabled') as unknown,
    });
});

test('a session that a token opened ends with it', async () => {
  const { ask, clock, signIn, sessionOf, store, tokenOf } = await withAda();
  const token = await tokenOf(ADA, ['read']);
  const { headers, csrf } = await sessionOf(await signIn(token.secret));
  expect(await ask(RUNS, { headers })).toMatchObject({ status: 200 });
  const retrying = { method: 'POST', headers: { ...headers, 'x-csrf-token': csrf }, json: retry };
  expect(await ask('/api/deliveries/retry', retrying)).toMatchObject({ status: 403 });
  await store.apiTokens.revoke(token.id, { by: 'owner', at: clock.now });
  expect(await ask(RUNS, { headers })).toMatchObject({ status: 401 });
});

test('a token with another secret, or of another shape, is nobody’s', async () => {
  const { ask, tokenOf } = await withAda();
  const { id, secret } = await tokenOf(ADA);
  const wrong = `lw_${id}_${'0'.repeat(64)}`;
  for (const authorization of [
    `Bearer ${wrong}`,
    `Bearer ${secret}0`,
    `Bearer lw_${'0'.repeat(12)}_${'0'.repeat(64)}`,
    secret.slice(3),
  ])
    expect(await ask(RUNS, { headers: { authorization } })).toMatchObject({ status: 401 });
});

test('each route that changes something refuses who may only read, by token and in the browser', async () => {
  const { ask, signIn, sessionOf, store, tokenOf } = await withAda();
  const token = await tokenOf(ADA, ['read']);
  const session = await sessionOf(await signIn(token.secret));
  const app = createApp({ store, token: OWNER_TOKEN, pid: 1 });
  // `use` is for every method; signing in and out is for everybody.
  const changing = app.routes.filter(
    ({ method, path }) => !['GET', 'ALL'].includes(method) && !/^\/sign-(in|out)$/.test(path),
  );
  expect(changing.filter(({ path }) => path.startsWith('/api/')).length).toBeGreaterThan(4);
  expect(changing.filter(({ path }) => !path.startsWith('/api/')).length).toBeGreaterThan(0);
  const inBrowser = { ...session.headers, 'x-csrf-token': session.csrf };
  for (const { method, path } of changing)
    for (const headers of [token.headers, inBrowser]) {
      const { status } = await ask(path.replaceAll(/:\w+/g, 'x'), { method, headers, json: {} });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  expect(await ask(RUNS, { headers: (await tokenOf(ADA, ['decide'])).headers })).toMatchObject({
    status: 403,
    text: expect.stringContaining('ada@example.com may not read here') as unknown,
  });
});

test('what is for this machine is refused to everybody else, whatever they may do', async () => {
  const { ask, tokenOf } = await withAda();
  const { headers } = await tokenOf(ADA);
  const plan = { method: 'POST', json: { subject: 'eve', runs: [], insideWords: false } };
  expect(await ask('/api/erasures/plan', { ...plan, headers })).toMatchObject({
    status: 403,
    text: expect.stringContaining('without LOOPWRIGHT_TOKEN') as unknown,
  });
  expect(
    await ask('/api/erasures/plan', { ...plan, headers: { authorization: `Bearer ${OWNER_TOKEN}` } }),
  ).toMatchObject({ status: 200 });
});

test('what a person says of a loop is theirs, whoever they say they are', async () => {
  const { ask, store, tokenOf } = await withAda();
  const { headers } = await tokenOf(ADA);
  const json = { loop: 'triage', check: 'trigger.explicit', answer: 'manual', by: 'grace', at: 1 };
  expect(await ask('/api/review-answers', { method: 'PUT', headers, json })).toMatchObject({ status: 200 });
  expect(await store.reviewAnswers.newest()).toMatchObject([{ by: ADA }]);
});

test('an access log tells who came and went, and no secret', async () => {
  const { ask, session, store } = await signedIn();
  await ask('/sign-out', { method: 'POST', headers: session.headers, form: { csrf: session.csrf } });
  const bodies = (await store.audit.list({ after: 0, limit: 100 })).map(({ body }) => body);
  expect(bodies.map((body) => (JSON.parse(body) as { what: string }).what)).toEqual([
    'user added',
    'sign-in code made',
    'signed in',
    'signed out',
  ]);
  expect(bodies.join('')).not.toMatch(/lw[cs]?_/);
});

import Stripe from 'stripe';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { HOOK_KINDS, type HookKind } from '../../contract/hooks.ts';
import { SIGN } from '../../gateway/sign.ts';
import { deliveryOf, eventOf, prove, type Signed, type Signer } from '../../gateway/signatures.ts';

const NOW = Date.parse('2026-11-27T09:00:00Z');
const MINUTE = 60_000;
const SECRETS: Readonly<Record<HookKind, readonly [string, string]>> = {
  standard: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'],
  github: ["It's a Secret to Everybody", 'another secret of a source'],
  stripe: ['whsec_test_secret_of_stripe', 'whsec_test_the_next_secret'],
  slack: ['8f742231b10e8888abcd99yyyzzz85a5', '0123456789abcdef0123456789abcdef'],
};
const BODY = '{"type":"invoice.paid","id":"evt_1","amount":1200}';

const signer = (kind: HookKind, secrets: readonly string[] = SECRETS[kind].slice(0, 1)): Signer => ({
  kind,
  secrets,
  toleranceMs: 5 * MINUTE,
});

function signed(headers: Readonly<Record<string, string>>, body: string): Signed {
  const found = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { header: (name) => found.get(name), body: Buffer.from(body) };
}

function sent(kind: HookKind, change: { readonly secret?: string; readonly at?: number; readonly id?: string } = {}) {
  const { secret = SECRETS[kind][0], at = NOW, id = 'msg_1' } = change;
  return SIGN[kind]({ secret, id, at, event: 'issues', body: BODY });
}

describe('what others have signed', () => {
  test("GitHub's own example", () => {
    const headers = {
      'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    expect(prove(signer('github'), signed(headers, 'Hello, World!'), NOW)).toEqual({ kind: 'proven' });
    expect(prove(signer('github'), signed(headers, 'Hello, World.'), NOW)).toMatchObject({ kind: 'refused' });
  });

  test("Slack's own example", () => {
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    expect(prove(signer('slack'), signed(headers, body), 1_531_420_618_000)).toEqual({ kind: 'proven' });
  });

  test('the library of Standard Webhooks, and it takes what we sign', () => {
    const [secret] = SECRETS.standard;
    const signature = new Webhook(secret).sign('msg_1', new Date(NOW), BODY);
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(NOW / 1000), 'webhook-signature': signature };
    expect(prove(signer('standard'), signed(headers, BODY), NOW)).toEqual({ kind: 'proven' });
    expect(sent('standard')).toEqual(headers);
  });

  test('the test headers of Stripe', () => {
    const [secret] = SECRETS.stripe;
    const header = new Stripe('sk_test_none').webhooks.generateTestHeaderString({
      payload: BODY,
      secret,
      timestamp: NOW / 1000,
    });
    expect(prove(signer('stripe'), signed({ 'stripe-signature': header }, BODY), NOW)).toEqual({ kind: 'proven' });
  });
});

describe.each(HOOK_KINDS)('%s', (kind) => {
  test('takes what is signed with any of its secrets, and nothing that is signed with another', () => {
    const [first, next] = SECRETS[kind];
    for (const secret of [first, next])
      expect(prove(signer(kind, [first, next]), signed(sent(kind, { secret }), BODY), NOW)).toEqual({ kind: 'proven' });
    expect(prove(signer(kind, [next]), signed(sent(kind), BODY), NOW)).toEqual({
      kind: 'refused',
      why: 'its signature is by none of the secrets',
    });
  });

  test('refuses another body, the same JSON in other bytes, and no signature at all', () => {
    const headers = sent(kind);
    for (const body of [BODY.replace('1200', '9200'), JSON.stringify(JSON.parse(BODY), undefined, 1), `${BODY}\n`, ''])
      expect(prove(signer(kind), signed(headers, body), NOW)).toMatchObject({ kind: 'refused' });
    for (const name of Object.keys(headers).filter((one) => /signature|timestamp|webhook-id/.test(one))) {
      const { [name]: _gone, ...rest } = headers;
      const refused = prove(signer(kind), signed(rest, BODY), NOW);
      expect(refused).toEqual({ kind: 'refused', why: `it has no \`${name}\` header` });
      for (const odd of ['', 'v1,', 'sha256=', 't=,v1=', '0', 'v0=zz', '\u0000'])
        expect(prove(signer(kind), signed({ ...headers, [name]: odd }, BODY), NOW)).toMatchObject({ kind: 'refused' });
    }
  });

  test.runIf(kind !== 'github')('refuses what was signed six minutes ago or ahead, and a time that was changed', () => {
    for (const off of [-6 * MINUTE, 6 * MINUTE])
      expect(prove(signer(kind), signed(sent(kind), BODY), NOW + off)).toMatchObject({
        kind: 'refused',
        why: expect.stringMatching(/^it was signed 360 s (ago|ahead), and 300 s are tolerated$/) as unknown,
      });
    const headers = Object.fromEntries(
      Object.entries(sent(kind)).map(([name, value]) => [
        name,
        value.replace(String(NOW / 1000), String(NOW / 1000 + 30)),
      ]),
    );
    expect(prove(signer(kind), signed(headers, BODY), NOW)).toMatchObject({ kind: 'refused' });
  });
});

test('a replay is the same delivery: by the id that was signed, and for GitHub by its content', () => {
  const github = (id: string) => signed(SIGN.github({ secret: 'x', id, at: NOW, event: 'issues', body: BODY }), BODY);
  expect(deliveryOf('github', github('one'), {})).toBe(deliveryOf('github', github('two'), {}));
  expect(deliveryOf('standard', signed(sent('standard'), BODY), {})).toBe('msg_1');
  expect(deliveryOf('stripe', signed(sent('stripe'), BODY), JSON.parse(BODY))).toBe('evt_1');
  expect(deliveryOf('slack', signed(sent('slack'), BODY), { event_id: 'Ev1' })).toBe('Ev1');
  // Commands have no id: the same words a second later are another one.
  const slack = (at: number) =>
    deliveryOf('slack', signed(sent('slack', { at }), 'command=%2Fask'), { command: '/ask' });
  expect(slack(NOW)).toBe(slack(NOW));
  expect(slack(NOW)).not.toBe(slack(NOW + 1000));
  // What is no name is not pasted anywhere.
  expect(deliveryOf('standard', signed({ ...sent('standard'), 'webhook-id': "x'; rm -rf ~" }, BODY), {})).toMatch(
    /^[0-9a-f]{40}$/,
  );
});

test('what happened is said in the words of the source', () => {
  const none = signed({}, BODY);
  expect(eventOf('github', signed({ 'x-github-event': 'issues' }, BODY), {})).toBe('issues');
  expect(eventOf('stripe', none, JSON.parse(BODY))).toBe('invoice.paid');
  expect(eventOf('slack', none, { type: 'event_callback', event: { type: 'app_mention' } })).toBe('app_mention');
  expect(eventOf('slack', none, { command: '/ask' })).toBe('/ask');
  for (const odd of [null, 7, 'text', [], { type: { a: 1 } }, { event: null }])
    expect(eventOf('standard', none, odd)).toBe('');
});

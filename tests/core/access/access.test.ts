import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IDLE_MS, SCOPES, SESSION_MS, type Scope, type User } from '../../../contract/access.ts';
import { failedAgain, MOST_FAILURES, REFILL_MS, waitMs, type Failures } from '../../../core/access/failures.ts';
import { sessionHolds, tokenHolds } from '../../../core/access/holds.ts';
import { nextPage } from '../../../core/access/next-page.ts';
import { foreign } from '../../../core/access/same-origin.ts';

const scopes = fc.subarray<Scope>([...SCOPES]);
const user = (its: readonly Scope[]): User => ({ name: 'ada', roles: [], scopes: its, createdAt: 0 });

test('a token never does more than its user may do now, nor than it was made for', () => {
  fc.assert(
    fc.property(scopes, scopes, (ofUser, ofToken) => {
      const token = { id: 't', user: 'ada', label: '', scopes: ofToken, createdAt: 0 };
      const holding = tokenHolds(token, user(ofUser), 1);
      expect(holding).toEqual({
        kind: 'holds',
        scopes: SCOPES.filter((one) => ofUser.includes(one) && ofToken.includes(one)),
      });
      expect(sessionHolds({ user: 'ada', createdAt: 0, seenAt: 0 }, user(ofUser), token, 1)).toEqual(holding);
    }),
  );
});

test('a session holds while it is used and young, and not a moment longer', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2 * SESSION_MS }),
      fc.integer({ min: 0, max: 2 * SESSION_MS }),
      (seenAt, now) => {
        fc.pre(seenAt <= now);
        const { kind } = sessionHolds({ user: 'ada', createdAt: 0, seenAt }, user(['read']), undefined, now);
        expect(kind).toBe(now < SESSION_MS && now - seenAt < IDLE_MS ? 'holds' : 'refused');
      },
    ),
  );
});

test('however failures come, no more are answered than the bucket holds and what has run out of it since', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 2 * REFILL_MS }), { maxLength: 100 }), (gaps) => {
      let failures: Failures | undefined;
      let [now, answered] = [0, 0];
      for (const gap of gaps) {
        now += gap;
        if (waitMs(failures, now) === 0) answered += 1;
        failures = failedAgain(failures, now);
      }
      expect(answered).toBeLessThanOrEqual(MOST_FAILURES + Math.floor(now / REFILL_MS));
    }),
  );
});

test('who waits as long as they were told is answered, and a clock that goes back keeps nobody out for ever', () => {
  let failures: Failures | undefined;
  for (let count = 0; count < 50; count += 1) failures = failedAgain(failures, 1000);
  expect(waitMs(failures, 1000)).toBe(REFILL_MS);
  expect(waitMs(failures, 1000 + REFILL_MS)).toBe(0);
  expect(waitMs(failures, 0)).toBe(REFILL_MS);
});

test('the page to go on to is always one of ours', () => {
  for (const page of ['/runs?open=true', '/', '/gates/a%2Fb/publish%231'] as const) expect(nextPage(page)).toBe(page);
  const elsewhere = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    '/.//evil.example',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/\t/evil.example',
    '',
    'runs',
  ];
  for (const page of [undefined, ...elsewhere]) expect(nextPage(page)).toBe('/');
  const pieces = fc.constantFrom(
    '/',
    '.',
    '..',
    '\\',
    '%2e',
    '%2f',
    'evil.example',
    '@',
    ':',
    '?',
    '#',
    'a',
    '\t',
    ' ',
  );
  const pathLike = fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join('')}`);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.webUrl(), pathLike), (page) => {
      expect(new URL(nextPage(page), 'https://loops.example.com').origin).toBe('https://loops.example.com');
    }),
    { numRuns: 2000 },
  );
});

test('what changes something is taken from a page of ours, or from no browser', () => {
  const own = 'http://127.0.0.1:7733';
  const fine = [
    { origin: own, site: 'same-origin' },
    { origin: own, site: undefined },
    { origin: undefined, site: 'same-origin' },
    // A form under `Referrer-Policy: no-referrer`.
    { origin: 'null', site: 'same-origin' },
    { origin: undefined, site: undefined },
  ];
  for (const said of fine) expect(foreign(said, own)).toBeUndefined();
  const others = [
    'null',
    'http://127.0.0.1:7734',
    'http://localhost:7733',
    'https://127.0.0.1:7733',
    'https://evil.example',
    '',
  ];
  for (const origin of others) expect(foreign({ origin, site: undefined }, own)).toContain('its Origin is');
  for (const site of ['same-site', 'cross-site', 'none', ''])
    for (const origin of [own, undefined, 'null']) expect(foreign({ origin, site }, own)).toContain('Sec-Fetch-Site');
});

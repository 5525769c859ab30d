import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterOutage, mayAsk, working } from '../../core/breaker.ts';

test('one outage may be an accident; after the second in a row a provider rests, and then one call finds out', () => {
  const once = afterOutage(working, 0);
  expect(mayAsk(once, 1).may).toBe(true);
  const twice = afterOutage(once, 0);
  expect(mayAsk(twice, 14_999).may).toBe(false);
  const probe = mayAsk(twice, 15_000);
  expect(probe.may).toBe(true);
  expect(mayAsk(probe.next, 15_001).may).toBe(false);
});

test('calls that were under way together are one outage, and only the one that finds out makes the rest longer', () => {
  let breaker = working;
  for (let calls = 0; calls < 50; calls += 1) breaker = afterOutage(breaker, 100);
  expect(mayAsk(breaker, 100 + 15_000).may).toBe(true);
  const probing = mayAsk(breaker, 20_000).next;
  const again = afterOutage(probing, 21_000);
  expect(mayAsk(again, 21_000 + 29_999).may).toBe(false);
  expect(mayAsk(again, 21_000 + 30_000).may).toBe(true);
});

test('a rest grows with every call that finds out in vain, up to a limit, and one that never comes back does not rest it for ever', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (vain) => {
      let now = 0;
      let breaker = afterOutage(afterOutage(working, now), now);
      let rest = 0;
      for (let count = 0; count < vain; count += 1) {
        rest = Math.min(240_000, 15_000 * 2 ** count);
        expect(mayAsk(breaker, now + rest - 1).may).toBe(false);
        now += rest;
        breaker = afterOutage(mayAsk(breaker, now).next, now);
      }
      const lost = mayAsk(breaker, now + 240_000).next;
      expect(mayAsk(lost, now + 240_000 + 15_000).may).toBe(true);
    }),
  );
  expect(mayAsk(working, 0)).toEqual({ may: true, next: working });
});

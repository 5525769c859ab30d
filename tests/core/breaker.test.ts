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

test('a rest grows with every outage and ends, and one answer ends all of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 60 }), (outages) => {
      let breaker = working;
      for (let count = 0; count < outages; count += 1) breaker = afterOutage(breaker, 0);
      expect(mayAsk(breaker, 240_000).may).toBe(true);
      expect(mayAsk(breaker, 14_999).may).toBe(false);
    }),
  );
  expect(mayAsk(working, 0)).toEqual({ may: true, next: working });
});

import { expect, test } from 'vitest';
import { ok, type Finding } from '../../../worker/doctor/check.ts';
import { examine } from '../../../worker/doctor/examine.ts';

const timeoutMs = 5000;

test('a check that breaks is a failure that names itself', async () => {
  const broken = { name: 'moon', run: () => Promise.reject(new Error('it is new')) };
  const { finding } = await examine(broken, { timeoutMs });
  expect(finding).toMatchObject({ kind: 'fail', saw: 'the check itself broke: it is new' });
  expect(finding).toHaveProperty('fix', expect.stringContaining('`moon`'));
});

test('a check that takes too long is a failure, and is told that its time is over', async () => {
  let told: AbortSignal | undefined;
  const slow = {
    name: 'slow',
    run: (signal: AbortSignal) => {
      told = signal;
      return new Promise<Finding>(() => {});
    },
  };
  const { finding } = await examine(slow, { timeoutMs: 50 });
  expect(finding).toMatchObject({ kind: 'fail', saw: 'no answer within 0.05 s' });
  expect(told?.aborted).toBe(true);
});

/** A check that is mended by its fix. */
function lamp(mend: () => Promise<string>): { name: string; run: () => Promise<Finding>; light: () => void } {
  let lit = false;
  return {
    name: 'lamp',
    light: () => (lit = true),
    run: async () => (lit ? ok('lit') : { kind: 'warn', saw: 'dark', fix: 'light it', mend }),
  };
}

test('looks only, unless it is told to mend', async () => {
  const check = lamp(() => Promise.reject(new Error('must not be called')));
  expect(await examine(check, { timeoutMs })).toMatchObject({ finding: { kind: 'warn', saw: 'dark' } });
});

test('mends, says what it did, and looks again', async () => {
  const check = lamp(async () => {
    check.light();
    return 'lit the lamp';
  });
  expect(await examine(check, { timeoutMs, mend: () => {} })).toEqual({
    name: 'lamp',
    finding: ok('lit'),
    did: 'lit the lamp',
  });
});

test('a fix that fails leaves the finding as it was, and says why', async () => {
  const check = lamp(() => Promise.reject(new Error('no matches')));
  const { finding, did } = await examine(check, { timeoutMs, mend: () => {} });
  expect(finding).toMatchObject({ kind: 'warn', saw: 'dark' });
  expect(did).toBe('could not be fixed: no matches');
});

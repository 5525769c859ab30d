import { afterEach, expect, inject, test } from 'vitest';
import type { DoctorSettings } from '../../../worker/doctor/check.ts';
import { clockCheck, type DateSeen } from '../../../worker/doctor/clock.ts';
import { serverFinder, type ServerFinder } from '../../../worker/doctor/server.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { findings, settings } from './fixtures/settings.ts';

const MINUTES = 60_000;
let server: ServerFinder | undefined;
afterEach(() => server?.close());

async function look(change: Partial<DoctorSettings>, dates: readonly DateSeen[] = []) {
  const plain = await settings(change);
  server = serverFinder({ ...plain, defaultAddress: `127.0.0.1:${await freePort()}` });
  return (await findings([clockCheck(plain, server, async () => dates)]))['clock']?.finding;
}

const withTemporal = () => ({ env: { TEMPORAL_ADDRESS: inject('temporal') } });

test("reads the server's clock, which is this machine's here", async () => {
  expect(await look(withTemporal())).toMatchObject({
    kind: 'ok',
    saw: expect.stringMatching(/^\d\.\d\d s (?:ahead of|behind) Temporal \(± \d+ ms\)$/),
  });
});

test('a clock that is ten seconds ahead is a warning', async () => {
  expect(await look({ ...withTemporal(), now: () => Date.now() + 10_000 })).toMatchObject({
    kind: 'warn',
    saw: expect.stringMatching(/^(?:9|10) s ahead of Temporal/),
  });
});

test('a clock that is ten minutes behind is a failure', async () => {
  expect(await look({ ...withTemporal(), now: () => Date.now() - 10 * MINUTES })).toMatchObject({
    kind: 'fail',
    saw: expect.stringMatching(/^(?:599|600) s behind Temporal/),
  });
});

test('without Temporal the date of a model endpoint is taken, for what it is worth', async () => {
  const readAt = Date.parse('2026-11-26T12:00:07.400Z');
  const seen = (seconds: number) => [
    { of: 'models.example', date: Date.parse('2026-11-26T12:00:07Z') + seconds * 1000, readAt },
  ];
  expect(await look({ env: {} }, seen(0))).toEqual({ kind: 'ok', saw: '0.10 s behind models.example (± 500 ms)' });
  expect(await look({ env: {} }, seen(-120))).toMatchObject({
    kind: 'fail',
    saw: expect.stringMatching(/^120 s ahead of/),
  });
});

test('without any other clock nothing is said', async () => {
  expect((await look({ env: {} }))?.kind).toBe('skipped');
});

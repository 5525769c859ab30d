import { expect, test } from 'vitest';
import type { RouteModels } from '../../../worker/models/config.ts';
import { loopFinder, loopsCheck } from '../../../worker/doctor/loops.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';
import { findings, settings } from './fixtures/settings.ts';

const KEYLESS: RouteModels = new Map([
  ['local', 'local'],
  ['default', 'local'],
]);

async function look(models: RouteModels | undefined, loops?: string) {
  const plain = await settings(loops === undefined ? {} : { loops });
  return (await findings([loopsCheck(plain, loopFinder(plain, models))]))['loops']?.finding;
}

test("without --loops the project's own loops load", async () => {
  expect(await look(KEYLESS)).toEqual({ kind: 'ok', saw: '2 load: supportTriage, weeklyReport' });
});

test('a route that a loop of the project names and loopwright.yaml has not is a mistake', async () => {
  const finding = await look(new Map([['local', 'local']]));
  expect(finding).toMatchObject({ kind: 'fail' });
  expect(finding?.saw).toMatch(/^none loads; 2 mistakes:\n\S+harness\.yaml: `routing\.0\.model`: .*"default"/);
});

test('where loopwright.yaml is broken its routes are not held against the loops', async () => {
  expect((await look(undefined))?.kind).toBe('ok');
});

test('a folder without loops is a warning, one that is not there a failure', async () => {
  expect(await look(KEYLESS, await temporaryFolder())).toMatchObject({
    kind: 'warn',
    saw: expect.stringContaining('holds no loop'),
  });
  expect(await look(KEYLESS, '/nowhere/at/all')).toMatchObject({
    kind: 'fail',
    fix: expect.stringContaining('--loops DIR'),
  });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Calibration } from '../../../contract/judges.ts';
import { openStore } from '../../../store/index.ts';
import { command } from '../../support/command.ts';
import { labelled, taste } from '../../support/labelled.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

test('judges are shown with their figures and why their word counts for what it does', async () => {
  const data = join(await temporaryFolder(), 'data');
  const store = await openStore(data, process.pid);
  await store.harnesses.adopt('titles', {}, 'sha256:harness', 1);
  await store.harnesses.adopt('quiet', {}, 'sha256:harness', 1);
  for (const name of ['a', 'b', 'c'])
    await labelled(store, { loop: 'titles', name, at: 10, criteria: [taste('pass', false)], decision: 'reject' });
  await store.close();

  const judges = (...words: string[]) => command(data, {}, 'judges', ...words);
  const { code, stdout } = await judges('titles', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout) as Calibration[]).toMatchObject([
    {
      loop: 'titles',
      stage: 'main',
      judge: 'taste',
      standing: 'advisory',
      figures: { passes: { of: 0 }, best: { fails: { right: 0, of: 3 } } },
    },
  ]);
  expect((await judges('titles')).stdout).toMatch(
    /^main +taste +advisory +- +- +- +- +- +1\.0 +it held what people did not.*\nmain\/taste would be gating with 50 more of what people took; 50 more/m,
  );
  expect(await judges('quiet')).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringMatching(/^No judge of quiet/) as unknown,
  });
  expect(await judges('nobody')).toMatchObject({ code: 3, stderr: 'This record has no loop "nobody".' });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../../store/index.ts';
import { runOf } from '../../store/samples.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

async function command(...words: readonly string[]) {
  const ran = new LoopwrightProcess(words, plainEnvironment());
  const { code } = await ran.ended;
  return { code, stdout: ran.stdout, stderr: ran.stderr };
}

test('`erase` lists, erases, and says what it did and what it cannot', async () => {
  const data = join(await temporaryFolder(), 'data');
  const store = await openStore(data, process.pid);
  await store.runs.open(runOf('r1', { workflowId: "triage-4711'x", workKey: 'triage/4711' }));
  await store.runs.close({ runKey: 'r1', outcome: 'accepted', reason: 'for 4711', closedAt: 2, lessons: [] });
  await store.close();

  const listed = await command('erase', '--subject', '4711', '--data', data);
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  expect(listed.stdout).toContain('Would go: 1 run, 1 work name. Nothing was changed; erase with --yes.');
  expect(listed.stdout).toContain(`  temporal workflow delete --yes --query 'WorkflowId = "triage-4711'\\''x"'`);

  const reason = ['--reason', 'asked by 4711'];
  const sign = ['--subject', '4711', '--data', data, '--yes', '--by', 'ada'];
  expect(await command('erase', ...sign, ...reason)).toMatchObject({ code: 2 });
  const erased = await command('erase', ...sign, '--json');
  expect(erased.code).toBe(0);
  expect(JSON.parse(erased.stdout)).toMatchObject({
    erased: true,
    erasure: { by: 'ada', counts: { runs: 1, work: 1 } },
    left: [],
  });
  expect(await command('erase', '--list', '--data', data)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/ada {2}subject [0-9a-f]{12} {2}1 run, 1 work name\n$/) as unknown,
  });
  expect((await command('runs', '--data', data)).stdout).toMatch(/erased-[0-9a-f]{32} .* erased on 20/);
  expect(await command('erase', '--subject', '4711', '--data', data)).toMatchObject({ code: 3, stdout: '' });
}, 60_000);

test.each([[[]], [['--subject', 'ab']]])('`erase %j` names nobody, and is refused in words', async (words) => {
  expect(await command('erase', ...words)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^Expected --subject WORDS of 3 to 500 characters, or --run RUN/) as unknown,
  });
});

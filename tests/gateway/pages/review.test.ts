import { expect, test } from 'vitest';
import { judgeFigures, standingOf } from '../../../core/learning/judges.ts';
import { Harness } from '../../../contract/harness.ts';
import { adoptHarness } from '../../../worker/adopt-harness.ts';
import { plant } from '../../support/planted.ts';
import { titleLoop } from '../../support/loops.ts';
import { dashboard } from '../../support/dashboard.ts';

test('a team goes through a loop: findings lead to their runs, and an answer is on record with who gave it', async () => {
  const { store, windowOf } = await dashboard({ loops: [{ loop: titleLoop() }] });
  for (let run = 0; run < 20; run += 1)
    await plant(store, {
      runKey: `k${run}`,
      loop: 'writeTitle',
      closedAt: 1000 * run,
      outcome: 'accepted',
      gates: [['approve']],
    });
  const figures = judgeFigures(
    [],
    [true, true, true, true, true, false].map((letThrough) => ({ letThrough })),
  );
  const judge = { loop: 'writeTitle', stage: 'main', judge: 'taste', ...standingOf(figures), figures, at: 1 };
  await store.judgeRecords.stand(judge);
  const page = await (await windowOf('ada@example.com', { javaScriptEnabled: false })).newPage();
  await page.goto('/loops/writeTitle');
  expect(await page.getByRole('region', { name: 'Judges', exact: true }).innerText()).toMatch(
    /main\/taste[\s\S]*advisory[\s\S]*none\s+1 of 6/,
  );
  await page.getByRole('link', { name: 'What is weak, and what its runs show' }).click();
  const stop = page.getByRole('region', { name: 'stop' });
  // What it runs on, which need not be what its file says.
  const harness = Harness.parse({ approval: { when: 'size(output.title) > 40' } });
  await adoptHarness(store, { loop: titleLoop(), harness }, { at: 1 });
  await page.reload();
  expect(await stop.innerText()).toContain('when `size(output.title) > 40`');
  expect(await stop.innerText()).toMatch(/GateWavedThrough[\s\S]*20 of 20 \(100 %\)/);
  await stop.getByText('Runs behind GateWavedThrough').click();
  await stop.getByRole('link', { name: 'writeTitle-k19' }).waitFor();
  await page.getByLabel('What starts it').fill('nobody knows');
  await page.getByRole('button', { name: 'Answer trigger.explicit' }).click();
  expect(await page.locator('.said.bad').innerText()).toContain('expected what starts the loop');
  await page.getByLabel('What starts it').fill('manual');
  await page.getByRole('button', { name: 'Answer trigger.explicit' }).click();
  await page.getByText('ada@example.com said on').waitFor();
  expect(await store.reviewAnswers.newest('writeTitle')).toMatchObject([
    { check: 'trigger.explicit', answer: 'manual', by: 'ada@example.com' },
  ]);
});

test('who reads what a schedule makes is asked, and nobody is a finding with the runs behind it', async () => {
  const { store, windowOf } = await dashboard({ loops: [{ loop: titleLoop() }] });
  const trigger = { kind: 'schedule', source: 'weekly' } as const;
  for (let run = 0; run < 3; run += 1)
    await plant(store, { runKey: `k${run}`, loop: 'writeTitle', closedAt: 1000 * run, outcome: 'accepted', trigger });
  const page = await (await windowOf('ada@example.com', { javaScriptEnabled: false })).newPage();
  await page.goto('/loops/writeTitle/review');
  const part = page.getByRole('region', { name: 'trigger' });
  expect(await part.innerText()).toContain('people decided 0 of 3 (0 %) of what `weekly` made');
  await part.getByLabel('Who reads what its schedule makes').fill('yes');
  await part.getByRole('button', { name: 'Answer trigger.read' }).click();
  expect(await page.locator('.said.bad').innerText()).toContain('expected who reads it');
  await part.getByLabel('Who reads what its schedule makes').fill('nobody');
  await part.getByRole('button', { name: 'Answer trigger.read' }).click();
  expect(await part.innerText()).toMatch(/warning\s+ScheduleUnread[\s\S]*ada@example.com said on .*: nobody/);
  await part.getByText('Runs behind ScheduleUnread').click();
  await part.getByRole('link', { name: 'writeTitle-k2' }).waitFor();
});

import { expect, test } from 'vitest';
import { openGateway } from '../../support/open-gateway.ts';
import { lessonOf, runOf } from '../../store/samples.ts';

const PATH = '/loops/triage/lessons';

/** A loop that was told why it is wrong, and somebody who is signed in. */
async function opened(scopes: readonly ('read' | 'decide')[] = ['read', 'decide']) {
  const gateway = await openGateway();
  const { store } = gateway;
  await store.harnesses.adopt('triage', {}, 'sha256:1', 1000);
  await store.runs.open(runOf('r1'));
  const lessons = [
    lessonOf('r1', 'right'),
    { ...lessonOf('r1', 'wrong'), kind: 'rejection', source: 'rejection', text: '<b>rude</b>' } as const,
  ];
  await store.runs.close({ runKey: 'r1', outcome: 'rejected', reason: '', closedAt: 2, lessons });
  await gateway.addUser('ada@example.com', scopes);
  const { headers, csrf } = await gateway.sessionOf(await gateway.signIn(await gateway.codeOf('ada@example.com')));
  const page = async (path = PATH) => (await gateway.ask(path, { headers: { ...headers, accept: 'text/html' } })).text;
  const send = (form: Record<string, string>) =>
    gateway.ask(`${PATH}/judge`, {
      method: 'POST',
      headers: { ...headers, accept: 'text/html' },
      form: { csrf, ...form },
    });
  return { ...gateway, page, send };
}

test('the page shows how lessons stand, hostile words as words, and narrows to a state', async () => {
  const { page } = await opened();
  const text = await page();
  expect(text).toMatch(/#2 rejection.*needs review.*#1 example.*active/s);
  expect(text).toContain('&lt;b&gt;rude&lt;/b&gt;');
  expect(await page(`${PATH}?state=active`)).not.toContain('#2 rejection');
  expect(await page('/loops/triage')).toContain(`href="${PATH}"`);
  expect(await page('/loops/nobody/lessons')).toContain('There is no loop');
});

test('a lesson says what it is worth, with a way to the runs that say so and back', async () => {
  const { page, store } = await opened();
  const experiment = {
    id: 'ablation-triage-1-1',
    loop: 'triage',
    kind: 'ablation',
    cluster: 'lesson:1',
    baseline: 'v1',
    candidate: 'v1',
    widens: false,
    watermark: 9,
    seed: 1,
    budgetMicroUsd: 1,
    workflowId: 'w',
    state: 'running',
    standing: 'collecting',
    because: '',
    openedAt: 1,
  } as const;
  await store.experiments.open(experiment);
  expect(await page()).toMatch(/being tried.*href="\/experiments\/ablation-triage-1-1"/s);
  const graded = {
    experiment: experiment.id,
    seq: 1,
    slice: 'guard',
    related: 'c',
    asked: false,
    held: false,
  } as const;
  const rest = { caseId: 'c', because: '', criteria: [], attempts: 1, costMicroUsd: 0, tookMs: 1, at: 1 };
  await store.grades.add([
    { ...graded, ...rest, arm: 'baseline', outcome: 'dryRun', verdict: 'pass' },
    { ...graded, ...rest, arm: 'candidate', outcome: 'dryRun', verdict: 'fail' },
  ]);
  const stands = { state: 'closed', standing: 'proven', because: 'it helps: so they say' } as const;
  await store.experiments.stand(experiment.id, { ...stands, closedAt: 2 });
  const text = await page();
  expect(text).toMatch(/helps: 1 more pass.*tried on v1.*it helps: so they say/s);
  expect(text).not.toContain('not tried');
  const report = await page('/experiments/ablation-triage-1-1');
  expect(report).toContain('Ablation of lesson #1 on v1');
  expect(report).toMatch(/v1 without #1 fixes 0 and breaks\s+1 of what\s+v1/);
  expect(report).toContain('href="/loops/triage/lessons?after=2"');
  expect(await page(`${PATH}?after=2`)).toMatch(/id="lesson-1"/);
});

test('who may decide reviews and retires, on record with their name', async () => {
  const { page, send, store } = await opened();
  const retired = await send({ id: '1', verdict: 'retire', because: 'the fee was abolished' });
  expect(retired).toMatchObject({ status: 303, headers: { location: `${PATH}?done=1` } });
  expect(await page(`${PATH}?done=1`)).toContain('Lesson 1 is retired now.');
  await send({ id: '2', verdict: 'review' });
  expect(await store.lessonStates.find('triage', 1)).toMatchObject({ state: 'retired', changedBy: 'ada@example.com' });
  expect(await store.lessonStates.find('triage', 2)).toMatchObject({ state: 'active', reviewed: true });
  expect((await send({ id: '9', verdict: 'retire' })).status).toBe(404);
  expect((await send({ id: 'x', verdict: 'burn' })).status).toBe(422);
});

test('who may only look sees no form, and is refused', async () => {
  const { page, send } = await opened(['read']);
  expect(await page()).not.toContain('Retire it');
  expect((await send({ id: '1', verdict: 'retire' })).status).toBe(403);
});

import { describe, expect, test } from 'vitest';
import { act } from '../../activities/act.ts';
import { sweep } from '../../activities/sweep.ts';
import type { Judgement } from '../../store/ports.ts';
import { titleLoop } from '../support/loops.ts';
import { runOf } from '../store/samples.ts';
import { workbench } from './workbench.ts';

const verdictOf = (verdict: 'pass' | 'fail', ask = false): Judgement => ({
  verdict: { verdict, criteria: [{ name: 'check', verdict, evidence: 'seen' }] },
  approval: { ask, audit: false, because: 'rule' },
});

/** A workbench whose loop counts what its effect did, and a way to act on a draft with the judgements given. */
async function acting(options: { repeatable?: boolean; dryRun?: boolean; breaks?: boolean } = {}) {
  const done: string[] = [];
  const run = async (_output: unknown, { idempotencyKey }: { idempotencyKey: string }) => {
    if (options.breaks === true) throw new Error('target is down');
    done.push(idempotencyKey);
  };
  const loop = titleLoop('writeTitle', { act: { publish: { repeatable: options.repeatable ?? true, run } } });
  const bench = await workbench({ loop });
  const artefact = await bench.store.artefacts.put('{"title":"Owls"}', { runKey: 'r1', keep: 'durable' });
  const request = {
    run: { ...bench.run, dryRun: options.dryRun ?? false },
    effect: 'publish',
    stage: 'main#1',
    artefact,
  };
  const judge = (judgement: Judgement, on = artefact) =>
    bench.store.attempts.judge({ runKey: 'r1', stage: 'main#1', artefact: on, author: 'verifiers', at: 1 }, judgement);
  return { ...bench, done, artefact, request, judge, publish: () => bench.within(() => act(bench.deps, request)) };
}

describe('an effect', () => {
  test('is done once with its key, however often it is asked for', async () => {
    const { judge, publish, done } = await acting();
    await judge(verdictOf('pass'));
    expect(await publish()).toEqual({ repeated: false });
    expect(await publish()).toEqual({ repeated: true });
    expect(done).toEqual(['writeTitle/1/publish']);
  });

  test('is refused without a passing verdict on exactly its artefact', async () => {
    const { judge, publish, done } = await acting();
    await expect(publish()).rejects.toMatchObject({ type: 'EffectRefused' });
    await judge(verdictOf('pass'), 'sha256:another');
    await judge(verdictOf('fail'));
    await expect(publish()).rejects.toThrow('no verifier passed exactly this artefact');
    expect(done).toEqual([]);
  });

  test('is refused where its approval rule asks and nobody approved', async () => {
    const { judge, publish, done, store, artefact } = await acting();
    await judge(verdictOf('pass', true));
    await expect(publish()).rejects.toThrow('there is none');
    const gate = { runKey: 'r1', gate: 'publish#1', digest: 'sha256:g' };
    await store.gates.open({ ...gate, stage: 'main#1', artefact, audit: false, because: 'rule', openedAt: 1 });
    await store.gates.decide({
      ...gate,
      decision: { decision: 'approve', by: 'ada', identity: 'unverified' },
      lessons: [],
      at: 2,
    });
    await publish();
    expect(done).toHaveLength(1);
  });

  test('is refused in a dry run', async () => {
    const { judge, publish } = await acting({ dryRun: true });
    await judge(verdictOf('pass'));
    await expect(publish()).rejects.toThrow('this run is a dry run');
  });

  test('that is not repeatable and was begun before is uncertain and not done again', async () => {
    const { judge, publish, done, store, artefact } = await acting({ repeatable: false });
    await judge(verdictOf('pass'));
    await store.effects.begin({ key: 'writeTitle/1/publish', runKey: 'r1', name: 'publish', artefact, at: 1 });
    await expect(publish()).rejects.toMatchObject({ type: 'EffectUncertain', nonRetryable: true });
    expect(done).toEqual([]);
  });

  test('that fails may be tried again where it is repeatable, and is uncertain where it is not', async () => {
    for (const [repeatable, type] of [
      [true, 'EffectFailed'],
      [false, 'EffectUncertain'],
    ] as const) {
      const { judge, publish } = await acting({ repeatable, breaks: true });
      await judge(verdictOf('pass'));
      await expect(publish()).rejects.toMatchObject({
        type,
        message: expect.stringContaining('target is down') as unknown,
      });
    }
  });

  test('whose input is missing has not begun', async () => {
    const { judge, deps, request, within, store } = await acting({ repeatable: false });
    await judge(verdictOf('pass'));
    const lost = { ...request, run: { ...request.run, input: 'sha256:gone' } };
    await expect(within(() => act(deps, lost))).rejects.toMatchObject({ type: 'ArtefactMissing' });
    expect(await store.facts.query('select * from effects')).toEqual([]);
  });
});

test('a sweep closes the runs that Temporal no longer has, and no run that closed itself while it looked', async () => {
  const { deps, store } = await workbench();
  for (const runKey of ['open', 'lost', 'closing']) await store.runs.open(runOf(runKey));
  const isOpen = async (workflowId: string) => {
    if (workflowId === 'triage-closing')
      await store.runs.close({ runKey: 'closing', outcome: 'accepted', reason: 'done', closedAt: 5, lessons: [] });
    return workflowId === 'triage-open';
  };
  await sweep({ ...deps, executions: { isOpen } });
  expect((await store.runs.unclosed()).map(({ runKey }) => runKey)).toEqual(['open']);
  expect(await store.runs.find('lost')).toMatchObject({ outcome: 'stopped' });
  expect(await store.runs.find('closing')).toMatchObject({ outcome: 'accepted' });
});

test('of many open runs a sweep asks for those only that Temporal does not list', async () => {
  const { deps, store } = await workbench();
  const names = Array.from({ length: 30 }, (_, n) => `r${n}`);
  for (const runKey of names) await store.runs.open(runOf(runKey));
  await store.runs.open(runOf('older', { workflowId: 'triage-r0' }));
  const asked: string[] = [];
  const isOpen = async (workflowId: string, firstRunId: string) => {
    asked.push(`${workflowId} ${firstRunId}`);
    return firstRunId === 'first-r0' || firstRunId === 'first-r7';
  };
  // One has just begun, so it is not listed yet; another is lost.
  const listed = new Set(names.filter((name) => name !== 'r7' && name !== 'r8').map((name) => `triage-${name}`));
  const running = async () => listed;
  expect(await sweep({ ...deps, executions: { isOpen, running } })).toMatchObject({ runs: 2 });
  expect(asked.toSorted()).toEqual([
    'triage-r0 first-older',
    'triage-r0 first-r0',
    'triage-r7 first-r7',
    'triage-r8 first-r8',
  ]);
});

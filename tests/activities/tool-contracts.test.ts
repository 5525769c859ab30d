import { expect, test } from 'vitest';
import { act } from '../../activities/act.ts';
import { evaluate } from '../../activities/evaluate.ts';
import { runOf } from '../store/samples.ts';
import { workbench } from './workbench.ts';

/** A workbench whose harness has this contract of its effect, and ways to verify and to act on an output. */
async function contracted(contract: object) {
  const bench = await workbench({ harness: { tools: [{ name: 'publish', ...contract }] } });
  const verify = async (output: unknown) => {
    const text = JSON.stringify(output);
    const { artefact } = await bench.store.attempts.add(
      { runKey: 'r1', stage: 'main#1', attempt: 1, author: 'model:fake-1', at: 1 },
      text,
    );
    return await bench.within(() =>
      evaluate(bench.deps, { run: bench.run, stage: 'main#1', attempt: 1, earlier: {}, artefact }),
    );
  };
  /** Acts for a run on something that a verifier passed. */
  const publish = async (runKey: string, output: unknown, now?: number) => {
    await bench.store.runs.open(runOf(runKey, { loop: 'writeTitle', workKey: `writeTitle/${runKey}` }));
    const artefact = await bench.store.artefacts.put(JSON.stringify(output), { runKey, keep: 'durable' });
    await bench.store.attempts.judge(
      { runKey, stage: 'main#1', artefact, author: 'verifiers', at: 1 },
      { verdict: { verdict: 'pass', criteria: [] }, approval: { ask: false, audit: false, because: '' } },
    );
    const run = { ...bench.run, runKey, workKey: `writeTitle/${runKey}` };
    const deps = now === undefined ? bench.deps : { ...bench.deps, now: () => now };
    return await bench.within(() => act(deps, { run, effect: 'publish', stage: 'main#1', artefact }));
  };
  return { verify, publish };
}

const GOOD = { title: 'About owls', confidence: 0.9 };

test('an output that does not fit passes no verification, at no cost, and is not acted on', async () => {
  const { verify, publish } = await contracted({ args: { properties: { confidence: { minimum: 0.5 } } } });
  const { verdict } = await verify({ ...GOOD, confidence: 0.4 });
  expect(verdict).toMatchObject({
    verdict: 'fail',
    criteria: [
      { name: 'schema', verdict: 'pass' },
      {
        name: 'tool publish',
        evidence: '`confidence` has to be 0.5 at least, and is 0.4: `publish` may not be done with it',
      },
    ],
    notAsked: [{ name: 'names-the-topic', because: 'a contract had refused it' }],
  });
  await expect(publish('r2', { ...GOOD, confidence: 0.4 })).rejects.toMatchObject({ type: 'ToolDenied' });
  expect(await publish('r3', GOOD)).toEqual({ repeated: false });
});

test('an output that fits is verified as ever', async () => {
  const { verify } = await contracted({ args: { required: ['title'] } });
  const { verdict, approval } = await verify(GOOD);
  expect(verdict.criteria.map(({ name }) => name)).toEqual(['schema', 'tool publish', 'names-the-topic']);
  expect(approval.ask).toBe(false);
});

test('each use of an effect may wait for a person, and an effect may be forbidden', async () => {
  const { verify } = await contracted({ approve: true });
  expect((await verify(GOOD)).approval).toEqual({
    ask: true,
    audit: false,
    because: 'each use of `publish` waits for a person',
  });
  const { publish } = await contracted({ allow: false });
  await expect(publish('r2', GOOD)).rejects.toThrow('Effect `publish` of loop writeTitle was not done: its contract');
});

test('no more of them are begun a day than are allowed; what was begun is done all the same', async () => {
  const { publish } = await contracted({ maxCalls: 2 });
  const noon = Date.UTC(2026, 0, 1, 12);
  expect(await publish('r2', GOOD, noon)).toEqual({ repeated: false });
  expect(await publish('r3', GOOD, noon)).toEqual({ repeated: false });
  await expect(publish('r4', GOOD, noon)).rejects.toThrow('it was done 2 times today (UTC)');
  expect(await publish('r2', GOOD, noon)).toEqual({ repeated: true });
  expect(await publish('r4', GOOD, noon + 43_200_000)).toEqual({ repeated: false });
});

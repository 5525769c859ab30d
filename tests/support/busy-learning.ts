import { CANDIDATE_STATES, type Candidate } from '../../contract/candidate.ts';
import type { KeptCase } from '../../contract/case.ts';
import type { Experiment, Grade } from '../../contract/experiment.ts';
import { IMPROVE } from '../../contract/names.ts';
import type { Proposal } from '../../contract/proposal.ts';
import type { Store } from '../../store/ports.ts';
import { candidateOf, lessonOf, runOf } from '../store/samples.ts';

/** Digest of the proposal that waits for people. */
export const PROPOSED = `sha256:${'e'.repeat(64)}`;

/** Every state that a candidate, and every kind and standing that an experiment may have. */
const EXPERIMENTS: readonly Pick<Experiment, 'id' | 'kind' | 'state' | 'standing'>[] = [
  { id: 'eval-new', kind: 'eval', state: 'running', standing: 'collecting' },
  { id: 'eval-old', kind: 'eval', state: 'closed', standing: 'proven' },
  { id: 'trial-parked', kind: 'trial', state: 'parked', standing: 'inconclusive' },
  { id: 'trial-harm', kind: 'trial', state: 'closed', standing: 'refuted' },
  { id: 'watch-on', kind: 'watch', state: 'parked', standing: 'collecting' },
];

/** Fills a store with what a loop that learns leaves; `words` are what strangers wrote. */
export async function fillLearning(store: Store, loop: string, words: string, now: number): Promise<void> {
  await addFailures(store, loop, words, now);
  for (const [index, state] of CANDIDATE_STATES.entries()) {
    const digest = `sha256:state-${state}`;
    const manifest = {
      summary: words,
      cluster: words.slice(0, 500),
      fixes: ['c0'],
      risks: [words],
      proposer: words.slice(0, 300),
    };
    const change: Partial<Candidate> = { loop, base: 'v1', widens: index % 2 === 0, manifest, at: now - index };
    await store.candidates.propose(candidateOf(digest, change), { body: { instructions: state }, digest });
    await store.candidates.settle({ loop, digest }, { state, because: words, experiment: 'trial-harm', at: now });
  }
  for (const [index, one] of EXPERIMENTS.entries())
    await addExperiment(store, { ...one, loop, because: words }, now - index);
  await addProposal(store, loop, words, now);
}

async function addFailures(store: Store, loop: string, words: string, now: number): Promise<void> {
  const runKey = `learnt-${loop}`;
  await store.runs.open(runOf(runKey, { loop, workflowId: `${loop}-learnt`, openedAt: now }));
  const lessons = ['one', 'two'].map((key) => ({
    ...lessonOf(runKey, `${loop}-${key}`),
    loop,
    text: words,
    createdAt: now,
  }));
  await store.runs.close({ runKey, outcome: 'rejected', reason: words, closedAt: now, lessons });
  const kept = await store.lessons.list({ loop, after: 0, upTo: await store.lessons.watermark() });
  const own = kept.filter((lesson) => lesson.runKey === runKey);
  const cases = own.map(({ id }, index): KeptCase => caseOf(loop, `c${index}`, words, now, { lesson: id }));
  await store.cases.grow({
    loop,
    upTo: own.at(-1)?.id ?? 0,
    cases: [...cases, caseOf(loop, 'pinned', words, now, { slice: 'pinned', source: 'file' })],
    failures: own.map(({ id }, index) => ({
      loop,
      cluster: `${index} ${words}`,
      feedback: index === 0 ? 'human' : 'model',
      lesson: id,
      runKey,
      at: now,
    })),
  });
}

function caseOf(loop: string, id: string, words: string, at: number, more: Partial<KeptCase>): KeptCase {
  const kept = { loop, id, input: { text: words }, related: id, source: 'rejection', sealed: true, at } as const;
  return { ...kept, slice: 'guard', cluster: `0 ${words}`, ...more };
}

async function addExperiment(
  store: Store,
  one: Pick<Experiment, 'id' | 'loop' | 'kind' | 'state' | 'standing' | 'because'>,
  openedAt: number,
): Promise<void> {
  const twoArms = one.kind !== 'eval';
  await store.experiments.open({
    ...one,
    candidate: 'v2',
    ...(twoArms ? { baseline: 'v1', change: 'instruction' } : { atLeast: 0.8, most: 100 }),
    widens: false,
    cluster: one.because.slice(0, 500),
    watermark: 7,
    seed: 1,
    budgetMicroUsd: 5_000_000,
    workflowId: one.id,
    openedAt,
    ...(one.state === 'closed' ? { closedAt: openedAt } : {}),
  });
  if (one.id === 'eval-new') return;
  const arms = twoArms ? (['baseline', 'candidate'] as const) : (['candidate'] as const);
  const verdicts = ['pass', 'fail', 'error', 'inconclusive', 'pass'] as const;
  const grades = arms.flatMap((arm, side) =>
    verdicts.map((_, seq): Grade => {
      const verdict = verdicts[(seq + side) % verdicts.length] ?? 'pass';
      return {
        experiment: one.id,
        arm,
        caseId: `${seq} ${one.because}`.slice(0, 200),
        seq,
        slice: seq === 0 ? 'pinned' : 'guard',
        related: String(seq),
        verdict,
        asked: seq === 1,
        held: seq === 1,
        outcome: 'dryRun',
        because: one.because,
        criteria: [{ name: one.because.slice(0, 200), verdict }],
        attempts: 1,
        costMicroUsd: 1200,
        tookMs: 400,
        runKey: `learnt-${one.loop}`,
        at: openedAt,
      };
    }),
  );
  await store.grades.add(grades);
}

/** A run of `improve` that waits for people, with a proposal that widens and breaks something. */
async function addProposal(store: Store, loop: string, words: string, now: number): Promise<void> {
  const runKey = `improve-${loop}`;
  const owner = { runKey, keep: 'durable' } as const;
  const input = await store.artefacts.put(JSON.stringify({ loop }), owner);
  await store.runs.open(runOf(runKey, { loop: IMPROVE, workflowId: `improve-${loop}`, input, openedAt: now }));
  const { artefact } = await store.attempts.add(
    { runKey, stage: 'weigh#1', attempt: 1, author: 'compute:weigh', at: now },
    JSON.stringify(proposalOf(loop, words)),
  );
  const gate = { gate: 'promote#1', stage: 'weigh#1', audit: false, because: 'true', openedAt: now };
  await store.gates.open({ runKey, digest: PROPOSED, artefact, ...gate });
}

/** A proposal in which every text is what strangers wrote. */
export function proposalOf(loop: string, words: string): Proposal {
  const changed = { caseId: 'c0', slice: 'guard', input: words.slice(0, 300), before: words, after: words } as const;
  const effort = { costMicroUsd: 1200, tookMs: 900, askedShare: 0.25 };
  return {
    loop,
    kind: 'approval',
    base: 'v1',
    version: 'v2',
    widens: true,
    manifest: {
      summary: words,
      cluster: words.slice(0, 500),
      fixes: ['c0'],
      risks: [words],
      proposer: words.slice(0, 300),
    },
    diff: `approval:\nkeep ${'the same words '.repeat(100)}[-${words}-]{+${words} and more+} the end`,
    experiment: 'trial-harm',
    standing: 'proven',
    because: words,
    e: 123.4,
    slices: [
      { slice: 'target', cases: 60, missing: 1, fixes: 20, breaks: 1 },
      { slice: 'guard', cases: 100, missing: 0, fixes: 1, breaks: 1 },
      { slice: 'pinned', cases: 2, missing: 0, fixes: 0, breaks: 0 },
    ],
    fixes: [changed],
    breaks: [changed],
    before: effort,
    after: { ...effort, askedShare: 0.1 },
  };
}

import { expect, test } from 'vitest';
import { LessonIndex } from '../../activities/lesson-index.ts';
import { embeddedLearner } from '../../activities/models/embedded-learner.ts';
import { NGRAM_SETTINGS } from '../../core/reader/label-reader.ts';
import { ngramVector } from '../../core/reader/ngrams.ts';
import { SecondReader } from '../../core/reader/second-reader.ts';
import { workbench } from './workbench.ts';

const LABELS = ['card', 'transfer'];
const space = { model: 'test', embed: async (text: string) => ngramVector(text), settings: NGRAM_SETTINGS };
const EXAMPLES = [
  { id: 1, text: 'my card is lost', label: 'card' },
  { id: 2, text: 'the zebra of eve has no stripes', label: 'transfer' },
  { id: 4, text: 'send money abroad', label: 'transfer' },
  { id: 5, text: 'a zebra crossed my card', label: 'card' },
];
const LEFT = EXAMPLES.filter(({ id }) => id !== 2);
const question = { loop: 'triage', labels: LABELS, text: 'eve and her zebra', watermark: 5 };

test('a learner that had learnt what was erased answers as one that never saw it', async () => {
  const fresh = await embeddedLearner(space).answer({ ...question, examples: LEFT });
  const learner = embeddedLearner(space);
  const before = await learner.answer({ ...question, examples: EXAMPLES });
  expect(before).not.toEqual(fresh);
  expect(await learner.answer({ ...question, examples: LEFT, erasures: 1 })).toEqual(fresh);
  // A question that was asked before the erasure and comes after it brings nothing back.
  const both = [EXAMPLES, LEFT].map((examples, erasures) => learner.answer({ ...question, examples, erasures }));
  expect(await Promise.all(both)).toEqual([fresh, fresh]);
  expect(await learner.answer({ ...question, watermark: 1, examples: LEFT.slice(0, 1) })).toEqual(
    await embeddedLearner(space).answer({ ...question, watermark: 1, examples: LEFT.slice(0, 1) }),
  );
});

test('a learner of which one question is to know less answers the next one with all that it may know', async () => {
  const learner = embeddedLearner(space);
  const alone = (examples: typeof EXAMPLES, watermark = 5) =>
    embeddedLearner(space).answer({ ...question, watermark, examples });
  const asked: [typeof EXAMPLES, number?][] = [[EXAMPLES], [LEFT], [EXAMPLES], [EXAMPLES.slice(0, 2), 2], [LEFT]];
  for (const [examples, watermark = 5] of [...asked, ...asked])
    expect(await learner.answer({ ...question, watermark, examples })).toEqual(await alone(examples, watermark));
});

test('so does the second reader of what was erased', () => {
  const names = LABELS.map((label) => ({ label, text: label }));
  const fresh = new SecondReader(names);
  fresh.learnAll(LEFT, 5);
  const reader = new SecondReader(names);
  reader.learnAll(EXAMPLES, 5);
  const ask = (of: SecondReader) => of.secondOpinion(question.text, 'card', 5);
  expect(ask(reader)).not.toEqual(ask(fresh));
  reader.learnAll(LEFT, 5);
  expect(ask(reader)).toEqual(ask(fresh));
});

test('lessons that are kept in memory are let go of when something is erased', async () => {
  const { store, run } = await workbench();
  await store.runs.open({ ...run, workflowId: 'w', firstRunId: 'f', trigger: { kind: 'manual' }, openedAt: 1 });
  const lesson = { loop: run.loop, kind: 'example', text: '', output: 1, trust: 'untrusted', runKey: 'r1' } as const;
  const lessons = ['eve', 'bo'].map((key) => ({
    ...lesson,
    key,
    input: { from: key },
    source: 'approval' as const,
    createdAt: 1,
  }));
  const closing = { runKey: 'r1', outcome: 'accepted', reason: '', closedAt: 2 } as const;
  await store.runs.close({ ...closing, lessons });
  const index = new LessonIndex(store.lessons);
  expect(await index.labelled({ loop: run.loop, watermark: 2 })).toHaveLength(2);
  const named = (text: string): boolean => text.includes('eve');
  await store.erasures.erase({ id: 'o', subject: 'eve', named, runs: [], by: 'officer', files: 0, at: 3 });
  expect((await index.labelled({ loop: run.loop, watermark: 2 })).map(({ input }) => input)).toEqual([{ from: 'bo' }]);
  expect((await index.examples({ loop: run.loop, watermark: 1 })).map(({ input }) => input)).toEqual([]);
});

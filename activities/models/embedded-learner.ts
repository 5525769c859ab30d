import { labelWords } from '../../core/reader/label-words.ts';
import { LabelReader, type LabelReaderOptions } from '../../core/reader/label-reader.ts';
import { Timeline } from '../../core/reader/timeline.ts';
import type { Learner, LearnerQuestion } from './learner.ts';

/** How texts become vectors, and how to vote over such vectors. */
export interface Space<V> {
  /** Identity of the learner, e.g. `local-minilm`. */
  readonly model: string;
  embed(text: string): Promise<V>;
  readonly settings: Omit<LabelReaderOptions<V>, 'names'>;
}

/**
 * The embedded learner: a vote over the labelled examples nearest to a text, with the label names as its start and a
 * confidence calibrated on how earlier votes turned out. What it has learnt is kept and extended, for a loop and a set of
 * labels, and beside it what few questions know that are to know less: a lesson that is left out, or was retired since.
 */
export function embeddedLearner<V>(space: Space<V>): Learner {
  const memories = new Map<string, Promise<Memory<V>>>();
  return {
    model: space.model,
    async answer(question) {
      const key = JSON.stringify([question.loop, question.labels]);
      const memory = memories.get(key) ?? begin(space, question);
      memories.set(key, memory);
      return await ask(space, await memory, question);
    },
  };
}

/** Labelled examples that a learner needs before its confidence is worth anything; until then it never sounds sure. */
const PROVEN_AFTER = 25;

/** The most confidence that an unproven learner may claim. */
const UNPROVEN = 0.75;

/** Readings that are kept: that of runs, and those of the two arms of an experiment that know less. */
const KEPT = 3;

interface Reading<V> {
  readonly reader: LabelReader<V>;
  /** Examples that are learnt. */
  readonly learnt: Timeline<{ readonly id: number }>;
}

interface Memory<V> {
  readonly begin: () => Reading<V>;
  /** The one that was used last comes first. */
  kept: readonly Reading<V>[];
  erasures: number;
  /** Learning happens in order, one question after the other. */
  learning: Promise<void>;
}

async function begin<V>(space: Space<V>, { labels }: LearnerQuestion): Promise<Memory<V>> {
  const names = await Promise.all(
    labels.map(async (label) => ({ label, vector: await space.embed(labelWords(label)) })),
  );
  const anew = (): Reading<V> => ({
    reader: new LabelReader({ ...space.settings, names }),
    learnt: new Timeline(),
  });
  return { begin: anew, kept: [], erasures: 0, learning: Promise.resolve() };
}

async function ask<V>(space: Space<V>, memory: Memory<V>, question: LearnerQuestion) {
  const vector = await space.embed(question.text);
  const asked = memory.learning.then(async () => {
    const reading = readingFor(memory, question);
    await learn(space, reading, question);
    return reading.reader.answer(vector, question.watermark);
  });
  memory.learning = asked.then(
    () => undefined,
    () => undefined,
  );
  const answer = await asked;
  const confidence = answer.examples < PROVEN_AFTER ? Math.min(UNPROVEN, answer.confidence) : answer.confidence;
  return { label: answer.label, confidence };
}

/** What has learnt the examples of a question and nothing else, as far as it has learnt. */
function readingFor<V>(memory: Memory<V>, { examples, watermark, erasures = 0 }: LearnerQuestion): Reading<V> {
  // Each reading may have learnt what was erased.
  if (erasures > memory.erasures) memory.kept = [];
  memory.erasures = Math.max(memory.erasures, erasures);
  // A late question names what was erased since: what is not learnt of it is not to be.
  if (erasures < memory.erasures)
    return memory.kept.find(({ learnt }) => !learnt.hasMoreThan(examples, watermark)) ?? memory.begin();
  const known = memory.kept.find(({ learnt }) => learnt.isBeginningOf(examples, watermark)) ?? memory.begin();
  memory.kept = [known, ...memory.kept.filter((other) => other !== known)].slice(0, KEPT);
  return known;
}

async function learn<V>(space: Space<V>, { reader, learnt }: Reading<V>, { examples }: LearnerQuestion): Promise<void> {
  const newest = learnt.items.at(-1)?.id ?? 0;
  for (const { id, text, label } of examples) {
    if (id <= newest) continue;
    reader.learn({ id, vector: await space.embed(text), label });
    learnt.add({ id });
  }
}

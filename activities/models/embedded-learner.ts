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
 * confidence calibrated on how earlier votes turned out. One reader a loop and set of labels is kept and extended.
 */
export function embeddedLearner<V>(space: Space<V>): Learner {
  const readers = new Map<string, Promise<Reading<V>>>();
  return {
    model: space.model,
    async answer(question) {
      const key = JSON.stringify([question.loop, question.labels]);
      const reading = readers.get(key) ?? begin(space, question);
      readers.set(key, reading);
      return await ask(space, await reading, question);
    },
  };
}

/** Labelled examples that a learner needs before its confidence is worth anything; until then it never sounds sure. */
const PROVEN_AFTER = 25;

/** The most confidence that an unproven learner may claim. */
const UNPROVEN = 0.75;

interface Reading<V> {
  readonly begin: () => LabelReader<V>;
  reader: LabelReader<V>;
  /** Examples that are learnt. */
  learnt: Timeline<{ readonly id: number }>;
  /** Learning happens in order, one question after the other. */
  learning: Promise<void>;
}

async function begin<V>(space: Space<V>, { labels }: LearnerQuestion): Promise<Reading<V>> {
  const names = await Promise.all(
    labels.map(async (label) => ({ label, vector: await space.embed(labelWords(label)) })),
  );
  const anew = (): LabelReader<V> => new LabelReader({ ...space.settings, names });
  return { begin: anew, reader: anew(), learnt: new Timeline(), learning: Promise.resolve() };
}

async function ask<V>(space: Space<V>, reading: Reading<V>, question: LearnerQuestion) {
  const vector = await space.embed(question.text);
  const asked = reading.learning.then(async () => {
    await learn(space, reading, question);
    // At once: the next question may know less, where something was erased meanwhile.
    return reading.reader.answer(vector, question.watermark);
  });
  reading.learning = asked.then(
    () => undefined,
    () => undefined,
  );
  const answer = await asked;
  const confidence = answer.examples < PROVEN_AFTER ? Math.min(UNPROVEN, answer.confidence) : answer.confidence;
  return { label: answer.label, confidence };
}

async function learn<V>(space: Space<V>, reading: Reading<V>, { examples, watermark }: LearnerQuestion): Promise<void> {
  if (reading.learnt.hasMoreThan(examples, watermark)) {
    reading.reader = reading.begin();
    reading.learnt = new Timeline();
  }
  const newest = reading.learnt.items.at(-1)?.id ?? 0;
  for (const { id, text, label } of examples) {
    if (id <= newest) continue;
    reading.reader.learn({ id, vector: await space.embed(text), label });
    reading.learnt.add({ id });
  }
}

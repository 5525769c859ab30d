import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LessonIndex } from '../../activities/lesson-index.ts';
import type { Lesson, LessonKind } from '../../contract/lesson.ts';
import type { Lessons } from '../../store/ports.ts';

function lesson(id: number, loop: string, kind: LessonKind): Lesson {
  return {
    id,
    loop,
    kind,
    text: 'because',
    input: { n: id },
    output: { label: id % 3 },
    trust: 'untrusted',
    runKey: `run-${id}`,
    source: 'approval',
    createdAt: id,
  };
}

/** Lessons as a store answers them: later, and in any interleaving. */
function stored(all: readonly Lesson[]): Lessons & { reads: number } {
  return {
    reads: 0,
    watermark: () => Promise.resolve(all.at(-1)?.id ?? 0),
    erasures: () => Promise.resolve(0),
    changes: () => Promise.resolve([]),
    async list({ loop, after, upTo }) {
      this.reads += 1;
      await new Promise((later) => setImmediate(later));
      return all.filter((one) => one.loop === loop && one.id > after && one.id <= upTo);
    },
  };
}

const kinds: fc.Arbitrary<LessonKind> = fc.constantFrom('example', 'example', 'rejection', 'correction');

test('whatever is asked at once and in whatever order, a watermark sees exactly the examples up to it', async () => {
  const histories = fc.array(fc.tuple(fc.constantFrom('a', 'b'), kinds), { maxLength: 30 });
  const asked = fc.array(fc.tuple(fc.constantFrom('a', 'b'), fc.nat({ max: 32 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(histories, asked, fc.boolean(), async (history, questions, atOnce) => {
      const all = history.map(([loop, kind], index) => lesson(index + 1, loop, kind));
      const index = new LessonIndex(stored(all));
      const ask = async ([loop, watermark]: [string, number]) => {
        const wanted = all.filter((one) => one.loop === loop && one.kind === 'example' && one.id <= watermark);
        expect(await index.examples({ loop, watermark })).toEqual(wanted);
        expect((await index.labelled({ loop, watermark })).map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
      };
      if (atOnce) await Promise.all(questions.map(ask));
      else for (const question of questions) await ask(question);
    }),
    { numRuns: 200 },
  );
});

test('what was handed out does not grow with what is learnt later', async () => {
  const all = [lesson(1, 'a', 'example'), lesson(2, 'a', 'example')];
  const index = new LessonIndex(stored(all));
  const early = await index.labelled({ loop: 'a', watermark: 1 });
  await index.labelled({ loop: 'a', watermark: 2 });
  expect(early).toHaveLength(1);
});

test('a watermark that other loops have raised is asked about once', async () => {
  const lessons = stored([lesson(1, 'a', 'example'), lesson(2, 'b', 'example')]);
  const index = new LessonIndex(lessons);
  for (let n = 0; n < 5; n += 1) expect(await index.labelled({ loop: 'a', watermark: 2 })).toHaveLength(1);
  expect(lessons.reads).toBe(1);
});

test('verifiers and learners get no word of who decided', async () => {
  const index = new LessonIndex(stored([lesson(1, 'a', 'example')]));
  const [example] = await index.labelled({ loop: 'a', watermark: 1 });
  expect(Object.keys(example ?? {})).toEqual(['id', 'input', 'output', 'predicted']);
});

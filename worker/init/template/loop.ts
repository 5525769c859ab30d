import { check, defineLoop, lessons, model } from 'loopwright';
import { z } from 'zod';

const Note = z.strictObject({ id: z.string().max(100).optional(), text: z.string().min(1).max(20_000) });
const Summary = z.object({ sentence: z.string().min(1).max(300) });
type Note = z.infer<typeof Note>;
type Summary = z.infer<typeof Summary>;

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Sums up one note in one sentence. */
export const hello = defineLoop<Note, Summary>({
  name: 'hello',
  input: Note,
  output: Summary,
  dedupe: ({ id }) => id,
  stages: {
    main: {
      context: [lessons({ limit: 5 })],
      // The function answers until loopwright.yaml names a model; then the model does.
      generate: model({ keyless: ({ text }) => ({ sentence: text.trim().split(/(?<=[.!?])\s/)[0] ?? '' }) }),
      verify: [
        check('says-nothing-new', ({ sentence }, { text }) => {
          const added = words(sentence).filter((word) => !words(text).includes(word));
          return { verdict: added[0] ? 'fail' : 'pass', evidence: `not in the note: ${added.join(', ') || 'nothing'}` };
        }),
      ],
    },
  },
  act: {
    publish: { repeatable: true, run: (made, { runKey, files }) => files.write(`hello-${runKey}.txt`, made.sentence) },
  },
});

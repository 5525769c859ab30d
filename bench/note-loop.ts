/** A loop that keeps a note, as people write loops; `run` is the body of its effect. */
export const noteLoop = (run: string): string => `import { check, defineLoop, model } from 'loopwright';
import { z } from 'zod';
const Note = z.object({ id: z.string(), text: z.string() });
const Short = z.object({ text: z.string() });
export const note = defineLoop<z.infer<typeof Note>, z.infer<typeof Short>>({
  name: 'note',
  input: Note,
  output: Short,
  dedupe: ({ id }) => id,
  stages: {
    main: {
      generate: model({ keyless: ({ text }) => ({ text }) }),
      verify: [check('same', (made, { text }) => ({ verdict: made.text === text ? 'pass' : 'fail', evidence: made.text }))],
    },
  },
  act: { keep: { repeatable: true, run: async (made, { outbox, idempotencyKey }) => { ${run} } } },
});
`;

/** An effect that keeps the note. */
export const KEEPS = `await outbox.put('notes', idempotencyKey, made);`;

import { z } from 'zod';
import { check, defineLoop, judge, model, type LoopDefinition } from '../../loops/define/index.ts';

const Input = z.object({ id: z.string(), topic: z.string().max(200_000) });
const Output = z.object({ title: z.string(), confidence: z.number().min(0).max(1) });
/** Input of the test loops. */
export type Input = z.infer<typeof Input>;
/** Output of the test loops. */
export type Output = z.infer<typeof Output>;

/** A loop that writes a title. Its check wants the topic in it; its effect puts a row into the outbox. */
export function titleLoop(name = 'writeTitle', change: Partial<LoopDefinition<Input, Output>> = {}) {
  return defineLoop<Input, Output>({
    name,
    input: Input,
    output: Output,
    dedupe: (input) => input.id,
    stages: { main: { generate: model(), verify: [names] } },
    act: {
      publish: {
        repeatable: true,
        run: (output, { outbox, idempotencyKey }) => outbox.put('titles', idempotencyKey, output),
      },
    },
    ...change,
  });
}

/** Passes a title that contains the topic. */
export const names = check<Input, Output>('names-the-topic', (output, input) => ({
  verdict: output.title.includes(input.topic) ? 'pass' : 'fail',
  evidence: `"${output.title}" ${output.title.includes(input.topic) ? 'has' : 'lacks'} "${input.topic}"`,
}));

/** The same, as an opinion that a human may overrule. */
export const doubts = check<Input, Output>(
  'doubts',
  (output, input) => ({
    verdict: output.title.includes(input.topic) ? 'pass' : 'fail',
    evidence: `"${output.title}"`,
  }),
  { opinion: true },
);

/** A judge for titles. */
export const taste = judge('taste', { short: 'The title is short.' });

/** What the fake model answers for a good title. */
export const good = (topic: string, confidence = 0.95) => ({ json: { title: `About ${topic}`, confidence } });
/** What the fake model answers for a title that its check fails. */
export const bad = (title = 'Something else') => ({ json: { title, confidence: 0.9 } });

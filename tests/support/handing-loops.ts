import { z } from 'zod';
import { check, compute, defineLoop, type EffectContext, type Loop } from '../../loops/define/index.ts';

const Work = z.strictObject({ id: z.string().max(200), next: z.string().optional() });
/** Input and output of loops that hand work on. */
export type Work = z.infer<typeof Work>;

/** A loop that asks no model: what it makes is its input, and its effect is up to the test. */
export function handingLoop(
  name: string,
  run: (work: Work, context: EffectContext<Work>) => Promise<unknown> = async () => 'done',
): Loop {
  return defineLoop<Work, Work>({
    name,
    input: Work,
    output: Work,
    stages: {
      main: {
        generate: compute('take', (input) => input),
        verify: [
          check('same', (output, input) => ({
            verdict: output.id === input.id ? 'pass' : 'fail',
            evidence: output.id,
          })),
        ],
      },
    },
    act: { handOn: { repeatable: true, run } },
  });
}

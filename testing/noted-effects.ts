import type { Loop } from '../loops/define/index.ts';

/** An effect that a run would have done. */
export interface NotedEffect {
  readonly loop: string;
  readonly effect: string;
  readonly input: unknown;
  readonly output: unknown;
  /** The same for every retry: what the target would see as its idempotency key. */
  readonly idempotencyKey: string;
}

/** The loop with effects that only write down what they were asked, once a key, as a target that honours the key would. */
export function withNotedEffects(loop: Loop, noted: NotedEffect[]): Loop {
  const act = Object.entries(loop.act).map(([effect, { repeatable }]): [string, Loop['act'][string]] => [
    effect,
    {
      repeatable,
      run: async (output, { input, idempotencyKey }) => {
        if (noted.some((other) => other.idempotencyKey === idempotencyKey)) return;
        noted.push({ loop: loop.name, effect, input, output, idempotencyKey });
      },
    },
  ]);
  return { ...loop, act: Object.fromEntries(act) };
}

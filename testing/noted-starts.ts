import type { RunStarter } from '../activities/dependencies.ts';
import type { Trigger } from '../contract/run.ts';

/** A run that an effect started. */
export interface NotedStart {
  readonly loop: string;
  readonly workflowId: string;
  readonly input: unknown;
  readonly trigger: Trigger | undefined;
}

/** A starter that writes down what it started. */
export function withNotedStarts(starter: RunStarter, noted: NotedStart[]): RunStarter {
  return {
    ...starter,
    async start(start) {
      const started = await starter.start(start);
      const { loop, key, input, options } = start;
      if (!started.alreadyRunning) noted.push({ loop, workflowId: `${loop}-${key}`, input, trigger: options.trigger });
      return started;
    },
  };
}

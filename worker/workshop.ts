import { z } from 'zod';
import type { Client } from '@temporalio/client';
import type { LoopEntry } from '../activities/dependencies.ts';
import { Harness } from '../contract/harness.ts';
import { MOST_INPUT_BYTES } from '../activities/loop-starts.ts';
import { LoopClient } from '../client/loop-client.ts';
import type { JsonSchema } from '../core/json-schema.ts';
import type { FieldMistake, LoopSheet, Workshop } from '../gateway/workshop.ts';
import { factsOf } from './cluster/temporal-facts.ts';

/** What a workshop stands on. */
export interface WorkshopOptions {
  /** Loops that run here; they may come and go. */
  readonly loops: ReadonlyMap<string, LoopEntry>;
  readonly client: Client;
  readonly namespace: string;
  /** Address of Temporal's own UI, where it is known. */
  readonly ui?: string | undefined;
  /** Default `loops`. */
  readonly taskQueue?: string;
  /** Where `loopwright.yaml` with the model routes is found. Default: no routes are known, and reviews go by their names. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What a key may be made of, so that a workflow id stays readable. */
const ODD_IN_KEY = /[^\w.:@-]+/g;

/** Loops and Temporal, for the dashboard of the process that runs them. */
export function workshopOf({ loops, client, namespace, ui, taskQueue, env = {} }: WorkshopOptions): Workshop {
  const runs = new LoopClient(client, taskQueue);
  const outputOf = (loop: string, stage: string): z.ZodType | undefined => {
    const entry = loops.get(loop)?.loop;
    // A stage that is used again has a number: `draft#2`.
    const named = entry?.stages[stage.replace(/#\d+$/, '')];
    return named === undefined ? undefined : (named.output ?? entry?.output);
  };
  return {
    loops: () => [...loops.values()].map(sheetOf),
    outputOf(loop, stage) {
      const output = outputOf(loop, stage);
      return output && schemaOf(output);
    },
    mistakesIn(loop, stage, output) {
      const schema = outputOf(loop, stage);
      return schema === undefined ? [] : mistakesIn(schema, output);
    },
    async review(loop, body, answers, now) {
      const entry = loops.get(loop);
      if (entry === undefined) return undefined;
      const { reviewLoops } = await import('./review/reviews.ts');
      const harness = Harness.safeParse(body).data ?? entry.harness;
      const [found] = await reviewLoops({ env, report: () => {} }, [{ ...entry, harness }], answers, now);
      return found;
    },
    async start(loop, { key, input, options }) {
      const entry = loops.get(loop)?.loop;
      if (entry === undefined) return { kind: 'refused', mistakes: [whole(`there is no loop ${loop} here`)] };
      const bytes = Buffer.byteLength(JSON.stringify(input) ?? '');
      if (bytes > MOST_INPUT_BYTES)
        return {
          kind: 'refused',
          mistakes: [whole(`it has ${bytes} bytes, and at most ${MOST_INPUT_BYTES} are taken`)],
        };
      const parsed = entry.input.safeParse(input);
      if (!parsed.success) return { kind: 'refused', mistakes: mistakesOf(parsed.error) };
      const own = (entry.dedupe?.(parsed.data) ?? key).replaceAll(ODD_IN_KEY, '-').slice(0, 200);
      // A form that is sent again once its run is closed would start another.
      const workflowId = `${loop}-${own}`;
      if ((await runs.originOf(workflowId)) === key) return { kind: 'started', workflowId, alreadyRunning: true };
      return { kind: 'started', ...(await runs.start(loop, own, input, options, key)) };
    },
    async factsOf(run) {
      try {
        return await factsOf(client, run);
      } catch (error) {
        if ((error as Error).name === 'WorkflowNotFoundError') return { kind: 'unknown' };
        return { kind: 'unreachable', why: (error as Error).message };
      }
    },
    uiOf(workflowId, runId) {
      if (ui === undefined) return undefined;
      const where = [namespace, 'workflows', workflowId, runId].map(encodeURIComponent).join('/');
      return `${ui}/namespaces/${where}/history`;
    },
  };
}

function sheetOf({ loop, harness }: LoopEntry): LoopSheet {
  return {
    name: loop.name,
    input: schemaOf(loop.input, 'input'),
    stages: Object.keys(loop.stages),
    effects: Object.keys(loop.act),
    harness,
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): JsonSchema {
  return z.toJSONSchema(schema, { unrepresentable: 'any', io }) as JsonSchema;
}

function mistakesIn(schema: z.ZodType, value: unknown): FieldMistake[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : mistakesOf(parsed.error);
}

function mistakesOf({ issues }: z.ZodError): FieldMistake[] {
  return issues.map(({ path, message }) => {
    const [field = '', ...rest] = path.map(String);
    return { field, why: rest.length === 0 ? message : `${rest.join('.')}: ${message}` };
  });
}

function whole(why: string): FieldMistake {
  return { field: '', why };
}

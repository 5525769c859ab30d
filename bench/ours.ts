import { join } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import { z } from 'zod';
import type { Dependencies } from '../activities/dependencies.ts';
import { LessonIndex } from '../activities/lesson-index.ts';
import { check, defineLoop, model, source } from '../loops/define/index.ts';
import { openStore } from '../store/index.ts';
import { runStarter } from '../worker/run-starter.ts';
import { adoptHarness } from '../worker/adopt-harness.ts';
import type { Store } from '../store/ports.ts';
import { clusterOf } from '../worker/cluster/cluster.ts';
import { parseHarness } from '../worker/load/harness.ts';
import { createLoopWorker, type LoopWorker } from '../worker/loop-worker.ts';
import type { Note } from './notes.ts';
import { attemptOf, draftOf, PASSING_ATTEMPT } from './steps.ts';

/** The bench loop's name, which is its workflow type. */
export const LOOP = 'benchLoop';

const HARNESS = `
instructions: Write a draft.
approval: { when: "true" }
limits: { attempts: 3, usd: 1, usdPerDay: 10000, tokens: 1000 }
`;

const Input = z.object({ id: z.string().max(200), topic: z.string().max(2000) });
const Output = z.object({ draft: z.string().max(20_000) });

/** What our worker needs. */
export interface OursOptions {
  readonly connection: NativeConnection;
  readonly taskQueue: string;
  readonly bundle: { readonly code: string };
  readonly data: string;
  /** Every step's work; nothing but in the recovery phase. */
  readonly work: () => Promise<void>;
  readonly note: (note: Note) => void;
}

/** Our worker, composed as `worker/compose.ts` does: real store, ledger, search attributes; only the model is in this process and its answer is no work. */
export async function createOurWorker(
  options: OursOptions,
): Promise<{ worker: LoopWorker; close: () => Promise<void> }> {
  const { connection, note } = options;
  const store = await openStore(options.data, process.pid);
  const harness = parseHarness(HARNESS, `${LOOP}/harness.yaml`);
  const loop = benchLoop(options);
  await adoptHarness(store, { loop, harness }, { at: Date.now() });
  const cluster = clusterOf(connection, 'default');
  const deps: Dependencies = {
    store: telling(store, note),
    loops: new Map([[LOOP, { loop, harness, folder: join(options.data, 'loop') }]]),
    routes: new Map([['default', { kind: 'endpoint', endpoint: modelInProcess(options) }]]),
    prices: { models: { 'bench-1': { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } },
    caps: { tenants: {} },
    harnessMistakes: () => Promise.reject(new Error('the bench proposes no harness')),
    report: () => {},
    learner: { model: 'none', answer: () => Promise.reject(new Error('the bench has no learner')) },
    lessons: new LessonIndex(store.lessons),
    decisionKeys: new Map(),
    documents: async () => [],
    sources: { read: () => Promise.reject(new Error('the bench has no sources')) },
    files: { write: () => Promise.reject(new Error('the bench loop has no effects')) },
    executions: { isOpen: (workflowId, firstRunId) => cluster.isOpen(workflowId, firstRunId) },
    starter: runStarter(cluster.client),
    attributes: await cluster.attributes(),
    connection: '',
    maxEvents: 4000,
    now: Date.now,
  };
  const { taskQueue, bundle } = options;
  const worker = await createLoopWorker({
    connection,
    namespace: 'default',
    deps,
    bundle,
    taskQueue,
    shutdownGraceMs: 10_000,
  });
  return { worker, close: () => store.close() };
}

function benchLoop({ work }: OursOptions) {
  return defineLoop<z.infer<typeof Input>, z.infer<typeof Output>>({
    name: LOOP,
    input: Input,
    output: Output,
    dedupe: (input) => input.id,
    stages: {
      main: {
        context: [
          source({
            name: 'known',
            trust: 'trusted',
            why: 'what is known about the topic',
            quick: true,
            fetch: async (input) => [{ text: `What is known about ${input.topic}.` }],
          }),
        ],
        generate: model(),
        verify: [
          check('third-time', async ({ draft }) => {
            await work();
            const attempt = attemptOf(draft);
            return { verdict: attempt >= PASSING_ATTEMPT ? 'pass' : 'fail', evidence: `draft no. ${attempt}` };
          }),
        ],
      },
    },
  });
}

/** Answers at once, a different draft each attempt: the prompt says which one failed. */
function modelInProcess({ work }: OursOptions) {
  return {
    model: 'bench-1',
    async complete({ prompt }: { readonly prompt: string }) {
      await work();
      const failed = Number(/draft no\. (\d+)/.exec(prompt)?.[1] ?? 0);
      const text = JSON.stringify({ draft: draftOf(failed + 1) });
      return { text, usage: { inputTokens: 200, outputTokens: 60 } };
    },
  };
}

/** The store itself, telling the driver when a gate is open and when its decision has arrived. */
function telling(store: Store, note: (note: Note) => void): Store {
  return {
    ...store,
    attempts: {
      ...store.attempts,
      find(runKey, ...rest) {
        note({ kind: 'step', run: runKey });
        return store.attempts.find(runKey, ...rest);
      },
    },
    gates: {
      ...store.gates,
      async open(gate) {
        const opened = await store.gates.open(gate);
        note({ kind: 'waiting', run: gate.runKey });
        return opened;
      },
      find(runKey, digest) {
        note({ kind: 'resumed', run: runKey, at: Date.now() });
        return store.gates.find(runKey, digest);
      },
    },
  };
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Dependencies, InstallationCaps, Route, RunStarter } from '../../activities/dependencies.ts';
import { LessonIndex } from '../../activities/lesson-index.ts';
import { sourceReader, type SourceReader } from '../../activities/sources/index.ts';
import { openAiEndpoint, type OpenAiOptions } from '../../activities/models/openai.ts';
import type { ModelEndpoint, ModelRequest } from '../../activities/models/port.ts';
import { Harness } from '../../contract/harness.ts';
import type { PinnedRun } from '../../contract/run.ts';
import { canonicalJson } from '../../core/canonical.ts';
import type { PriceTable } from '../../core/prices.ts';
import type { Loop } from '../../loops/define/index.ts';
import { openStore } from '../../store/index.ts';
import { adoptHarness } from '../../worker/adopt-harness.ts';
import { candidateMistakes } from '../../worker/load/candidate-mistakes.ts';
import type { Store } from '../../store/ports.ts';
import { FakeOpenAi, type FakeManner, type Script } from '../support/fake-openai.ts';
import { titleLoop } from '../support/loops.ts';

/** Activities without a Temporal server: a real store, a real HTTP model server and one open run of one loop. */
export interface Workbench {
  readonly deps: Dependencies;
  readonly run: PinnedRun;
  readonly store: Store;
  readonly model: FakeOpenAi;
  readonly endpoint: ModelEndpoint;
  /** Address of the model server. */
  readonly url: string;
  /** Does something as the given attempt of an activity; `cancel` aborts it. */
  readonly within: <T>(work: () => Promise<T>, attempt?: number) => Promise<T>;
  /** Lines for whoever runs the worker. */
  readonly told: readonly string[];
  readonly ledger: () => Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** Sets a workbench up for one test and takes it down after it. The model costs 1 micro-USD a token in and 2 out. */
export async function workbench(
  options: {
    readonly script?: Script;
    readonly manner?: FakeManner;
    /** How its endpoints ask, and where: through the Responses API and no other, unless said otherwise. */
    readonly asks?: Partial<OpenAiOptions>;
    readonly loop?: Loop;
    readonly harness?: unknown;
    readonly input?: unknown;
    readonly budgetMicroUsd?: number;
    readonly prices?: PriceTable;
    readonly caps?: InstallationCaps;
    readonly tenant?: string;
    readonly sources?: SourceReader;
    readonly starter?: RunStarter;
    readonly expectComplaints?: boolean;
  } = {},
): Promise<Workbench> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-bench-'));
  const store = await openStore(folder, process.pid);
  const model = new FakeOpenAi(options.script ?? [], options.manner);
  const baseUrl = await model.listen();
  onTestFinished(async () => {
    await model.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
    if (options.expectComplaints !== true) expect(model.complaints).toEqual([]);
  });
  const loop = options.loop ?? titleLoop();
  const harness = Harness.parse(options.harness ?? {});
  await adoptHarness(store, { loop, harness }, { at: 0 });
  const asks = options.asks ?? { api: 'responses' };
  const endpointOf = (name: string) => openAiEndpoint({ model: name, apiKey: 'test', baseUrl, ...asks });
  const told: string[] = [];
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const keep = { runKey: 'r1', keep: 'durable' } as const;
  const run: PinnedRun = {
    runKey: 'r1',
    loop: loop.name,
    workKey: `${loop.name}/1`,
    input: await store.artefacts.put(canonicalJson(options.input ?? { id: '1', topic: 'owls' }), keep),
    harness: 'v1',
    watermark: 0,
    prices: await store.artefacts.put(
      canonicalJson(options.prices ?? { models: { 'fake-1': price, 'fake-judge': price, 'fake-second': price } }),
      keep,
    ),
    budgetMicroUsd: options.budgetMicroUsd ?? 1_000_000,
    dryRun: false,
    asOf: 0,
    ...(options.tenant === undefined ? {} : { tenant: options.tenant }),
  };
  const route = (name: string): Route => ({ kind: 'endpoint', endpoint: endpointOf(name) });
  const deps: Dependencies = {
    store,
    loops: new Map([[loop.name, { loop, harness, folder }]]),
    routes: new Map([
      ['default', route('fake-1')],
      ['judge', route('fake-judge')],
      ['second', route('fake-second')],
      ['local', { kind: 'local' }],
    ]),
    prices: { models: {} },
    caps: options.caps ?? { tenants: {} },
    harnessMistakes: (entry, body) => candidateMistakes(entry, body, undefined),
    report: (text) => void told.push(text),
    learner: { model: 'local-test', answer: () => Promise.reject(new Error('no learner in this test')) },
    lessons: new LessonIndex(store.lessons),
    decisionKeys: new Map(),
    documents: async () => [],
    sources: options.sources ?? sourceReader({ allowPrivate: [] }, { path: process.env['PATH'] }),
    files: { write: async (name) => name },
    executions: { isOpen: async () => false },
    starter: options.starter ?? nobodyStarts,
    attributes: [],
    connection: '',
    maxEvents: 4000,
    now: () => Date.UTC(2026, 0, 1),
  };
  return {
    deps,
    run,
    store,
    model,
    endpoint: endpointOf('fake-1'),
    url: baseUrl,
    told,
    within: (work, attempt = 1) => new MockActivityEnvironment({ attempt }, { logger: silent }).run(work),
    ledger: () =>
      store.facts.query(
        'select call, activity_attempt, state, reserved, booked from ledger order by at, activity_attempt',
      ),
  };
}

const nobodyStarts: RunStarter = {
  start: () => Promise.reject(new Error('nothing is started in this test')),
  originOf: async () => undefined,
};

const silent = new DefaultLogger('ERROR', () => {});

/** A question to a model. */
export function question(change: Partial<ModelRequest> = {}): ModelRequest {
  return {
    instructions: 'Write a title.',
    prompt: 'owls',
    schemaName: 'title',
    schema: z.toJSONSchema(z.object({ title: z.string() })) as Record<string, unknown>,
    maxOutputTokens: 100,
    timeoutMs: 5000,
    signal: new AbortController().signal,
    ...change,
  };
}

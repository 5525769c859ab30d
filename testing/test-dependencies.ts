import { join } from 'node:path';
import type { NativeConnection } from '@temporalio/worker';
import type { Dependencies, Route } from '../activities/dependencies.ts';
import { LessonIndex } from '../activities/lesson-index.ts';
import { sourceReader } from '../activities/sources/index.ts';
import { embeddedLearner } from '../activities/models/embedded-learner.ts';
import { ngramSpace } from '../activities/models/local/embedder.ts';
import { mistakeLine } from '../contract/mistake.ts';
import { VERIFIER_PATIENCE } from '../core/patience.ts';
import { openStore } from '../store/index.ts';
import { adoptHarness } from '../worker/adopt-harness.ts';
import { clusterOf } from '../worker/cluster/cluster.ts';
import { runStarter } from '../worker/run-starter.ts';
import { filesIn } from '../worker/files.ts';
import { candidateMistakes } from '../worker/load/candidate-mistakes.ts';
import { bundleLoops } from '../worker/load/runnable.ts';
import { loadLoops } from '../worker/load/folders.ts';
import { documentReader } from '../worker/documents.ts';
import { cacheFolder } from '../worker/temporal/cache-folder.ts';
import { withNotedEffects, type NotedEffect } from './noted-effects.ts';
import { withNotedStarts, type NotedStart } from './noted-starts.ts';
import type { TestOptions } from './options.ts';

/** Price of every scripted model: tests that are about money declare their own. */
const FREE = { inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

/** Where a test's worker is, and what is noted of it. */
export interface Noting {
  readonly connection: NativeConnection;
  readonly folder: string;
  readonly effects: NotedEffect[];
  readonly started: NotedStart[];
}

/** What a test's worker is composed of: the folder's loops, scripted models, and a store of its own. */
export async function testDependencies(
  { loops: root, models = {}, realEffects = false, allowPrivate = [] }: TestOptions,
  { connection, folder, effects, started }: Noting,
): Promise<{ deps: Dependencies; bundle: { code: string } }> {
  const loaded = await loadLoops(root, { cwd: process.cwd(), models: undefined, generation: 1 });
  const { loops, mistakes, bundle } = await bundleLoops(cacheFolder(process.env), loaded);
  if (mistakes.length > 0) throw new Error(mistakes.map(mistakeLine).join('\n'));
  const store = await openStore(join(folder, 'data'), process.pid);
  for (const entry of loops.values()) await adoptHarness(store, entry, { at: Date.now() });
  const cluster = clusterOf(connection, 'default');
  const endpoints = Object.entries(models).map(([name, endpoint]): [string, Route] => [
    name,
    { kind: 'endpoint', endpoint },
  ]);
  const deps: Dependencies = {
    store,
    files: filesIn(join(folder, 'reports')),
    loops: realEffects
      ? loops
      : new Map([...loops].map(([name, entry]) => [name, { ...entry, loop: withNotedEffects(entry.loop, effects) }])),
    routes: new Map<string, Route>([['local', { kind: 'local' }], ['default', { kind: 'local' }], ...endpoints]),
    prices: { models: Object.fromEntries(Object.values(models).map(({ model }) => [model, FREE])) },
    caps: { tenants: {} },
    harnessMistakes: (entry, body) => candidateMistakes(entry, body, undefined),
    report: () => {},
    learner: embeddedLearner(ngramSpace()),
    lessons: new LessonIndex(store.lessons),
    decisionKeys: new Map(),
    documents: documentReader(),
    sources: sourceReader({ allowPrivate }, { path: process.env['PATH'], secret: (name) => process.env[name] }),
    executions: { isOpen: (workflowId, firstRunId) => cluster.isOpen(workflowId, firstRunId) },
    starter: withNotedStarts(runStarter(cluster.client), started),
    attributes: await cluster.attributes(),
    connection: '',
    maxEvents: 4000,
    patience: { ...VERIFIER_PATIENCE, firstMs: 1, longestMs: 10 },
    now: Date.now,
  };
  return { deps, bundle };
}

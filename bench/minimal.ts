import { DatabaseSync } from 'node:sqlite';
import { activityInfo } from '@temporalio/activity';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { Note } from './notes.ts';
import { draftOf, PASSING_ATTEMPT } from './steps.ts';

/** What the hand-written worker needs. */
export interface MinimalOptions {
  readonly connection: NativeConnection;
  readonly taskQueue: string;
  readonly bundle: { readonly code: string };
  /** SQLite file of the lessons. */
  readonly file: string;
  /** Every step's work; nothing but in the recovery phase. */
  readonly work: () => Promise<void>;
  readonly note: (note: Note) => void;
}

/** The loop's four kinds of step, all of them regular activities. */
function createMinimalActivities({ file, work, note }: MinimalOptions) {
  const database = new DatabaseSync(file, { timeout: 5000 });
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal;
    create table if not exists lessons (key text primary key, input text, draft text, by text)`);
  const insert = database.prepare('insert into lessons values (?, ?, ?, ?) on conflict do nothing');
  const run = (): string => activityInfo().workflowExecution?.runId ?? '';
  const step = async (): Promise<void> => {
    note({ kind: 'step', run: run() });
    await work();
  };
  return {
    async fetchContext({ topic }: { topic: string }) {
      await step();
      return { context: `What is known about ${topic}.` };
    },
    async generate({ attempt }: { context: string; attempt: number; feedback: string }) {
      await step();
      return { draft: draftOf(attempt) };
    },
    async evaluate({ attempt }: { draft: string; attempt: number }) {
      await step();
      const pass = attempt >= PASSING_ATTEMPT;
      if (pass) note({ kind: 'waiting', run: run() });
      return { pass, evidence: `attempt ${attempt}` };
    },
    async recordLesson(lesson: { key: string; input: object; draft: string; by: string }) {
      note({ kind: 'resumed', run: run(), at: Date.now() });
      await step();
      insert.run(lesson.key, JSON.stringify(lesson.input), lesson.draft, lesson.by);
    },
  };
}

/** The activities as the workflow sees them. */
export type MinimalActivities = ReturnType<typeof createMinimalActivities>;

/** A worker with the same options as `createLoopWorker` (`worker/loop-worker.ts`). */
export function createMinimalWorker(options: MinimalOptions): Promise<Worker> {
  return Worker.create({
    connection: options.connection,
    namespace: 'default',
    taskQueue: options.taskQueue,
    workflowBundle: options.bundle,
    activities: createMinimalActivities(options),
    maxCachedWorkflows: 1000,
    stickyQueueScheduleToStartTimeout: '1s',
    workflowTaskPollerBehavior: { type: 'autoscaling' },
    activityTaskPollerBehavior: { type: 'autoscaling' },
    maxHeartbeatThrottleInterval: '1s',
    shutdownGraceTime: '10s',
  });
}

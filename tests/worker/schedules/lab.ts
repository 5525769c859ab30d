import { randomUUID } from 'node:crypto';
import { Client, type ConnectionLike, type ScheduleClient } from '@temporalio/client';
import { onTestFinished } from 'vitest';
import type { LoopEntry } from '../../../activities/dependencies.ts';
import { Schedules } from '../../../contract/schedules.ts';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../../store/ports.ts';
import { applySteps } from '../../../worker/schedules/apply.ts';
import { ownSchedules, planSchedules, type Step } from '../../../worker/schedules/plan.ts';
import { ScheduleWatcher } from '../../../worker/schedules/schedule-watcher.ts';
import { connect, until } from '../../support/rig.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

/** Schedules of one test on the real server: under a project and ids that nobody else has. They go with the test. */
export class Lab {
  readonly client: Client;
  readonly project = `lab-${randomUUID().slice(0, 8)}`;
  readonly #ids = new Set<string>();

  private constructor(connection: ConnectionLike) {
    this.client = new Client({ connection });
  }

  static async open(server?: ConnectionLike): Promise<Lab> {
    const lab = new Lab(server ?? (await connect()));
    onTestFinished(() => lab.#clear());
    return lab;
  }

  get schedules(): ScheduleClient {
    return this.client.schedule;
  }

  /** An id that is this test's own. */
  id(name: string): string {
    const id = `${this.project}-${name}`;
    this.#ids.add(id);
    return id;
  }

  /** What a `schedules.yaml` says, by names. */
  file(schedules: Readonly<Record<string, object>>): Schedules {
    const rest = { loop: 'nobody', overlap: 'skip', catchup: '1 minute' };
    const named = Object.entries(schedules).map(([name, its]) => [this.id(name), { ...rest, ...its }]);
    return Schedules.parse({ project: this.project, schedules: Object.fromEntries(named) });
  }

  plan(file: Schedules): Promise<Step[]> {
    return planSchedules(this.schedules, file);
  }

  /** Applies a file, and waits until Temporal lists what it made: its list is a moment behind. */
  async apply(file: Schedules, prune = false): Promise<Step[]> {
    const steps = await this.plan(file);
    await applySteps(this.schedules, file, steps, prune);
    await until(
      async () => new Set((await ownSchedules(this.schedules)).map(({ id }) => id)),
      (listed) => steps.every(({ kind, id }) => kind !== 'create' || listed.has(id)),
    );
    return steps;
  }

  /** A watcher that sees this test's schedules only, and what it said. */
  watcher(
    store: Store,
    now: () => number,
    loops: ReadonlyMap<string, Pick<LoopEntry, 'harness'>> = new Map(),
  ): { readonly look: () => Promise<void>; readonly said: string[] } {
    const said: string[] = [];
    const watcher = new ScheduleWatcher({
      client: this.client,
      store,
      loops,
      now,
      project: this.project,
      report: (text) => void said.push(text.replaceAll(`${this.project}-`, '')),
    });
    return { look: () => watcher.look(), said };
  }

  async #clear(): Promise<void> {
    for (const id of this.#ids) {
      const handle = this.schedules.getHandle(id);
      const described = await handle.describe().catch(() => undefined);
      await handle.delete().catch(() => undefined);
      for (const { workflow } of described?.info.runningActions ?? [])
        await this.client.workflow
          .getHandle(workflow.workflowId)
          .terminate()
          .catch(() => undefined);
    }
  }
}

/** A store of a test's own; `reopen` is a restart of its owner. */
export async function labStore(): Promise<{ store: Store; reopen: () => Promise<Store> }> {
  const folder = await temporaryFolder();
  let store = await openStore(folder, process.pid);
  onTestFinished(() => store.close());
  const reopen = async (): Promise<Store> => {
    await store.close();
    store = await openStore(folder, process.pid);
    return store;
  };
  return { store, reopen };
}

import type { Client, ScheduleDescription } from '@temporalio/client';
import type { LoopEntry } from '../../activities/dependencies.ts';
import type { Alert } from '../../contract/alerts.ts';
import { durationMs } from '../../contract/harness.ts';
import type { ScheduleLook } from '../../contract/schedules.ts';
import { moment } from '../../core/figures.ts';
import { budgetNote, budgetStep, dayStart, isBudgetNote } from '../../core/schedules/day-budget.ts';
import {
  dropsText,
  isOfSchedule,
  lateText,
  shortestGap,
  unseen,
  watched,
  type Late,
  type SeenSchedule,
} from '../../core/schedules/watch.ts';
import type { Store } from '../../store/ports.ts';
import { once } from '../once.ts';
import { appliedOf } from './applied.ts';
import { describe, ownSchedules } from './plan.ts';
import { newestFailed, seenSchedule } from './seen.ts';

/** What the watcher stands on. */
export interface ScheduleWatcherOptions {
  readonly client: Client;
  readonly store: Pick<Store, 'alerts' | 'scheduleLooks'>;
  /** The loops that run here, for what their gates may do to a schedule. */
  readonly loops: ReadonlyMap<string, Pick<LoopEntry, 'harness'>>;
  /** Only schedules of this project; of all by default. */
  readonly project?: string;
  readonly now: () => number;
  readonly report: (text: string) => void;
}

/** What one look knows. */
interface Looking {
  readonly now: number;
  readonly before: ReadonlyMap<string, ScheduleLook>;
  readonly open: ReadonlyMap<string, Alert>;
  /** Micro-USD booked today by runs of each schedule; asked once, where one has a budget. */
  readonly spent: () => Promise<ReadonlyMap<string, number>>;
}

/**
 * Looks at the schedules that are ours: one that should have run and did not is late, which is an alert until it runs; one
 * whose runs have spent its day's budget is paused until the next day. What it knows is in the store, so it may be
 * stopped and started at any time.
 */
export class ScheduleWatcher {
  readonly #options: ScheduleWatcherOptions;
  /** Late at the look before: Temporal gets a look's time to catch up, before anybody is told. */
  readonly #suspects = new Set<string>();
  readonly #warned = new Set<string>();

  constructor(options: ScheduleWatcherOptions) {
    this.#options = options;
  }

  /** Looks once. @throws where Temporal does not answer; what was expected meanwhile is late all the same. */
  async look(): Promise<void> {
    const { client, store, now: clock, project: only } = this.#options;
    const now = clock();
    const [looks, open] = await Promise.all([store.scheduleLooks.all(), store.alerts.open()]);
    const alerts = open.filter(isOfSchedule);
    const before = new Map(looks.map((look) => [look.id, look]));
    const spent = once(() => store.scheduleLooks.spentSince(dayStart(now)));
    const looking = { now, before, open: new Map(alerts.map((alert) => [alert.key, alert])), spent };
    let own: Awaited<ReturnType<typeof ownSchedules>>;
    try {
      own = await ownSchedules(client.schedule);
    } catch (error) {
      for (const look of looks) await this.#judge(look.id, unseen(look, 'Temporal does not answer', now), looking);
      throw error;
    }
    const wanted = [...looks, ...own].filter(({ project }) => only === undefined || project === only);
    const projects = new Map(wanted.map(({ id, project }) => [id, project]));
    for (const [id, project] of projects) await this.#lookAt(id, project, looking);
    for (const { key, about } of alerts) if (!projects.has(about)) await store.alerts.clear(key, now);
  }

  async #lookAt(id: string, project: string, looking: Looking): Promise<void> {
    const { client, store } = this.#options;
    const before = looking.before.get(id);
    const described = await describe(client.schedule, id);
    if (described === undefined) {
      const gone =
        before &&
        unseen(before, 'it is not in Temporal any more (loopwright schedule apply puts it back)', looking.now);
      return await this.#judge(id, gone, looking);
    }
    const failed = await newestFailed(client.workflow, described);
    const seen = seenSchedule(described, { project, before, failed });
    const { look, late } = watched(before, seen, looking.now);
    await store.scheduleLooks.keep(look);
    await this.#judge(id, late, looking, seen);
    await this.#keepBudget(described, seen, looking);
    this.#warnOfDrops(described);
  }

  async #judge(id: string, late: Late | undefined, { now, open }: Looking, seen?: SeenSchedule): Promise<void> {
    const { store, report } = this.#options;
    const key = `late:${id}`;
    const alert = open.get(key);
    if (late === undefined) {
      this.#suspects.delete(id);
      if (alert === undefined) return;
      await store.alerts.clear(key, now);
      return report(`Schedule ${id} is not late any more: ${onTime(seen)}.`);
    }
    const text = lateText(id, late);
    if (alert?.text === text) return;
    if (alert === undefined && !this.#suspects.has(id)) return void this.#suspects.add(id);
    await store.alerts.raise({ key, kind: 'late', about: id, text, raisedAt: now });
    if (alert === undefined) report(text);
  }

  async #keepBudget(described: ScheduleDescription, seen: SeenSchedule, { now, open, spent }: Looking): Promise<void> {
    const { client, store, report } = this.#options;
    const { id, budgetMicroUsd: cap } = seen;
    const { paused, note } = described.state;
    const spend = cap === undefined ? 0 : ((await spent()).get(id) ?? 0);
    const handle = client.schedule.getHandle(id);
    const key = `budget:${id}`;
    switch (budgetStep({ paused, note, cap }, spend)) {
      case 'pause': {
        const why = budgetNote(spend, cap ?? 0, now);
        await handle.pause(why);
        const text = `Schedule ${id} is paused. ${why} Sooner: raise budgetUsdPerDay, then loopwright schedule apply.`;
        await store.alerts.raise({ key, kind: 'budget', about: id, text, raisedAt: now });
        return report(text);
      }
      case 'resume':
        await handle.unpause(appliedOf(described)?.note ?? 'Goes on: there is money again.');
        await store.alerts.clear(key, now);
        return report(`Schedule ${id} goes on: there is money again.`);
      case 'nothing':
        if (open.has(key) && !(paused && isBudgetNote(note))) await store.alerts.clear(key, now);
    }
  }

  /** Says once that a schedule may drop times while its run waits for a person. */
  #warnOfDrops({ scheduleId: id, action, policies, info }: ScheduleDescription): void {
    const entry = this.#options.loops.get(action.workflowType);
    const gap = shortestGap(info.nextActionTimes.map((time) => time.getTime()));
    if (entry === undefined || gap === undefined || policies.overlap !== 'SKIP' || this.#warned.has(id)) return;
    const { when, audit, expiresAfter } = entry.harness.approval;
    if ((when === 'false' && audit === 0) || gap >= durationMs(expiresAfter)) return;
    this.#warned.add(id);
    this.#options.report(dropsText(id, action.workflowType, gap, durationMs(expiresAfter)));
  }
}

function onTime(seen: SeenSchedule | undefined): string {
  if (seen?.paused === true) return 'it is paused';
  return seen?.last === undefined ? 'its times were changed' : `it ran at ${moment(seen.last.takenAt)}`;
}

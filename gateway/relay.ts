import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Started } from '../client/loop-client.ts';
import type { Match } from '../core/hooks/match.ts';
import type { Waiting } from '../store/inbox.ts';
import type { Store } from '../store/ports.ts';
import type { HookSourceReady, HookSources } from './hook-source.ts';

/** A run that a delivery asks for. */
export type HookStart = Extract<Match, { kind: 'start' }>;

/** What the relay stands on. */
export interface RelayOptions {
  readonly inbox: Store['inbox'];
  readonly sources: HookSources;
  /** Why a run cannot be started with an input, in one line; undefined where it can. */
  readonly refuses: (loop: string, input: unknown) => string | undefined;
  /** Starts a run for an origin; `mayRun` is the workflow id under which it may have been started before. */
  readonly start: (start: HookStart, origin: string, mayRun?: string) => Promise<Started>;
  /** Whether Temporal will never take this start, whatever happens. */
  readonly isFinal: (error: unknown) => boolean;
  readonly report: (text: string) => void;
}

/** So many deliveries are looked at together. */
const BATCH = 32;

/** So many starts are under way at once. */
const LANES = 16;

/** How long the first wait for a Temporal that is away is, and the longest, in milliseconds. */
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Makes runs of what stands in the inbox, oldest first. Where Temporal is away, what was received waits; where this
 * process was killed in the middle, the next one goes on. Each delivery starts at most one run.
 */
export class Relay {
  readonly #options: RelayOptions;
  #draining: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #waitMs = 0;
  #stopped = false;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Something may wait. While Temporal is away it is looked for when the wait is over. */
  wake(): void {
    if (this.#stopped || this.#timer !== undefined) return;
    this.#again = true;
    this.#draining ??= this.#drain();
  }

  /** Takes nothing new, and resolves when what is under way is done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#draining;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        const waiting = await this.#options.inbox.waiting(BATCH, [...this.#options.sources.keys()]);
        if (waiting.length === 0) continue;
        await this.#relay(waiting);
        this.#back();
        this.#again = true;
      }
    } catch (error) {
      this.#away(error as Error);
    }
    // In the same turn as the last look at whether there is more: nobody who wakes it in between is missed.
    this.#draining = undefined;
  }

  /** @throws what a start failed with that may go through later. */
  async #relay(waiting: readonly Waiting[]): Promise<void> {
    // Asked for in the order they came, which is the order they are committed in: what is stale depends on it.
    const beginning: Promise<(() => Promise<void>) | undefined>[] = [];
    for (const one of waiting) {
      beginning.push(this.#begin(one));
      // A large body takes a while to match: others have their turn in between.
      await nextTurn();
    }
    const begun = await Promise.all(beginning);
    const starts = begun.filter((one) => one !== undefined).values();
    let failed: Error | undefined;
    const lane = async (): Promise<void> => {
      for (const start of starts) {
        if (failed !== undefined || this.#stopped) return;
        await start().catch((error: unknown) => (failed ??= error instanceof Error ? error : new Error(String(error))));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    if (failed !== undefined) throw failed;
  }

  /** Decides what becomes of a delivery. Answers its start, where there is one to do. */
  async #begin({ source, delivery, event, body }: Waiting): Promise<(() => Promise<void>) | undefined> {
    const { inbox } = this.#options;
    const key = { source, delivery };
    const match = this.#match({ source, delivery, event, body });
    if (match.kind === 'failed') {
      await inbox.settle(key, { state: 'failed', reason: match.because.slice(0, 1000) });
      return undefined;
    }
    const workflowId = match.kind === 'start' ? { workflowId: `${match.loop}-${match.key}` } : {};
    const how = await inbox.begin(key, { ...workflowId, seen: match.order });
    if (how.kind === 'stale') {
      await inbox.settle(key, { state: 'stale', reason: `something newer of ${match.order?.subject} was seen` });
      return undefined;
    }
    if (match.kind === 'ignored') {
      await inbox.settle(key, { state: 'ignored', reason: match.because });
      return undefined;
    }
    return () => this.#start(key, match, how.kind === 'again' ? how.workflowId : undefined);
  }

  #match({ source, delivery, event, body }: Waiting): Match {
    const { sources, refuses } = this.#options;
    try {
      // Only deliveries of these were asked for.
      const match = (sources.get(source) as HookSourceReady).match({
        source,
        delivery,
        event,
        body: JSON.parse(body) as unknown,
      });
      const refused = match.kind === 'start' ? refuses(match.loop, match.input) : undefined;
      return refused === undefined ? match : { kind: 'failed', because: refused };
    } catch (error) {
      return { kind: 'failed', because: (error as Error).message };
    }
  }

  async #start(key: { source: string; delivery: string }, start: HookStart, mayRun?: string): Promise<void> {
    const { inbox } = this.#options;
    try {
      const { workflowId, alreadyRunning } = await this.#options.start(start, `${key.source}/${key.delivery}`, mayRun);
      const joined = alreadyRunning ? { reason: `${workflowId} was open already` } : {};
      await inbox.settle(key, { state: 'started', workflowId, ...joined });
    } catch (error) {
      if (!this.#options.isFinal(error)) throw error;
      await inbox.settle(key, { state: 'failed', reason: (error as Error).message.slice(0, 1000) });
    }
  }

  #away({ message }: Error): void {
    if (this.#stopped) return;
    if (this.#waitMs === 0)
      this.#options.report(`Webhooks wait: no run could be started (${message}). They are kept, and tried again.`);
    this.#waitMs = Math.min(Math.max(this.#waitMs * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, this.#waitMs);
  }

  #back(): void {
    if (this.#waitMs > 0) this.#options.report('Webhooks that waited start their runs.');
    this.#waitMs = 0;
  }
}

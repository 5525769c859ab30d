import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { LoopClient } from '../../client/loop-client.ts';
import { DATABASE_FILE } from '../../store/index.ts';
import { openReader } from '../../store/sqlite.ts';
import type { TriageModel } from './crash-model.ts';

/** How often the store is read, in milliseconds. */
const TICK_MS = 40;

/** A decision that is not on record after this long is sent again, as a person would. */
const RESEND_MS = 3000;

const BY = 'desk@test';

/** The newest version of every gate that waits for somebody. */
const WAITING = `
  select r.workflow_id as workflowId, g.digest from gates g join runs r on r.run_key = g.run_key
  where r.closed_at is null and g.rowid = (select max(n.rowid) from gates n where n.run_key = g.run_key)
    and not exists (select 1 from decisions d where d.run_key = g.run_key and d.digest = g.digest and d.decision <> 'revise')`;

/** What a desk is given. */
export interface DeskOptions {
  readonly client: Client;
  readonly data: string;
  readonly model: TriageModel;
  readonly random: () => number;
}

/** The people who send tickets and decide at the gates: they approve, correct, reject and ask again, by signal and by update. */
export class Desk {
  /** Digests whose approval or rejection a run has acknowledged: they must be on record for ever. */
  readonly acknowledged: string[] = [];
  readonly #options: DeskOptions;
  readonly #loops: LoopClient;
  readonly #store: DatabaseSync;
  readonly #sent = new Map<string, { at: number; times: number }>();
  readonly #answers = new Set<Promise<void>>();
  #started = 0;

  /** The data folder must have its database already. */
  constructor(options: DeskOptions) {
    this.#options = options;
    this.#loops = new LoopClient(options.client);
    this.#store = openReader(join(options.data, DATABASE_FILE));
  }

  /** Sends tickets until so many have been sent. */
  async send(upTo: number): Promise<void> {
    for (; this.#started < upTo; this.#started += 1) {
      const { id, text } = this.#options.model.messages[this.#started] as { id: string; text: string };
      await this.#loops.start('supportTriage', id, { id, text });
    }
  }

  /** Workflow ids of what was sent. */
  get workflowIds(): string[] {
    return this.#options.model.messages.slice(0, this.#started).map(({ id }) => `supportTriage-${id}`);
  }

  closed(): number {
    return Number(this.#store.prepare('select count(*) as n from runs where closed_at is not null').get()?.['n']);
  }

  /** Decides what waits, until `over`. @throws Error when that takes longer than `withinMs`. */
  async work(over: () => boolean, withinMs = 50_000): Promise<void> {
    const end = performance.now() + withinMs;
    while (!over()) {
      if (performance.now() > end) throw new Error(`Not over after ${withinMs} ms: ${this.#unclosed()}`);
      const waiting = this.#store.prepare(WAITING).all() as { workflowId: string; digest: string }[];
      for (const { workflowId, digest } of waiting) await this.#decide(workflowId, digest);
      await pause(TICK_MS);
    }
  }

  /** Waits for answers that are under way, and until Temporal has closed what the record has: the record comes first. */
  async leave(): Promise<void> {
    await Promise.all(this.workflowIds.map((id) => this.#loops.result(id)));
    await Promise.all(this.#answers);
    this.#store.close();
  }

  async #decide(workflowId: string, digest: string): Promise<void> {
    const before = this.#sent.get(digest);
    const now = performance.now();
    if (before !== undefined && now - before.at < RESEND_MS) return;
    this.#sent.set(digest, { at: now, times: (before?.times ?? 0) + 1 });
    const draw = before === undefined ? this.#options.random() : 0;
    const ticket = workflowId.replace('supportTriage-', '');
    const handle = this.#options.client.workflow.getHandle(workflowId);
    try {
      if (draw < 0.4) await this.#loops.approve(workflowId, BY, digest);
      else if (draw < 0.55) this.#ask(workflowId, digest);
      else if (draw < 0.75) await this.#loops.correct(workflowId, BY, digest, this.#options.model.right(ticket));
      else if (draw < 0.9) await handle.signal('reject', { by: BY, digest, note: 'wrong tone' });
      else await handle.signal('revise', { by: BY, digest, feedback: 'Say it shorter.' });
    } catch (error) {
      // It closed between looking and sending, or the server is away: sent again later where it did not arrive.
      if (!['WorkflowNotFoundError', 'ServiceError'].includes((error as Error).name)) throw error;
    }
  }

  /** By update, which answers whether it counted; nobody waits for it here, because the worker may be away. */
  #ask(workflowId: string, digest: string): void {
    const answer = this.#loops.decide(workflowId, { decision: 'approve', by: BY, digest }).then(
      () => void this.acknowledged.push(digest),
      () => undefined,
    );
    this.#answers.add(answer);
    void answer.then(() => this.#answers.delete(answer));
  }

  #unclosed(): string {
    const rows = this.#store.prepare('select workflow_id as id from runs where closed_at is null').all();
    return `${this.closed()} of ${this.#started} runs are closed; open: ${rows.map((row) => String(row['id'])).join(', ')}`;
  }
}

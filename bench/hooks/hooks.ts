import { setTimeout as pause } from 'node:timers/promises';
import { SIGN } from '../../gateway/sign.ts';
import { LiveWorker } from '../live-worker.ts';
import { KEEPS, noteLoop } from '../note-loop.ts';

const SECRET = `whsec_${Buffer.from('a secret of the bench').toString('base64')}`;

/** What a burst of webhooks is. */
export interface HooksOptions {
  readonly cliPath: string;
  readonly webhooks: number;
  /** How long Temporal is away, in milliseconds. */
  readonly awayMs: number;
  readonly report: (text: string) => void;
}

/** What became of it. Every figure is counted in the record or at the sender. */
export interface HooksResult {
  readonly webhooks: number;
  readonly awayMs: number;
  /** Requests that were sent: each webhook, some of them twice. */
  readonly requests: number;
  readonly accepted: number;
  /** How long a 202 took, in milliseconds. */
  readonly answerMs: { readonly p50: number; readonly p95: number };
  readonly runs: number;
  /** Runs of work that another run has. */
  readonly twice: number;
  readonly lost: number;
  readonly effects: number;
  /** From the moment that Temporal was back until the last run had closed, in milliseconds. */
  readonly caughtUpMs: number;
}

/**
 * Sends webhooks in a burst while Temporal is away, kills the process that takes them with -9 twice, in the middle of the
 * burst and in the middle of starting their runs, sends some again, and counts runs and effects.
 */
export async function hooks(options: HooksOptions): Promise<HooksResult> {
  const live = await LiveWorker.begin({
    cliPath: options.cliPath,
    files: { 'loops/note/loop.ts': noteLoop(KEEPS), 'hooks.yaml': RULES },
    env: { BENCH_SECRET: SECRET },
  });
  try {
    return await new Scene(live, options).live();
  } finally {
    await live.end();
  }
}

class Scene {
  readonly #live: LiveWorker;
  readonly #options: HooksOptions;
  #requests = 0;
  readonly #tookMs: number[] = [];

  constructor(live: LiveWorker, options: HooksOptions) {
    this.#live = live;
    this.#options = options;
  }

  async live(): Promise<HooksResult> {
    const { webhooks, awayMs, report } = this.#options;
    await this.#live.stopServer();
    report('Temporal is away.');
    const away = pause(awayMs);
    await this.#burst(0, Math.floor(webhooks / 2));
    report('Half of them were taken; kill -9, and another process begins while Temporal is away.');
    await this.#live.kill();
    this.#live.beginWorker();
    await this.#burst(Math.floor(webhooks / 2), webhooks);
    report(`${webhooks} webhooks were taken.`);
    await away;
    await this.#live.startServer();
    const backAt = performance.now();
    await this.#live.until(`select count(*) >= ${Math.floor(webhooks / 4)} as n from inbox where state = 'started'`);
    report(
      `A quarter of them has started runs ${Math.round(performance.now() - backAt)} ms after Temporal was back; kill -9.`,
    );
    await this.#live.kill();
    this.#live.beginWorker();
    await this.#burst(0, Math.min(webhooks, 100));
    const counted = await this.#untilClosed(webhooks);
    const sorted = this.#tookMs.toSorted((a, b) => a - b);
    const at = (share: number): number => Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
    return {
      webhooks,
      awayMs,
      requests: this.#requests,
      accepted: sorted.length,
      answerMs: { p50: at(0.5), p95: at(0.95) },
      ...counted,
      lost: webhooks - counted.runs,
      caughtUpMs: Math.round(performance.now() - backAt),
    };
  }

  async #burst(from: number, to: number): Promise<void> {
    const numbers = Array.from({ length: to - from }, (_, index) => from + index).values();
    const sender = async (): Promise<void> => {
      for (const number of numbers) await this.#send(number);
    };
    await Promise.all(Array.from({ length: 32 }, sender));
  }

  /** Sends one, and again where it was not answered. */
  async #send(number: number): Promise<void> {
    const body = JSON.stringify({ type: 'note', id: number, text: `Note ${number}.` });
    for (let tries = 0; tries < 100; tries += 1) {
      const signed = SIGN.standard({ secret: SECRET, id: `msg_${number}`, at: Date.now(), event: '', body });
      const since = performance.now();
      this.#requests += 1;
      const response = await fetch(`http://127.0.0.1:${this.#live.port}/hooks/bench`, {
        method: 'POST',
        headers: signed,
        body,
      }).catch(() => undefined);
      await response?.arrayBuffer();
      if (response?.status === 202) {
        this.#tookMs.push(performance.now() - since);
        return;
      }
      await pause(200);
    }
    throw new Error(`Webhook ${number} was never taken.`);
  }

  /** Waits until every delivery is settled and every run closed, and counts. */
  async #untilClosed(webhooks: number): Promise<Pick<HooksResult, 'runs' | 'twice' | 'effects'>> {
    const accepted = `(select count(distinct work_key) from runs where outcome = 'accepted')`;
    await this.#live.until(`select not exists (select 1 from inbox where state = 'waiting')
      and not exists (select 1 from runs where closed_at is null) and ${accepted} >= ${webhooks} as n`);
    return {
      runs: this.#live.number(`select ${accepted} as n`),
      twice: this.#live.number('select count(*) - count(distinct work_key) as n from runs'),
      effects: this.#live.number('select count(*) as n from outbox'),
    };
  }
}

const RULES = `sources:
  bench:
    kind: standard
    secrets: [BENCH_SECRET]
    rules:
      - when: event == "note"
        loop: note
        input: { id: string(body.id), text: body.text }
        key: string(body.id)
`;

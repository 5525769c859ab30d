import type { Letter } from '../../contract/notify.ts';
import { span } from '../../core/figures.ts';
import { backoffMs, isGivenUp, MINUTE_MS, wiresOf, type Wire } from '../../core/notify/posting.ts';
import type { Store } from '../../store/ports.ts';
import type { OpenChannel } from './channel.ts';
import { DeliveryProblem } from './delivery-problem.ts';
import { messageOf, type MessageSource } from './message.ts';

/** Most letters that are looked at in one go; the rest wait for the next. */
const MOST = 1000;

/** What a postman stands on. */
export interface PostmanOptions {
  readonly store: MessageSource['store'] & Pick<Store, 'notices' | 'alerts'>;
  readonly channel: OpenChannel;
  /** Address of the dashboard. */
  readonly origin: string;
  readonly now: () => number;
  readonly report: (text: string) => void;
}

/**
 * Sends what waits for one channel: as many messages a minute as it takes, the rest in one. What it is about to send is on record
 * before, and how it went after: killed in between, it sends the same message again, under the same name. One that fails
 * waits longer each time while others go on, and is given up after a day.
 */
export class Postman {
  readonly #options: PostmanOptions;
  /** Whether the last message was taken; unknown at the start. */
  #last: 'unknown' | 'taken' | 'failed' = 'unknown';

  constructor(options: PostmanOptions) {
    this.#options = options;
  }

  /** Sends what is ready now, until something fails. */
  async round(signal: AbortSignal): Promise<void> {
    const { store, channel, now } = this.#options;
    const room = channel.perMinute - (await store.notices.begunSince(channel.name, now() - MINUTE_MS));
    const ready = room <= 0 ? [] : await store.notices.ready(channel.name, now(), MOST);
    for (const wire of wiresOf(ready, room)) {
      if (signal.aborted || !(await this.#send(wire, signal))) return;
    }
  }

  async #send(wire: Wire<Letter>, signal: AbortSignal): Promise<boolean> {
    const { store, origin, channel, now } = this.#options;
    const at = now();
    const { message, letters, pointless } = await messageOf(wire, { store, origin, now: at });
    const of = (some: readonly Letter[]) => ({ channel: channel.name, ids: some.map(({ id }) => id) });
    if (pointless.length > 0)
      await store.notices.settle({ ...of(pointless), state: 'withdrawn', at, problem: 'it is settled' });
    if (message === undefined) return true;
    const attempts = Math.max(...letters.map((letter) => letter.attempts)) + 1;
    const sending = { ...of(letters), at, nextAt: at + backoffMs(attempts), together: wire.together };
    // Somebody settled it a moment ago.
    if ((await store.notices.begin(sending)).length === 0) return true;
    try {
      await channel.send(message, signal);
    } catch (error) {
      // It may have arrived: what is on record is sent again, and its name says that it is the same.
      if (signal.aborted) return false;
      await this.#failed(letters, attempts, error as Error);
      return false;
    }
    await store.notices.settle({ ...of(letters), state: 'sent', at: now() });
    if (this.#last !== 'taken') await store.alerts.clear(alertKey(channel.name), now());
    this.#last = 'taken';
    return true;
  }

  async #failed(letters: readonly Letter[], attempts: number, error: Error): Promise<void> {
    const { store, channel, now, report } = this.#options;
    const { name } = channel;
    const at = now();
    const problem = error instanceof DeliveryProblem ? error.message : `unexpected: ${error.message}`;
    const waitMs = backoffMs(attempts, error instanceof DeliveryProblem ? error.retryAfterMs : undefined);
    const isOver = (letter: Letter): boolean => isGivenUp({ ...letter, attempts }, at);
    const given = letters.filter(isOver).map(({ id }) => id);
    const kept = letters.filter((letter) => !isOver(letter)).map(({ id }) => id);
    const common = { channel: name, at, problem };
    if (kept.length > 0) await store.notices.settle({ ...common, ids: kept, state: 'waiting', nextAt: at + waitMs });
    if (given.length > 0) {
      await store.notices.settle({ ...common, ids: given, state: 'failed' });
      const text = `Nobody could be told through ${name} for a day: ${problem}. Look: loopwright notify list --channel ${name}; try it: loopwright notify test ${name}`;
      await store.alerts.raise({ key: alertKey(name), kind: 'notify', about: name, text, raisedAt: at });
    }
    // One message that nobody takes is not news each time it is tried.
    if (this.#last === 'unknown' || (this.#last === 'taken' && attempts === 1))
      report(`Nobody could be told through ${name}: ${problem}. It is tried again in ${span(waitMs)}.`);
    this.#last = 'failed';
  }
}

function alertKey(channel: string): string {
  return `notify:${channel}`;
}

import { compileRouting } from '../../core/notify/routing.ts';
import type { Store } from '../../store/ports.ts';
import { keepDoing } from '../keep-doing.ts';
import type { OpenChannel } from './channel.ts';
import { Notifier } from './notifier.ts';
import type { ReadNotify } from './notify-file.ts';
import { Postman } from './postman.ts';

/** How often it is worked out what people have to be told, and how often what waits is sent, in milliseconds. */
const EVERY_MS = 2000;

/** How long a message in flight may hold up a stop: the store is what it stands on, and closes after. */
const GRACE_MS = 2000;

/** How often what is long over is forgotten, and after how long, in milliseconds. */
const FORGET_EVERY_MS = 3_600_000;
const KEPT_MS = 30 * 24 * 3_600_000;

/** What people are told from. */
export interface TellingOptions {
  readonly store: Store;
  readonly read: ReadNotify;
  readonly channels: readonly OpenChannel[];
  /** Address under which people reach the dashboard. */
  readonly origin: string;
  readonly now: () => number;
  readonly report: (text: string) => void;
}

/** Tells people what waits for them, until it is stopped. Each channel goes its own way, so that none waits for another. */
export async function keepTelling(options: TellingOptions): Promise<{ stop(): Promise<void> }> {
  const { store, read, channels, now, report } = options;
  // Who starts in another folder by mistake loses nothing that waits.
  if (read.value === undefined) return { stop: () => Promise.resolve() };
  const at = now();
  await store.notices.keepChannels(
    channels.map(({ name }) => name),
    at,
  );
  for (const { key, kind, about } of await store.alerts.open())
    if (kind === 'notify' && !channels.some(({ name }) => name === about)) await store.alerts.clear(key, at);
  const notifier = new Notifier({ ...options, routing: compileRouting(read.value) });
  const again = { everyMs: EVERY_MS, graceMs: GRACE_MS, report };
  const doing = [
    keepDoing(() => notifier.look(), { ...again, trouble: 'It cannot be seen just now whom to tell what' }),
    ...channels.map((channel) => {
      const postman = new Postman({ ...options, channel });
      return keepDoing((signal) => postman.round(signal), {
        ...again,
        trouble: `Nobody can be told through ${channel.name} just now`,
      });
    }),
    keepDoing(() => store.notices.expire(now() - KEPT_MS).then(() => undefined), {
      ...again,
      everyMs: FORGET_EVERY_MS,
      trouble: 'Notices of long ago cannot be forgotten',
    }),
  ];
  return {
    async stop() {
      await Promise.all(doing.map((one) => one.stop()));
    },
  };
}

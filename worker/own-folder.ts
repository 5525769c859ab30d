import { randomBytes } from 'node:crypto';
import { MOST_DELIVERIES } from '../contract/hooks.ts';
import { decisionKeyIn, type DecisionKey } from '../gateway/decision-key.ts';
import type { Desk } from '../gateway/desk.ts';
import type { Workshop } from '../gateway/workshop.ts';
import type { HookSources } from '../gateway/hook-source.ts';
import type { Relay } from '../gateway/relay.ts';
import { startGateway, type Gateway } from '../gateway/serve.ts';
import { openStore } from '../store/index.ts';
import type { Store } from '../store/ports.ts';
import { gatewayOrigin } from './access/gateway-origin.ts';
import { headsFile, keepHeads } from './audit/heads.ts';
import { keepTelling } from './notify/keep-telling.ts';
import { readNotifyFile } from './notify/notify-file.ts';
import { openChannels } from './notify/open-channels.ts';
import { hookSources, readHooksFile, type ReadHooks } from './hooks/hooks-file.ts';

/** What of a data folder is opened, and how. */
export interface FolderOptions {
  readonly env: NodeJS.ProcessEnv;
  /** The data folder; this process owns it until it is closed. */
  readonly data: string;
  /** Port of the gateway; by default 7733 where it is free, else any. */
  readonly gatewayPort?: number | undefined;
  readonly report: (text: string) => void;
}

/** A data folder that this process owns: its store, and the gateway through which others reach it. Neither needs Temporal. */
export interface OwnedFolder {
  readonly store: Store;
  readonly gateway: Gateway;
  /** Signs what users of the gateway decide. */
  readonly decisionKey: DecisionKey;
  /** Who may send webhooks. */
  readonly sources: HookSources;
  /** The file that says so. */
  readonly hooks: ReadHooks;
  /** Names of the channels through which people are told what waits for them. */
  readonly channels: readonly string[];
  /** From now on `relay` makes runs of what came and comes in. */
  relayTo(relay: Relay): void;
  /** From now on the dashboard decides at `desk`, and shows and starts the loops of `workshop`. */
  workWith(staff: { readonly desk: Desk; readonly workshop: Workshop }): void;
  close(): Promise<void>;
}

/** Opens a data folder: from here on webhooks are taken, commands are answered, and people are told what waits for them. */
export async function ownFolder({ env, data, gatewayPort, report }: FolderOptions): Promise<OwnedFolder> {
  const read = await readHooksFile(env);
  const sources = hookSources(read, env);
  const notify = await readNotifyFile(env);
  const channels = openChannels(notify, { env });
  const origin = gatewayOrigin(env);
  const { pid } = process;
  const store = await openStore(data, pid);
  let relay: Relay | undefined;
  let staff: Parameters<OwnedFolder['workWith']>[0] | undefined;
  try {
    const decisionKey = await decisionKeyIn(data);
    const hooks = { sources, now: Date.now, wake: () => relay?.wake(), report };
    const token = randomBytes(32).toString('hex');
    const atWork = { desk: () => staff?.desk, workshop: () => staff?.workshop };
    const gateway = await startGateway(data, { store, pid, token, hooks, origin, report, ...atWork }, gatewayPort);
    const telling = await keepTelling({
      store,
      read: notify,
      channels,
      origin: origin ?? gateway.url,
      now: Date.now,
      report,
    });
    const heads = keepHeads(store, headsFile(env, data), report);
    return {
      store,
      gateway,
      decisionKey,
      sources,
      hooks: read,
      channels: channels.map(({ name }) => name),
      relayTo(made) {
        relay = made;
        relay.wake();
        void sayWhoWaits(store, sources, report);
      },
      workWith(made) {
        staff = made;
      },
      async close() {
        await gateway.stop();
        await relay?.stop();
        await telling.stop();
        await heads.stop();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Says that deliveries wait which nobody here makes runs of: mostly the process was started in another folder. */
async function sayWhoWaits(store: Store, sources: HookSources, report: (text: string) => void): Promise<void> {
  const waiting = await store.inbox.list({ state: 'waiting', limit: MOST_DELIVERIES }).catch(() => []);
  const unknown = waiting.filter(({ source }) => !sources.has(source));
  if (unknown.length === 0) return;
  const names = [...new Set(unknown.map(({ source }) => source))].join(', ');
  report(
    `${unknown.length} deliveries of ${names} wait, which hooks.yaml does not have. Start where that file is, or name it with LOOPWRIGHT_HOOKS.`,
  );
}

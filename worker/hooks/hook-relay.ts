import type { Client } from '@temporalio/client';
import { z } from 'zod';
import type { LoopEntry } from '../../activities/dependencies.ts';
import { MOST_INPUT_BYTES } from '../../activities/loop-starts.ts';
import { LoopClient } from '../../client/loop-client.ts';
import type { HookSources } from '../../gateway/hook-source.ts';
import { Relay, type RelayOptions } from '../../gateway/relay.ts';
import type { Store } from '../../store/ports.ts';

/** What the relay of a worker stands on. */
export interface HookRelayOptions {
  readonly store: Store;
  readonly sources: HookSources;
  /** Loops that run here; they may come and go. */
  readonly loops: ReadonlyMap<string, Pick<LoopEntry, 'loop'>>;
  readonly client: Client;
  /** Default `loops`. */
  readonly taskQueue?: string;
  readonly report: (text: string) => void;
}

/** gRPC's `INVALID_ARGUMENT`: asking again changes nothing. */
const INVALID_ARGUMENT = 3;

/** A relay that starts runs of a worker's loops on its cluster. */
export function hookRelay({ store, sources, loops, client, taskQueue, report }: HookRelayOptions): Relay {
  const runs = new LoopClient(client, taskQueue);
  return new Relay({
    inbox: store.inbox,
    sources,
    report,
    refuses: (name, input) => refusalOf(loops, name, input),
    isFinal,
    async start({ loop, key, input, options }, origin, mayRun) {
      // It may have started before this process was killed: a second start would be another run once that one is closed.
      if (mayRun !== undefined && (await runs.originOf(mayRun)) === origin)
        return { workflowId: mayRun, alreadyRunning: false };
      return await runs.start(loop, key, input, options, origin);
    },
  });
}

function refusalOf(loops: HookRelayOptions['loops'], name: string, input: unknown): string | undefined {
  const entry = loops.get(name);
  if (entry === undefined) return `there is no loop "${name}" here; it has ${[...loops.keys()].join(', ')}`;
  const bytes = Buffer.byteLength(JSON.stringify(input));
  if (bytes > MOST_INPUT_BYTES)
    return `the input for ${name} has ${bytes} bytes, and at most ${MOST_INPUT_BYTES} are taken: let the rule map less`;
  const parsed = entry.loop.input.safeParse(input);
  return parsed.success
    ? undefined
    : `the input does not fit ${name}: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`;
}

const isFinal: RelayOptions['isFinal'] = (error) => {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: number } };
  return name === 'ValueError' || cause?.code === INVALID_ARGUMENT;
};

import { cancellationSignal } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { failure } from '../contract/failures.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { runKeyOf } from '../core/found.ts';
import type { Finder, FinderAccess, Found } from '../loops/define/index.ts';
import type { Dependencies } from './dependencies.ts';
import { misfit, originOfItem } from './loop-starts.ts';
import { entryOf } from './pinned.ts';
import { problemIn } from './sources/problem.ts';

/** Inputs of a tick, in bytes together: what is found is kept as one text. */
const MOST_BYTES = 1_000_000;

/** So many of those that cannot be started are named, and so many of them in the message of a run that starts none. */
const NAMED = 20;
const SAID = 3;

/** Longest key, and longest version, of an item. */
const LONGEST_KEY = 2000;

/** A listed item, known by its key. */
interface Keyed {
  readonly item: unknown;
  readonly key: string;
  readonly version?: string;
  readonly origin: Digest;
}

type Refused = Found['refused']['first'][number];

/** What became of a new item. */
type Made =
  | { readonly kind: 'found'; readonly found: Found['items'][number] }
  | { readonly kind: 'refused'; readonly refused: Refused }
  | { readonly kind: 'gone' };

/**
 * Lists the source of a finder and answers with what is new, the oldest first: as many as a tick may start. One that
 * cannot be started is named, and keeps no other from being started.
 * @throws `SourceFailed`, `SourceRefused` where the source cannot be listed, or never comes to what is new;
 * `StartRefused` where there is no such loop, or nothing that is new can be started.
 */
export async function findWork(deps: Dependencies, run: PinnedRun, finder: Finder): Promise<Found> {
  const { source, starts, limit } = finder;
  if (!deps.loops.has(starts)) {
    const why = misfit(deps, { loop: starts, key: 'any', input: {} });
    throw failure('StartRefused', `Finder ${run.loop} starts \`${starts}\`, but ${why}.`);
  }
  const access = accessOf(deps, run, finder);
  const { items: listed, incomplete } = await source.list(access);
  const { keyed, refused } = keyedItems(deps, run, finder, listed);
  const started = await deps.store.starts.known([...keyed.keys()]);
  const fresh = [...keyed.values()].filter(({ origin }) => !started.has(origin));
  if (fresh.length === 0 && refused.length === 0 && incomplete !== undefined)
    throw failure(
      'SourceRefused',
      `Source \`${source.name}\` of finder ${run.loop} lists ${incomplete}, and all of them were started before: what comes after them is never seen. Let it leave out what is done or old, such as \`where created_at > …\`.`,
    );
  const items: Found['items'] = [];
  let bytes = 0;
  let seen = 0;
  for (const one of fresh) {
    if (items.length === limit || bytes >= MOST_BYTES) break;
    cancellationSignal().throwIfAborted();
    const made = await make(deps, one, finder, access);
    seen += 1;
    if (made.kind === 'refused') refused.push(made.refused);
    if (made.kind !== 'found') continue;
    items.push(made.found);
    bytes += JSON.stringify(made.found.input).length;
  }
  if (items.length === 0 && refused.length > 0) throw nothingStartable(run, refused);
  const first = refused.slice(0, NAMED);
  return { items, listed: listed.length, left: fresh.length - seen, refused: { count: refused.length, first } };
}

function accessOf(deps: Dependencies, run: PinnedRun, { source }: Finder): FinderAccess {
  const { folder } = entryOf(deps, run.loop);
  const signal = cancellationSignal();
  return {
    now: deps.now(),
    async read(request) {
      try {
        return await deps.sources.read(request, folder, signal);
      } catch (error) {
        const problem = problemIn(error);
        if (problem === undefined || signal.aborted) throw error;
        const { kind, message, retryAfterMs } = problem;
        const type = kind === 'refused' ? 'SourceRefused' : 'SourceFailed';
        const said = kind === 'refused' ? 'was refused' : 'failed';
        const more = { cause: problem, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
        throw failure(type, `Source \`${source.name}\` of finder ${run.loop} ${said}: ${message}`, more);
      }
    },
  };
}

/** Listed items by their origin, each once, and those that have no key. */
function keyedItems(
  deps: Dependencies,
  run: PinnedRun,
  { source, ...finder }: Finder,
  listed: readonly unknown[],
): { keyed: Map<Digest, Keyed>; refused: Refused[] } {
  const keyed = new Map<Digest, Keyed>();
  const refused: Refused[] = [];
  for (const [index, one] of listed.entries()) {
    try {
      const item = source.take(one);
      const key = wordOf(finder.key(item), 'key');
      const said = finder.version(item);
      const version = said === undefined ? undefined : wordOf(said, 'version');
      const origin = originOfItem(deps, run.loop, key, version);
      if (!keyed.has(origin)) keyed.set(origin, { item, key, origin, ...(version === undefined ? {} : { version }) });
    } catch (error) {
      refused.push(refusedBy(`item ${index + 1} of the list`, messageOf(error)));
    }
  }
  return { keyed, refused };
}

/** @throws Error where an author's function answered what names nothing. */
function wordOf(value: unknown, what: 'key' | 'version'): string {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
  if (typeof text === 'string' && text !== '' && text.length <= LONGEST_KEY) return text;
  throw new Error(
    `expected its ${what} to be a number or 1 to ${LONGEST_KEY} characters, got ${JSON.stringify(value)?.slice(0, 100) ?? 'nothing'}`,
  );
}

async function make(deps: Dependencies, one: Keyed, finder: Finder, access: FinderAccess): Promise<Made> {
  const { item, key, version, origin } = one;
  const { source, starts: loop } = finder;
  try {
    const whole = await source.read(item, access);
    if (whole === undefined) return { kind: 'gone' };
    const input = finder.input(whole);
    const runKey = runKeyOf(key, origin);
    const why = misfit(deps, { loop, key: runKey, input });
    if (why !== undefined) return { kind: 'refused', refused: refusedBy(key, why) };
    const workflowId = `${loop}-${runKey}`;
    return { kind: 'found', found: { key, ...(version === undefined ? {} : { version }), workflowId, input } };
  } catch (error) {
    // The source is away, or the run is cancelled: that is not said of one item.
    if ((error as ApplicationFailure).type === 'SourceFailed' || cancellationSignal().aborted) throw error;
    return { kind: 'refused', refused: refusedBy(key, messageOf(error)) };
  }
}

function refusedBy(key: string, because: string): Refused {
  return { key: key.slice(0, 300), because: because.replaceAll(/\s+/g, ' ').slice(0, 1000) };
}

function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) return z.prettifyError(error);
  return error instanceof Error ? error.message : String(error);
}

function nothingStartable(run: PinnedRun, refused: readonly Refused[]): Error {
  const said = refused.slice(0, SAID).map(({ key, because }) => `${key}: ${because}`);
  const more = refused.length > SAID ? `; and ${refused.length - SAID} more` : '';
  const what = refused.length === 1 ? 'The one item' : `All ${refused.length} items`;
  return failure(
    'StartRefused',
    `${what} that finder ${run.loop} has not started cannot be started. ${said.join('; ')}${more}.`,
  );
}

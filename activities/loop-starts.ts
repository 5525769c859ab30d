import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { failure } from '../contract/failures.ts';
import type { Digest } from '../contract/names.ts';
import { MOST_IN_A_CHAIN, RunOptions, type PinnedRun, type Trigger } from '../contract/run.ts';
import { canonicalJson } from '../core/canonical.ts';
import { nextInChain, placeInChain } from '../core/chain.ts';
import { nearest } from '../core/nearest.ts';
import type { LoopStarts, StartedRun } from '../loops/define/index.ts';
import type { Dependencies } from './dependencies.ts';

/** What can be pasted into a command as it is. */
const RUN_KEY = /^[\w.:-]{1,200}$/;

/** Largest input of a run that a loop starts, in bytes of JSON: Temporal refuses 2 MB, and a history is no place for attachments. */
export const MOST_INPUT_BYTES = 256 * 1024;

const words = z.string().min(1).max(2000);

/** Options that a loop may give to a run that it starts. */
const Options = z.strictObject({
  ...RunOptions.omit({ requestedBy: true, trigger: true }).shape,
  once: words.optional(),
  version: words.optional(),
});

/** Which effect starts runs. */
export interface Starting {
  readonly run: PinnedRun;
  readonly effect: string;
  /** Idempotency key of the effect. */
  readonly key: string;
}

/** What an effect starts other loops with. */
export function loopStarts(deps: Dependencies, starting: Starting): LoopStarts {
  return {
    async start(loop, key, input, options = {}) {
      const refuse: Refuse = (rule) => refusal(starting, `${loop}-${key}`, rule);
      assertFits(deps, { loop, key, input }, refuse);
      const parsed = Options.safeParse(options);
      if (!parsed.success) throw refuse(`its options do not fit: ${inOneLine(parsed.error)}`);
      return await start(deps, starting, { loop, key, input, options: parsed.data }, refuse);
    },
  };
}

/** Makes the failure that a broken rule is. */
type Refuse = (rule: string) => Error;

interface Asked {
  readonly loop: string;
  readonly key: string;
  readonly input: unknown;
}

/**
 * Starts a run once for its origin. What was started is on record; where a kill came before the record, the newest run
 * under the workflow id says in its memo for what it was started, so Temporal is asked before every start.
 */
async function start(
  deps: Dependencies,
  { run, key: effectKey }: Starting,
  { loop, key, input, options }: Asked & { readonly options: z.infer<typeof Options> },
  refuse: Refuse,
): Promise<StartedRun> {
  const { once, version, ...narrow } = options;
  const digest = (...parts: readonly unknown[]): Digest => deps.store.artefacts.digest(canonicalJson(parts));
  const item = once === undefined ? undefined : digest(run.loop, once);
  const origin = once === undefined ? digest(effectKey, loop, key) : originOfItem(deps, run.loop, once, version);
  const known = await deps.store.starts.find(origin);
  if (known !== undefined) return { workflowId: known, alreadyRunning: false };
  const trigger = await triggerOf(deps, run, refuse);
  const changed = item !== undefined && (await deps.store.starts.before(item, origin));
  const workflowId = `${loop}-${key}`;
  const isOurs = async (): Promise<boolean> => (await deps.starter.originOf(workflowId)) === origin;
  if (!(await isOurs())) {
    const { alreadyRunning } = await deps.starter.start({
      loop,
      key,
      input,
      options: {
        ...narrow,
        ...(changed ? { rerun: true } : {}),
        ...(trigger.by === undefined ? {} : { requestedBy: trigger.by }),
        trigger,
      },
      origin,
      taskQueue: activityInfo().taskQueue,
    });
    // It may be ours all the same: another try of this step started it meanwhile.
    if (alreadyRunning && !(await isOurs())) return { workflowId, alreadyRunning };
  }
  const named = item === undefined ? {} : { item };
  await deps.store.starts.record({ origin, ...named, startedBy: run.loop, loop, workflowId, at: deps.now() });
  return { workflowId, alreadyRunning: false };
}

/** Digest of what a run is started for once ever: an item of a loop, in a version. */
export function originOfItem(deps: Dependencies, loop: string, once: string, version?: string): Digest {
  return deps.store.artefacts.digest(canonicalJson([loop, once, version ?? null]));
}

/** Why a run of a loop cannot be started so; undefined where it can. */
export function misfit(deps: Pick<Dependencies, 'loops'>, { loop, key, input }: Asked): string | undefined {
  const entry = deps.loops.get(loop);
  if (entry === undefined) return `there is no such loop on this worker. ${likely(loop, [...deps.loops.keys()])}`;
  if (typeof key !== 'string' || !RUN_KEY.test(key))
    return `expected its key to be 1 to 200 letters (a-z), digits, ".", "_", "-" or ":", got ${JSON.stringify(key)?.slice(0, 250)}. Make it of what identifies the work`;
  const bytes = Buffer.byteLength(JSON.stringify(input) ?? '');
  if (bytes > MOST_INPUT_BYTES)
    return `its input has ${bytes} bytes, and at most ${MOST_INPUT_BYTES} are taken. Give it a reference to what is larger`;
  const parsed = entry.loop.input.safeParse(input);
  return parsed.success ? undefined : `its input does not fit: ${inOneLine(parsed.error)}`;
}

function assertFits(deps: Dependencies, asked: Asked, refuse: Refuse): void {
  const why = misfit(deps, asked);
  if (why !== undefined) throw refuse(why);
}

function likely(loop: string, loops: readonly string[]): string {
  const meant = nearest(loop, loops);
  return `${meant === undefined ? '' : `Did you mean "${meant}"? `}It runs: ${loops.toSorted().join(', ')}`;
}

/** What the started run has as its trigger. */
async function triggerOf(deps: Dependencies, run: PinnedRun, refuse: Refuse): Promise<Trigger> {
  const starter = await deps.store.runs.find(run.runKey);
  const began: Trigger = starter?.trigger ?? { kind: 'manual' };
  const depth = nextInChain(began);
  if (depth === undefined)
    throw refuse(
      `run ${starter?.workflowId} is the ${placeInChain(began)} loop of a chain, and a chain of loops that start each other has at most ${MOST_IN_A_CHAIN}. Let a loop that starts itself end by its own rule, or let a schedule or a finder start it`,
    );
  const isFinder = deps.loops.get(run.loop)?.loop.finder !== undefined;
  const source = isFinder ? run.loop : (starter?.workflowId ?? run.runKey);
  const by = began.by === undefined ? {} : { by: began.by };
  return { kind: isFinder ? 'finder' : 'loop', source: source.slice(0, 200), ...by, depth };
}

function refusal({ run, effect }: Starting, workflowId: string, rule: string): Error {
  return failure(
    'StartRefused',
    `Effect \`${effect}\` of loop ${run.loop} cannot start ${workflowId.slice(0, 300)}: ${rule}.`,
  );
}

/** The refusal that an error of an effect is, or was caused by. */
export function startRefusedIn(error: unknown): ApplicationFailure | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if (at instanceof ApplicationFailure && at.type === 'StartRefused') return at;
  return undefined;
}

function inOneLine(error: z.ZodError): string {
  return z.prettifyError(error).replaceAll('\n', ' ');
}

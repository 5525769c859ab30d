import { z } from 'zod';
import { durationMs, type Harness } from '../contract/harness.ts';
import { failure } from '../contract/failures.ts';
import type { Timestamp } from '../contract/names.ts';
import {
  RunOptions,
  type FirstContext,
  type Opened,
  type PinnedRun,
  type RunPlan,
  type StagePlan,
  type Trigger,
} from '../contract/run.ts';
import { canonicalJson } from '../core/canonical.ts';
import { microUsd } from '../core/money.ts';
import { isJudged } from './evaluate.ts';
import type { Loop, Stage } from '../loops/define/index.ts';
import type { HarnessVersion, Holder, NewRun } from '../store/ports.ts';
import type { Dependencies, LoopEntry } from './dependencies.ts';
import { along } from './along.ts';
import { autonomyOf } from './autonomy.ts';
import { fetchContext } from './fetch-context.ts';
import { judgesIn } from './judges/in-run.ts';
import { harnessOf, knownLoop, parsedHarness, pick } from './pinned.ts';
import { stopsOf } from './stops.ts';
import { closeLost } from './sweep.ts';

/** A quick source that takes longer than this, in milliseconds, is waited for in a step of its own. */
const FIRST_CONTEXT_MS = 2000;

/** What a run says about itself when it opens. */
export interface OpenRunInput {
  readonly loop: string;
  readonly input: unknown;
  readonly options: unknown;
  readonly runKey: string;
  readonly workflowId: string;
  readonly firstRunId: string;
  readonly startedAt: Timestamp;
  readonly schedule?: { readonly id: string; readonly at: Timestamp };
  readonly parent?: string;
}

/**
 * Validates the input, claims the work and pins what the run may know and spend.
 * @throws `UnknownLoop`, `InvalidInput`, `InvalidHarness`.
 */
export async function openRun(deps: Dependencies, request: OpenRunInput): Promise<Opened> {
  const entry = knownLoop(deps, request.loop);
  const input = parseInput(entry.loop, request.input);
  const options = parse(RunOptions, request.options ?? {}, 'The run options (the second input)');
  const version = await versionOf(deps, entry.loop.name, options.harness);
  const texts = { input: canonicalJson(input), prices: canonicalJson(deps.prices) };
  const asked = parsedHarness(deps, version);
  const trigger = triggerOf(request, options);
  // A case measures what a version would do: who may let it act is another question.
  const autonomy = trigger.kind === 'eval' ? undefined : await autonomyOf(deps, entry, version);
  const opening: NewRun = {
    runKey: request.runKey,
    loop: entry.loop.name,
    workflowId: request.workflowId,
    firstRunId: request.firstRunId,
    workKey: workKeyOf(entry.loop, request, input, options),
    harness: `v${version.version}`,
    trigger,
    input: deps.store.artefacts.digest(texts.input),
    watermark: Math.min(await deps.store.lessons.watermark(), options.lessonsUpTo ?? Infinity),
    prices: deps.store.artefacts.digest(texts.prices),
    budgetMicroUsd: microUsd(Math.min(options.budgetUsd ?? Infinity, asked.limits.usd)),
    dryRun:
      options.dryRun === true ||
      options.lessonsUpTo !== undefined ||
      options.withoutLessons !== undefined ||
      !version.promoted ||
      autonomy === 'L1',
    ...(autonomy === undefined ? {} : { autonomy }),
    asOf: request.schedule?.at ?? request.startedAt,
    openedAt: request.startedAt,
    ...(options.withoutLessons === undefined ? {} : { withoutLessons: options.withoutLessons }),
    ...tenantOf(entry.loop, input),
  };
  const run: NewRun = { ...opening, ...(await judgesIn(deps, entry.loop, asked, opening)) };
  const owner = { runKey: run.runKey, keep: 'durable' } as const;
  const [claim] = await Promise.all([
    claimWork(deps, run),
    deps.store.artefacts.put(texts.input, owner),
    deps.store.artefacts.put(texts.prices, owner),
  ]);
  if (claim.kind !== 'claimed') return await duplicate(deps, run, claim);
  // Opened before (a kill in between): what was pinned then counts.
  const pinned = pick(claim.run);
  const harness = await harnessOf(deps, pinned);
  const plan: RunPlan = {
    ...planOf(deps, entry, harness, pinned),
    stops: await stopsOf(deps, entry, harness),
    ...(run.trigger.kind === 'eval' ? { brief: true } : {}),
  };
  return { kind: 'opened', plan, ...(await firstContext(deps, plan)) };
}

/** The context of a loop's only stage, where its sources are quick. What fails here must not keep a run from opening, which is tried for ever. */
async function firstContext(deps: Dependencies, { run, stages }: RunPlan): Promise<{ context?: FirstContext }> {
  const [stage, another] = Object.keys(stages);
  if (stage === undefined || another !== undefined || stages[stage]?.fetch !== 'local') return {};
  const fetched = await along(() => fetchContext(deps, { run, stage }), FIRST_CONTEXT_MS);
  return fetched === undefined ? {} : { context: { stage, manifest: fetched.manifest } };
}

function parseInput(loop: Loop, input: unknown): unknown {
  if (input === undefined || input === null) {
    throw failure(
      'InvalidInput',
      `Loop ${loop.name} needs one JSON object as its input, got none. Give it with --input '{…}'. Its shape: ${shapeOf(loop.input)}`,
    );
  }
  return parse(loop.input, input, `The input of loop ${loop.name}`, () => `\nIts shape: ${shapeOf(loop.input)}`);
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string, hint: () => string = () => ''): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw failure('InvalidInput', `${what} does not fit:\n${z.prettifyError(result.error)}${hint()}`);
}

function shapeOf(schema: z.ZodType): string {
  const { properties } = z.toJSONSchema(schema, { unrepresentable: 'any' }) as {
    properties?: Record<string, { type?: string }>;
  };
  if (properties === undefined) return 'see the loop';
  return `{ ${Object.entries(properties)
    .map(([name, { type }]) => `"${name}": ${type ?? 'any'}`)
    .join(', ')} }`;
}

async function versionOf(deps: Dependencies, loop: string, wanted: string | undefined): Promise<HarnessVersion> {
  const version =
    wanted === undefined ? await deps.store.harnesses.current(loop) : await deps.store.harnesses.find(loop, wanted);
  if (version !== undefined) return version;
  throw failure(
    'InvalidInput',
    `Loop ${loop} has no harness version ${wanted ?? 'v1'}. Leave \`harness\` out to use the current one.`,
  );
}

/** Same work, same key: what `dedupe` says, else the scheduled time, else the run itself. `rerun` makes it new work. */
function workKeyOf(loop: Loop, request: OpenRunInput, input: unknown, options: RunOptions): string {
  const named = loop.dedupe?.(input);
  const key =
    named !== undefined
      ? `${loop.name}/${named}`
      : request.schedule !== undefined
        ? `${loop.name}/${request.schedule.id}@${new Date(request.schedule.at).toISOString()}`
        : `${loop.name}/run:${request.runKey}`;
  return options.rerun === true ? `${key}/rerun:${request.runKey}` : key;
}

/** Whose money it is. @throws `InvalidInput` where the loop's answer is no name: a cap that does not hold must not look as if it did. */
function tenantOf(loop: Loop, input: unknown): { tenant?: string } {
  const tenant: unknown = loop.tenant?.(input);
  if (tenant === undefined) return {};
  if (typeof tenant === 'string' && tenant.trim() !== '' && tenant.length <= 200) return { tenant };
  throw failure(
    'InvalidInput',
    `\`tenant\` of loop ${loop.name} has to name whose money the run spends in 1 to 200 characters, got ${JSON.stringify(tenant)?.slice(0, 100)}.`,
  );
}

function triggerOf(request: OpenRunInput, options: RunOptions): Trigger {
  // Who wants it may not approve it, whatever started it.
  const by = options.requestedBy === undefined ? {} : { by: options.requestedBy };
  if (options.trigger !== undefined)
    return options.trigger.by === undefined ? { ...options.trigger, ...by } : options.trigger;
  if (request.schedule !== undefined) return { kind: 'schedule', source: request.schedule.id, ...by };
  if (request.parent !== undefined) return { kind: 'loop', source: request.parent, ...by };
  return { kind: 'manual', ...by };
}

/** Claims the work; where a run that no longer exists still holds it, that run is closed in the record first. */
async function claimWork(deps: Dependencies, run: NewRun): ReturnType<Dependencies['store']['runs']['open']> {
  const claim = await deps.store.runs.open(run);
  if (claim.kind !== 'inProgress') return claim;
  const { holder } = claim;
  // One workflow id has at most one open run: if it is ours, the holder is gone.
  if (holder.workflowId !== run.workflowId && (await deps.executions.isOpen(holder.workflowId, holder.firstRunId)))
    return claim;
  await closeLost(deps, holder.runKey);
  return await deps.store.runs.open(run);
}

async function duplicate(
  deps: Dependencies,
  run: NewRun,
  claim: { kind: 'alreadyDone' | 'inProgress'; holder: Holder },
): Promise<Opened> {
  await deps.store.runs.openDuplicate(run, claim.holder.workflowId, `${claim.kind}: ${claim.holder.workflowId}`);
  const { artefact } = claim.holder;
  const text = artefact === undefined ? undefined : await deps.store.artefacts.get(artefact);
  return {
    kind: 'noWork',
    why: claim.kind,
    duplicateOf: claim.holder.workflowId,
    harness: run.harness,
    attributes: deps.attributes,
    ...(artefact === undefined ? {} : { artefact }),
    ...(text === undefined || text.length > 65_536 ? {} : { output: JSON.parse(text) as unknown }),
  };
}

function planOf(deps: Dependencies, entry: LoopEntry, harness: Harness, run: PinnedRun): RunPlan {
  return {
    run,
    stages: Object.fromEntries(
      Object.entries(entry.loop.stages).map(([name, stage]) => [name, stagePlan(stage, harness)]),
    ),
    effects: Object.keys(entry.loop.act),
    attempts: harness.limits.attempts,
    deadlineMs: durationMs(harness.limits.deadline),
    remindAfterMs: durationMs(harness.approval.remindAfter),
    expiresAfterMs: durationMs(harness.approval.expiresAfter),
    approvers: harness.approval.approvers,
    ...(harness.approval.signed === true ? { signedRaises: true as const } : {}),
    attributes: deps.attributes,
    connection: deps.connection,
    maxEvents: deps.maxEvents,
    decisionsAlong: true,
    alarms: true,
    patientVerifiers: true,
    onCap: harness.limits.onCap,
    stopsAbort: true,
    stopsAtOnce: true,
    boundedMessages: true,
  };
}

/** Short steps run as local activities (one event); model calls, judges and slow sources as regular ones. */
function stagePlan(stage: Stage<unknown, unknown>, harness: Harness): StagePlan {
  return {
    fetch: (stage.context ?? []).every((source) => source.quick) ? 'local' : 'regular',
    generate: stage.generate.kind === 'compute' ? 'local' : 'regular',
    evaluate: isJudged(stage, harness) ? 'regular' : 'local',
  };
}

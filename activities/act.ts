import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { failure } from '../contract/failures.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import type { Effect } from '../loops/define/index.ts';
import type { Dependencies } from './dependencies.ts';
import { loopStarts, startRefusedIn } from './loop-starts.ts';
import { recordDecision, type Decided } from './gates.ts';
import { entryOf, harnessOf, inputOf, textOf } from './pinned.ts';
import { demandContract, denied } from './tool-contracts.ts';

/** Which effect to do, with which artefact. */
export interface ActInput {
  readonly run: PinnedRun;
  readonly effect: string;
  readonly stage: string;
  readonly artefact: Digest;
  /** The decision that lets it happen, where it is not on record yet. */
  readonly decided?: Decided;
}

/**
 * Does an effect once, under work key + effect. The proof is looked up here and not taken from the caller: a passing
 * verdict on exactly this artefact and, where the approval rule asked, an approval of exactly this artefact.
 * @throws `EffectRefused` without proof, `ToolDenied` where its contract does not allow it, `EffectUncertain` when one that cannot be repeated may have happened.
 */
export async function act(deps: Dependencies, request: ActInput): Promise<{ repeated: boolean }> {
  const { run, artefact } = request;
  const { loop } = entryOf(deps, run.loop);
  const effect = loop.act[request.effect];
  if (effect === undefined) {
    throw failure(
      'Unexpected',
      `Loop ${run.loop} has no effect \`${request.effect}\`. It has: ${Object.keys(loop.act).join(', ') || 'none'}.`,
    );
  }
  if (request.decided !== undefined) await recordDecision(deps, { run, ...request.decided });
  await demandProof(deps, request);
  // Read before the effect counts as begun: what is missing here must not make it uncertain.
  const output = JSON.parse(await textOf(deps, artefact, 'The artefact to act on')) as unknown;
  const input = await inputOf(deps, run);
  const tool = demandContract(await harnessOf(deps, run), { loop: run.loop, effect: request.effect }, output);
  const key = `${run.workKey}/${request.effect}`;
  const begun = await deps.store.effects.begin({
    key,
    runKey: run.runKey,
    name: request.effect,
    artefact,
    at: deps.now(),
    ...(tool?.maxCalls === undefined ? {} : { aDay: { loop: run.loop, count: tool.maxCalls } }),
  });
  if (begun.kind === 'capped')
    throw denied(run.loop, request.effect, `it was done ${begun.count} times today (UTC), and no more is allowed`);
  if (begun.kind === 'done') {
    if (begun.artefact === artefact) return { repeated: true };
    throw failure(
      'EffectRefused',
      `Effect \`${request.effect}\` of ${run.workKey} was done before, with artefact ${begun.artefact}; it is not done again with ${artefact}. Start the work anew with {"rerun": true} if that is what you want.`,
    );
  }
  if (begun.kind === 'begun' && !effect.repeatable) {
    throw failure(
      'EffectUncertain',
      `Effect \`${request.effect}\` of ${run.workKey} was begun before and nobody knows how it went. Look at its target; it is not repeatable, so it is not done again.`,
    );
  }
  const result = await perform(deps, request, effect, { output, input, key });
  await deps.store.effects.finish(key, result, deps.now());
  return { repeated: begun.kind === 'begun' };
}

async function perform(
  deps: Dependencies,
  request: ActInput,
  effect: Effect<unknown, unknown>,
  { output, input, key }: { readonly output: unknown; readonly input: unknown; readonly key: string },
): Promise<unknown> {
  const { run } = request;
  const context = {
    input,
    idempotencyKey: key,
    runKey: run.runKey,
    asOf: run.asOf,
    files: deps.files,
    signal: cancellationSignal(),
    loops: loopStarts(deps, { run, effect: request.effect, key }),
    outbox: { put: (topic: string, row: string, body: unknown) => deps.store.effects.put(topic, row, body) },
  };
  try {
    return await effect.run(output, context);
  } catch (cause) {
    if (cancellationSignal().aborted) throw cause;
    const refused = startRefusedIn(cause);
    if (refused !== undefined) throw refused;
    const error = cause instanceof Error ? cause : new Error(String(cause));
    const text = `Effect \`${request.effect}\` of loop ${run.loop} failed on try ${activityInfo().attempt}: ${error.message}`;
    throw effect.repeatable
      ? failure('EffectFailed', text, { cause: error })
      : failure('EffectUncertain', `${text}. It is not repeatable, so it is not done again; look at its target.`, {
          cause: error,
        });
  }
}

async function demandProof(deps: Dependencies, { run, stage, artefact, effect }: ActInput): Promise<void> {
  const refuse = (why: string): Error =>
    failure('EffectRefused', `Effect \`${effect}\` of loop ${run.loop} was refused: ${why} (artefact ${artefact}).`);
  if (run.dryRun) throw refuse('this run is a dry run');
  const judgements = await deps.store.attempts.judgements(run.runKey, stage, artefact);
  if (!judgements.some(({ verdict }) => verdict.verdict === 'pass'))
    throw refuse('no verifier passed exactly this artefact');
  const asked = judgements.some(({ approval }) => approval.ask);
  if (asked && !(await deps.store.gates.approved(run.runKey, artefact))) {
    throw refuse('its approval rule asks for a human decision on exactly this artefact, and there is none');
  }
}

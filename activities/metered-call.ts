import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { failure } from '../contract/failures.ts';
import type { PinnedRun } from '../contract/run.ts';
import { assertNever } from '../core/assert-never.ts';
import { isFree } from '../core/model-fate.ts';
import { callCost, worstCaseTokens, type Price } from '../core/money.ts';
import { priceOf, readPriceTable } from '../core/prices.ts';
import type { CallKey, Usage } from '../store/ports.ts';
import { capsOf, refusal, warnOfLow } from './budgets.ts';
import type { Dependencies } from './dependencies.ts';
import type { ModelEndpoint, ModelReply, ModelRequest } from './models/port.ts';
import { executionSeen, unseen } from './telemetry.ts';

/** Longest model call, in milliseconds. The activity's own timeout is a little longer. */
export const MODEL_TIMEOUT_MS = 300_000;

/** Bytes that a provider wraps around a request, generously. */
const ENVELOPE_TOKENS = 500;

/** Added to a call's timeout before its reservation counts as lost. */
const LEASE_SLACK_MS = 60_000;

/** What a call is for. */
type Key = Pick<CallKey, 'stage' | 'attempt' | 'call'>;

/**
 * One paid call: reserve the worst case, call, settle what it really cost. Refused before the call where a budget
 * could be passed or the model has no price. A failure that may have been charged, and an answer that does not say
 * what it used, are booked at their worst case. Where the endpoint has to be asked again in another way, that is a call
 * with a reservation and a line of its own, in what is left of the time.
 * What `alongside` writes shares the settlement's commit, so that a kill cannot leave an answer paid and forgotten.
 * @throws `UnknownPrice`, `StalePrice`, `BudgetExceeded`, and what the endpoint raises.
 */
export async function meteredCall(
  deps: Dependencies,
  run: PinnedRun,
  key: Key,
  endpoint: ModelEndpoint,
  request: ModelRequest,
  alongside: (reply: ModelReply) => Promise<unknown> = () => Promise.resolve(),
): Promise<ModelReply> {
  const timeoutMs = endpoint.background?.timeoutMs ?? request.timeoutMs;
  const end = deps.now() + timeoutMs;
  for (let asked = 1; ; asked += 1) {
    // A name of its own: the ledger would take the same one for the same call, and reserve nothing.
    const call = asked === 1 ? key : { ...key, call: `${key.call}~${asked}` };
    const timed = { ...request, timeoutMs: Math.max(1, Math.min(timeoutMs, end - deps.now())) };
    const reply = await payOnce(deps, run, call, endpoint, timed, alongside);
    if (reply.askAgain !== true) return reply;
  }
}

async function payOnce(
  deps: Dependencies,
  run: PinnedRun,
  key: Key,
  endpoint: ModelEndpoint,
  request: ModelRequest,
  alongside: (reply: ModelReply) => Promise<unknown>,
): Promise<ModelReply> {
  const info = activityInfo();
  // With the activity: a step that is made again after a raise counts its tries anew.
  const execution = `${info.workflowExecution?.runId ?? ''}/${info.activityId}`;
  const call: CallKey = { runKey: run.runKey, loop: run.loop, ...key, execution, activityAttempt: info.attempt };
  const price = await pinnedPrice(deps, run, endpoint.model);
  const response = await reserve(deps, run, call, endpoint.model, price, request);
  const { telemetry = unseen } = deps;
  const seen = { loop: run.loop, runKey: run.runKey, ...key, ...executionSeen() };
  let noted = response;
  const leave = async (): Promise<boolean> =>
    noted !== undefined && (await goesOnElsewhere(deps, call, noted, request));
  const note = async (id: string): Promise<void> => {
    await deps.store.ledger.note(call, id);
    noted = id;
  };
  try {
    const { reply } = await telemetry.call({ ...seen, endpoint, request }, async () => {
      const answer = await endpoint.complete(
        endpoint.background === undefined ? request : { ...request, background: { response, note, leave } },
      );
      return { reply: answer, microUsd: answer.usage && callCost(price, answer.usage) };
    });
    const booked = reply.usage === undefined ? deps.store.ledger.giveUp(call) : settle(deps, call, price, reply.usage);
    await Promise.all([booked, reply.askAgain === true ? undefined : alongside(reply)]);
    return reply;
  } catch (error) {
    // Its line stays held, with the response: the next try makes both its own.
    if (!(await leave())) await settleFailed(deps, call, price, error);
    throw error;
  }
}

/** Why a step ends here only to go on on another worker: this one is stopping, was too slow to say that it lives, or a person paused it. */
const GOES_ON = ['WORKER_SHUTDOWN', 'TIMED_OUT', 'PAUSED', 'RESET'];

/** Whether another try will wait for the response, or does already: the server knows this one no more where it was too slow, and where the run is over. */
async function goesOnElsewhere(
  deps: Dependencies,
  call: CallKey,
  response: string,
  { signal: { aborted, reason } }: ModelRequest,
): Promise<boolean> {
  if (!aborted) return false;
  const why = (reason as Error | undefined)?.message ?? '';
  return GOES_ON.includes(why) || (why === 'NOT_FOUND' && (await deps.store.ledger.isAwaited(response, call)));
}

/** Takes the worst case from every budget above the call; answers the response that an earlier try left in flight. */
async function reserve(
  deps: Dependencies,
  run: PinnedRun,
  call: CallKey,
  model: string,
  price: Price,
  request: ModelRequest,
): Promise<string | undefined> {
  const worst = callCost(dearest(price), { inputTokens: worstInput(request), outputTokens: request.maxOutputTokens });
  const at = deps.now();
  const reserved = await deps.store.ledger.reserve(call, {
    model,
    microUsd: worst,
    ...(await capsOf(deps, { run, stage: call.stage, at })),
    tenant: run.tenant,
    at,
    leaseUntil: at + request.timeoutMs + LEASE_SLACK_MS,
  });
  switch (reserved.kind) {
    case 'held':
      warnOfLow(deps, reserved.low ?? []);
      return reserved.response;
    case 'refused':
      throw refusal(model, worst, reserved);
    case 'booked':
      throw failure(
        'Unexpected',
        `Call ${call.call} of ${call.stage} was booked before it was made: two calls have one name.`,
      );
    default:
      return assertNever(reserved);
  }
}

/** Whatever of the input was cached: a cached token that costs more than another is somebody's slip, and holds all the same. */
function dearest(price: Price): Price {
  const { inputUsdPerMillion, cachedInputUsdPerMillion = 0 } = price;
  return { ...price, inputUsdPerMillion: Math.max(inputUsdPerMillion, cachedInputUsdPerMillion) };
}

function worstInput({ instructions, prompt, schema }: ModelRequest): number {
  return (
    worstCaseTokens(instructions) + worstCaseTokens(prompt) + worstCaseTokens(JSON.stringify(schema)) + ENVELOPE_TOKENS
  );
}

async function settleFailed(deps: Dependencies, call: CallKey, price: Price, error: unknown): Promise<void> {
  if (!(error instanceof ApplicationFailure)) return deps.store.ledger.giveUp(call);
  const [usage] = (error.details ?? []) as [Usage?];
  if (usage?.inputTokens !== undefined) return settle(deps, call, price, usage);
  return isFree(error) ? deps.store.ledger.release(call) : deps.store.ledger.giveUp(call);
}

async function settle(deps: Dependencies, call: CallKey, price: Price, usage: Usage): Promise<void> {
  const actual = { ...usage, microUsd: callCost(price, usage) };
  await deps.store.ledger.settle(call, actual);
}

async function pinnedPrice(deps: Dependencies, run: PinnedRun, model: string): Promise<Price> {
  const table = readPriceTable((await deps.store.artefacts.get(run.prices)) ?? '{}');
  const found = priceOf(table, model, deps.now());
  switch (found.kind) {
    case 'price':
      return found.price;
    case 'unknown':
      throw failure(
        'UnknownPrice',
        `Model ${model} has no price, so no budget can hold. Declare it in loopwright.yaml, in USD per million tokens (0 is allowed):\n` +
          `prices: { "${model}": { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } }`,
      );
    case 'stale':
      throw failure('StalePrice', staleWords(model, found));
    default:
      return assertNever(found);
  }
}

function staleWords(model: string, { asOf, days }: { readonly asOf: string; readonly days: number }): string {
  const when = days < 0 ? `on ${asOf}, which lies ahead` : `on ${asOf}, ${days} days ago, and counts for less`;
  return `The price of ${model} was looked up ${when}. Look it up again, then set \`pricesAsOf\` in loopwright.yaml to that day.`;
}

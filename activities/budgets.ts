import { failure } from '../contract/failures.ts';
import type { Timestamp } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { dollars } from '../core/figures.ts';
import { microUsd, usd } from '../core/money.ts';
import { stageOf } from '../core/steps.ts';
import type { Budget, Ledger, LowBudget } from '../store/ledger-port.ts';
import type { Dependencies } from './dependencies.ts';
import { harnessOf } from './pinned.ts';

/** A call as its budgets see it. */
interface Spending {
  readonly run: PinnedRun;
  /** Step id of the stage. */
  readonly stage: string;
  readonly at: number;
}

/** What stands above a call: the most that it may cost itself, and the budgets that it takes from. */
export interface Caps {
  readonly callCap: Budget | undefined;
  readonly budgets: readonly Budget[];
}

/** The caps above a call, narrow ones first: the rows that every call wants are locked last, and in one order by all. */
export async function capsOf(deps: Dependencies, { run, stage, at }: Spending): Promise<Caps> {
  const { usdPerCall, usdPerStage, usdPerDay } = (await harnessOf(deps, run)).limits;
  const { perDayMicroUsd, perTenantDayMicroUsd, tenants } = deps.caps;
  const day = new Date(at).toISOString().slice(0, 10);
  const name = stageOf(stage);
  const ofStage = Object.hasOwn(usdPerStage, name) ? usdPerStage[name] : undefined;
  const { tenant } = run;
  const ofTenant = tenant !== undefined && Object.hasOwn(tenants, tenant) ? tenants[tenant] : perTenantDayMicroUsd;
  const budgets = [
    ...(ofStage === undefined ? [] : [{ id: `stage:${run.runKey}/${name}`, capMicroUsd: microUsd(ofStage) }]),
    { id: `run:${run.runKey}`, capMicroUsd: run.budgetMicroUsd },
    { id: `loop:${run.loop}:${day}`, capMicroUsd: microUsd(usdPerDay) },
    ...(tenant === undefined || ofTenant === undefined
      ? []
      : [{ id: `tenant:${tenant}:${day}`, capMicroUsd: ofTenant }]),
    ...(perDayMicroUsd === undefined ? [] : [{ id: `installation:${day}`, capMicroUsd: perDayMicroUsd }]),
  ];
  const callCap =
    usdPerCall === undefined ? undefined : { id: `call:${run.runKey}`, capMicroUsd: microUsd(usdPerCall) };
  return { callCap, budgets };
}

/** What a run may still spend, calls in flight at their worst case, and all that it may spend, in micro-USD. */
export async function leftOf(deps: Dependencies, run: PinnedRun): Promise<{ left: number; cap: number }> {
  const { ledger } = deps.store;
  const [spent, raised] = await Promise.all([ledger.spent(run.runKey), ledger.raised(`run:${run.runKey}`)]);
  const cap = run.budgetMicroUsd + raised;
  return { left: Math.max(0, cap - spent), cap };
}

/** Where each kind of budget is set. */
const SET_BY: Readonly<Record<string, string>> = {
  call: '`limits.usdPerCall` in the harness',
  stage: '`limits.usdPerStage` in the harness',
  run: '`limits.usd` in the harness',
  loop: '`limits.usdPerDay` in the harness',
  tenant: '`budgets.tenants` in loopwright.yaml',
  installation: '`budgets.usdPerDay` in loopwright.yaml',
};

/** What a run needs to know of a budget that refused, to wait for more. */
export interface Short {
  readonly budget: string;
  readonly capMicroUsd: number;
  readonly usedMicroUsd: number;
  /** The worst case of the call that was not made. */
  readonly needMicroUsd: number;
}

/** A run that waits for more of a budget. */
export interface AwaitBudgetInput {
  readonly run: PinnedRun;
  readonly budget: string;
  readonly needMicroUsd: number;
  readonly at: Timestamp;
}

/** Puts on record that a run waits for money; the answer is for whoever watches it. */
export async function awaitBudget(
  deps: Dependencies,
  { run, ...wait }: AwaitBudgetInput,
): Promise<Pick<AwaitBudgetInput, 'budget' | 'needMicroUsd'>> {
  await deps.store.ledger.wait({ runKey: run.runKey, ...wait });
  return { budget: wait.budget, needMicroUsd: wait.needMicroUsd };
}

/** Puts on record that a run waits for money no longer. */
export async function endBudgetWait(
  deps: Dependencies,
  { run, at }: { readonly run: PinnedRun; readonly at: Timestamp },
): Promise<void> {
  await deps.store.ledger.endWait(run.runKey, at);
}

/** A raise that a person sent to a run. */
export interface RaiseBudgetInput {
  readonly run: PinnedRun;
  /** Of the update that brought it: the same again changes nothing, and after a reset another is another. */
  readonly id: string;
  readonly budget: string;
  readonly usd: number;
  readonly by: string;
  readonly reason: string;
  /** Whether who raised was proven. */
  readonly identity?: 'signed';
  readonly at: Timestamp;
}

/** Adds to a budget's cap, and puts on record who did and why. */
export async function raiseBudget(deps: Dependencies, request: RaiseBudgetInput): Promise<void> {
  const { run, id, usd: amount, ...raise } = request;
  const key = `${run.runKey}/raise:${id}`;
  await deps.store.ledger.raise({ key, runKey: run.runKey, microUsd: microUsd(amount), ...raise });
}

/** Why a call was not made. Its first detail is {@link Short}. */
export function refusal(
  model: string,
  worst: number,
  refused: Extract<Awaited<ReturnType<Ledger['reserve']>>, { kind: 'refused' }>,
): Error {
  const { budget, capMicroUsd, usedMicroUsd } = refused;
  const short: Short = { budget, capMicroUsd, usedMicroUsd, needMicroUsd: worst };
  return failure(
    'BudgetExceeded',
    `A call to ${model} may cost ${usd(worst)} USD, but budget ${budget} has ${usd(Math.max(0, capMicroUsd - usedMicroUsd))} of ${usd(capMicroUsd)} USD left. ` +
      `Raise ${SET_BY[kindOf(budget)] ?? 'it'}, or lower \`limits.tokens\`.`,
    { details: [short] },
  );
}

/** Says once for each budget that it runs low. */
export function warnOfLow(deps: Dependencies, low: readonly LowBudget[]): void {
  for (const { budget, capMicroUsd, usedMicroUsd } of low)
    deps.report(
      `Budget ${budget} is ${Math.floor((100 * usedMicroUsd) / capMicroUsd)} % used: ${dollars(usedMicroUsd)} of ${dollars(capMicroUsd)}, calls in flight at their worst case. It is set by ${SET_BY[kindOf(budget)] ?? 'a person'}.`,
    );
}

function kindOf(budget: string): string {
  return budget.slice(0, budget.indexOf(':'));
}

import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { capsOf } from '../../activities/budgets.ts';
import type { Dependencies } from '../../activities/dependencies.ts';
import { LessonIndex } from '../../activities/lesson-index.ts';
import { meteredCall } from '../../activities/metered-call.ts';
import { Harness } from '../../contract/harness.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { usd } from '../../core/money.ts';
import { check, defineLoop, model } from '../../loops/define/index.ts';
import type { NewRun, Store } from '../../store/ports.ts';
import { adoptHarness } from '../../worker/adopt-harness.ts';
import { Killed, PRICE, Provider } from './provider.ts';
import { Random } from '../random.ts';

const DAY_MS = 86_400_000;

/** Most a call of this simulation may cost at worst, about, in micro-USD: caps are drawn around it. */
const WORST = 450;

/** What one seed came to. */
export interface SeedResult {
  readonly calls: number;
  readonly settled: number;
  readonly refused: number;
  /** Of all budgets, the most that the provider's bill, or the ledger, passed a cap by. */
  readonly overspendMicroUsd: number;
  /** Refusals of what there was room for, at the time or when all is over. */
  readonly falseDenials: number;
  /** Calls that are booked at their worst case. */
  readonly uncertain: number;
  /** Ledger minus bill: from 0 to what is uncertain. */
  readonly ledgerMinusBillMicroUsd: number;
  /** What is not as it must be, in words. */
  readonly wrong: readonly string[];
}

/** Parallel runs under random caps against a provider that fails in every way, with workers that are killed in mid-call. */
export async function liveSeed(store: Store, base: Dependencies, seed: number): Promise<SeedResult> {
  const random = new Random(seed);
  const around = (calls: number): number => Math.floor(WORST * calls * (0.3 + random.next()));
  const limits = {
    usd: usd(around(4)),
    usdPerDay: usd(around(8)),
    ...(random.next() < 0.3 ? { usdPerCall: usd(around(1)) } : {}),
    ...(random.next() < 0.3 ? { usdPerStage: { main: usd(around(3)) } } : {}),
  };
  const loop = defineLoop({
    name: `seed${seed}`,
    input: z.unknown(),
    output: z.unknown(),
    stages: { main: { generate: model(), verify: [check('any', () => ({ verdict: 'pass', evidence: 'any' }))] } },
  });
  const harness = Harness.parse({ limits });
  await adoptHarness(store, { loop, harness }, { at: 0 });
  const provider = new Provider(random);
  const at = Date.UTC(2026, 0, 1) + seed * DAY_MS;
  const deps: Dependencies = {
    ...base,
    loops: new Map([[loop.name, { loop, harness, folder: '' }]]),
    caps: {
      ...(random.next() < 0.5 ? { perDayMicroUsd: around(9) } : {}),
      ...(random.next() < 0.5 ? { perTenantDayMicroUsd: around(5) } : {}),
      tenants: {},
    },
    now: () => at,
  };
  const life = new Life({ deps, store, provider, random, loop: loop.name, runMicroUsd: Math.floor(limits.usd * 1e6) });
  await Promise.all(Array.from({ length: random.between(2, 5) }, (_, number) => life.run(number)));
  return await life.audit();
}

interface Setting {
  readonly deps: Dependencies;
  readonly store: Store;
  readonly provider: Provider;
  readonly random: Random;
  readonly loop: string;
  readonly runMicroUsd: number;
}

/** The runs of a seed, and what is looked at when they are over. */
class Life {
  readonly #setting: Setting;
  readonly #caps = new Map<string, number>();
  #refused = 0;
  #falseDenials = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  /** One run: a few attempts, each a call or two, each with a few tries. */
  async run(number: number): Promise<void> {
    const { store, random } = this.#setting;
    const run = this.#newRun(number);
    await store.artefacts.put(canonicalJson({ models: { 'fake-1': PRICE } }), { runKey: run.runKey, keep: 'durable' });
    await store.runs.open(run);
    for (let attempt = 1; attempt <= random.between(2, 5); attempt += 1) {
      for (const call of random.next() < 0.4 ? ['generate', 'judge:taste'] : ['generate'])
        if (!(await this.#step(run, attempt, call))) return await this.#leave(run);
    }
    await this.#leave(run);
  }

  #newRun(number: number): NewRun {
    const { deps, store, random, loop, runMicroUsd } = this.#setting;
    const runKey = `${loop}/r${number}`;
    return {
      runKey,
      loop,
      workflowId: runKey,
      firstRunId: runKey,
      workKey: runKey,
      harness: 'v1',
      trigger: { kind: 'manual' },
      input: 'sha256:none',
      watermark: 0,
      prices: store.artefacts.digest(canonicalJson({ models: { 'fake-1': PRICE } })),
      budgetMicroUsd: runMicroUsd,
      dryRun: false,
      asOf: 0,
      openedAt: deps.now(),
      ...(random.next() < 0.5 ? { tenant: `${loop}/t${random.between(0, 1)}` } : {}),
    };
  }

  /** An activity with its tries; false where the run ends. */
  async #step(run: NewRun, attempt: number, call: string): Promise<boolean> {
    const { random } = this.#setting;
    // Now and then the history was reset meanwhile, and the step is made again by another execution.
    const execution = random.next() < 0.1 ? 'reset' : 'first';
    for (let activityAttempt = 1; activityAttempt <= 4; activityAttempt += 1) {
      const ended = await this.#try(run, { attempt, call, execution, activityAttempt });
      // A kill between settling and the step's end makes the whole call again.
      if (ended === 'answered' && random.next() < 0.9) return true;
      // Now and then nobody is left who would try again.
      if (ended === 'final' || (ended === 'killed' && random.next() < 0.4)) return false;
    }
    return false;
  }

  async #try(
    run: NewRun,
    {
      attempt,
      call,
      execution,
      activityAttempt,
    }: { attempt: number; call: string; execution: string; activityAttempt: number },
  ): Promise<'answered' | 'again' | 'killed' | 'final'> {
    const { deps, provider, random } = this.#setting;
    const { budgets } = await capsOf(deps, { run, stage: 'main#1', at: deps.now() });
    for (const { id, capMicroUsd } of budgets) this.#caps.set(id, capMicroUsd);
    const killed = Promise.withResolvers<never>();
    const endpoint = provider.endpoint(
      budgets.map(({ id }) => id),
      killed.reject,
    );
    const request = {
      instructions: '',
      prompt: 'x'.repeat(random.between(1, 200)),
      schemaName: 'any',
      schema: {},
      maxOutputTokens: random.between(16, 80),
      timeoutMs: 1000,
      signal: new AbortController().signal,
    };
    const environment = new MockActivityEnvironment(
      {
        attempt: activityAttempt,
        activityId: `${attempt}/${call}`,
        workflowExecution: { workflowId: run.workflowId, runId: execution },
      },
      { logger: silent },
    );
    const key = { stage: 'main#1', attempt, call };
    try {
      await Promise.race([environment.run(() => meteredCall(deps, run, key, endpoint, request)), killed.promise]);
      return 'answered';
    } catch (error) {
      if (error instanceof Killed) return 'killed';
      if (!(error instanceof ApplicationFailure)) throw error;
      if (error.type !== 'BudgetExceeded') return error.nonRetryable === true ? 'final' : 'again';
      const [short] = error.details as [
        { budget: string; capMicroUsd: number; usedMicroUsd: number; needMicroUsd: number },
      ];
      this.#refused += 1;
      if (short.usedMicroUsd + short.needMicroUsd <= short.capMicroUsd) this.#falseDenials += 1;
      return 'final';
    }
  }

  /** A run closes itself, or it is gone and its leases run out. */
  async #leave(run: NewRun): Promise<void> {
    const { store, random, deps } = this.#setting;
    if (random.next() < 0.5) return;
    await store.runs.close({
      runKey: run.runKey,
      outcome: 'blocked',
      reason: 'over',
      closedAt: deps.now(),
      lessons: [],
    });
  }

  /** Everything is over: leases have run out, and nobody is left who could book anything. */
  async audit(): Promise<SeedResult> {
    const { store, provider, loop } = this.#setting;
    await store.ledger.expire(Number.MAX_SAFE_INTEGER);
    const wrong = (await store.ledger.reconcile()).map((id) => `${id} is not the sum of its lines`);
    const lines = await store.facts.query('select state, booked from ledger where loop = ?', [loop]);
    const sum = (state: string): number =>
      lines.filter((line) => line['state'] === state).reduce((all, line) => all + Number(line['booked']), 0);
    const held = lines.filter(({ state }) => state === 'held').length;
    if (held > 0) wrong.push(`${held} calls are held, and nobody is left who could book them`);
    const uncertain = lines.filter(({ state }) => state === 'uncertain').length;
    const billed = provider.bills.reduce((all, { microUsd }) => all + microUsd, 0);
    const difference = sum('settled') + sum('uncertain') - billed;
    if (difference < 0 || difference > sum('uncertain'))
      wrong.push(`the ledger differs by ${difference} from the bill`);
    let overspend = 0;
    for (const [id, cap] of this.#caps) {
      const [row] = await store.facts.query('select spent, reserved from budgets where id = ?', [id]);
      const used = Number(row?.['spent'] ?? 0) + Number(row?.['reserved'] ?? 0);
      const bill = provider.bills
        .filter(({ budgets }) => budgets.includes(id))
        .reduce((all, { microUsd }) => all + microUsd, 0);
      overspend = Math.max(overspend, used - cap, bill - cap);
      if (!(await this.#hasRoom(id, cap, cap - used))) this.#falseDenials += 1;
    }
    return {
      calls: provider.calls,
      settled: lines.filter(({ state }) => state === 'settled').length,
      refused: this.#refused,
      overspendMicroUsd: overspend,
      falseDenials: this.#falseDenials,
      uncertain,
      ledgerMinusBillMicroUsd: difference,
      wrong,
    };
  }

  /** Whether all that is left of a budget can be had when everything is over. */
  async #hasRoom(id: string, capMicroUsd: number, left: number): Promise<boolean> {
    const { store, loop } = this.#setting;
    const call = {
      runKey: `${loop}/after/${id}`,
      loop,
      stage: 'main#1',
      attempt: 1,
      call: 'rest',
      execution: 'x',
      activityAttempt: 1,
    };
    const budgets = [{ id, capMicroUsd }];
    const held = await store.ledger.reserve(call, {
      model: 'fake-1',
      microUsd: Math.max(0, left),
      budgets,
      at: 0,
      leaseUntil: 1,
    });
    await store.ledger.release(call);
    return held.kind === 'held';
  }
}

const silent = new DefaultLogger('ERROR', () => {});

/** Dependencies of which a call needs nothing but the store. */
export function nothingAround(store: Store): Dependencies {
  const none = (what: string) => (): Promise<never> => Promise.reject(new Error(`this bench has no ${what}`));
  return {
    store,
    loops: new Map(),
    routes: new Map(),
    prices: { models: {} },
    caps: { tenants: {} },
    harnessMistakes: none('harness checks'),
    learner: { model: 'none', answer: none('learner') },
    lessons: new LessonIndex(store.lessons),
    decisionKeys: new Map(),
    documents: async () => [],
    sources: { read: none('sources') },
    files: { write: none('files') },
    executions: { isOpen: async () => false },
    starter: { start: none('starter'), originOf: none('starter') },
    attributes: [],
    connection: '',
    maxEvents: 4000,
    now: Date.now,
    report: () => {},
  };
}

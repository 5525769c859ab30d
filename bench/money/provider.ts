import { failure } from '../../contract/failures.ts';
import type { ModelEndpoint, ModelReply, ModelRequest } from '../../activities/models/port.ts';
import { callCost, type Price } from '../../core/money.ts';
import type { Usage } from '../../store/ports.ts';
import type { Random } from '../random.ts';

/** Micro-USD a token; a fraction, so that rounding has something to get wrong. */
export const PRICE: Price = { inputUsdPerMillion: 0.3, outputUsdPerMillion: 1.7 };

/** How the provider ends a call. */
const ENDINGS = [
  'answers',
  'answers',
  'answers',
  'answers without usage',
  'refuses, paid',
  'slow down, free',
  'breaks, paid',
  'breaks, free',
  'hangs up, paid',
  'worker killed before it was sent',
  'worker killed, paid',
] as const;

/** What a call was billed, by the budgets above it. */
export interface Bill {
  readonly budgets: readonly string[];
  readonly microUsd: number;
}

/** Thrown where a worker was killed: nobody is left who could book the call. */
export class Killed extends Error {}

/** A provider that bills what it did, whatever its client hears of it. */
export class Provider {
  readonly bills: Bill[] = [];
  calls = 0;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** An endpoint whose calls are billed under these budgets; `died` is told where the worker is killed in mid-call. */
  endpoint(budgets: readonly string[], died: (error: Killed) => void): ModelEndpoint {
    return { model: 'fake-1', complete: (request) => this.#complete(request, budgets, died) };
  }

  async #complete(
    request: ModelRequest,
    budgets: readonly string[],
    died: (error: Killed) => void,
  ): Promise<ModelReply> {
    this.calls += 1;
    await this.#moment();
    const usage = {
      inputTokens: this.#random.between(1, request.prompt.length),
      outputTokens: this.#random.between(0, request.maxOutputTokens),
    };
    const bill = (): void => void this.bills.push({ budgets, microUsd: callCost(PRICE, usage) });
    switch (this.#random.pick(ENDINGS)) {
      case 'answers':
        bill();
        return { text: '{}', usage };
      case 'answers without usage':
        bill();
        return { text: '{}', usage: undefined };
      case 'refuses, paid':
        bill();
        throw failure('ModelError.Refused', 'no', { details: [usage satisfies Usage] });
      case 'slow down, free':
        throw failure('ModelError.RateLimit', 'later');
      case 'breaks, paid':
      case 'hangs up, paid':
        bill();
        throw failure('ModelError.Unavailable', 'gone');
      case 'breaks, free':
        throw failure('ModelError.Unavailable', 'gone');
      case 'worker killed, paid':
        bill();
        return await never(died);
      case 'worker killed before it was sent':
        return await never(died);
    }
  }

  /** Others get a turn, so that calls overlap. */
  async #moment(): Promise<void> {
    for (let turns = this.#random.between(0, 3); turns > 0; turns -= 1) await new Promise(setImmediate);
  }
}

/** The process is gone: nothing after this line ever runs. */
function never(died: (error: Killed) => void): Promise<never> {
  died(new Killed());
  return new Promise<never>(() => {});
}

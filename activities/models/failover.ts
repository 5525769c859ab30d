import { ApplicationFailure } from '@temporalio/common';
import { failure, type FailureType } from '../../contract/failures.ts';
import type { PinnedRun } from '../../contract/run.ts';
import { afterOutage, mayAsk, working, type Breaker } from '../../core/breaker.ts';
import { isOutage } from '../../core/model-fate.ts';
import type { CallKey } from '../../store/ports.ts';
import type { Dependencies } from '../dependencies.ts';
import { meteredCall } from '../metered-call.ts';
import type { ModelEndpoint, ModelReply, ModelRequest } from './port.ts';

/** A wait that a provider asks for and that is no reason to ask another, in milliseconds. */
const SHORT_WAIT_MS = 5000;

/** A model of a route's chain. */
interface Link {
  readonly name: string;
  readonly endpoint: ModelEndpoint;
}

/** A question to a route. */
export interface RouteQuestion {
  readonly run: PinnedRun;
  /** What the call is for; each model of the chain has a call of its own. */
  readonly key: Pick<CallKey, 'stage' | 'attempt' | 'call'>;
  readonly route: string;
  readonly request: ModelRequest;
  /** Models that must not stand in: they would grade themselves. */
  readonly except?: (endpoint: ModelEndpoint) => boolean;
  /** Writes along with the settlement; `model` is the one that answered. */
  readonly alongside?: (reply: ModelReply, endpoint: ModelEndpoint) => Promise<unknown>;
}

/**
 * Asks a route's model, and where its provider is down the next one of its chain (`fallback`), each with its own reservation,
 * price and line. A provider that was down lately is passed by as long as there is another to ask.
 * @throws what the last of them raised; where all are down, a failure that names each, which is tried again.
 */
export async function askRoute(
  deps: Dependencies,
  question: RouteQuestion,
): Promise<{ readonly reply: ModelReply; readonly endpoint: ModelEndpoint }> {
  const { run, key, request, alongside } = question;
  const chain = chainOf(deps, question);
  const down: { readonly link: Link; readonly error: ApplicationFailure }[] = [];
  for (const [index, link] of chain.entries()) {
    const { name, endpoint } = link;
    const last = index === chain.length - 1;
    if (!last && !isUp(endpoint, deps.now())) continue;
    const call = index === 0 ? key : { ...key, call: `${key.call}>${name}` };
    try {
      const reply = await meteredCall(deps, run, call, endpoint, request, async (made) => alongside?.(made, endpoint));
      breakers.set(endpoint, working);
      return { reply, endpoint };
    } catch (error) {
      if (request.signal.aborted || !(error instanceof ApplicationFailure)) throw error;
      // Its own budget or price may not let a stand-in answer; then the outage is what happened.
      if (!isOutage(error)) throw down[0]?.error ?? error;
      noteOutage(deps, link, error, chain.slice(index + 1));
      if (last && down.length === 0) throw error;
      if (!last && waitsShortly(error)) throw error;
      down.push({ link, error });
    }
  }
  throw allDown(question.route, down);
}

/** The models of a route, in the order in which they are asked. */
function chainOf(deps: Dependencies, { route: first, except = () => false }: RouteQuestion): readonly Link[] {
  const chain: Link[] = [];
  for (let name: string | undefined = first; name !== undefined;) {
    const route = deps.routes.get(name);
    if (route?.kind !== 'endpoint' || chain.some((link) => link.name === name)) break;
    // Whether the first may answer is not decided here: whoever verifies refuses it.
    if (chain.length === 0 || !except(route.endpoint)) chain.push({ name, endpoint: route.endpoint });
    name = route.fallback;
  }
  return chain;
}

/** By endpoint, as long as the process lives: what one call learns, the others need not. */
const breakers = new WeakMap<ModelEndpoint, Breaker>();

function isUp(endpoint: ModelEndpoint, now: number): boolean {
  const { may, next } = mayAsk(breakers.get(endpoint) ?? working, now);
  breakers.set(endpoint, next);
  return may;
}

function noteOutage(deps: Dependencies, { name, endpoint }: Link, error: Error, others: readonly Link[]): void {
  const before = breakers.get(endpoint) ?? working;
  const after = afterOutage(before, deps.now());
  breakers.set(endpoint, after);
  const [next] = others;
  if (next === undefined || before.closedUntil > 0 || after.closedUntil === 0) return;
  deps.report(
    `Route \`${name}\` is down (${error.message.slice(0, 200)}); ${next.endpoint.model} of route \`${next.name}\` answers in its place, and it is tried again in ${Math.round((after.closedUntil - deps.now()) / 1000)} s.`,
  );
}

function waitsShortly({ type, nextRetryDelay }: ApplicationFailure): boolean {
  return type === 'ModelError.RateLimit' && typeof nextRetryDelay === 'number' && nextRetryDelay <= SHORT_WAIT_MS;
}

function allDown(route: string, down: readonly { readonly link: Link; readonly error: ApplicationFailure }[]): Error {
  const words = down.map(({ link, error }) => `${link.name}: ${error.message}`).join(' ');
  const { type = 'ModelError.Unavailable', details } = (down.at(-1)?.error ?? {}) as Partial<ApplicationFailure>;
  return failure(type as FailureType, `No model of route \`${route}\` answers. ${words}`, { details: details ?? [] });
}

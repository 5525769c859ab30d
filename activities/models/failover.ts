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

/** How long a step waits where all that could answer rest, in milliseconds. */
const RESTING_WAIT_MS = 5000;

/** A model of a route's chain. */
interface Link {
  readonly name: string;
  readonly endpoint: ModelEndpoint;
  /** Its call's name in the ledger. */
  readonly call: string;
  /** A response of it is in flight for this very call. */
  readonly inFlight: boolean;
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
  const chain = await inOrder(deps, question, chainOf(deps, question));
  const trouble: Trouble = { down: [], rest: [] };
  for (const [index, link] of chain.entries()) {
    const { endpoint, call } = link;
    const last = index === chain.length - 1;
    if (!last && !link.inFlight && !isUp(endpoint, deps.now())) {
      trouble.rest.push(link);
      continue;
    }
    try {
      const own = { ...key, call };
      const reply = await meteredCall(deps, run, own, endpoint, request, async (made) => alongside?.(made, endpoint));
      breakers.set(endpoint, working);
      return { reply, endpoint };
    } catch (error) {
      if (request.signal.aborted || !(error instanceof ApplicationFailure)) throw error;
      if (!isOutage(error)) throw notStandingIn(deps, question, link, error, trouble);
      if (!last && waitsShortly(error)) throw error;
      noteOutage(deps, link, error, chain.slice(index + 1));
      if (last && trouble.down.length === 0 && trouble.rest.length === 0) throw error;
      trouble.down.push({ link, error });
    }
  }
  throw allDown(question.route, trouble);
}

/** Models that were asked in vain, and those that were passed by because they rest. */
interface Trouble {
  readonly down: { readonly link: Link; readonly error: ApplicationFailure }[];
  readonly rest: Link[];
}

/** What a call failed with that is no outage. A stand-in's own trouble is not the step's: the outage is, and it is tried again. */
function notStandingIn(
  deps: Dependencies,
  { route }: RouteQuestion,
  link: Link,
  error: ApplicationFailure,
  { down, rest }: Trouble,
): Error {
  const [first] = [...down.map((one) => one.link), ...rest];
  if (first === undefined) return error;
  deps.report(
    `Route \`${link.name}\` cannot stand in for \`${first.name}\`, which is down (${error.type}: ${error.message.slice(0, 300)}).`,
  );
  return (
    down[0]?.error ??
    failure(
      'ModelError.Unavailable',
      `Route \`${route}\` rests after outages, and \`${link.name}\` cannot stand in for it: ${error.message}`,
      { retryAfterMs: RESTING_WAIT_MS },
    )
  );
}

/** A response that an earlier try left in flight is waited for first, whoever else could answer: it is paid for. */
async function inOrder(
  deps: Dependencies,
  { run, key }: RouteQuestion,
  chain: readonly Link[],
): Promise<readonly Link[]> {
  if (chain.length < 2 || !chain.some(({ endpoint }) => endpoint.background !== undefined)) return chain;
  const { stage, attempt } = key;
  const calls = await deps.store.ledger.inFlight({ runKey: run.runKey, stage, attempt });
  const marked = chain.map((link) => ({ ...link, inFlight: calls.includes(link.call) }));
  return marked.toSorted((a, b) => Number(b.inFlight) - Number(a.inFlight));
}

/** The models of a route, in the order in which they are asked. */
function chainOf(deps: Dependencies, { route: first, key, except = () => false }: RouteQuestion): readonly Link[] {
  const chain: Link[] = [];
  for (let name: string | undefined = first; name !== undefined;) {
    const route = deps.routes.get(name);
    if (route?.kind !== 'endpoint' || chain.some((link) => link.name === name)) break;
    // Whether the first may answer is not decided here: whoever verifies refuses it.
    const call = chain.length === 0 ? key.call : `${key.call}>${name}`;
    if (chain.length === 0 || !except(route.endpoint))
      chain.push({ name, endpoint: route.endpoint, call, inFlight: false });
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
  if (next === undefined || before.restsUntil > 0 || after.restsUntil === 0) return;
  deps.report(
    `Route \`${name}\` is down (${error.message.slice(0, 200)}); ${next.endpoint.model} of route \`${next.name}\` answers in its place, and it is tried again in ${Math.round((after.restsUntil - deps.now()) / 1000)} s.`,
  );
}

function waitsShortly({ type, nextRetryDelay }: ApplicationFailure): boolean {
  return type === 'ModelError.RateLimit' && typeof nextRetryDelay === 'number' && nextRetryDelay <= SHORT_WAIT_MS;
}

/** What may mend decides: a stand-in that is out of credit does not make an outage final. */
function allDown(route: string, { down, rest }: Trouble): Error {
  const words = [
    ...rest.map(({ name }) => `${name}: rests after outages.`),
    ...down.map(({ link, error }) => `${link.name}: ${error.message}`),
  ].join(' ');
  const passing = down.map(({ error }) => error).filter(({ nonRetryable }) => nonRetryable !== true);
  const { type, details } = passing.at(-1) ?? (rest.length > 0 ? UNAVAILABLE : (down.at(-1)?.error ?? UNAVAILABLE));
  const waits = passing.flatMap(({ nextRetryDelay }) => (typeof nextRetryDelay === 'number' ? [nextRetryDelay] : []));
  return failure((type ?? UNAVAILABLE.type) as FailureType, `No model of route \`${route}\` answers. ${words}`, {
    details: details ?? [],
    ...(waits.length === 0 ? {} : { retryAfterMs: Math.min(...waits) }),
  });
}

const UNAVAILABLE = { type: 'ModelError.Unavailable', details: [] } as const;

import { fetch } from 'undici';
import { mayConnect, standingOf } from '../../activities/sources/addresses.ts';
import { problemIn } from '../../activities/sources/problem.ts';
import { resolveName, vettedAgent } from '../../activities/sources/vetted-connect.ts';
import { DeliveryProblem } from './delivery-problem.ts';

/** How long whoever is told may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

/** What is posted, and where to. */
export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Private addresses that are allowed. */
  readonly allowPrivate: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Posts JSON, to public addresses and those that are allowed; follows no redirect, so that what is signed for one goes to no
 * other. @throws DeliveryProblem where the answer is not 2xx; it never names the URL, which may be a secret.
 */
export async function post({ url, body, headers, allowPrivate, signal }: Post): Promise<void> {
  const late = AbortSignal.timeout(ANSWER_MS);
  const may = mayConnect(allowPrivate);
  const isPlain = URL.parse(url)?.protocol === 'http:';
  let outside = false;
  const agent = vettedAgent(
    (address, port) => {
      outside = isPlain && standingOf(address) === 'public';
      return !outside && may(address, port);
    },
    resolveName,
    (entry) => `notify.yaml, at its channel: \`allowPrivate: ['${entry}']\``,
  );
  try {
    const response = await fetch(url, {
      method: 'POST',
      dispatcher: agent,
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'loopwright', ...headers },
      body,
      signal: AbortSignal.any([signal, late]),
    });
    await response.body?.cancel();
    if (!response.ok)
      throw new DeliveryProblem(`it answered ${response.status}`, waitOf(response.headers.get('retry-after')));
  } catch (error) {
    if (error instanceof DeliveryProblem || signal.aborted) throw error;
    if (outside)
      throw new DeliveryProblem('it is outside of your network, and everybody on the way can read http: use https');
    if (late.aborted) throw new DeliveryProblem(`it had not answered after ${ANSWER_MS / 1000} s`);
    throw new DeliveryProblem(problemIn(error)?.message ?? whyOf(error));
  } finally {
    await agent.destroy();
  }
}

function whyOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
  const { code } = cause as NodeJS.ErrnoException;
  return `it could not be reached${code === undefined ? '' : `: ${code}`}`;
}

function waitOf(header: string | null): number | undefined {
  const seconds = /^\s*(\d{1,9})\s*$/.exec(header ?? '')?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

import { fetch, type Agent, type Response } from 'undici';
import type { HttpRequest, Part } from '../../loops/define/index.ts';
import { htmlText } from '../../core/html-text.ts';
import { readText } from './http-text.ts';
import { problemIn, SourceProblem } from './problem.ts';
import { vettedAgent, type Resolve } from './vetted-connect.ts';

/** Most redirects that are followed. */
const MAX_REDIRECTS = 5;

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** Statuses that may be another one tomorrow. */
const PASSING: readonly number[] = [408, 425, 429];

/** A server may not put a run to sleep for longer, in milliseconds. */
const LONGEST_WAIT_MS = 10 * 60_000;

/** What may be connected to, how names are resolved, and where tokens are. */
export interface Connections {
  readonly may: (address: string, port: number) => boolean;
  readonly resolve: Resolve;
  /** A variable of the worker's environment. */
  readonly secret: (name: string) => string | undefined;
}

/** Reads a URL, hop by hop: each is held against the allow-list, and its address against what may be connected to. */
export async function readHttp(
  request: HttpRequest,
  signal: AbortSignal,
  { may, resolve, secret }: Connections,
): Promise<readonly Part[]> {
  const late = AbortSignal.timeout(request.timeoutMs);
  const agent = vettedAgent(may, resolve);
  try {
    return [await follow(request, { agent, signal: AbortSignal.any([signal, late]), sent: tokenOf(request, secret) })];
  } catch (error) {
    const problem = problemIn(error);
    if (problem !== undefined || signal.aborted) throw problem ?? error;
    if (late.aborted)
      throw new SourceProblem(
        'failed',
        `${shown(request.url)} had not answered whole after ${request.timeoutMs} ms (\`timeoutMs\`)`,
      );
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : (error as Error);
    // Ports of other protocols (Fetch Standard, port blocking).
    const kind = cause.message === 'bad port' ? 'refused' : 'failed';
    throw new SourceProblem(kind, `${shown(request.url)} could not be read: ${cause.message}`, { cause: error });
  } finally {
    await agent.destroy();
  }
}

async function follow(
  request: HttpRequest,
  { agent, signal, sent }: { readonly agent: Agent; readonly signal: AbortSignal; readonly sent: object },
): Promise<Part> {
  assertStraight(request.url);
  let url = allowed(request.url, undefined, request.origins);
  const { origin } = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetch(url, {
      dispatcher: agent,
      redirect: 'manual',
      signal,
      headers: { accept: request.accept, 'user-agent': 'loopwright', ...(url.origin === origin ? sent : {}) },
    });
    const location = REDIRECTS.includes(response.status) ? response.headers.get('location') : null;
    if (location === null) return await partOf(response, url, request);
    await response.body?.cancel();
    url = allowed(location, url, request.origins);
  }
  throw new SourceProblem('refused', `${shown(request.url)} redirects more than ${MAX_REDIRECTS} times`);
}

/** The header with the token that a request names. Its value is in no message. */
function tokenOf({ token }: HttpRequest, secret: Connections['secret']): object {
  if (token === undefined) return {};
  const value = secret(token)?.trim() ?? '';
  if (/^[\x21-\x7e]+$/.test(value)) return { authorization: `Bearer ${value}` };
  const is = value === '' ? 'is not set' : 'holds something that no header can carry';
  throw new SourceProblem('refused', `the variable ${token} with its token ${is} where this worker runs`);
}

/** A URL means what it looks like: nothing in it that was made from an input climbs out of the path before it. */
function assertStraight(text: unknown): void {
  if (typeof text !== 'string') return;
  // What the URL parser drops or turns into `/` would hide a step.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const hides = /[\\\u0000-\u001f]/.test(text);
  const [path = ''] = text.split(/[?#]/);
  if (!hides && !path.split('/').some((name) => /^(?:\.|%2e){1,2}$/i.test(name))) return;
  throw new SourceProblem(
    'refused',
    `${shown(text)} was made with a step out of its path (\`..\`, a backslash, a tab)`,
  );
}

/** A URL that may be asked. */
function allowed(text: string, from: URL | undefined, origins: readonly string[]): URL {
  const hop = from === undefined ? '' : `${shown(from.href)} redirects to `;
  if (typeof text !== 'string' || !URL.canParse(text, from?.href))
    throw new SourceProblem('refused', `${hop}"${shown(String(text))}", which is no URL`);
  const url = new URL(text, from?.href);
  if (!origins.includes(url.origin))
    throw new SourceProblem(
      'refused',
      `${hop}${url.protocol}//${url.host.slice(0, 260)}${hop === '' ? ' is' : ', which is'} not in its \`hosts\` (${origins.join(', ')})`,
    );
  if (url.username !== '' || url.password !== '')
    throw new SourceProblem('refused', `${hop}a URL with a user name or a password in it, and none is sent`);
  url.hash = '';
  return url;
}

async function partOf(response: Response, url: URL, { maxBytes }: HttpRequest): Promise<Part> {
  const where = shown(url.href);
  if (!response.ok) {
    await response.body?.cancel();
    // GitHub says so where a token has asked too often.
    const spent = response.status === 403 && response.headers.get('x-ratelimit-remaining') === '0';
    const passing = response.status >= 500 || PASSING.includes(response.status) || spent;
    throw new SourceProblem(passing ? 'failed' : 'refused', `${where} answered ${response.status}`, waitOf(response));
  }
  const { text, mediaType } = await readText(response, where, maxBytes);
  const isHtml = mediaType === 'text/html' || mediaType === 'application/xhtml+xml';
  return { text: isHtml ? htmlText(text) : text, origin: where };
}

function waitOf({ headers }: Response): { retryAfterMs?: number } {
  const seconds = /^\s*(\d{1,9})\s*$/.exec(headers.get('retry-after') ?? '')?.[1];
  return seconds === undefined ? {} : { retryAfterMs: Math.min(Number(seconds) * 1000, LONGEST_WAIT_MS) };
}

/** A URL without what may be personal or secret: manifests and failures are kept. */
function shown(url: string): string {
  if (!URL.canParse(url)) return url.slice(0, 100);
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`.slice(0, 300);
}

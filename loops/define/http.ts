import { boundsOf, given, outside, type Given, type OutsideOptions, type OutsideSource } from './source-options.ts';
import type { SourceMistake } from './sources.ts';

/** What {@link http} is given. */
export interface HttpOptions<I> extends OutsideOptions {
  readonly url: Given<I, string>;
  /**
   * Who may be asked, redirects included: `example.com` (https, port 443), `example.com:8443`, or, where it has to be
   * without TLS, `http://wiki.internal:8080`. Each host is named whole.
   */
  readonly hosts: readonly string[];
  /** The header `accept`. */
  readonly accept?: string;
  /**
   * Name of a variable of the worker's environment with a token: it is sent as `authorization: Bearer …` to the host of
   * `url` and to none that it redirects to.
   */
  readonly token?: string;
}

const ACCEPT = 'text/html, text/*;q=0.9, application/json;q=0.9, application/xml;q=0.8';

/**
 * A page or a document by HTTP GET: text, JSON or XML; of HTML its text. Hosts come from the list and nowhere else, and
 * their addresses have to be public (or allowed in `loopwright.yaml`) at the moment of the connection, at every redirect.
 * Default: at most 500,000 bytes, unpacked, in 20 seconds. Nothing secret is sent but what `token` names.
 */
export function http<I>(options: HttpOptions<I>): OutsideSource<I> {
  const { url, hosts, accept = ACCEPT, token } = options;
  const listed = Array.isArray(hosts) ? hosts : [];
  return outside<I>(
    { ...options },
    {
      name: `http(${listed.join(', ')})`,
      mistakes: [...httpMistakes(url, listed), ...tokenMistakes(token)],
      request: (input) => ({
        kind: 'http',
        url: given(url, input),
        origins: listed.flatMap((host) => originOf(host) ?? []),
        accept,
        ...(token === undefined ? {} : { token }),
        ...boundsOf(options, { maxBytes: 500_000, timeoutMs: 20_000 }),
      }),
    },
  );
}

/** Scheme, host and port of an entry of `hosts`; undefined where it is none. */
export function originOf(entry: string): string | undefined {
  const [, scheme = 'https', host] = /^(?:(https?):\/\/)?((?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?)$/i.exec(entry) ?? [];
  const text = `${scheme.toLowerCase()}://${host ?? ''}`;
  return host === undefined || !URL.canParse(text) ? undefined : new URL(text).origin;
}

/** A token that is written down where its name belongs is in the repository, and in every message about it: it is not said. */
export function* tokenMistakes(token: unknown): Generator<SourceMistake, void> {
  if (token === undefined || (typeof token === 'string' && /^[A-Z_][A-Z0-9_]*$/.test(token))) return;
  yield {
    rule: 'expected `token` to be the name of a variable in capitals, not the token itself',
    fix: "Write `token: 'GITHUB_TOKEN'`, and set that variable where the worker starts.",
  };
}

function* httpMistakes<I>(url: Given<I, string>, hosts: readonly string[]): Generator<SourceMistake, void> {
  if (hosts.length === 0)
    yield { rule: '`hosts` of `http()` is empty, so nothing may be asked', fix: "Write `hosts: ['example.com']`." };
  for (const host of hosts.filter((entry) => typeof entry !== 'string' || originOf(entry) === undefined))
    yield {
      rule: `expected each of \`hosts\` to be a host with or without a port, got ${JSON.stringify(host)}`,
      fix: 'Write it whole, without a path or a wildcard: `example.com`, `example.com:8443`, `http://wiki.internal:8080`.',
    };
  if (typeof url === 'function') return;
  if (typeof url !== 'string' || !URL.canParse(url)) {
    yield {
      rule: `expected \`url\` of \`http()\` to be a URL, got ${JSON.stringify(url) ?? 'nothing'}`,
      fix: "Write `url: 'https://example.com/page'` or `url: (input) => …`.",
    };
    return;
  }
  const { origin, username, password } = new URL(url);
  if (!hosts.some((host) => originOf(host) === origin))
    yield { rule: `\`url\` leads to ${origin}, which is not in \`hosts\``, fix: `Add \`${origin}\` to \`hosts\`.` };
  if (username !== '' || password !== '')
    yield { rule: '`url` has a user name or a password in it', fix: 'Take it out: sources send no credentials.' };
}

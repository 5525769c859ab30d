/** Variable with the address under which a proxy with TLS serves the gateway. */
const VARIABLE = 'LOOPWRIGHT_ORIGIN';

/**
 * The address under which people reach the gateway through a proxy, from `LOOPWRIGHT_ORIGIN`; undefined where there is none.
 * @throws Error where it is no origin of https: a browser keeps a session's cookie for no other.
 */
export function gatewayOrigin(env: NodeJS.ProcessEnv): string | undefined {
  const said = env[VARIABLE] ?? '';
  if (said === '') return undefined;
  const url = URL.parse(said);
  if (url?.protocol === 'https:' && [url.origin, `${url.origin}/`].includes(said)) return url.origin;
  throw new Error(`Expected ${VARIABLE} to be an origin such as https://loops.example.com, got "${said}".`);
}

/** What a browser says of where a request comes from. Pages cannot set these headers. */
export interface Said {
  /** `Origin`. */
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`. */
  readonly site: string | undefined;
}

/**
 * Why a request that changes something is refused as one of another origin; undefined where it is our own page's, or no
 * browser's. Under `Referrer-Policy: no-referrer` a form of our own says `Origin: null` (Fetch, "append a request
 * `Origin` header"): then `Sec-Fetch-Site` has to tell it from somebody else's.
 */
export function foreign({ origin, site }: Said, own: string): string | undefined {
  if (site !== undefined && site !== 'same-origin') return `its Sec-Fetch-Site is "${site}"`;
  if (origin === undefined || origin === own) return undefined;
  if (origin === 'null' && site === 'same-origin') return undefined;
  return `its Origin is "${origin}", not "${own}"`;
}

/** Whether it was a browser that asked: every one of today says one of both with what changes something. */
export function fromBrowser({ origin, site }: Said): boolean {
  return origin !== undefined || site !== undefined;
}

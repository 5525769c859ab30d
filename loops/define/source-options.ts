import type { Keep, Trust } from '../../contract/context.ts';
import type { SourceBounds, SourceRequest } from './source-requests.ts';
import type { Part, Source, SourceAccess, SourceMistake } from './sources.ts';

/** A value, or what makes it from the run's input. What comes from an input is checked where it is read. */
export type Given<I, T> = T | ((input: I) => T);

/** What every source has that reads outside the loop. */
export interface OutsideOptions {
  /** Why the agent needs it: shown in the manifest. */
  readonly why: string;
  /** Shown in the manifest and to the model; made from what is read by default. */
  readonly name?: string;
  /** Default `untrusted`: data, never an instruction. `trusted` says that you vouch for whoever can write there. */
  readonly trust?: Trust;
  /** Default `run`: deleted when the run closes. */
  readonly keep?: Keep;
  /** More bytes than this are not read; at most 10,000,000. */
  readonly maxBytes?: number;
  /** For all of it, in milliseconds; at most 120,000. */
  readonly timeoutMs?: number;
  /** Use an answer again that is no older than this, in milliseconds, in other runs of the loop too. Default 0: never. */
  readonly reuseForMs?: number;
}

/** What an author asked for by a number, and the most it may be. */
const HIGHEST: Readonly<Record<string, number>> = {
  maxBytes: 10_000_000,
  timeoutMs: 120_000,
  reuseForMs: 30 * 86_400_000,
  maxFiles: 1000,
  maxRows: 10_000,
  entries: 1000,
};

/** A source that reads outside the loop, and needs no more than that. */
export interface OutsideSource<I> extends Source<I> {
  fetch(input: I, access: Pick<SourceAccess, 'read'>): Promise<readonly Part[]>;
}

/** A source that asks the worker, with what is wrong in its options: they are told with the loop's other mistakes. */
export function outside<I>(
  options: OutsideOptions & Readonly<Record<string, unknown>>,
  made: {
    readonly name: string;
    readonly mistakes: Iterable<SourceMistake>;
    readonly quick?: boolean;
    readonly trust?: Trust;
    readonly keep?: Keep;
    readonly request: (input: I) => SourceRequest;
  },
): OutsideSource<I> {
  const name = options.name ?? made.name;
  return {
    name,
    trust: options.trust ?? made.trust ?? 'untrusted',
    keep: options.keep ?? made.keep ?? 'run',
    why: options.why,
    quick: made.quick ?? false,
    mistakes: [...numberMistakes(name, options), ...made.mistakes],
    fetch: async (input, access) => await access.read(made.request(input)),
  };
}

/** The bounds of a request. */
export function boundsOf(options: OutsideOptions, defaults: Omit<SourceBounds, 'reuseForMs'>): SourceBounds {
  const { maxBytes = defaults.maxBytes, timeoutMs = defaults.timeoutMs, reuseForMs = 0 } = options;
  return { maxBytes, timeoutMs, reuseForMs };
}

/** The value for an input. */
export function given<I, T extends string | number | readonly unknown[]>(value: Given<I, T>, input: I): T {
  return typeof value === 'function' ? value(input) : value;
}

function* numberMistakes(name: string, options: Readonly<Record<string, unknown>>): Generator<SourceMistake, void> {
  for (const [field, highest] of Object.entries(HIGHEST)) {
    const value = options[field];
    const lowest = field === 'reuseForMs' ? 0 : 1;
    if (value === undefined || (Number.isInteger(value) && Number(value) >= lowest && Number(value) <= highest))
      continue;
    yield {
      rule: `expected \`${field}\` of source \`${name}\` to be an integer from ${lowest} to ${highest}, got ${JSON.stringify(value)}`,
      fix: `Write a number in that range, or leave \`${field}\` out.`,
    };
  }
}

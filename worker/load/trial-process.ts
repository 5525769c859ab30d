import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { ownPath } from '../package/own-module.ts';
import type { TrialLine } from './try-modules.ts';

/** How long a process that tries modules may take. */
export interface TrialLimits {
  /** For each module, in milliseconds; default 10,000. */
  readonly limitMs?: number | undefined;
  /** Gives up when it fires. */
  readonly signal?: AbortSignal | undefined;
}

/** Default of {@link TrialLimits.limitMs}. */
const LIMIT_MS = 10_000;

/** How importing modules in a process of their own went. */
export interface Trial {
  readonly end: TrialEnd;
  /** The module that it was at. */
  readonly at: string;
  /** The files of people that it read until then. */
  readonly files: readonly string[];
}

/** How it ended; a module that an `import` can catch an error of is `good`: importing it again says so. */
export type TrialEnd =
  | { readonly kind: 'good' }
  | { readonly kind: 'late'; readonly limitMs: number }
  | { readonly kind: 'gone'; readonly how: string }
  | Extract<TrialLine, { kind: 'stuck' | 'failed' | 'exit' }>;

/**
 * Imports modules in a process of their own, one after the other, as a worker would.
 * @throws Error where that process cannot be started, and when the signal fires.
 */
export async function tryModules(
  paths: readonly string[],
  { limitMs = LIMIT_MS, signal }: TrialLimits = {},
): Promise<Trial> {
  const child = spawn(process.execPath, [ownPath('worker/load/try-modules'), String(process.pid), ...paths], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    windowsHide: true,
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const files = new Set<string>();
  let at: string | undefined;
  let end: TrialEnd | undefined;
  const finish = (how: TrialEnd): void => {
    end ??= how;
    child.kill('SIGKILL');
  };
  const late = setTimeout(() => finish({ kind: 'late', limitMs }), limitMs);
  createInterface(child.stdio[3] as Readable).on('line', (text) => {
    const line = parsed(text);
    if (line?.kind === 'at') {
      at = line.path;
      late.refresh();
    } else if (line?.kind === 'reads') files.add(fileURLToPath(line.url.replace(/[?#].*$/, '')));
    else if (line !== undefined) finish(line.kind === 'done' ? { kind: 'good' } : line);
  });
  try {
    const [code, killed] = await ended;
    if (at === undefined) throw new Error(`loops cannot be tried: ${process.execPath} ended with ${killed ?? code}`);
    return { end: end ?? { kind: 'gone', how: killed ?? `exit code ${code}` }, at, files: [...files] };
  } finally {
    clearTimeout(late);
  }
}

/** Modules may write to the pipe too: what is no line of ours is nothing. */
function parsed(text: string): TrialLine | undefined {
  try {
    return JSON.parse(text) as TrialLine;
  } catch {
    return undefined;
  }
}

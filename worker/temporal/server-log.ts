import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const tailBytes = 64 * 1024;

/** Where a program's output goes, and what it said since it was opened. */
export interface ServerLog {
  /** To be given to the program as its output. */
  readonly descriptor: number;
  /** What was written since this log was opened, at most the last 64 KiB. */
  text(): string;
  close(): void;
}

/**
 * Opens a log for appending: the given file, or, without one, a file without a name that is gone when the last process closes it.
 * A file and not a pipe, so that a program that says much never waits for a busy parent.
 */
export function openServerLog(path?: string): ServerLog {
  const descriptor = path === undefined ? openNameless() : openSync(path, 'a+', 0o600);
  const start = fstatSync(descriptor).size;
  return {
    descriptor,
    text() {
      const end = fstatSync(descriptor).size;
      const from = Math.max(start, end - tailBytes);
      const buffer = Buffer.alloc(Math.max(0, end - from));
      return buffer.toString('utf8', 0, readSync(descriptor, buffer, 0, buffer.length, from));
    },
    close: () => closeSync(descriptor),
  };
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-log-'));
  const descriptor = openSync(join(folder, 'server.log'), 'a+', 0o600);
  // Windows removes an open file only when it is closed, so there the folder may stay.
  rmSync(folder, { recursive: true, force: true });
  return descriptor;
}

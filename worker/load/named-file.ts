import { readFile } from 'node:fs/promises';
import type { Mistake } from '../../contract/mistake.ts';

/** A file of settings: its text, or that it is not there and need not be, or why it cannot be read. */
export type NamedFile =
  | { readonly kind: 'read'; readonly file: string; readonly text: string }
  | { readonly kind: 'absent'; readonly file: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly mistake: Mistake };

/** Reads a file of settings: the one that a variable names, else the one with the usual name here, which may be absent. */
export async function readNamedFile(env: NodeJS.ProcessEnv, variable: string, usual: string): Promise<NamedFile> {
  const named = env[variable];
  const file = named ?? usual;
  try {
    return { kind: 'read', file, text: await readFile(file, 'utf8') };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && named === undefined) return { kind: 'absent', file };
    const fix = `Create it, or name another with ${variable}.`;
    return { kind: 'unreadable', file, mistake: { file, rule: `cannot be read: ${message}`, fix } };
  }
}

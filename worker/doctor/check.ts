import { defaultData } from '../default-data.ts';

/** Puts a thing right and says what it did. */
export type Mend = (report: (text: string) => void) => Promise<string>;

/** What is not as it should be, and what to do about it. */
export interface Trouble {
  readonly kind: 'warn' | 'fail';
  readonly saw: string;
  /** A command or an instruction; lines of a file to add are lines of it. */
  readonly fix: string;
  /** The command that helps most, where one does; the summary names it. */
  readonly command?: string;
  /** Set where `--fix` may do it: safe to do unasked, and to do twice. */
  readonly mend?: Mend;
}

/** What a check found: all right, something wrong, or that it could not look and why. */
export type Finding = { readonly kind: 'ok' | 'skipped'; readonly saw: string } | Trouble;

/** One thing to look at. */
export interface Check {
  readonly name: string;
  /** Looks and changes nothing. `signal` aborts when its time is over. */
  run(signal: AbortSignal): Promise<Finding>;
}

/** What the checks look at, and with what. */
export interface DoctorSettings {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
  readonly data: string;
  /** Relative paths are as seen from here. */
  readonly cwd: string;
  /** Folder of loops; the project's own by default. */
  readonly loops?: string | undefined;
  /** Milliseconds that a look may take. */
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Random, for names that nobody else uses. */
  readonly identity: string;
}

export function ok(saw: string): Finding {
  return { kind: 'ok', saw };
}

export function skipped(saw: string): Finding {
  return { kind: 'skipped', saw };
}

/** A command that repeats this data folder and these loops where they are not the defaults. */
export function commandOf(settings: DoctorSettings, command: string): string {
  const { env, data, loops } = settings;
  const isDefault = data === defaultData(env);
  return [
    `loopwright ${command}`,
    isDefault ? '' : ` --data ${data}`,
    loops === undefined ? '' : ` --loops ${loops}`,
  ].join('');
}

/** Variable that makes lines of JSON of what is said on stderr. */
const LOG_VARIABLE = 'LOOPWRIGHT_LOG';

/** Whether lines are JSON. */
export function logsJson(env: NodeJS.ProcessEnv): boolean {
  return env[LOG_VARIABLE] === 'json';
}

/** Names and numbers of a line, never content. */
export type Fields = Readonly<Record<string, string | number | boolean | undefined>>;

/** A line of JSON: time, level, what happened, and to what. */
export function jsonLine(at: number, level: 'info' | 'warn' | 'error', message: string, fields: Fields = {}): string {
  return JSON.stringify({ time: new Date(at).toISOString(), level, message, ...fields });
}

/** Name of the data folder where nobody names one. */
export const DEFAULT_DATA = '.loopwright';

/** The data folder where no `--data` names one. */
export function defaultData(env: NodeJS.ProcessEnv): string {
  return env['LOOPWRIGHT_DATA'] ?? DEFAULT_DATA;
}

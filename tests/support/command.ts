import { CommandError } from '../../worker/command.ts';
import { createProgram } from '../../worker/program.ts';

/** `loopwright …` in this process: its exit code, and what it said. */
export async function command(data: string, env: NodeJS.ProcessEnv, ...words: readonly string[]) {
  const [printed, reported]: [string[], string[]] = [[], []];
  const context = {
    env: { ...env, LOOPWRIGHT_DATA: data, PATH: process.env['PATH'] },
    cacheDir: data,
    version: '0',
    report: (text: string) => void reported.push(text),
    print: (text: string) => void printed.push(text),
  };
  const code = await createProgram(context)
    .parseAsync(['node', 'loopwright', ...words])
    .then(() => 0)
    .catch((error: Error) => {
      reported.push(error.message);
      return error instanceof CommandError ? error.exitCode : 1;
    });
  return { code, stdout: printed.join('\n'), stderr: reported.join('\n') };
}

import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { EXIT } from '../contract/exit-codes.ts';
import { CommandError, type CommandContext } from './command.ts';
import { loopFolders } from './load/folders.ts';
import { PACKAGE_ROOT } from './package/package-root.ts';

/** What is said where loops were looked for in vain; `dir` is where `init` can put one. */
export function noLoopIn(where: string, dir?: string): string {
  const init = `loopwright init hello${dir === undefined ? '' : ` --dir ${dir}`}`;
  return `No loop in ${where}: looked for loop.ts there and in the folders in it. Write one with \`${init}\``;
}

/** Folders of the loops in a folder. @throws CommandError (not found) where there is no such folder, or no loop in it; before anything else is started. */
export async function requireLoops(folder: string): Promise<readonly string[]> {
  const folders = await loopFolders(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new CommandError(`--loops ${folder}: no such folder. Name the one that has your loops.`, EXIT.notFound);
  });
  if (folders.length === 0) throw new CommandError(`${noLoopIn(folder, folder)}.`, EXIT.notFound);
  return folders;
}

/**
 * The folder whose loops a command is about: the one that was named, else this one where it has loops of its own, which
 * is said; undefined means those that come with the package.
 * @throws CommandError (not found) where the named one has none.
 */
export async function chosenLoops(
  named: string | undefined,
  { report }: Pick<CommandContext, 'report'>,
): Promise<string | undefined> {
  if (named === undefined) return await loopsHere({ report });
  await requireLoops(named);
  return named;
}

/** `.` where this folder has loops of its own, which is said; else undefined. */
export async function loopsHere({ report }: Pick<CommandContext, 'report'>): Promise<string | undefined> {
  if (!(await hasOwnLoops(process.cwd()))) return undefined;
  report('This folder has loops of its own, so it is `--loops .`; name another with --loops DIR.');
  return '.';
}

/** Loopwright's own tree has its own loops in it, which are known anyway. A folder that cannot be read has none. */
async function hasOwnLoops(folder: string): Promise<boolean> {
  const [here, own] = await Promise.all([realpath(folder), realpath(PACKAGE_ROOT)]);
  if (here === own || here.startsWith(`${own}${sep}`)) return false;
  return (await loopFolders(here).catch(() => [])).length > 0;
}

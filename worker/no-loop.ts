import { EXIT } from '../contract/exit-codes.ts';
import { CommandError } from './commands/context.ts';
import { loopFolders } from './loop-folders.ts';

/** What is said where loops were looked for in vain; `dir` is where `init` can put one. */
export function noLoopIn(where: string, dir?: string): string {
  const init = `loopwright init hello${dir === undefined ? '' : ` --dir ${dir}`}`;
  return `No loop in ${where}: looked for loop.ts there and in the folders in it. Write one with \`${init}\``;
}

/** @throws CommandError (not found) where there is no such folder, or no loop in it; before anything else is started. */
export async function requireLoops(folder: string): Promise<void> {
  const folders = await loopFolders(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    throw new CommandError(`--loops ${folder}: no such folder. Name the one that has your loops.`, EXIT.notFound);
  });
  if (folders.length === 0) throw new CommandError(`${noLoopIn(folder, folder)}.`, EXIT.notFound);
}

import { readFile } from 'node:fs/promises';
import { EXIT } from '../../contract/exit-codes.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { digestOf } from '../../store/index.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Common, Exporting } from '../commands/harness.ts';
import { readHarness } from '../load/harness.ts';
import { writeWhole } from '../write-whole.ts';
import { asked, bodyOf, harnessOf } from './asked.ts';
import { harnessYaml } from './harness-yaml.ts';

/** Prints a version as `harness.yaml`, or writes it to one. @throws CommandError (conflict) where that would lose what somebody wrote. */
export async function exportYaml(context: CommandContext, options: Exporting, loop: string): Promise<void> {
  const { file, version, force } = options;
  const found = await bodyOf(context, options, loop, version);
  const text = harnessYaml(harnessOf(found));
  if (file === undefined) return context.print(text.replace(/\n$/, ''));
  if (!force) await refuseToLose(context, options, loop, file);
  await writeWhole(file, text).catch((error: Error) => {
    throw new CommandError(`--file: ${error.message}`, EXIT.usage);
  });
  context.report(`${file} says what ${found.version} of ${loop} says. Comments that stood there are not kept.`);
}

/** A file that says what no version says was edited since a worker took it: that is kept nowhere else. */
async function refuseToLose(context: CommandContext, options: Common, loop: string, file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError(`--file: ${error.message}`, EXIT.usage);
  });
  if (text === undefined) return;
  const { value } = readHarness(text, file);
  const { versions } = await asked(context, options, (record) => record.harness(loop));
  const digest = value === undefined ? undefined : digestOf(canonicalJson(value));
  if (versions.some((version) => version.digest === digest)) return;
  throw new CommandError(
    `${file} says what no version of ${loop} says, so it would be lost. Let a worker take it first, or write over it with --force.`,
    EXIT.conflict,
  );
}

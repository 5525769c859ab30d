import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import { DEFINITION_FILE, ownFiles, WORKFLOW_FILE, type LoadedFolder } from './loop-folder.ts';
import { looksOf, type Looks } from './looks.ts';
import { shownPath } from './shown-path.ts';
import { placeInStack } from './source-place.ts';
import { tryModules, type Trial, type TrialEnd, type TrialLimits } from './trial-process.ts';

/** How long all folders together may be at one module, in milliseconds; longer, and each is tried alone, with its whole time. */
const TOGETHER_MS = 2000;

/** How many processes try folders side by side. */
const LANES = 4;

/** How folders are tried. */
export interface TrialOptions extends TrialLimits {
  /** Messages name files as seen from here. */
  readonly cwd: string;
}

/**
 * Imports the modules of folders in a process of their own first: one that exits, never ends or fails where nobody
 * listens would take every other loop with it. Answers those folders that must not be loaded here, as what is left of
 * them. Where all are good it is one process for all of them.
 */
export async function tryFolders(
  folders: readonly string[],
  options: TrialOptions,
): Promise<ReadonlyMap<string, LoadedFolder>> {
  const found = await Promise.all(folders.map(codeOf));
  if (found.length > 1) {
    const { limitMs = TOGETHER_MS, signal } = options;
    const together = await tryModules(
      found.flatMap(({ paths }) => paths),
      { limitMs: Math.min(limitMs, TOGETHER_MS), signal },
    );
    if (together.end.kind === 'good') return new Map();
    const bad = await eachAlone(found, options);
    const culprit = found.find(({ folder }) => folder === dirname(together.at));
    if (bad.size > 0 || together.end.kind === 'late' || culprit === undefined) return bad;
    // Bad only together: without the one that they stopped at, the others get on.
    return new Map([[culprit.folder, await refused(culprit, together, together.end, options.cwd)]]);
  }
  return await eachAlone(found, options);
}

/** The modules of a folder, and what its files looked like before they were tried. */
interface Code {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly looks: Looks;
}

async function codeOf(folder: string): Promise<Code> {
  const looks = await looksOf(ownFiles(folder));
  const workflow = join(folder, WORKFLOW_FILE);
  const hasWorkflow = await stat(workflow).then(
    (is) => is.isFile(),
    () => false,
  );
  return { folder, paths: [join(folder, DEFINITION_FILE), ...(hasWorkflow ? [workflow] : [])], looks };
}

async function eachAlone(found: readonly Code[], options: TrialOptions): Promise<Map<string, LoadedFolder>> {
  const bad = new Map<string, LoadedFolder>();
  const waiting = found.values();
  const lane = async (): Promise<void> => {
    for (const code of waiting) {
      const trial = await tryModules(code.paths, options);
      if (trial.end.kind !== 'good') bad.set(code.folder, await refused(code, trial, trial.end, options.cwd));
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return bad;
}

type Bad = Exclude<TrialEnd, { kind: 'good' }>;

async function refused({ folder, looks }: Code, { at, files }: Trial, end: Bad, cwd: string): Promise<LoadedFolder> {
  const place = 'stack' in end ? placeInStack(end.stack, (file) => files.includes(file)) : undefined;
  const mistake: Mistake = {
    file: shownPath(cwd, place?.file ?? at),
    ...(place === undefined ? {} : { line: place.line }),
    ...said(end),
  };
  return { folder, loops: [], mistakes: [mistake], looks: new Map([...(await looksOf(files)), ...looks]) };
}

const NO_WORK = 'Keep work out of the module itself: do it in a generator, a verifier or an effect.';

function said(end: Bad): Pick<Mistake, 'rule' | 'fix'> {
  switch (end.kind) {
    case 'late':
      return {
        rule: `is not loaded after ${end.limitMs / 1000} s: it awaits something, or goes round for ever`,
        fix: NO_WORK,
      };
    case 'stuck':
      return { rule: 'awaits something that never comes when it is loaded', fix: NO_WORK };
    case 'failed':
      return {
        rule: end.promise
          ? `leaves a rejected promise that nobody handles when it is loaded: ${end.message}`
          : `throws where nobody can catch it when it is loaded: ${end.message}`,
        fix: NO_WORK,
      };
    case 'exit':
      return {
        rule: `ends the process when it is loaded, as \`process.exit(${end.code})\` does`,
        fix: 'Throw an error instead: the process that loads it runs other loops too.',
      };
    case 'gone':
      return { rule: `crashes Node when it is loaded (${end.how})`, fix: NO_WORK };
  }
}

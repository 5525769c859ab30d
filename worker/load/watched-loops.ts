import { join } from 'node:path';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import type { RouteModels } from '../models/config.ts';
import { ownFiles, type FoundLoop, type LoadedFolder } from './loop-folder.ts';
import { shownPath } from './shown-path.ts';
import { looksOf, sameLooks, type Looks } from './looks.ts';
import { HARNESS_FILE } from './harness.ts';
import { keepsFromRunning, loadEach, loopFolders, together } from './folders.ts';

/** What taking a change needs of the worker. */
export interface WatchOptions {
  readonly folder: string;
  readonly cwd: string;
  readonly models: RouteModels;
  /** What the worker began with. */
  readonly folders: readonly LoadedFolder[];
  readonly loops: ReadonlyMap<string, FoundLoop>;
  /** Makes the file's harness the loop's current version, and says which one that is; the same text again is the same version. */
  readonly adopt: (found: FoundLoop) => Promise<number>;
  /** How many runs of a loop are open. */
  readonly openRuns: (loop: string) => Promise<number>;
  readonly report: (text: string) => void;
}

/**
 * The loops of a worker whose folder is watched: `entries` is what runs now. A good change is taken at once, for every
 * step that begins from then on; runs in flight keep their pinned harness. A change with a mistake is told and the
 * version before goes on, and so it does where open runs need what the change removes: until they are closed.
 */
export class WatchedLoops {
  readonly entries: ReadonlyMap<string, FoundLoop>;
  readonly #options: WatchOptions;
  readonly #running: Map<string, FoundLoop>;
  readonly #folders = new Map<string, LoadedFolder>();
  /** Changes that wait for open runs to close: what the loop becomes, nothing where it goes. */
  readonly #waiting = new Map<string, FoundLoop | undefined>();
  /** What of each loop was not taken and was told: a change elsewhere tells it no second time. */
  readonly #told = new Map<string, unknown>();
  /** What a change looked like that may not be whole yet. */
  #seen: Looks = new Map();
  #generation = 1;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#running = new Map(options.loops);
    this.entries = this.#running;
    for (const loaded of options.folders) this.#folders.set(loaded.folder, loaded);
  }

  /**
   * Looks once, and takes what has changed since and holds still: what looks the same as at the last look.
   * @throws when the signal fires while changed modules are tried.
   */
  async look(signal?: AbortSignal): Promise<void> {
    await this.#settleWaiting();
    const folders = await loopFolders(this.#options.folder);
    const gone = [...this.#folders.keys()].filter((folder) => !folders.includes(folder));
    const changed: string[] = [];
    const seen = new Map<string, string>(gone.map((folder) => [folder, 'gone']));
    for (const folder of folders) {
      const known = this.#folders.get(folder)?.looks;
      const looks = await looksOf(known?.keys() ?? ownFiles(folder));
      if (known !== undefined && sameLooks(looks, known)) continue;
      changed.push(folder);
      for (const [file, look] of looks) seen.set(file, look);
    }
    const still = sameLooks(seen, this.#seen);
    this.#seen = seen;
    if (seen.size === 0 || !still) return;
    for (const folder of gone) this.#folders.delete(folder);
    this.#generation += 1;
    await this.#load(changed, signal);
    await this.#take();
  }

  async #load(changed: readonly string[], signal: AbortSignal | undefined): Promise<void> {
    const { cwd, models, report } = this.#options;
    for (const read of await loadEach(changed, { cwd, models, generation: this.#generation, signal })) {
      const before = this.#folders.get(read.folder);
      const loaded = { ...read, mistakes: [...read.mistakes, ...goneHarness(read, before, cwd)] };
      this.#folders.set(read.folder, loaded);
      for (const mistake of loaded.mistakes) report(mistakeLine(mistake));
    }
  }

  async #take(): Promise<void> {
    const folders = [...this.#folders.values()];
    const { loops, mistakes } = together(folders);
    const ofFolders = new Set(folders.flatMap((folder) => folder.mistakes));
    for (const mistake of mistakes) if (!ofFolders.has(mistake)) this.#options.report(mistakeLine(mistake));
    for (const [name, found] of loops) if (this.#isNews(name, found)) await this.#change(name, found);
    for (const [name, running] of [...this.#running].filter(([one]) => !loops.has(one))) {
      const folder = this.#folders.get(running.folder);
      // A folder with a mistake may still have it: nobody can say what it would define.
      const isBroken =
        folder?.mistakes.some(keepsFromRunning) === true ||
        folders.some((one) => one.loops.some(({ loop }) => loop.name === name));
      if (!this.#isNews(name, folder)) continue;
      if (isBroken) {
        this.#waiting.delete(name);
        this.#say(name, 'the version before goes on.');
      } else await this.#change(name, undefined);
    }
  }

  /** Whether what a loop became is not what runs, and was not told already. */
  #isNews(name: string, became: unknown): boolean {
    if (this.#running.get(name) === became || (this.#told.has(name) && this.#told.get(name) === became)) return false;
    this.#told.set(name, became);
    return true;
  }

  /** Takes a change of one loop, or lets it wait, or says that it takes a restart. */
  async #change(name: string, next: FoundLoop | undefined): Promise<void> {
    const before = this.#running.get(name);
    this.#waiting.delete(name);
    if (next !== undefined && before?.workflow?.digest !== next.workflow?.digest) {
      const until = before === undefined ? 'it does not run until then' : 'the version before goes on until then';
      this.#say(
        name,
        `its workflow code takes a restart of this worker: ${until}. Open runs go on with the new code: close them before, or keep its old path with \`patched\`.`,
      );
      return;
    }
    const missing = before === undefined ? [] : lost(before, next);
    const open = missing.length === 0 ? 0 : await this.#options.openRuns(name);
    if (open === 0) return await this.#apply(name, next);
    this.#waiting.set(name, next);
    this.#say(
      name,
      `${open} open ${open === 1 ? 'run needs' : 'runs need'} ${missing.join(', ')}: the version before goes on until ${open === 1 ? 'it is' : 'they are'} closed.`,
    );
  }

  async #apply(name: string, next: FoundLoop | undefined): Promise<void> {
    if (next === undefined) {
      this.#running.delete(name);
      this.#say(name, 'removed.');
      return;
    }
    const isNew = !this.#running.has(name);
    const version = await this.#options.adopt(next);
    this.#running.set(name, next);
    this.#say(
      name,
      isNew ? `v${version}, new.` : `v${version}, taken; runs in flight keep the harness they began with.`,
    );
  }

  async #settleWaiting(): Promise<void> {
    for (const [name, next] of this.#waiting) {
      if ((await this.#options.openRuns(name)) > 0) continue;
      this.#waiting.delete(name);
      await this.#apply(name, next);
    }
  }

  #say(name: string, text: string): void {
    this.#options.report(`${name}: ${text}`);
  }
}

const GONE = 'is gone';

/** A harness that goes away under a running loop takes approval and limits with it: its defaults are for loops that never had one. */
function goneHarness({ folder, looks }: LoadedFolder, before: LoadedFolder | undefined, cwd: string): Mistake[] {
  const path = join(folder, HARNESS_FILE);
  const isGone = looks.get(path) === 'absent';
  const had =
    (before?.looks.get(path) ?? 'absent') !== 'absent' || before?.mistakes.some(({ rule }) => rule === GONE) === true;
  if (!isGone || !had) return [];
  const fix = 'Write it again, or restart the worker to run by the defaults.';
  return [{ file: shownPath(cwd, path), rule: GONE, fix }];
}

/** What of a loop its open runs may need that the next version has not. */
function lost({ loop }: FoundLoop, next: FoundLoop | undefined): string[] {
  if (next === undefined) return ['it'];
  const stages = Object.keys(loop.stages).filter((name) => next.loop.stages[name] === undefined);
  const effects = Object.keys(loop.act).filter((name) => next.loop.act[name] === undefined);
  return [...stages.map((name) => `stage \`${name}\``), ...effects.map((name) => `effect \`${name}\``)];
}

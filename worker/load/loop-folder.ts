import { readFile } from 'node:fs/promises';
import { join, relative, isAbsolute } from 'node:path';
import type { LoopEntry } from '../../activities/dependencies.ts';
import type { Case } from '../../contract/case.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { InvalidLoop, type Loop } from '../../loops/define/index.ts';
import { definitionStack } from '../../loops/define/loop.ts';
import type { RouteModels } from '../config.ts';
import { HARNESS_FILE, readHarness } from '../load-harness.ts';
import { CASES_FILE, readCases } from './cases.ts';
import { documentReader } from '../loops.ts';
import { refusals } from '../review/refuse.ts';
import { importMistake } from './import-mistake.ts';
import { ioMistakes } from './io-mistakes.ts';
import { filesOf, importLoopModule } from './loop-modules.ts';
import { togetherMistakes, type LoopAround } from './loop-rules.ts';
import { fieldLine } from './source-fields.ts';
import { placeInStack, type Place } from './source-place.ts';

/** File in a loop's folder that defines it. */
export const DEFINITION_FILE = 'loop.ts';

/** File in a loop's folder with its workflow code, where it has several stages. */
export const WORKFLOW_FILE = 'workflow.ts';

/** How a folder is loaded. */
export interface FolderOptions {
  /** Messages name files as seen from here. */
  readonly cwd: string;
  /** What a harness may route to; unknown where `loopwright.yaml` has mistakes itself. */
  readonly models: RouteModels | undefined;
  /** From 1; a higher one loads the code again. */
  readonly generation: number;
  /** Leave out whether a loop may start with those who verify it: a review says that itself. */
  readonly reviewed?: true;
}

/** A loop of a person's folder. */
export interface FoundLoop extends LoopEntry {
  /** Where it is defined, for people: `hello/loop.ts:5`. */
  readonly at: { readonly file: string; readonly line: number };
  /** Path of the file with its workflow code, where it has some. */
  readonly workflow?: string;
  /** The same as messages call it. */
  readonly workflowFile?: string;
  readonly cases: readonly Case[];
  /** The files that its code was made of. */
  readonly files: readonly string[];
}

/** What a loop's folder holds. */
export interface LoadedFolder {
  readonly folder: string;
  /** The loops, mistakes or not, in the order of their exports; with mistakes none of them runs. */
  readonly loops: readonly FoundLoop[];
  readonly mistakes: readonly Mistake[];
  /** The files that its code was made of, as far as they were loaded. */
  readonly files: readonly string[];
}

/** Loads a folder with a `loop.ts`, and says everything that is wrong in it. */
export async function loadLoopFolder(folder: string, options: FolderOptions): Promise<LoadedFolder> {
  return await new FolderLoader(folder, options).load();
}

class FolderLoader {
  readonly #folder: string;
  readonly #options: FolderOptions;
  readonly #mistakes: Mistake[] = [];
  readonly #files = new Set<string>();

  constructor(folder: string, options: FolderOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  async load(): Promise<LoadedFolder> {
    const loops = await this.#loops();
    const harnessFile = this.#name(join(this.#folder, HARNESS_FILE));
    const harness = readHarness(await this.#text(HARNESS_FILE), harnessFile);
    this.#mistakes.push(...harness.mistakes);
    const workflows = await this.#workflows();
    const cases = readCases(await this.#text(CASES_FILE), this.#name(join(this.#folder, CASES_FILE)), loops);
    if (loops.length > 0) this.#mistakes.push(...cases.mistakes);
    const workflowPath = join(this.#folder, WORKFLOW_FILE);
    const found: FoundLoop[] = [];
    for (const loop of loops) {
      const { place, source } = await this.#defined(definitionStack(loop) ?? '');
      const workflow = workflows.includes(loop.name);
      const inLoop = (field: string, rule: string, fix: string): Mistake => ({
        file: this.#name(place.file),
        line: fieldLine(source, place, field),
        field,
        rule,
        fix,
      });
      if (harness.value !== undefined)
        this.#mistakes.push(
          ...togetherMistakes({
            loop,
            harness: harness.value,
            models: this.#options.models,
            workflow,
            inLoop,
            inHarness: harness.mistake,
          }),
        );
      if (this.#mistakes.length === 0 && harness.value !== undefined)
        this.#mistakes.push(...(await this.#unchecked({ loop, harness: harness.value, folder: this.#folder }, inLoop)));
      found.push({
        loop,
        harness: harness.value ?? ({} as LoopEntry['harness']),
        folder: this.#folder,
        at: { file: this.#name(place.file), line: place.line },
        cases: cases.cases.filter((one) => (one.loop ?? loop.name) === loop.name),
        files: [...this.#files],
        ...(workflow ? { workflow: workflowPath, workflowFile: this.#name(workflowPath) } : {}),
      });
    }
    return { folder: this.#folder, loops: found, mistakes: this.#mistakes, files: [...this.#files] };
  }

  /** The loops that `loop.ts` exports. */
  async #loops(): Promise<Loop[]> {
    const path = join(this.#folder, DEFINITION_FILE);
    const exports = await this.#import(path);
    if (exports === undefined) return [];
    const loops = [...new Set(Object.values(exports))].filter(isLoop);
    if (loops.length === 0)
      this.#mistakes.push({
        file: this.#name(path),
        rule: 'exports no loop',
        fix: 'Write `export const myLoop = defineLoop({ … })`.',
      });
    return loops;
  }

  /** Stages where nobody but the generator can say no. */
  async #unchecked(entry: LoopEntry, inLoop: LoopAround['inLoop']): Promise<Mistake[]> {
    const { models, reviewed } = this.#options;
    if (reviewed === true) return [];
    const wrong = await refusals(entry, { models, documents: documentReader(), now: Date.now() });
    return wrong.map(({ stage, because, fix }) =>
      inLoop(`stages.${stage}.verify`, `NoIndependentCheck: ${because}`, fix),
    );
  }

  /** Names that `workflow.ts` exports functions under. */
  async #workflows(): Promise<string[]> {
    const path = join(this.#folder, WORKFLOW_FILE);
    if ((await this.#text(WORKFLOW_FILE)) === '') return [];
    const exports = await this.#import(path);
    for (const file of filesOf(path, this.#options.generation))
      this.#mistakes.push(...ioMistakes(await readFile(file, 'utf8').catch(() => ''), this.#name(file)));
    return Object.entries(exports ?? {}).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
  }

  async #import(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { generation } = this.#options;
    try {
      return (await importLoopModule(path, generation)).exports;
    } catch (error) {
      if (error instanceof InvalidLoop) await this.#invalid(error);
      else
        this.#mistakes.push(
          await importMistake(
            error,
            path,
            (file) => this.#name(file),
            (file) => filesOf(path, generation).includes(file),
          ),
        );
      return undefined;
    } finally {
      for (const file of filesOf(path, generation)) this.#files.add(file);
    }
  }

  async #invalid({ stack = '', mistakes }: InvalidLoop): Promise<void> {
    const { place, source } = await this.#defined(stack);
    for (const { field, rule, fix } of mistakes)
      this.#mistakes.push({ file: this.#name(place.file), line: fieldLine(source, place, field), field, rule, fix });
  }

  /** The `defineLoop` that a stack trace names, with the text of its file. */
  async #defined(stack: string): Promise<{ place: Place; source: string }> {
    const files = filesOf(join(this.#folder, DEFINITION_FILE), this.#options.generation);
    const place = placeInStack(stack, (file) => files.includes(file)) ?? {
      file: join(this.#folder, DEFINITION_FILE),
      line: 1,
      column: 1,
    };
    return { place, source: await readFile(place.file, 'utf8') };
  }

  async #text(name: string): Promise<string> {
    return await readFile(join(this.#folder, name), 'utf8').catch(() => '');
  }

  #name(file: string): string {
    const path = relative(this.#options.cwd, file);
    return path.startsWith('..') || isAbsolute(path) ? file : path;
  }
}

function isLoop(value: unknown): value is Loop {
  return typeof value === 'object' && value !== null && definitionStack(value as Loop) !== undefined;
}

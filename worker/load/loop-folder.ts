import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoopEntry } from '../../activities/dependencies.ts';
import type { Case } from '../../contract/case.ts';
import { Harness } from '../../contract/harness.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { InvalidLoop, type Loop } from '../../loops/define/index.ts';
import { definitionStack } from '../../loops/define/loop.ts';
import type { RouteModels } from '../models/config.ts';
import { HARNESS_FILE, readHarness } from './harness.ts';
import { CASES_FILE, readCases } from './cases.ts';
import { documentReader } from '../documents.ts';
import { uncheckedMistakes } from '../review/refuse.ts';
import { documentsMistakes } from './documents-mistakes.ts';
import { importMistake } from './import-mistake.ts';
import { ioMistakes } from './io-mistakes.ts';
import { looksOf, type Looks } from './looks.ts';
import { filesOf, importLoopModule } from './loop-modules.ts';
import { togetherMistakes, type InLoop } from './loop-rules.ts';
import { shownPath } from './shown-path.ts';
import { fieldLine } from './source-fields.ts';
import { placeInStack, type Place } from './source-place.ts';
import { strayFiles } from './stray-files.ts';
import type { YamlFile } from './yaml-file.ts';

/** File in a loop's folder that defines it. */
export const DEFINITION_FILE = 'loop.ts';

/** File in a loop's folder with its workflow code, where it has several stages. */
export const WORKFLOW_FILE = 'workflow.ts';

const OWN_FILES = [DEFINITION_FILE, HARNESS_FILE, CASES_FILE, WORKFLOW_FILE] as const;

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

/** Workflow code of a loop. */
export interface LoopWorkflow {
  readonly path: string;
  /** The path as messages call it. */
  readonly file: string;
  /** The file and what it imports by path. */
  readonly files: readonly string[];
  /** The same where the same text would be bundled. */
  readonly digest: string;
}

/** A loop of a person's folder. */
export interface FoundLoop extends LoopEntry {
  /** Where it is defined, for people: `hello/loop.ts:5`. */
  readonly at: { readonly file: string; readonly line: number };
  /** Its workflow code, where it has some of its own. */
  readonly workflow?: LoopWorkflow;
  readonly cases: readonly Case[];
}

/** What a loop's folder holds. */
export interface LoadedFolder {
  readonly folder: string;
  /** The loops, mistakes or not, in the order of their exports; with mistakes none of them runs. */
  readonly loops: readonly FoundLoop[];
  readonly mistakes: readonly Mistake[];
  /** What the files looked like that it was made of, missing ones too. */
  readonly looks: Looks;
}

/** Loads a folder with a `loop.ts`, and says everything that is wrong in it. */
export async function loadLoopFolder(folder: string, options: FolderOptions): Promise<LoadedFolder> {
  const loader = new FolderLoader(folder, options);
  return await loader.load().catch((error: unknown) => loader.unloadable(error as Error));
}

/** The files that are looked for in a loop's folder. */
export function ownFiles(folder: string): string[] {
  return OWN_FILES.map((name) => join(folder, name));
}

/** `workflow.ts`, and the names that it exports functions under. */
interface FoundWorkflows {
  readonly names: readonly string[];
  readonly code: LoopWorkflow;
}

/** What a folder has for a loop. */
interface Beside {
  readonly harness: YamlFile<Harness>;
  readonly workflows: FoundWorkflows;
  /** Those of the loop. */
  readonly cases: readonly Case[];
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
    const before = await looksOf(ownFiles(this.#folder));
    const loops = await this.#loops();
    const harnessFile = this.#name(join(this.#folder, HARNESS_FILE));
    const harness = readHarness(await this.#text(HARNESS_FILE), harnessFile);
    this.#mistakes.push(...harness.mistakes);
    const workflows = await this.#workflows(loops);
    const cases = readCases((await this.#text(CASES_FILE)) ?? '', this.#name(join(this.#folder, CASES_FILE)), loops);
    if (loops.length > 0) this.#mistakes.push(...cases.mistakes);
    const found: FoundLoop[] = [];
    for (const loop of loops) {
      const own = cases.cases.filter((one) => (one.loop ?? loop.name) === loop.name);
      found.push(await this.#found(loop, { harness, workflows, cases: own }));
    }
    this.#mistakes.push(...(await strayFiles(this.#folder, OWN_FILES, this.#files, (file) => this.#name(file))));
    const looks = new Map([...(await looksOf(this.#files)), ...before]);
    return { folder: this.#folder, loops: found, mistakes: this.#mistakes, looks };
  }

  /** What is left of a folder whose loading broke. */
  async unloadable({ message }: Error): Promise<LoadedFolder> {
    const file = this.#name(join(this.#folder, DEFINITION_FILE));
    const mistake = {
      file,
      rule: `the loop cannot be loaded: ${message}`,
      fix: 'Make its files readable, and keep its definition free of work.',
    };
    const looks = await looksOf([...ownFiles(this.#folder), ...this.#files]);
    return { folder: this.#folder, loops: [], mistakes: [...this.#mistakes, mistake], looks };
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

  /** A loop with what the folder has for it; what is wrong with it hides nothing of the loops beside it. */
  async #found(loop: Loop, { harness, workflows, cases }: Beside): Promise<FoundLoop> {
    const { place, source } = await this.#defined(definitionStack(loop) ?? '');
    const file = this.#name(place.file);
    const inLoop: InLoop = (field, rule, fix) => ({ file, line: fieldLine(source, place, field), field, rule, fix });
    const workflow = workflows.names.includes(loop.name) ? { workflow: workflows.code } : {};
    const entry = { loop, harness: harness.value ?? Harness.parse({}), folder: this.#folder };
    const mistakes: Mistake[] = [];
    for await (const mistake of documentsMistakes(loop, this.#folder, inLoop)) mistakes.push(mistake);
    if (harness.value !== undefined) {
      const { models, reviewed } = this.#options;
      const around = { ...entry, models, workflow: 'workflow' in workflow, inLoop, inHarness: harness.mistake };
      mistakes.push(...togetherMistakes(around));
      const options = { models, documents: documentReader(), now: Date.now() };
      if (reviewed !== true) mistakes.push(...(await uncheckedMistakes(entry, options, { inLoop, others: mistakes })));
    }
    this.#mistakes.push(...mistakes);
    return { ...entry, at: { file, line: place.line }, cases, ...workflow };
  }

  /** `workflow.ts`, and the names that it exports functions under. */
  async #workflows(loops: readonly Loop[]): Promise<FoundWorkflows> {
    const path = join(this.#folder, WORKFLOW_FILE);
    const hash = createHash('sha256');
    const exports = ((await this.#text(WORKFLOW_FILE)) ?? '') === '' ? undefined : await this.#import(path);
    const files = exports === undefined ? [] : filesOf(path, this.#options.generation);
    for (const file of files) {
      const text = await readFile(file, 'utf8');
      hash.update(file).update(text);
      this.#mistakes.push(...ioMistakes(text, this.#name(file)));
    }
    const names = Object.entries(exports ?? {}).flatMap(([name, value]) => (typeof value === 'function' ? [name] : []));
    if (exports !== undefined && loops.length > 0 && !loops.some(({ name }) => names.includes(name))) {
      const [{ name }] = loops as [Loop];
      this.#mistakes.push({
        file: this.#name(path),
        rule: `exports no workflow under the name of the loop, \`${name}\``,
        fix: `Write \`export const ${name} = loopWorkflow('${name}', async (run) => …)\`, or remove the file.`,
      });
    }
    return { names, code: { path, file: this.#name(path), files, digest: hash.digest('hex') } };
  }

  async #import(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { generation } = this.#options;
    try {
      return await importLoopModule(path, generation);
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

  /** What a file says; undefined where it is not there or cannot be read. */
  async #text(name: string): Promise<string | undefined> {
    const path = join(this.#folder, name);
    return await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      // An unread harness would be one without approval: only where there is none are its defaults meant.
      if (error.code !== 'ENOENT')
        this.#mistakes.push({
          file: this.#name(path),
          rule: `cannot be read: ${error.message}`,
          fix: 'Make it a file that can be read.',
        });
      return undefined;
    });
  }

  #name(file: string): string {
    return shownPath(this.#options.cwd, file);
  }
}

function isLoop(value: unknown): value is Loop {
  return typeof value === 'object' && value !== null && definitionStack(value as Loop) !== undefined;
}

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const TEMPLATE = fileURLToPath(new URL('template/', import.meta.url));

/** What the template is called in its own files. */
const TEMPLATE_NAME = /\bhello\b/g;

/** What `init` wrote. */
export interface Written {
  /** The loop's folder. */
  readonly folder: string;
  /** Names of the files in it. */
  readonly files: readonly string[];
}

/** Why nothing was written; the message says the fix. */
export class CannotInit extends Error {
  override readonly name = 'CannotInit';
  /** `taken`: there is something already; `name`: a loop cannot be called so. */
  readonly kind: 'name' | 'taken';
  constructor(kind: 'name' | 'taken', message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Writes a loop that runs at once, keyless, into `<dir>/<name>`: definition, harness, cases, test and README.
 * @throws `CannotInit` when the name is not camelCase or the folder has files already; then nothing is written.
 */
export async function init(name: string, dir: string): Promise<Written> {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name) || name === 'improve') throw new CannotInit('name', whyNot(name));
  const folder = resolve(dir, name);
  const there = await readdir(folder).catch((): string[] => []);
  if (there.length > 0)
    throw new CannotInit(
      'taken',
      `${folder} is not empty (${there.slice(0, 3).join(', ')}). Choose another name or --dir.`,
    );
  await mkdir(folder, { recursive: true });
  const files = (await readdir(TEMPLATE)).toSorted();
  for (const file of files) {
    const text = await readFile(join(TEMPLATE, file), 'utf8');
    await writeFile(join(folder, file), text.replaceAll(TEMPLATE_NAME, name));
  }
  if (await isModule(folder)) return { folder, files };
  // Node, editors and test runners read it. A package.json that somebody else wrote is left alone.
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  return { folder, files: [...files, 'package.json'].toSorted() };
}

function whyNot(name: string): string {
  const camel = name.replaceAll(/[^a-zA-Z0-9]+(.)?/g, (_, next: string | undefined) => (next ?? '').toUpperCase());
  const proposal = camel.replace(/^[^a-zA-Z]+/, '').replace(/^[A-Z]/, (first) => first.toLowerCase());
  const hint = proposal === '' || proposal === 'improve' ? 'such as `invoiceTriage`' : `such as \`${proposal}\``;
  return name === 'improve'
    ? 'The name `improve` is taken by the workflow that improves loops. Choose another.'
    : `Expected the name of a loop in camelCase (letters and digits, a small letter first), got "${name}". Give one ${hint}.`;
}

/** Whether the package that a folder belongs to says that its files are ES modules. */
async function isModule(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
  if (text !== undefined) {
    try {
      return (JSON.parse(text) as { type?: unknown }).type === 'module';
    } catch {
      return false;
    }
  }
  const parent = dirname(folder);
  return parent === folder ? false : await isModule(parent);
}

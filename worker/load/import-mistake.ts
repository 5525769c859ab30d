import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { Mistake } from '../../contract/mistake.ts';
import { placeInStack } from './source-place.ts';

/** What kept a file from loading, as a mistake. `name` says what messages call a file, `isTheirs` whether a person wrote it. */
export async function importMistake(
  error: unknown,
  entry: string,
  name: (file: string) => string,
  isTheirs: (file: string) => boolean,
): Promise<Mistake> {
  if (!(error instanceof Error))
    return {
      file: name(entry),
      rule: `throws ${String(error)} when it is loaded`,
      fix: 'Throw errors, and only while a run is at work.',
    };
  const missing = /^Cannot find (?:module|package) '([^']+)' imported from (.+)$/.exec(error.message);
  if (missing?.[1] !== undefined && missing[2] !== undefined) return await notFound(missing[1], missing[2], name);
  const place = placeInStack(error.stack ?? '', isTheirs);
  const at = { file: name(place?.file ?? entry), ...(place === undefined ? {} : { line: place.line }) };
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return {
      ...at,
      rule: `${error.message.replace(' is not supported in strip-only mode', '')} does not run unbuilt: its types are only stripped`,
      fix: unsupportedFix(error.message),
    };
  if (code === 'ERR_INVALID_TYPESCRIPT_SYNTAX')
    return {
      ...at,
      rule: `this is no TypeScript: ${error.message}`,
      fix: 'Mend the syntax at this line or just before it.',
    };
  const wanted = /^The requested module '([^']+)' does not provide an export named '([^']+)'/.exec(error.message);
  if (wanted !== null)
    return {
      ...at,
      rule: `\`${wanted[1]}\` exports no \`${wanted[2]}\``,
      fix: `Export it there, or mend the name; a type is imported with \`import { type ${wanted[2]} }\`.`,
    };
  if (error instanceof SyntaxError)
    return { ...at, rule: `this is no JavaScript module: ${error.message}`, fix: 'Mend the syntax at this line.' };
  return { ...at, rule: `throws when it is loaded: ${error.message}`, fix: unloadableFix(error.message) };
}

/** An import that leads nowhere: its line is that of the import in the file that Node names. */
async function notFound(wanted: string, importer: string, name: (file: string) => string): Promise<Mistake> {
  const source = await readFile(importer, 'utf8').catch(() => '');
  const isPath = wanted.startsWith('/') || /^[A-Z]:\\/.test(wanted);
  const specifiers = [...source.matchAll(/(?:from|import|import\()\s*(['"])([^'"]+)\1/g)];
  const found = specifiers.find(([, , specifier = '']) =>
    isPath
      ? resolve(dirname(importer), specifier) === wanted
      : specifier === wanted || specifier.startsWith(`${wanted}/`),
  );
  const line = found === undefined ? undefined : source.slice(0, found.index + found[0].length).split('\n').length;
  const specifier = found?.[2] ?? wanted;
  return {
    file: name(importer),
    ...(line === undefined ? {} : { line }),
    rule: isPath
      ? `imports \`${specifier}\`, which is not there`
      : `imports package \`${wanted}\`, which is not installed`,
    fix: isPath ? pathFix(wanted, importer, name) : `Run \`npm install ${wanted}\` there, or import something else.`,
  };
}

function pathFix(wanted: string, importer: string, name: (file: string) => string): string {
  const base = wanted.replace(/\.[cm]?js$/, '');
  const meant = [`${base}.ts`, `${base}/index.ts`].find((path) => existsSync(path));
  if (meant === undefined) return `Create ${name(wanted)}, or mend the path.`;
  const path = relative(dirname(importer), meant);
  return `Write \`${path.startsWith('.') ? path : `./${path}`}\`, with its extension.`;
}

function unsupportedFix(message: string): string {
  if (message.includes('enum')) return "Write `const NAMES = ['a', 'b'] as const` and a union type, or `z.enum([…])`.";
  if (message.includes('parameter property')) return 'Declare the field and assign it in the constructor.';
  if (message.includes('namespace')) return 'Write a module: a file of its own.';
  return 'Write it without this feature.';
}

function unloadableFix(message: string): string {
  if (message.startsWith('require is not defined')) return "Write `import … from '…'` in place of `require`.";
  return 'Keep work out of the module itself: do it in a generator, a verifier or an effect.';
}

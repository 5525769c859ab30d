import { boundsOf, given, outside, type Given, type OutsideOptions } from './source-options.ts';
import type { Source, SourceMistake } from './sources.ts';

/** What {@link files} may be given. */
export interface FilesOptions<I> extends Omit<OutsideOptions, 'why'> {
  /** Where to look, from the loop's own folder, or absolute. Default: the loop's own folder. */
  readonly root?: string;
  /** A folder below the root, for what differs by input: a plain path, never a pattern, and never a way out of the root. */
  readonly under?: Given<I, string>;
  /** Default for files of the loop's own folder: `what the loop may rely on`. */
  readonly why?: string;
  /** More are refused. Default 50. */
  readonly maxFiles?: number;
}

/**
 * Text files that fit a glob such as `**` + `/*.md`, sorted by path. The loop's own are trusted and kept, because they are reviewed
 * like its code; those of another root are untrusted and go with the run, unless you say otherwise. Links count where
 * they stay below the root. Default: at most 50 files and 500,000 bytes together.
 */
export function files<I>(pattern: string, options: FilesOptions<I> = {}): Source<I> {
  const { root = '.', under = '', why = 'what the loop may rely on', maxFiles = 50 } = options;
  const own = isOwn(root);
  return outside<I>(
    { ...options, why },
    {
      name: `files(${root === '.' ? '' : `${root}/`}${under === '' ? '' : '…/'}${pattern})`,
      mistakes: filesMistakes(pattern, root, under, own, options.why),
      quick: own,
      ...(own ? { trust: 'trusted', keep: 'durable' } : {}),
      request: (input) => ({
        kind: 'files',
        root,
        under: under === '' ? '' : underOf(given(under, input)),
        pattern,
        maxFiles,
        ...boundsOf({ ...options, why }, { maxBytes: 500_000, timeoutMs: 20_000 }),
      }),
    },
  );
}

/** An input that names no folder must not open all of them. */
function underOf(made: string): string {
  return made === '' ? '/' : made;
}

function isOwn(root: unknown): boolean {
  return typeof root === 'string' && !/^(?:[/\\]|[a-z]:)/i.test(root) && !root.split(/[/\\]/).includes('..');
}

function* filesMistakes<I>(
  pattern: unknown,
  root: unknown,
  under: Given<I, string>,
  own: boolean,
  why: string | undefined,
): Generator<SourceMistake, void> {
  if (typeof pattern !== 'string' || pattern.trim() === '' || !isOwn(pattern))
    yield {
      rule: `expected the pattern of \`files()\` to be a glob below its root, got ${JSON.stringify(pattern) ?? 'nothing'}`,
      fix: "Write `files('**/*.md')`; what is not in the loop's folder is read with `root`.",
    };
  if (typeof root !== 'string' || root === '')
    yield {
      rule: `expected \`root\` of \`files()\` to be a folder, got ${JSON.stringify(root)}`,
      fix: "Write `root: '../../docs'`, or leave it out for the loop's own folder.",
    };
  if (typeof under !== 'function' && (typeof under !== 'string' || (under !== '' && !isOwn(under))))
    yield {
      rule: `\`under\` of \`files()\` leads out of its root: ${JSON.stringify(under)}`,
      fix: 'Name the folder in `root`, and in `under` what is below it.',
    };
  if (!own && (why ?? '') === '')
    yield { rule: '`files()` of another root does not say `why`', fix: "Write `why: 'what it is for'`." };
}

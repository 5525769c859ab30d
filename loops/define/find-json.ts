import type { z } from 'zod';
import { failure } from '../../contract/failures.ts';
import { MAX_LIST_BYTES, type Item } from './find-rows.ts';
import type { FinderSource } from './finder-source.ts';
import { http } from './http.ts';

/** What `find.http` is given. */
export interface FindJsonOptions<R> {
  readonly url: string;
  /** Who may be asked, redirects included, each whole: `example.com`, `example.com:8443`, `http://wiki.internal:8080`. */
  readonly hosts: readonly string[];
  /** Where in the answer the list is, as names with dots between them: `data.items`. Default: the answer is the list. */
  readonly items?: string;
  /** What an item has to be. What does not fit is not started, and told. */
  readonly item?: z.ZodType<R>;
  /** Set where the newest comes first. Default false. */
  readonly newestFirst?: boolean;
  /** Name of a variable of the worker's environment with a token, sent as `authorization: Bearer …`. */
  readonly token?: string;
  /** Default 20,000. */
  readonly timeoutMs?: number;
}

/** The items of a list in JSON, by one GET. */
export function findJson<R = Item>(options: FindJsonOptions<R>): FinderSource<R> {
  const { url, hosts, items = '', item, newestFirst = false, token, timeoutMs } = options;
  const source = http<undefined>({
    url,
    hosts,
    accept: 'application/json',
    maxBytes: MAX_LIST_BYTES,
    why: 'what there is to do',
    ...(token === undefined ? {} : { token }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
  return {
    name: source.name,
    mistakes: source.mistakes ?? [],
    async list(access) {
      const [part] = await source.fetch(undefined, access);
      const listed = listIn(part?.text ?? '', items, source.name);
      return { items: newestFirst ? listed.toReversed() : listed };
    },
    take: (one) => (item === undefined ? (one as R) : item.parse(one)),
    read: async (one) => one,
  };
}

/** The list at a path of a JSON text. @throws `SourceRefused` where there is none. */
export function listIn(text: string, path: string, source: string): readonly unknown[] {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    throw failure('SourceRefused', `${source} answered what is no JSON: ${(error as Error).message}.`);
  }
  for (const name of path === '' ? [] : path.split('.'))
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? (found as Item)[name] : undefined;
  if (Array.isArray(found)) return found;
  const where = path === '' ? 'its answer' : `\`${path}\` of its answer`;
  throw failure(
    'SourceRefused',
    `${source}: expected ${where} to be a list, got ${found === undefined ? 'nothing' : Array.isArray(found) ? 'a list' : typeof found}. Say in \`items\` where the list is, such as \`data.items\`.`,
  );
}

import { z } from 'zod';
import { nothingFound } from '../../core/found.ts';
import { finderMistakes } from './check-finder.ts';
import type { FindGenerator } from './generators.ts';
import type { FinderSource } from './finder-source.ts';
import { InvalidLoop } from './invalid-loop.ts';
import { makeLoop, type Effect, type Loop } from './loop.ts';
import { check } from './verifiers.ts';

/** What an author of a finder writes in `loop.ts`. */
export interface FinderDefinition<L, T> {
  /** camelCase; the Temporal workflow type, as of a loop. */
  readonly name: string;
  /** Where it looks: `find.files(…)`, `find.sql(…)`, `find.http(…)`, `find.githubIssues(…)`. */
  readonly from: FinderSource<L, T>;
  /** The loop that it starts, by its name. */
  readonly starts: string;
  /**
   * What makes two listed items the same: an item is started once ever. Files have their path, issues of GitHub their
   * number, where this is left out.
   */
  key?(this: void, item: L): string | number;
  /** Of an item that may change: another version is a new item, and is started again. */
  version?(this: void, item: L): string | number | undefined;
  /** The input of the run that an item is started with. */
  input(this: void, item: T): unknown;
  /** At most so many are started a tick, the oldest first; the rest comes next time. 1 to 200, default 20. */
  readonly limit?: number;
}

/** A finder as the rest of the product sees it: types erased. */
export interface Finder {
  readonly source: FinderSource<unknown>;
  readonly starts: string;
  readonly limit: number;
  key(this: void, item: unknown): string | number;
  version(this: void, item: unknown): string | number | undefined;
  input(this: void, item: unknown): unknown;
}

/** An item that is new. */
const FoundItem = z.object({
  key: z.string().max(2000),
  version: z.string().max(2000).optional(),
  /** Of the run that it is started with. */
  workflowId: z.string().max(500),
  /** As the loop that is started takes it. */
  input: z.unknown(),
});

/** What a finder finds, and what its run answers with. */
export const Found = z.object({
  items: z.array(FoundItem).max(200),
  /** How many were listed, new or not. */
  listed: z.int().min(0),
  /** New ones that come next time. */
  left: z.int().min(0),
  /** How many cannot be started, and the first of them with why: they are looked at again each time. */
  refused: z.object({
    count: z.int().min(0),
    first: z.array(z.object({ key: z.string().max(300), because: z.string().max(1000) })).max(20),
  }),
});
/** What a finder finds, and what its run answers with. */
export type Found = z.infer<typeof Found>;

/** Options of a tick come from the finder itself: a schedule gives none. */
const Nothing = z.strictObject({});

/**
 * A loop that looks for work and starts a run of another loop for each new item: scheduled, recorded and told like any
 * loop. It ends `noWork` where nothing is new, and `accepted` with what it started.
 * @throws InvalidLoop with every mistake.
 */
export function defineFinder<L, T = L>(definition: FinderDefinition<L, T>): Loop {
  const mistakes = [...finderMistakes(definition)];
  if (mistakes.length > 0)
    throw new InvalidLoop(String((definition as { name?: unknown } | undefined)?.name), mistakes);
  const finder = finderOf(definition);
  const { name, starts, limit } = { ...definition, limit: finder.limit };
  const generate: FindGenerator = { kind: 'find', name: 'find', finder };
  const main = { generate, verify: [newAndOnce(starts, limit)] };
  return makeLoop({
    name,
    input: Nothing,
    output: Found,
    stages: { main },
    act: { start: startEach(starts) },
    finder,
    nothing: (found) => {
      const { items, listed } = found as Found;
      return items.length === 0 ? nothingFound(finder.source.name, listed) : undefined;
    },
  });
}

function finderOf<L, T>({ from, starts, key, version, input, limit = 20 }: FinderDefinition<L, T>): Finder {
  const erased = { key: key ?? from.key, version: version ?? (() => undefined), input };
  return { source: from, starts, limit, ...erased } as unknown as Finder;
}

/** Asks the record and not the finder: nothing twice, nothing that was started before, no more than may be. */
function newAndOnce(starts: string, limit: number) {
  return check<z.infer<typeof Nothing>, Found>('new-and-once', async ({ items }, _input, { facts }) => {
    const ids = items.map(({ workflowId }) => workflowId);
    const twice = ids.find((id, index) => ids.indexOf(id) < index);
    if (twice !== undefined) return { verdict: 'fail', evidence: `${twice} is there twice` };
    const stray = ids.find((id) => !id.startsWith(`${starts}-`));
    if (stray !== undefined) return { verdict: 'fail', evidence: `${stray} is no run of ${starts}` };
    if (ids.length > limit) return { verdict: 'fail', evidence: `${ids.length} items, and at most ${limit} a tick` };
    const marks = ids.map(() => '?').join(', ');
    const [known] = await facts.query(`select workflow_id as id from starts where workflow_id in (${marks})`, ids);
    if (known !== undefined) return { verdict: 'fail', evidence: `${String(known['id'])} was started before` };
    return { verdict: 'pass', evidence: `${ids.length} of at most ${limit}, none of them started before` };
  });
}

function startEach(starts: string): Effect<z.infer<typeof Nothing>, Found> {
  return {
    repeatable: true,
    async run({ items }, { loops }) {
      const started = [];
      for (const { key, version, workflowId, input } of items) {
        const named = { once: key, ...(version === undefined ? {} : { version }) };
        started.push(await loops.start(starts, workflowId.slice(starts.length + 1), input, named));
      }
      return started;
    },
  };
}

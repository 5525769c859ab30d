import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Manifest, ManifestPart } from '../contract/context.ts';
import { failure } from '../contract/failures.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import { canonicalJson } from '../core/canonical.ts';
import { pack, type Packed } from '../core/pack.ts';
import type { Part, Source, SourceAccess } from '../loops/define/index.ts';
import type { Dependencies } from './dependencies.ts';
import { nearestLessons } from './nearest-lessons.ts';
import { entryOf, harnessOf, inputOf } from './pinned.ts';
import { problemIn } from './sources/problem.ts';
import { readOrTake } from './sources/read-or-take.ts';

/** Which context to gather. */
export interface FetchContextInput {
  readonly run: PinnedRun;
  readonly stage: string;
}

/** Where the manifest is. The history holds no more than this, however large the context. */
export interface Context {
  readonly manifest: Digest;
  readonly tokens: number;
  readonly parts: number;
  readonly dropped: number;
}

/** Gathers a stage's sources under its token budget and stores them by digest. */
export async function fetchContext(deps: Dependencies, { run, stage }: FetchContextInput): Promise<Context> {
  const entry = entryOf(deps, run.loop);
  const input = await inputOf(deps, run);
  const harness = await harnessOf(deps, run);
  const access = accessOf(deps, run, entry.folder);
  const sources = entry.loop.stages[stage]?.context ?? [];
  const fetched = await Promise.all(
    sources.map(async (source) => (await ask(run, source, input, access)).map((part) => wishOf(source, part))),
  );
  const packed = pack(fetched.flat(), harness.limits.contextTokens);
  const kept = packed.filter((item) => item.kind !== 'dropped');
  const parts = kept.map((item) => manifestPart(deps, item));
  const silent = sources.filter((source, index) => fetched[index]?.length === 0 && source.name !== 'lessons');
  const manifest: Manifest = {
    tokens: parts.reduce((sum, part) => sum + part.tokens, 0),
    budgetTokens: harness.limits.contextTokens,
    watermark: run.watermark,
    parts,
    dropped: [
      ...packed
        .filter((item) => item.kind === 'dropped')
        .map((item) => ({ source: item.wish.title, tokens: item.tokens, why: 'the token budget was used up' })),
      // A record without lessons is how every loop begins; anything else that says nothing is worth a line.
      ...silent.map(({ name }) => ({ source: name, tokens: 0, why: 'it had nothing' })),
    ],
  };
  const { runKey } = run;
  // Asked for at once, so that all of them share a commit.
  const [digest] = await Promise.all([
    deps.store.contexts.add({ runKey, stage, at: deps.now() }, canonicalJson(manifest)),
    ...kept.map(({ text, wish }) => deps.store.artefacts.put(text, { runKey, keep: wish.source.keep })),
  ]);
  return { manifest: digest, tokens: manifest.tokens, parts: parts.length, dropped: manifest.dropped.length };
}

function manifestPart(
  deps: Dependencies,
  item: Exclude<Packed<ReturnType<typeof wishOf>>, { kind: 'dropped' }>,
): ManifestPart {
  const { source, part, title } = item.wish;
  return {
    source: title,
    trust: source.trust,
    keep: source.keep,
    tokens: item.tokens,
    digest: deps.store.artefacts.digest(item.text),
    why: source.why,
    ...(item.kind === 'cut' ? { cutFromTokens: item.fromTokens } : {}),
    ...(part.lessons === undefined ? {} : { lessons: part.lessons }),
    ...(part.origin === undefined ? {} : { origin: part.origin }),
    ...(part.incomplete === undefined ? {} : { incomplete: part.incomplete }),
    ...(part.cachedForMs === undefined ? {} : { cachedForMs: part.cachedForMs }),
  };
}

const SAID = { refused: 'was refused', failed: 'failed' } as const;

/** Parts of a source. What it throws is worth another try, because networks and files come back, unless it is refused. */
async function ask(
  run: PinnedRun,
  source: Source<unknown>,
  input: unknown,
  access: SourceAccess,
): Promise<readonly Part[]> {
  try {
    return await source.fetch(input, access);
  } catch (error) {
    if (error instanceof ApplicationFailure || access.signal.aborted) throw error;
    const cause = error instanceof Error ? error : new Error(String(error));
    const { kind = 'failed', retryAfterMs, message } = problemIn(error) ?? { message: cause.message };
    const more = { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    const type = kind === 'refused' ? 'SourceRefused' : 'SourceFailed';
    throw failure(type, `Source \`${source.name}\` of loop ${run.loop} ${SAID[kind]}: ${message}`, more);
  }
}

function wishOf(source: Source<unknown>, part: Part) {
  const title = part.title === undefined ? source.name : `${source.name}: ${part.title}`;
  return { source, part, title, text: part.text };
}

function accessOf(deps: Dependencies, run: PinnedRun, folder: string): SourceAccess {
  const signal = activityInfo().isLocal ? AbortSignal.timeout(60_000) : cancellationSignal();
  return {
    signal,
    documents: (under) => deps.documents(folder, under),
    read: (request) => readOrTake(deps, request, { loop: run.loop, folder, signal }),
    async lessons(input, limit) {
      return nearestLessons(await deps.lessons.examples(run), input, limit);
    },
  };
}

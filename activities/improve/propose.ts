import { setImmediate } from 'node:timers/promises';
import { CHANGE_KINDS, type Candidate, type CandidateManifest, type ChangeKind } from '../../contract/candidate.ts';
import { Harness } from '../../contract/harness.ts';
import type { PinnedRun } from '../../contract/run.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { changeContent, singleChange, widens } from '../../core/learning/change.ts';
import { proposals, type Proposals } from '../../core/learning/proposers/index.ts';
import type { Draft, Ground } from '../../core/learning/proposers/proposer.ts';
import { growCases } from '../cases.ts';
import type { Dependencies, LoopEntry } from '../dependencies.ts';
import { knownLoop, parsedHarness } from '../pinned.ts';
import { answersOf, clustersIn, PROPOSER, routeFacts } from './ground.ts';
import { modelDraft } from './model-draft.ts';
import { objectionTo } from './objection.ts';

/** For which loop a change is proposed, and how. */
export interface ProposeInput {
  /** Run of `improve` that it is for. */
  readonly run: PinnedRun;
  readonly loop: string;
  /** Failure cluster to be mended; default: the most frequent one that somebody has a change for. */
  readonly cluster?: string | undefined;
  /** Default: all. */
  readonly kinds?: readonly ChangeKind[] | undefined;
  /** A whole harness that a person or their agent brings, in the place of a proposal. */
  readonly candidate?: unknown;
  /** Of what somebody brings: the change in a sentence, and who. */
  readonly summary?: string | undefined;
  readonly by?: string | undefined;
}

/** What is proposed, or why nothing is. */
export type Proposed =
  | { readonly kind: 'proposed'; readonly digest: string; readonly version: string }
  | { readonly kind: 'none'; readonly because: string };

/** The version that a change starts from. */
export interface Base {
  readonly entry: LoopEntry;
  readonly version: string;
  readonly harness: Harness;
}

/** Reasons that are told where nobody has a change: the last, which are about all failures, come in any case. */
const MOST_REASONS = 12;

/** Clusters that are looked at where none is named. */
const MOST_CLUSTERS = 10;

/**
 * Proposes one change of a loop's current harness, and records it as a version that nothing runs on yet. A run proposes
 * once: made again, it answers what it proposed. What was refuted before, or is on trial in another run, is passed by.
 * @throws `UnknownLoop` where this worker does not have the loop.
 */
export async function propose(deps: Dependencies, request: ProposeInput): Promise<Proposed> {
  const known = await deps.store.candidates.ofRun(request.run.runKey);
  if (known !== undefined) return answer(known);
  const entry = knownLoop(deps, request.loop);
  const current = await deps.store.harnesses.current(request.loop);
  if (current === undefined) return none(`loop ${request.loop} has no harness on record yet`);
  const base = { entry, version: `v${current.version}`, harness: parsedHarness(deps, current) };
  return request.candidate === undefined
    ? await proposed(deps, request, base)
    : await brought(deps, request, base, request.candidate);
}

/** The model that is there for it first, else whoever of the built-in proposers has the most to say. */
async function proposed(deps: Dependencies, request: ProposeInput, base: Base): Promise<Proposed> {
  await growCases(deps, request.loop);
  const answers = await answersOf(deps, request.loop, request.run.watermark);
  const all: Ground = {
    harness: base.harness,
    answers,
    routes: routeFacts(deps, base.entry.loop),
    effects: Object.keys(base.entry.loop.act),
  };
  // The last look is at all failures together, and at what people are asked in vain.
  const clusters =
    request.cluster === undefined ? [...clustersIn(answers).slice(0, MOST_CLUSTERS), undefined] : [request.cluster];
  const grounds = clusters.map((cluster) => (cluster === undefined ? all : { ...all, cluster }));
  const kinds = request.kinds ?? CHANGE_KINDS;
  const against = (draft: Draft): Promise<string | undefined> => objectionTo(deps, request, base, draft);
  const because: string[] = [];
  if (deps.routes.get(PROPOSER)?.kind === 'endpoint') {
    const made = await modelDraft(deps, request, base, grounds[0] ?? all, kinds, against);
    if (made.kind === 'draft') return await record(deps, request, base, made.draft);
    because.push(`${PROPOSER}: ${made.because}`);
  }
  for (const ground of grounds) {
    const about = ground.cluster ?? 'all failures';
    const { drafts, silent } = await asked(ground, kinds);
    // A proposer that has nothing for the one has the same to say of most others.
    because.push(...silent.filter((why) => !because.includes(why)));
    for (const draft of drafts) {
      const objection = await against(draft);
      if (objection === undefined) return await record(deps, request, base, draft);
      because.push(`${about}: ${draft.manifest.summary} ${objection}`);
    }
  }
  return none(
    `nobody has a change to propose for ${request.cluster ?? request.loop}. ${because.slice(-MOST_REASONS).join('; ')}`,
  );
}

/** Asks one proposer after another, and lets the worker breathe in between: each may look at thousands of answers. */
async function asked(ground: Ground, kinds: readonly ChangeKind[]): Promise<Proposals> {
  const all: Proposals[] = [];
  for (const kind of kinds) {
    await setImmediate();
    all.push(proposals(ground, [kind]));
  }
  const drafts = all.flatMap((one) => one.drafts).toSorted((a, b) => b.gain - a.gain);
  return { drafts, silent: all.flatMap(({ silent }) => silent) };
}

/** What somebody brings goes the way of every proposal. */
async function brought(deps: Dependencies, request: ProposeInput, base: Base, body: unknown): Promise<Proposed> {
  const parsed = Harness.safeParse(body);
  const harness = parsed.success ? parsed.data : undefined;
  const single = harness && singleChange(base.harness, harness);
  if (harness === undefined || single?.kind !== 'change') {
    const [mistake] = harness === undefined ? await deps.harnessMistakes(base.entry, body) : [];
    const because = single?.kind === 'refused' ? single.because : (mistake ?? 'it is no harness');
    return none(`the harness that was brought is no candidate: ${because}`);
  }
  const manifest: CandidateManifest = {
    summary: request.summary ?? `A change of \`${single.change}\` that somebody brought.`,
    ...(request.cluster === undefined ? {} : { cluster: request.cluster }),
    fixes: [],
    risks: [],
    proposer: `human:${request.by ?? 'unknown'}`,
  };
  const draft = { change: single.change, harness, manifest, gain: 0 };
  const objection = await objectionTo(deps, request, base, draft);
  if (objection !== undefined) return none(`the harness that was brought is not tried: ${objection}`);
  return await record(deps, request, base, draft);
}

async function record(
  { store, now }: Dependencies,
  { loop, run }: ProposeInput,
  base: Base,
  { change, harness, manifest }: Pick<Draft, 'change' | 'harness' | 'manifest'>,
): Promise<Proposed> {
  const candidate = await store.candidates.propose(
    {
      loop,
      digest: store.artefacts.digest(changeContent(base.version, change, harness)),
      kind: change,
      base: base.version,
      widens: widens(change, base.harness, harness),
      manifest,
      state: 'proposed',
      runKey: run.runKey,
      at: now(),
    },
    { body: harness, digest: store.artefacts.digest(canonicalJson(harness)) },
  );
  return answer(candidate);
}

function answer({ digest, version }: Candidate): Proposed {
  return { kind: 'proposed', digest, version };
}

function none(because: string): Proposed {
  return { kind: 'none', because };
}

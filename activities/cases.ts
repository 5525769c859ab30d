import type { Case, KeptCase } from '../contract/case.ts';
import type { Cluster, Failure } from '../contract/cluster.ts';
import type { Lesson } from '../contract/lesson.ts';
import { canonicalJson } from '../core/canonical.ts';
import { expectationOf, type Expectation } from '../core/learning/expectation.ts';
import { fingerprint, sameReason } from '../core/learning/fingerprint.ts';
import { NearDuplicates } from '../core/learning/near-duplicates.ts';
import { lot } from '../core/learning/lot.ts';
import type { Store } from '../store/ports.ts';
import type { Dependencies, LoopEntry } from './dependencies.ts';
import { whatCounts, type WhatCounts } from './what-counts.ts';

type Needed = Pick<Dependencies, 'store' | 'loops' | 'now'>;

/** Lessons that are looked at in one transaction. */
const BATCH = 100;

/** Cases that a new one is held against for whether they say the same: the newest so many when a process begins, and at most so many. */
const COMPARED = { first: 1000, most: 10_000 } as const;

/** Clusters that a note is held against, for whether it gives the same reason. */
const REASONS = 500;

/** Longest name of a group of cases, in characters. */
const LONGEST_GROUP = 200;

/**
 * Makes cases and failures of a loop's lessons since it was last asked, and of the lines of its file. Everything is keyed:
 * asked twice, killed in between or asked by two at once it comes to the same. A loop that does not run here keeps what it has.
 */
export async function growCases(deps: Needed, name: string): Promise<void> {
  const entry = deps.loops.get(name);
  if (entry === undefined) return;
  await takeFile(deps, entry);
  const upTo = await deps.store.lessons.watermark();
  let after = await deps.store.cases.grownTo(name);
  if (after >= upTo) return;
  const counts = whatCounts(entry.loop);
  const groups = await groupsOf(deps, name, counts);
  const reasons = new Set(await deps.store.failures.names(name, REASONS));
  for (;;) {
    const lessons = await deps.store.lessons.list({ loop: name, after, upTo, limit: BATCH });
    const last = lessons.length < BATCH ? upTo : (lessons.at(-1)?.id ?? upTo);
    await deps.store.cases.grow({
      loop: name,
      upTo: last,
      ...(await grown(deps, { lessons, counts, groups, reasons })),
    });
    if (last >= upTo) return;
    after = last;
  }
}

/** In which ways runs of a loop went wrong lately, the most frequent first. */
export async function clusters(deps: Needed, loop: string): Promise<readonly Cluster[]> {
  await growCases(deps, loop);
  return await deps.store.failures.clusters(loop, deps.now());
}

/** Groups of cases that say the same, by store and loop. */
const known = new WeakMap<Store, Map<string, { readonly erasures: number; readonly groups: NearDuplicates }>>();

/** What is known of a loop's cases; read anew after an erasure, which gives groups other names. */
async function groupsOf({ store }: Needed, loop: string, counts: WhatCounts): Promise<NearDuplicates> {
  const byLoop = known.get(store) ?? new Map<string, { erasures: number; groups: NearDuplicates }>();
  known.set(store, byLoop);
  const erasures = await store.lessons.erasures();
  const kept = byLoop.get(loop);
  if (kept?.erasures === erasures && kept.groups.size <= COMPARED.most) return kept.groups;
  const groups = new NearDuplicates();
  for (const { input, related } of await store.cases.newest(loop, COMPARED.first))
    groups.add(counts.text(input), related);
  byLoop.set(loop, { erasures, groups });
  return groups;
}

interface Batch {
  readonly lessons: readonly Lesson[];
  readonly counts: WhatCounts;
  readonly groups: NearDuplicates;
  /** Clusters so far; what is new is added. */
  readonly reasons: Set<string>;
}

async function grown(
  deps: Needed,
  { lessons, counts, groups, reasons }: Batch,
): Promise<{ readonly cases: readonly KeptCase[]; readonly failures: readonly Failure[] }> {
  const cases: KeptCase[] = [];
  const failures: Failure[] = [];
  for (const lesson of lessons) {
    const { loop, id, runKey, createdAt } = lesson;
    const isEnding = lesson.kind === 'exhausted' || lesson.kind === 'stalled';
    const failing = isEnding ? await deps.store.attempts.failing(runKey) : [];
    const found = fingerprint(lesson, { label: counts.label, failing });
    const failure = found && { ...found, cluster: sameReason(found.cluster, reasons) };
    if (failure !== undefined) {
      reasons.add(failure.cluster);
      failures.push({ loop, ...failure, lesson: id, runKey, at: createdAt });
    }
    // A correction asks for another attempt, or has its right output as an example of its own: what was refused is held against that one.
    if (lesson.kind === 'correction') continue;
    const run = await deps.store.runs.find(runKey);
    const work = (run?.workKey ?? runKey).replace(/\/rerun:.*$/s, '');
    const related = groups.add(counts.text(lesson.input), groupName(deps, work));
    cases.push(
      caseOf(deps, lesson, {
        ...expectationOf(await replacedBy(deps, lesson), counts.part),
        related,
        ...(failure === undefined ? {} : { cluster: failure.cluster }),
      }),
    );
  }
  return { cases, failures };
}

/** A lesson as its case sees it: where a person sent an answer back and approved another one, the first was replaced by it, as in an edit. */
async function replacedBy({ store }: Needed, lesson: Lesson): Promise<Lesson> {
  const { loop, runKey, id, kind, source } = lesson;
  if (kind !== 'example' || source === 'edit') return lesson;
  const before = await store.lessons.list({ loop, runKey, after: 0, upTo: id - 1 });
  const back = before.findLast((one) => one.kind === 'correction' && one.output === undefined);
  return back?.predicted === undefined ? lesson : { ...lesson, predicted: back.predicted };
}

/** A case is known by what it asks: the same input with the same expectation is the same case, however often it comes. */
function caseOf(
  { store }: Needed,
  { id, loop, input, runKey, source, kind, text, createdAt }: Lesson,
  of: Expectation & Pick<KeptCase, 'related' | 'cluster'>,
): KeptCase {
  const { expect, never } = of;
  const digest = store.artefacts.digest(canonicalJson({ input, expect, never })).replace('sha256:', '');
  return {
    id: `c-${digest.slice(0, 16)}`,
    loop,
    input: input as KeptCase['input'],
    ...of,
    slice: 'guard',
    source: kind === 'rejection' ? 'rejection' : source,
    runKey,
    lesson: id,
    sealed: isSealed(of.related),
    ...(text === '' ? {} : { note: text.slice(0, 2000) }),
    at: createdAt,
  };
}

/** Half of the cases are shown to no proposer; cases that say the same are on the same side. */
function isSealed(related: string): boolean {
  return lot(related) < 0.5;
}

function groupName({ store }: Needed, name: string): string {
  return name.length <= LONGEST_GROUP ? name : store.artefacts.digest(name);
}

/** The file is the truth about its lines: a changed line replaces the case, and one that is gone takes its case along. */
async function takeFile({ store, now }: Needed, { loop, cases }: LoopEntry): Promise<void> {
  if (cases === undefined) return;
  const lines = cases.map((line): KeptCase => ofFile(line, loop.name, now()));
  const kept = await store.cases.list({ loop: loop.name, source: 'file' });
  if (linesOf(kept) !== linesOf(lines)) await store.cases.putFile(loop.name, lines);
}

/** No proposer is shown the lines of a file; whoever writes a change by hand may have read them. */
function ofFile({ loop: _own, related, ...line }: Case, loop: string, at: number): KeptCase {
  const group = related ?? line.id;
  return { ...line, loop, related: group, source: 'file', sealed: true, at };
}

/** What a file says, whatever it came to otherwise. */
function linesOf(cases: readonly KeptCase[]): string {
  const lines = cases.map(({ id, input, expect, never, slice, related, note }) =>
    canonicalJson({ id, input, expect, never, slice, related, note }),
  );
  return lines.toSorted().join('\n');
}

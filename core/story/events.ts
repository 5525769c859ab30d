import type { RunRecord } from '../../contract/run-record.ts';
import type { StoryEvent } from './story.ts';

/** What comes first where two things have one time. */
const RANK: Readonly<Record<StoryEvent['kind'], number>> = {
  context: 0,
  raise: 1,
  attempt: 2,
  edit: 3,
  gate: 4,
  decision: 5,
  effect: 6,
};

/**
 * What happened in a run, in the order of its life. A workflow's clock and an activity's may differ by a moment, so a
 * gate is told after what it shows and a decision after its gate, whatever their times say.
 */
export function eventsOf(record: RunRecord): StoryEvent[] {
  const attempts = attemptsOf(record);
  const edits = editsOf(record);
  const shown = new Map<string, number>();
  for (const { artefact, at } of [...edits, ...attempts]) shown.set(artefact, at);
  const gates = gatesOf(record).map((event) => ({ event, at: Math.max(event.at, shown.get(event.artefact) ?? 0) }));
  const opened = new Map(gates.map(({ event, at }) => [event.digest, at]));
  const timed = [
    ...contextsOf(record).map((event) => ({ event, at: event.at })),
    ...[...attempts, ...edits].map((event) => ({ event, at: event.at })),
    ...gates,
    ...decisionsOf(record).map((event) => ({ event, at: Math.max(event.at, opened.get(event.digest) ?? 0) })),
    ...record.raises.map((raise) => ({ event: { kind: 'raise', ...raise } as const, at: raise.at })),
    ...effectsOf(record).map((event) => ({ event, at: event.at })),
  ] satisfies { event: StoryEvent; at: number }[];
  return timed.toSorted((a, b) => a.at - b.at || RANK[a.event.kind] - RANK[b.event.kind]).map(({ event }) => event);
}

function contextsOf({ contexts }: RunRecord) {
  return contexts.map(({ stage, at, manifest: { tokens, budgetTokens, parts, dropped } }) => {
    return { kind: 'context', at, stage, tokens, budgetTokens, parts, dropped } as const;
  });
}

function attemptsOf({ attempts, judgements }: RunRecord) {
  return attempts.map((attempt) => {
    const judged = judgements.find(
      ({ stage, artefact, author }) =>
        author === 'verifiers' && stage === attempt.stage && artefact === attempt.artefact,
    );
    return {
      kind: 'attempt',
      ...attempt,
      ...(judged === undefined ? {} : { verdict: judged.verdict.verdict }),
      criteria: judged?.verdict.criteria ?? [],
      notAsked: judged?.verdict.notAsked ?? [],
    } as const;
  });
}

function editsOf({ judgements }: RunRecord) {
  return judgements
    .filter(({ author }) => author === 'verifiers/edit')
    .map(({ at, stage, artefact, verdict }) => {
      const { criteria, notAsked = [] } = verdict;
      return { kind: 'edit', at, stage, artefact, verdict: verdict.verdict, criteria, notAsked } as const;
    });
}

function gatesOf({ gates }: RunRecord) {
  const versions = new Map<string, number>();
  return gates.map(({ gate, digest, artefact, because, audit, openedAt: at }) => {
    const version = (versions.get(gate) ?? 0) + 1;
    versions.set(gate, version);
    return { kind: 'gate', at, gate, version, digest, artefact, because, audit } as const;
  });
}

function decisionsOf({ decisions, gates, judgements }: RunRecord) {
  return decisions.map((decision) => {
    const artefact = gates.find(({ digest }) => digest === decision.digest)?.artefact;
    const endorsed = judgements.find(
      (judged) => judged.artefact === artefact && judged.author === `human:${decision.by}`,
    );
    const overruled =
      decision.decision === 'approve'
        ? (endorsed?.verdict.criteria ?? []).filter(({ evidence }) => evidence.startsWith('overruled by '))
        : [];
    const count = approvalsUpTo(decision, { decisions, gates });
    return { kind: 'decision', ...decision, ...count, overruled: overruled.map(({ name }) => name) } as const;
  });
}

/** Which of several approvals this was, where one is not enough. */
function approvalsUpTo(
  { decision, digest, at }: RunRecord['decisions'][number],
  { decisions, gates }: Pick<RunRecord, 'decisions' | 'gates'>,
) {
  const need = gates.find((gate) => gate.digest === digest)?.need ?? 1;
  if (decision !== 'approve' || need === 1) return {};
  const earlier = decisions.filter((one) => one.decision === 'approve' && one.digest === digest && one.at <= at);
  return { have: new Set(earlier.map(({ by }) => by)).size, need };
}

/** Effects of this run; those of an earlier run of the same work where this one relied on them. */
function effectsOf({ effects, run }: RunRecord) {
  return effects
    .filter(({ runKey }) => runKey === run.runKey || run.outcome === 'accepted')
    .map(({ runKey, begunAt, ...effect }) => {
      const earlier = runKey !== run.runKey;
      return { kind: 'effect', ...effect, at: earlier ? (run.closedAt ?? begunAt) : begunAt, earlier } as const;
    });
}

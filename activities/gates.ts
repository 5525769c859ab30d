import { createHash } from 'node:crypto';
import type { GatePolicy } from '../contract/approvals.ts';
import { failure } from '../contract/failures.ts';
import type { Harness } from '../contract/harness.ts';
import type { Decision } from '../contract/messages.ts';
import { IMPROVE, type Digest, type Timestamp } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import type { Criterion } from '../contract/verdict.ts';
import { policyOf } from '../core/approval-policy.ts';
import { canonicalJson } from '../core/canonical.ts';
import { overall } from '../core/stage.ts';
import { isCertainFail } from '../core/verifying.ts';
import type { GateVersion, NewDecision, NewLesson, RefusedDecision } from '../store/ports.ts';
import { jsonOrText } from '../core/json-text.ts';
import type { Dependencies } from './dependencies.ts';
import { APPROVAL_VARIABLES } from './evaluate.ts';
import { askedOf } from './improve/asked.ts';
import { harnessOf, inputOf, parsedHarness, textOf } from './pinned.ts';
import { ruleOf } from './rules.ts';

/** Which gate to open, or to open again with another artefact. */
export interface OpenGateInput {
  readonly run: PinnedRun;
  readonly gate: string;
  readonly stage: string;
  readonly artefact: Digest;
  /** What an approval lets the run do. */
  readonly effects: readonly string[];
  readonly audit: boolean;
  readonly because: string;
  /** Who made the artefact, where it is a person's edit. */
  readonly editedBy?: string;
  /** Everybody who brought a version since the gate was opened. */
  readonly editors?: readonly string[];
  /** From 1: what is shown again after an edit is another version. */
  readonly version?: number;
  readonly at: Timestamp;
}

/** A decision to put on record. */
export interface Decided {
  readonly gate: string;
  readonly digest: Digest;
  readonly decision: Decision | { readonly decision: 'expire' };
  /** What the gate first showed, when a person's edit has taken its place. */
  readonly replaced?: Digest;
  /** It counts, and others have to approve too: nothing follows from it yet. */
  readonly partial?: true;
  readonly at: Timestamp;
}

/** A decision of a run. */
export interface RecordDecisionInput extends Decided {
  readonly run: PinnedRun;
}

/**
 * Opens a gate, or one of its versions again, and returns the digest a decision has to name (over run, gate, artefact,
 * effects and harness) and who may decide.
 */
export async function openGate(
  deps: Dependencies,
  request: OpenGateInput,
): Promise<{ digest: Digest; policy: GatePolicy }> {
  const { run, gate, artefact } = request;
  const { version = 1, effects } = request;
  const versioned = version === 1 ? {} : { version };
  const bound = canonicalJson({ run: run.runKey, gate, artefact, effects, harness: run.harness, ...versioned });
  const digest = `sha256:${hash(bound)}`;
  const policy = await policyAt(deps, request);
  await deps.store.gates.open({
    runKey: run.runKey,
    gate,
    digest,
    stage: request.stage,
    artefact,
    audit: request.audit,
    because: request.because,
    openedAt: request.at,
    policy,
  });
  const { loop, runKey } = run;
  deps.telemetry?.event({ kind: 'gateOpened', loop, runKey, gate, at: request.at, audit: request.audit });
  return { digest, policy };
}

/** What the run's harness says about exactly this artefact. A tier whose rule cannot be decided holds: it is there for what matters more. */
async function policyAt(deps: Dependencies, { run, artefact, editedBy, editors }: OpenGateInput): Promise<GatePolicy> {
  const approval = await approvalOf(deps, run);
  const { tiers = [] } = approval;
  const [input, output] =
    tiers.length === 0
      ? []
      : [await inputOf(deps, run), jsonOrText(await textOf(deps, artefact, 'What the gate is about to show'))];
  const tier = tiers.find(({ when }) => {
    const decided = ruleOf(when, APPROVAL_VARIABLES)({ input, output });
    return 'error' in decided || decided.value;
  });
  const trigger = (await deps.store.runs.find(run.runKey))?.trigger;
  return policyOf(approval, tier, { requestedBy: trigger?.by, editedBy, editors });
}

/** What holds at a gate of a run. Who may decide about what a loop does may decide about its harness too, signed where that is. */
async function approvalOf(deps: Dependencies, run: PinnedRun): Promise<Harness['approval']> {
  const { approval } = await harnessOf(deps, run);
  if (run.loop !== IMPROVE) return approval;
  const { loop } = await askedOf(deps, run);
  const theirs = await deps.store.harnesses.current(loop);
  if (theirs === undefined) return approval;
  const { tiers: _ofOutputs, remindAfter: _soon, expiresAfter: _sooner, ...who } = parsedHarness(deps, theirs).approval;
  const { remindAfter, expiresAfter } = approval;
  return { ...who, remindAfter, expiresAfter };
}

/** A decision that did not count. */
export interface RecordRefusalInput extends Omit<RefusedDecision, 'runKey' | 'via'> {
  readonly run: PinnedRun;
}

/** Puts a bare decision on record that did not count. */
export async function recordRefusal(deps: Dependencies, { run, ...refused }: RecordRefusalInput): Promise<void> {
  await deps.store.gates.refuse({ ...refused, runKey: run.runKey, via: 'bare' });
}

/**
 * Puts a decision on record, at once and with its lessons: an approval is a labelled example, an edit that too and a
 * correction, a rejection says what went wrong. An approval also overrules opinions: it becomes the human verdict on
 * exactly that artefact.
 * @throws `EffectRefused` when something certain stands against the artefact: nobody overrules that.
 */
export async function recordDecision(deps: Dependencies, request: RecordDecisionInput): Promise<{ lessons: number }> {
  return { lessons: await deps.store.gates.decide(await decisionOf(deps, request)) };
}

/** A decision as it goes on record. What it overrules is recorded here already. @throws as {@link recordDecision}. */
export async function decisionOf(deps: Dependencies, request: RecordDecisionInput): Promise<NewDecision> {
  const { run, decision, at } = request;
  const gate = await deps.store.gates.find(run.runKey, request.digest);
  if (gate === undefined) throw failure('Unexpected', `Gate ${request.gate} with ${request.digest} was never opened.`);
  if (request.partial === true)
    return { runKey: run.runKey, gate: gate.gate, digest: gate.digest, decision, lessons: [], at };
  if (decision.decision === 'approve') await endorse(deps, gate, decision, at);
  await showDecided(deps, run, gate, request);
  const lessons = decision.decision === 'expire' ? [] : await lessonsOf(deps, request, gate, decision);
  return { runKey: run.runKey, gate: gate.gate, digest: gate.digest, decision, lessons, at };
}

/** Shows a decision to who watches, with what the verifiers had said. */
async function showDecided(deps: Dependencies, run: PinnedRun, gate: GateVersion, decided: Decided): Promise<void> {
  if (deps.telemetry === undefined) return;
  const judgements = await deps.store.attempts.judgements(gate.runKey, gate.stage, gate.artefact);
  deps.telemetry.event({
    kind: 'gateDecided',
    loop: run.loop,
    runKey: run.runKey,
    gate: gate.gate,
    decision: decided.decision.decision,
    openedAt: gate.openedAt,
    at: decided.at,
    // The first is the verifiers'; what a person overrules comes after it.
    verdict: judgements[0]?.verdict.verdict,
  });
}

async function endorse(deps: Dependencies, gate: GateVersion, decision: Decision, at: Timestamp): Promise<void> {
  const judgements = await deps.store.attempts.judgements(gate.runKey, gate.stage, gate.artefact);
  if (judgements.some(({ verdict }) => verdict.verdict === 'pass')) return;
  const criteria = judgements.at(-1)?.verdict.criteria ?? [];
  const certain = criteria.find(isCertainFail);
  if (certain !== undefined) {
    throw failure(
      'EffectRefused',
      `${certain.name} fails (${certain.evidence}) and is no opinion: an approval cannot overrule it. Revise the output instead.`,
    );
  }
  const human = criteria.map((criterion): Criterion => {
    if (criterion.verdict === 'pass') return criterion;
    if (criterion.question !== undefined) {
      const evidence = `${decision.by} (${decision.identity}) says yes: ${criterion.question}`;
      return { name: criterion.name, verdict: 'pass', evidence };
    }
    return {
      name: criterion.name,
      verdict: 'pass',
      evidence: `overruled by ${decision.by} (${decision.identity}); it had said: ${criterion.evidence}`,
    };
  });
  const proof: Criterion = {
    name: 'human',
    verdict: 'pass',
    evidence: `approved by ${decision.by} (${decision.identity})${decision.note === undefined ? '' : `: ${decision.note}`}`,
  };
  await deps.store.attempts.judge(
    { runKey: gate.runKey, stage: gate.stage, artefact: gate.artefact, author: `human:${decision.by}`, at },
    { verdict: overall([...human, proof]), approval: { ask: true, audit: gate.audit, because: gate.because } },
  );
}

async function lessonsOf(
  deps: Dependencies,
  request: RecordDecisionInput,
  gate: GateVersion,
  decision: Decision,
): Promise<NewLesson[]> {
  const { run, replaced } = request;
  const shown = jsonOrText(await textOf(deps, gate.artefact, 'What the gate shows'));
  const predicted =
    replaced === undefined ? shown : jsonOrText(await textOf(deps, replaced, 'What the gate first showed'));
  const base = {
    loop: run.loop,
    input: await inputOf(deps, run),
    predicted,
    trust: 'untrusted',
    runKey: run.runKey,
    by: `${decision.by} (${decision.identity})`,
    artefact: gate.artefact,
    createdAt: request.at,
  } as const;
  const key = `${run.runKey}/${gate.digest}/${decision.decision}`;
  if (decision.decision === 'approve') {
    const edited = replaced !== undefined;
    const text = decision.note ?? (edited ? 'corrected by a person' : 'approved by a person');
    const source = gate.audit ? 'audit' : edited ? 'edit' : 'approval';
    const example: NewLesson = { ...base, key: `${key}/example`, kind: 'example', text, output: shown, source };
    return edited
      ? [example, { ...base, key: `${key}/correction`, kind: 'correction', text, output: shown, source: 'edit' }]
      : [example];
  }
  if (decision.decision === 'reject') {
    return [{ ...base, key: `${key}/rejection`, kind: 'rejection', text: decision.note ?? '', source: 'rejection' }];
  }
  // A revision that asks for another attempt says what was wrong; one with an edit becomes a lesson when the edit is approved.
  return decision.feedback === undefined
    ? []
    : [
        {
          ...base,
          key: `${key}/${hash(decision.feedback)}`,
          kind: 'correction',
          text: decision.feedback,
          source: 'edit',
        },
      ];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

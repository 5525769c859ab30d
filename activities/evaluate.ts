import { createHash } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { Harness } from '../contract/harness.ts';
import type { Digest } from '../contract/names.ts';
import type { PinnedRun } from '../contract/run.ts';
import type { Criterion, Verdict } from '../contract/verdict.ts';
import { canonicalJson } from '../core/canonical.ts';
import { auditShare } from '../core/learning/autonomy.ts';
import { overall } from '../core/stage.ts';
import { stageOf } from '../core/steps.ts';
import { inTurn } from '../core/verifying.ts';
import type { Loop, Stage } from '../loops/define/index.ts';
import { routesOf } from '../loops/define/verifiers.ts';
import type { Judgement, JudgementKey } from '../store/ports.ts';
import type { Dependencies } from './dependencies.ts';
import { askAboutTraps } from './judges/traps.ts';
import { earlierOf, entryOf, harnessOf, inputOf, textOf } from './pinned.ts';
import { ruleOf } from './rules.ts';
import { approvedTool, contractCriteria } from './tool-contracts.ts';
import { Kept } from './verifiers/kept.ts';
import { evalsFor } from './verifiers/stage-evals.ts';
import { verify, type Verified } from './verifiers/verify.ts';
import { weighedIn } from './verifiers/weight.ts';

/** Outputs up to this many characters travel through the history, so that workflow code can branch on them. */
const INLINE_CHARACTERS = 8192;

/** Longest evidence that travels through the history; the store has it whole. */
const EVIDENCE_CHARACTERS = 600;

/** Variables of an approval rule. */
export const APPROVAL_VARIABLES = ['input', 'output'] as const;

/** What to verify: an attempt's artefact, or a person's edit of it. */
export interface EvaluateInput {
  readonly run: PinnedRun;
  /** Step id of the stage, e.g. `main#1`. */
  readonly stage: string;
  readonly attempt: number;
  readonly earlier: Readonly<Record<string, Digest>>;
  readonly artefact?: Digest;
  readonly edit?: { readonly output: unknown; readonly by: string };
}

/** What was found about an artefact. */
export interface Finding {
  readonly artefact: Digest;
  readonly verdict: Verdict;
  /** Whether a person has to decide on exactly this artefact, and why. */
  readonly approval: { readonly ask: boolean; readonly audit: boolean; readonly because: string };
  readonly output?: unknown;
  /** Length of the artefact's text. */
  readonly characters?: number;
  /** Why there is nothing to do about it, where there is nothing. */
  readonly nothing?: string;
}

/** What was found, and what the run has cost so far. */
export interface Evaluation extends Finding {
  readonly costMicroUsd: number;
}

/** What is verified: a text, its address and who made it. */
export interface Subject {
  readonly text: string;
  readonly artefact: Digest;
  readonly author: string;
}

/**
 * Verifies an artefact: its schema, the harness' evals, then the stage's verifiers from cheap and certain to dear, until
 * something certain is found against it. Opinions stand aside for a person's edit. Verified before (a kill after it, a reset, the
 * same artefact again): the recorded verdict is the answer, so it is what the effect will see, and nothing is paid again.
 * @throws `SelfVerification`, `VerifierError`, `WrongQueue`, and what a judge's call raises.
 */
export async function evaluate(deps: Dependencies, request: EvaluateInput): Promise<Evaluation> {
  const found = await findingOn(deps, request, await subjectOf(deps, request)).catch((error: unknown) => {
    // A broken check may wait for its author: whoever runs the worker hears of it before it is given up.
    if (error instanceof ApplicationFailure && error.type === 'VerifierError')
      deps.report(`${request.run.loop} ${request.run.runKey}: ${error.message}; what the others found is kept.`);
    throw error;
  });
  return { ...found, costMicroUsd: await deps.store.ledger.spent(request.run.runKey) };
}

/** What is found about a subject, which may be on its way into the store; on record when this resolves. */
export async function findingOn(deps: Dependencies, request: EvaluateInput, subject: Subject): Promise<Finding> {
  const { run, stage: name } = request;
  const { loop } = entryOf(deps, run.loop);
  const stage = loop.stages[stageOf(name)] as Stage<unknown, unknown>;
  const { text, artefact } = subject;
  const parsed = parseOutput(stage.output ?? loop.output, text);
  const verifiers = request.edit === undefined ? 'verifiers' : 'verifiers/edit';
  const key = { runKey: run.runKey, stage: name, artefact, author: verifiers };
  const known = await deps.store.attempts.judgement(key);
  const { verdict, approval } = known ?? (await judged(deps, request, { ...subject, stage }, parsed, key));
  if (known === undefined) {
    await deps.store.attempts.judge({ ...key, at: deps.now() }, { verdict, approval });
    deps.telemetry?.event({ kind: 'verified', loop: run.loop, runKey: run.runKey, stage: name, verdict });
  }
  const nothing = parsed.ok && verdict.verdict === 'pass' ? loop.nothing?.(parsed.output) : undefined;
  return {
    artefact,
    verdict: { ...verdict, criteria: verdict.criteria.map(shortened) },
    approval,
    characters: text.length,
    ...(parsed.ok && text.length <= INLINE_CHARACTERS ? { output: parsed.output } : {}),
    ...(nothing === undefined ? {} : { nothing }),
  };
}

/** Whether a model has a say in the verdict: then verifying is slow and paid. */
export function isJudged(stage: Stage<unknown, unknown>, harness: Harness): boolean {
  return (
    stage.verify.some((verifier) => routesOf(verifier).length > 0) ||
    harness.evals.some(({ kind }) => kind === 'rubric')
  );
}

interface StageSubject extends Subject {
  readonly stage: Stage<unknown, unknown>;
}

interface Judged extends StageSubject {
  readonly harness: Harness;
  readonly input: unknown;
  readonly output: unknown;
}

async function judged(
  deps: Dependencies,
  request: EvaluateInput,
  made: StageSubject,
  parsed: ReturnType<typeof parseOutput>,
  key: JudgementKey,
): Promise<Judgement> {
  if (!parsed.ok) {
    const notAsked = inTurn(made.stage.verify).map(({ name }) => ({ name, because: 'schema had failed' }));
    return { verdict: overall([parsed.criterion], notAsked), approval: noApproval };
  }
  const harness = await harnessOf(deps, request.run);
  const input = await inputOf(deps, request.run);
  const { output } = parsed;
  const { loop } = entryOf(deps, request.run.loop);
  const approval = approvalOf(request.run, harness, loop, input, output);
  const contracts = contractCriteria(harness, loop, made.stage, output);
  if (contracts.some(({ verdict }) => verdict === 'fail')) {
    const notAsked = inTurn(made.stage.verify).map(({ name }) => ({ name, because: 'a contract had refused it' }));
    return { verdict: overall([parsed.criterion, ...contracts], notAsked), approval };
  }
  const kept = await Kept.of(deps.store, key, deps.now);
  const { criteria, notAsked } = await verified(deps, request, { ...made, harness, input, output }, kept);
  return {
    verdict: overall([parsed.criterion, ...contracts, ...criteria], notAsked),
    approval,
  };
}

async function verified(deps: Dependencies, request: EvaluateInput, subject: Judged, kept: Kept): Promise<Verified> {
  const { run, stage, attempt } = request;
  const { loop, folder } = entryOf(deps, run.loop);
  const edited = request.edit !== undefined;
  const evidence = {
    examples: await deps.lessons.labelled(run),
    watermark: run.watermark,
    earlier: await earlierOf(deps, request.earlier),
    facts: deps.store.facts,
    documents: (under: string) => deps.documents(folder, under),
    asOf: run.asOf,
  };
  const weighed = weighedIn(run, stageOf(stage), subject.stage.verify);
  const verifiers = weighed.filter((verifier) => !(edited && verifier.opinion));
  const evals = evalsFor(subject.harness.evals, loop, subject.stage);
  const asking = { ...subject, run, stage, attempt, edited, evidence, kept };
  const found = await verify(deps, asking, evals, verifiers);
  if (run.judges?.audited === true && attempt === 1 && !edited) await askAboutTraps(deps, asking, verifiers);
  return found;
}

/** What to verify. An edit is stored first: it has a digest of its own. */
async function subjectOf(deps: Dependencies, request: EvaluateInput): Promise<Subject> {
  const { run, stage, attempt, edit } = request;
  if (edit !== undefined) {
    const text = canonicalJson(edit.output);
    const artefact = await deps.store.artefacts.put(text, { runKey: run.runKey, keep: 'durable' });
    return { text, artefact, author: `human:${edit.by}` };
  }
  const made = await deps.store.attempts.find(run.runKey, stage, attempt);
  return await storedSubject(deps, { artefact: request.artefact ?? '', author: made?.author ?? 'unknown' });
}

/** What was made and is in the store. */
export async function storedSubject(deps: Dependencies, made: Omit<Subject, 'text'>): Promise<Subject> {
  const { artefact, author } = made;
  return { text: await textOf(deps, artefact, 'The artefact to verify'), artefact, author };
}

function parseOutput(
  schema: z.ZodType,
  text: string,
): { ok: true; output: unknown; criterion: Criterion } | { ok: false; criterion: Criterion } {
  try {
    const result = schema.safeParse(JSON.parse(text));
    if (result.success)
      return {
        ok: true,
        output: result.data,
        criterion: { name: 'schema', verdict: 'pass', evidence: 'fits the output schema' },
      };
    return { ok: false, criterion: { name: 'schema', verdict: 'fail', evidence: z.prettifyError(result.error) } };
  } catch (error) {
    return {
      ok: false,
      criterion: { name: 'schema', verdict: 'fail', evidence: `is no JSON: ${(error as Error).message}` },
    };
  }
}

const noApproval = { ask: false, audit: false, because: '' };

/** What the harness' approval rule and the contracts of its effects say; a rule that cannot be decided asks. */
function approvalOf(
  run: PinnedRun,
  harness: Harness,
  loop: Loop,
  input: unknown,
  output: unknown,
): Evaluation['approval'] {
  const { when, audit } = harness.approval;
  const decided = ruleOf(when, APPROVAL_VARIABLES)({ input, output });
  if ('error' in decided)
    return { ask: true, audit: false, because: `approval rule cannot be decided: ${decided.error}` };
  if (decided.value) return { ask: true, audit: false, because: `approval rule: ${when}` };
  const tool = approvedTool(harness, loop);
  if (tool !== undefined)
    return { ask: true, audit: false, because: `each use of \`${tool.name}\` waits for a person` };
  const share = auditShare(audit, run.autonomy);
  if (isAudited(run.workKey, share))
    return {
      ask: true,
      audit: true,
      because:
        run.autonomy === 'L2'
          ? 'autonomy L2: nothing is done without a person'
          : `audit: ${share * 100} % of what could act alone is looked at`,
    };
  return noApproval;
}

/** Whether people look at this work whatever is found about it: drawn, and always the same for the same work. */
export function isAudited(workKey: string, share: number): boolean {
  return createHash('sha256').update(`audit/${workKey}`).digest().readUInt32BE(0) / 2 ** 32 < share;
}

function shortened(criterion: Criterion): Criterion {
  const { evidence } = criterion;
  return evidence.length <= EVIDENCE_CHARACTERS
    ? criterion
    : { ...criterion, evidence: `${evidence.slice(0, EVIDENCE_CHARACTERS)}…` };
}

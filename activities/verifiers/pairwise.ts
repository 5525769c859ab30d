import { z } from 'zod';
import { failure } from '../../contract/failures.ts';
import type { Criterion, NotAsked } from '../../contract/verdict.ts';
import { inBothOrders, type Win } from '../../core/agreement.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { quoteMistake } from '../../core/quotes.ts';
import { unprovenIn } from '../../core/stage.ts';
import type { Pairwise } from '../../loops/define/index.ts';
import type { Dependencies } from '../dependencies.ts';
import { FENCE_RULE, fence } from '../models/prompt.ts';
import { textOf } from '../pinned.ts';
import { askModel, callName } from './ask-model.ts';
import { judgingModel, type Asking } from './asking.ts';

const Answer = z.strictObject({
  criteria: z.array(
    z.strictObject({ name: z.string(), better: z.enum(['first', 'second', 'neither']), quote: z.string() }),
  ),
});

type Answered = z.infer<typeof Answer>['criteria'][number];

const INSTRUCTIONS = `You compare two artefacts that were made for the same input. You wrote neither. For each criterion answer which one is \
better, \`first\`, \`second\`, or \`neither\` where they are as good as each other, and quote the words of the better one that show it, letter by \
letter. Which one comes first was drawn, and says nothing about them. Judge only by the criteria.

${FENCE_RULE}`;

/** What an artefact is compared with, or why there is nothing. */
type Compared =
  | { readonly kind: 'with'; readonly text: string; readonly author?: string }
  | { readonly kind: 'nothing'; readonly because: string };

/**
 * Asks another model which of artefact and baseline is better, in both orders: a winner counts that wins in both.
 * @throws `SelfVerification` where the model made either of them.
 */
export async function runPairwise(
  deps: Dependencies,
  asking: Asking,
  pairwise: Pairwise<unknown>,
): Promise<Criterion[] | NotAsked> {
  const baseline = await baselineOf(deps, asking, pairwise);
  if (baseline.kind === 'nothing') return { name: pairwise.name, because: baseline.because };
  const endpoint = judgingModel(deps, asking, pairwise.name, pairwise.model);
  const { author } = baseline;
  if (author !== undefined) judgingModel(deps, { ...asking, author }, pairwise.name, pairwise.model);
  const { name: verifier, rubric } = pairwise;
  const ask = (order: string, first: string, second: string): Promise<ReadonlyMap<string, Answered>> =>
    askModel(deps, asking, {
      verifier,
      call: callName('pairwise', verifier, order),
      route: pairwise.model,
      endpoint,
      otherAuthor: author,
      rubric,
      instructions: INSTRUCTIONS,
      shown: [fence('first', 'untrusted', first), fence('second', 'untrusted', second)],
      answer: Answer,
    });
  const texts = { artefact: asking.text, baseline: baseline.text };
  const shownFirst = await ask('first', texts.artefact, texts.baseline);
  const shownSecond = await ask('second', texts.baseline, texts.artefact);
  return Object.keys(rubric).map((name) => ({
    name: `${verifier}/${name}`,
    ...(pairwise.opinion ? { opinion: true } : {}),
    ...inBothOrders(
      winOf(shownFirst.get(name), ['artefact', 'baseline'], texts),
      winOf(shownSecond.get(name), ['baseline', 'artefact'], texts),
    ),
  }));
}

/** Who won. A win whose quote is not in the winner is nobody's. */
function winOf(
  answer: Answered | undefined,
  [first, second]: readonly ['artefact' | 'baseline', 'artefact' | 'baseline'],
  texts: Readonly<Record<'artefact' | 'baseline', string>>,
): Win {
  if (answer === undefined || answer.better === 'neither') return { winner: 'nobody', evidence: '' };
  const winner = answer.better === 'first' ? first : second;
  const mistake = quoteMistake(answer.quote, texts[winner]);
  return mistake === undefined ? { winner, evidence: `"${answer.quote}"` } : { winner: 'nobody', evidence: mistake };
}

async function baselineOf(
  deps: Dependencies,
  asking: Asking,
  { name, baseline }: Pairwise<unknown>,
): Promise<Compared> {
  if (baseline === 'best') {
    if (asking.edited) return { kind: 'nothing', because: "a person's edit is not compared with attempts" };
    return await bestBefore(deps, asking);
  }
  let reference: unknown;
  try {
    reference = await baseline(asking.input);
  } catch (error) {
    throw failure('VerifierError', `${name} broke: its baseline threw: ${(error as Error).message}`);
  }
  const text = typeof reference === 'string' ? reference : canonicalJson(reference ?? null);
  if (text.trim() !== '' && text !== 'null') return { kind: 'with', text };
  throw failure('VerifierError', `${name} broke: its baseline gave nothing to compare with for this input.`);
}

/** The attempt before this one with the least against it; the earlier one of two. */
async function bestBefore(deps: Dependencies, { run, stage, attempt, artefact }: Asking): Promise<Compared> {
  let best: { readonly artefact: string; readonly author: string; readonly unproven: number } | undefined;
  for (let number = 1; number < attempt; number += 1) {
    const made = await deps.store.attempts.find(run.runKey, stage, number);
    if (made === undefined || made.artefact === artefact) continue;
    const key = { runKey: run.runKey, stage, artefact: made.artefact, author: 'verifiers' };
    const judgement = await deps.store.attempts.judgement(key);
    if (judgement === undefined) continue;
    const unproven = unprovenIn(judgement.verdict);
    if (best === undefined || unproven < best.unproven)
      best = { artefact: made.artefact, author: made.author, unproven };
  }
  if (best === undefined) return { kind: 'nothing', because: 'no other attempt of the stage came before' };
  const text = await textOf(deps, best.artefact, 'The best attempt before');
  return { kind: 'with', text, author: best.author };
}

import { cancellationSignal } from '@temporalio/activity';
import { z } from 'zod';
import type { ChangeKind } from '../../contract/candidate.ts';
import { CandidateManifest, CHANGE_KINDS } from '../../contract/candidate.ts';
import { Harness } from '../../contract/harness.ts';
import { COMPONENT, singleChange } from '../../core/learning/change.ts';
import {
  caseIds,
  failuresOf,
  FEWEST_FAILURES,
  type Draft,
  type Ground,
} from '../../core/learning/proposers/proposer.ts';
import { jsonOrText } from '../../core/json-text.ts';
import type { Dependencies } from '../dependencies.ts';
import { demandQueue } from '../elsewhere.ts';
import { MODEL_TIMEOUT_MS } from '../metered-call.ts';
import { askRoute } from '../models/failover.ts';
import { fence } from '../models/prompt.ts';
import type { ModelRequest } from '../models/port.ts';
import { harnessOf } from '../pinned.ts';
import { judgedBy } from '../route.ts';
import { PROPOSER } from './ground.ts';
import { proposerPrompt, PROPOSER_INSTRUCTIONS } from './proposer-prompt.ts';
import type { Base, ProposeInput } from './propose.ts';

/** What a model answers: one change, as a whole component. */
const Answer = z.strictObject({
  kind: z.enum(CHANGE_KINDS).describe('Which component changes.'),
  component: z
    .string()
    .describe('The whole component as it should be, as JSON; of `instruction` the text itself, without quotes.'),
  summary: z.string().describe('The change in a sentence.'),
  fixes: z.array(z.string()).describe('Ids of the failures that it will mend.'),
  risks: z.array(z.string()).describe('What it may break, in words.'),
});
type Answer = z.infer<typeof Answer>;

/** What a model has to say: a draft, or why it has none, in words. */
export type ModelDraft =
  | { readonly kind: 'draft'; readonly draft: Draft }
  | { readonly kind: 'none'; readonly because: string };

/** Says what stands against a draft; undefined where nothing does. */
type Objection = (draft: Draft) => Promise<string | undefined>;

/**
 * Asks the model of route `proposer` for one change. An answer that is no candidate, or that something stands against, is
 * asked for once more, with the reason, in a call of its own. Each is booked on the run of `improve`, and made on the queue
 * of the route, where that has limits.
 * @throws what the call raises.
 */
export async function modelDraft(
  deps: Dependencies,
  request: ProposeInput,
  base: Base,
  all: Ground,
  wanted: readonly ChangeKind[],
  objection: Objection,
): Promise<ModelDraft> {
  const route = deps.routes.get(PROPOSER);
  if (route?.kind !== 'endpoint') return none(`there is no model route \`${PROPOSER}\``);
  if (Object.values(base.entry.loop.stages).some((stage) => judgedBy(deps, stage, route.endpoint)))
    return none(`the model of route \`${PROPOSER}\` judges this loop, so it would learn to please itself`);
  const { ground, kinds } = shownTo(all, wanted);
  if (failuresOf(ground).length === 0) return none('nothing that it may see was wrong');
  if (kinds.length === 0)
    return none('it may write no instruction before a person has read what went wrong (`loopwright lessons review`)');
  demandQueue(deps, PROPOSER);
  const question = await questionTo(deps, request, ground, kinds);
  const first = await ask(deps, request, question, 'propose');
  const read = await readAnswer(first, base, ground, kinds, objection);
  if (read.kind === 'draft') return read;
  const mended = `Your last answer is no candidate. Propose something else, or mend it:\n${fence('mistake', 'untrusted', read.because)}`;
  const second = await ask(deps, request, { ...question, prompt: `${question.prompt}\n\n${mended}` }, 'propose~repair');
  return await readAnswer(second, base, ground, kinds, objection);
}

/**
 * What came from outside must not become an instruction unread: a model that may write one sees only what a person has
 * read. Where they have read too little for that, it sees all and may write none.
 */
function shownTo(
  ground: Ground,
  kinds: readonly ChangeKind[],
): { readonly ground: Ground; readonly kinds: readonly ChangeKind[] } {
  if (!kinds.includes('instruction')) return { ground, kinds };
  const read = { ...ground, answers: ground.answers.filter((answer) => answer.mayInstruct === true) };
  if (failuresOf(read).length >= FEWEST_FAILURES) return { ground: read, kinds };
  return { ground, kinds: kinds.filter((kind) => kind !== 'instruction') };
}

async function questionTo(
  deps: Dependencies,
  { run }: ProposeInput,
  ground: Ground,
  kinds: readonly ChangeKind[],
): Promise<ModelRequest> {
  const { limits } = await harnessOf(deps, run);
  return {
    instructions: PROPOSER_INSTRUCTIONS,
    prompt: proposerPrompt(ground, kinds),
    schemaName: 'candidate',
    schema: z.toJSONSchema(Answer) as Record<string, unknown>,
    maxOutputTokens: limits.tokens,
    timeoutMs: MODEL_TIMEOUT_MS,
    signal: cancellationSignal(),
  };
}

async function ask(
  deps: Dependencies,
  { run }: ProposeInput,
  request: ModelRequest,
  call: string,
): Promise<{ readonly text: string; readonly model: string }> {
  const key = { stage: 'propose', attempt: 1, call };
  const { reply, endpoint } = await askRoute(deps, { run, key, route: PROPOSER, request });
  return { text: reply.text, model: endpoint.model };
}

async function readAnswer(
  { text, model }: { readonly text: string; readonly model: string },
  base: Base,
  ground: Ground,
  kinds: readonly ChangeKind[],
  objection: Objection,
): Promise<ModelDraft> {
  const parsed = Answer.safeParse(jsonOrText(text));
  if (!parsed.success) return none(`it does not fit the schema: ${z.prettifyError(parsed.error)}`);
  const { kind } = parsed.data;
  if (!kinds.includes(kind)) return none(`it changes \`${COMPONENT[kind]}\`, and nobody asked for that`);
  const harness = Harness.safeParse({ ...base.harness, [COMPONENT[kind]]: componentOf(parsed.data) });
  if (!harness.success) return none(`\`${COMPONENT[kind]}\` is none: ${z.prettifyError(harness.error)}`);
  const single = singleChange(base.harness, harness.data);
  if (single.kind === 'refused') return none(single.because);
  const manifest = manifestOf(parsed.data, ground, model);
  if (!manifest.success) return none(`its manifest is none: ${z.prettifyError(manifest.error)}`);
  const draft = { change: kind, harness: harness.data, manifest: manifest.data, gain: manifest.data.fixes.length };
  const against = await objection(draft);
  return against === undefined ? { kind: 'draft', draft } : none(against);
}

/** The value of the component; text that is no JSON stays text, and is no component then. */
function componentOf({ kind, component }: Answer): unknown {
  return kind === 'instruction' ? component : jsonOrText(component);
}

/** It may name what it was shown, and nothing else. */
function manifestOf({ summary, fixes, risks }: Answer, ground: Ground, model: string) {
  const shown = new Set(caseIds(failuresOf(ground)));
  return CandidateManifest.safeParse({
    summary,
    ...(ground.cluster === undefined ? {} : { cluster: ground.cluster }),
    fixes: [...new Set(fixes)].filter((id) => shown.has(id)),
    risks,
    proposer: `model:${model}`,
  });
}

function none(because: string): ModelDraft {
  return { kind: 'none', because };
}

import { canonicalJson } from '../../canonical.ts';
import type { Harness } from '../../../contract/harness.ts';
import { caseIds, failuresOf, FEWEST_FAILURES, manifestOf, nothing } from './proposer.ts';
import type { PastAnswer, Proposer } from './proposer.ts';

const NAME = 'corrected-examples';

/** Most examples a proposal adds, and most that a harness has: each is in every prompt. */
const MOST_ADDED = 4;
const MOST_EXAMPLES = 24;

/** Longest example, in characters. */
const MOST_CHARACTERS = 4000;

/** What people corrected is shown to the model as it should have been. */
export const correctedExamples: Proposer = {
  name: NAME,
  change: 'example',
  propose(ground) {
    const { harness, routes } = ground;
    if (!asksModel(harness, new Set(routes.flatMap(({ kind, name }) => (kind === 'model' ? [name] : [])))))
      return nothing('no model answers: the embedded learner learns from every decision by itself');
    const failures = failuresOf(ground);
    if (failures.length < FEWEST_FAILURES)
      return nothing(`${failures.length} wrong answers, and fewer than ${FEWEST_FAILURES} are no pattern`);
    const room = Math.min(MOST_ADDED, MOST_EXAMPLES - harness.examples.length, Math.floor(failures.length / 2));
    if (room < 1) return nothing(`the harness has ${harness.examples.length} examples, and each is in every prompt`);
    const shown = varied(
      failures.filter((answer) => isNew(harness, answer)),
      room,
    );
    if (shown.length === 0)
      return nothing('nobody corrected these answers with one that the harness does not show already');
    const others = failures.filter((answer) => !shown.includes(answer));
    const examples = shown.map(({ input, corrected, caseId }) => ({
      input: input as Harness['examples'][number]['input'],
      output: corrected as Harness['examples'][number]['output'],
      source: caseId === undefined ? 'corrected by a person' : `corrected by a person, case ${caseId}`,
    }));
    const manifest = manifestOf(NAME, ground, {
      summary: `Show the model ${shown.length} answers as people corrected them; ${others.length} more like them were wrong.`,
      fixes: caseIds(others),
      risks: ['Inputs that only look like these may get their answers; every prompt becomes longer.'],
    });
    const changed = { ...harness, examples: [...harness.examples, ...examples] };
    return { kind: 'drafts', drafts: [{ change: 'example', harness: changed, manifest, gain: others.length }] };
  },
};

function asksModel({ routing }: Harness, models: ReadonlySet<string>): boolean {
  return routing.some(({ model }) => models.has(model));
}

function isNew({ examples }: Harness, { input, corrected }: PastAnswer): boolean {
  if (corrected === undefined || canonicalJson({ input, corrected }).length > MOST_CHARACTERS) return false;
  const text = canonicalJson(input);
  return !examples.some((example) => canonicalJson(example.input) === text);
}

/** The newest of each right answer in turn, so that a few examples show as many of them as they can. */
function varied(answers: readonly PastAnswer[], most: number): readonly PastAnswer[] {
  const groups = [...Map.groupBy(answers.toReversed(), ({ corrected }) => canonicalJson(corrected)).values()];
  const chosen: PastAnswer[] = [];
  for (let turn = 0; chosen.length < Math.min(most, answers.length); turn += 1)
    for (const group of groups) {
      const next = group[turn];
      if (next !== undefined && chosen.length < most) chosen.push(next);
    }
  return chosen;
}

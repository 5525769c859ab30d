import type { Harness } from '../../../contract/harness.ts';
import { conditionsFor, gainOf } from './conditions.ts';
import { caseIds, failuresOf, FEWEST_FAILURES, isPattern, manifestOf, nothing, rightOf } from './proposer.ts';
import type { Draft, Ground, PastAnswer, Proposal, Proposer, RouteFact } from './proposer.ts';

const NAME = 'routing';

/** For one answer that was right without it, so many wrong ones have to go to the stronger route. */
const WRONG_FOR_ONE_RIGHT = 2;

/** Work that a route does badly goes to another: the first tier has to be surer, or a stronger model answers a kind of input. */
export const otherRoute: Proposer = {
  name: NAME,
  change: 'routing',
  propose(ground) {
    const failures = failuresOf(ground);
    if (failures.length < FEWEST_FAILURES)
      return nothing(`${failures.length} wrong answers, and fewer than ${FEWEST_FAILURES} are no pattern`);
    const drafts = [...surerTier(ground, failures), ...strongerRoute(ground, failures)].toSorted(
      (a, b) => b.gain - a.gain,
    );
    return drafts.length === 0 ? noDraft(ground) : { kind: 'drafts', drafts };
  },
};

function noDraft({ harness, routes }: Ground): Proposal {
  const strong = strongestOf(harness, routes);
  return nothing(
    strong === undefined
      ? 'no stronger model route is configured than those that `routing` names already'
      : `nothing in their inputs tells the wrong answers from the right ones, so all work would go to \`${strong.name}\``,
  );
}

/** Where the embedded learner answers first: it has to be surer than it was when it was wrong. */
function surerTier(ground: Ground, failures: readonly PastAnswer[]): readonly Draft[] {
  const [tier, ...rest] = ground.harness.routing;
  if (tier?.atLeast === undefined || tier.when !== undefined) return [];
  const from = tier.atLeast;
  const answered = (answers: readonly PastAnswer[]): readonly PastAnswer[] =>
    answers.filter((one) => sureOf(one) >= from);
  const [wrong, right] = [answered(failures), answered(rightOf(ground))];
  const levels = [...new Set(wrong.map((answer) => (Math.floor(sureOf(answer) * 100) + 1) / 100))].filter(
    (at) => at <= 1,
  );
  return levels.flatMap((atLeast) => {
    const mended = wrong.filter((answer) => sureOf(answer) < atLeast);
    const moved = right.filter((answer) => sureOf(answer) < atLeast);
    if (!isPattern(mended.length, failures.length) || mended.length < moved.length * WRONG_FOR_ONE_RIGHT) return [];
    const routing = [{ ...tier, atLeast }, ...rest];
    const summary = `The embedded learner answers from a confidence of ${atLeast} (it was ${from}): ${mended.length} of its answers below were wrong.`;
    return [draftOf(ground, routing, summary, mended, moved)];
  });
}

/** What it said of itself; of an answer that says nothing it is not known which tier gave it. */
function sureOf({ output }: PastAnswer): number {
  const { confidence } = (output ?? {}) as { confidence?: unknown };
  return typeof confidence === 'number' ? confidence : -1;
}

function strongerRoute(ground: Ground, failures: readonly PastAnswer[]): readonly Draft[] {
  const { harness, routes } = ground;
  const strong = strongestOf(harness, routes);
  if (strong === undefined) return [];
  return conditionsFor(failures, rightOf(ground), ['input'])
    .filter(
      ({ failures: mended, right }) =>
        isPattern(mended.length, failures.length) && mended.length >= right.length * WRONG_FOR_ONE_RIGHT,
    )
    .slice(0, 3)
    .map((condition) => {
      const routing = [{ when: condition.text, model: strong.name }, ...harness.routing];
      const summary = `Where \`${condition.text}\`, model route \`${strong.name}\` answers: ${condition.failures.length} answers there were wrong.`;
      return { ...draftOf(ground, routing, summary, condition.failures, condition.right), gain: gainOf(condition) };
    });
}

/** The dearest model of those that are not asked yet and cost more than those that are; a price is all that is known of strength. */
function strongestOf({ routing }: Harness, routes: readonly RouteFact[]): RouteFact | undefined {
  const priceOf = ({ usdPerMillion = 0 }: RouteFact): number => usdPerMillion;
  const named = new Set(routing.map(({ model }) => model));
  const asked = Math.max(0, ...routes.filter(({ name }) => named.has(name)).map(priceOf));
  return routes
    .filter((route) => route.kind === 'model' && !named.has(route.name) && priceOf(route) > asked)
    .toSorted((a, b) => priceOf(b) - priceOf(a) || (a.name < b.name ? -1 : 1))[0];
}

function draftOf(
  ground: Ground,
  routing: Harness['routing'],
  summary: string,
  mended: readonly PastAnswer[],
  moved: readonly PastAnswer[],
): Draft {
  return {
    change: 'routing',
    harness: { ...ground.harness, routing },
    manifest: manifestOf(NAME, ground, {
      summary,
      fixes: caseIds(mended),
      risks: [`${moved.length} answers that were right go another way too; what another model costs comes on top.`],
    }),
    gain: mended.length - moved.length,
  };
}

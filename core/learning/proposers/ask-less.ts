import { alternativesOf } from '../../alternatives.ts';
import { percent } from '../../figures.ts';
import { rulesOf, type TrialRules } from '../gate.ts';
import { caseIds, manifestOf, nothing, wouldProve } from './proposer.ts';
import type { Draft, Ground, PastAnswer, Proposer } from './proposer.ts';
import { notAsked } from './ask-more.ts';
import { cuts } from './conditions.ts';

const NAME = 'ask-less';

/**
 * A person is asked less where what they were asked about was right: the threshold of the approval rule goes down, as far as
 * a trial would prove by now.
 */
export const askLess: Proposer = {
  name: NAME,
  change: 'approval',
  propose(ground) {
    if (ground.cluster !== undefined) return nothing('asking a person less often mends no failure');
    const threshold = thresholdIn(ground.harness.approval.when);
    if (threshold === undefined) return nothing('the approval rule has no threshold such as `output.confidence < 0.9`');
    const alone = notAsked(ground.harness.approval);
    const asked = ground.answers.filter((answer) => answer.held !== true && !alone(answer));
    const rules = rulesOf('approval', true, ground.harness.approval.rightAlone);
    const drafts = lowered(threshold, asked).map((value) => draftOf(ground, asked, threshold, value, rules));
    const good = drafts.filter((draft) => draft !== undefined).toSorted((a, b) => b.gain - a.gain);
    return good.length === 0
      ? nothing(
          `nowhere below \`output.${threshold.field} < ${threshold.value}\` were enough answers right to prove that ${percent(rules.floor)} of them are`,
        )
      : { kind: 'drafts', drafts: good.slice(0, 5) };
  },
};

/** A threshold on a field of the output, written so in an approval rule. */
interface WrittenThreshold {
  readonly field: string;
  readonly value: number;
  /** The rule with another number in its place. */
  readonly moved: (value: number) => string;
}

const WRITTEN = /\boutput\.([a-zA-Z_]\w*)\s*<\s*(\d*\.?\d+)(?![\w.])/g;

/** The one threshold of a rule that alone makes it ask; undefined where it has none, or several. */
function thresholdIn(when: string): WrittenThreshold | undefined {
  const [only, ...others] = [...when.matchAll(WRITTEN)];
  const thresholds = alternativesOf(when).flatMap(({ threshold }) => threshold ?? []);
  if (only === undefined || others.length > 0 || thresholds.length !== 1) return undefined;
  const [text, field = '', number = ''] = only;
  const moved = (value: number): string =>
    `${when.slice(0, only.index)}output.${field} < ${value}${when.slice(only.index + text.length)}`;
  return { field, value: Number(number), moved };
}

/** Where it may go: at what the answers said that people were asked about, in hundredths, as people read them. */
function lowered({ field, value }: WrittenThreshold, asked: readonly PastAnswer[]): readonly number[] {
  const said = asked
    .map(({ output }) => (output as Record<string, unknown> | null)?.[field])
    .filter((one): one is number => typeof one === 'number' && one < value);
  return cuts(said.map((one) => Math.floor(one * 100) / 100)).filter((one) => one > 0);
}

function draftOf(
  ground: Ground,
  asked: readonly PastAnswer[],
  threshold: WrittenThreshold,
  value: number,
  rules: TrialRules,
): Draft | undefined {
  const { harness } = ground;
  const approval = { ...harness.approval, when: threshold.moved(value) };
  const alone = asked.filter(notAsked(approval));
  const right = alone.filter((answer) => answer.right);
  const wrong = alone.length - right.length;
  if (!wouldProve(ground, rules, right.length, wrong)) return undefined;
  return {
    change: 'approval',
    harness: { ...harness, approval },
    manifest: manifestOf(NAME, ground, {
      summary: `Ask a person only below \`output.${threshold.field} < ${value}\` (it was ${threshold.value}): ${right.length} of ${alone.length} answers in between were right, and ${percent(rules.floor)} would do.`,
      fixes: caseIds(right),
      risks: [
        `It lets the loop do more by itself. ${wrong} of ${alone.length} answers in between were wrong, and nobody would have been asked.`,
      ],
    }),
    // The share that is right enough is what a wrong answer costs: at .8 as much as four right ones are worth.
    gain: right.length - (wrong * rules.floor) / (1 - rules.floor),
  };
}

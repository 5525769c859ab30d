import type { Timestamp } from '../../contract/names.ts';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import { Trigger } from '../../contract/run.ts';
import { plainLine } from '../plain-text.ts';

/** An answer counts this long, in milliseconds: 90 days. */
export const ANSWER_LASTS_MS = 90 * 24 * 60 * 60 * 1000;

/** What is asked about a loop: a question for a person, by the check that it decides. */
export const QUESTIONS = {
  'trigger.explicit': `What starts it: \`manual\`, or one of ${kinds()} with its name, such as \`schedule weekly-report\`?`,
  'trigger.read': 'Who reads what its schedule makes, and what did they last do because of it? `nobody` is an answer.',
  'context.sorted': 'Is everything durable in its context still needed, and who looks through it?',
  'verifier.refuses': 'Has a verifier of each stage said no to a wrong output? To which?',
  'learning.worked': 'Who goes through what its runs taught, and how often?',
} as const;

/** A check that a person may have to decide. */
export type AskedCheck = keyof typeof QUESTIONS;

/** How an answer stands: none, one that counts, or one that has to be given again. */
export type Answered =
  | { readonly kind: 'none' }
  | { readonly kind: 'fresh'; readonly answer: ReviewAnswer }
  | { readonly kind: 'stale'; readonly answer: ReviewAnswer };

/** The newest answer to a check, and whether it still counts. */
export function answerTo(check: AskedCheck, answers: readonly ReviewAnswer[], now: Timestamp): Answered {
  const [answer] = answers.filter((given) => given.check === check).toSorted((one, other) => other.at - one.at);
  if (answer === undefined) return { kind: 'none' };
  return { kind: now - answer.at > ANSWER_LASTS_MS ? 'stale' : 'fresh', answer };
}

/** What starts a loop, as an answer to `trigger.explicit` says it; undefined for a no. */
export function triggerOf(answer: string): { readonly kind: string; readonly source?: string } | undefined {
  const [kind = '', ...rest] = answer.trim().split(/\s+/);
  if (!triggerKinds().includes(kind)) return undefined;
  return rest.length === 0 ? { kind } : { kind, source: rest.join(' ') };
}

/** Whether an answer to `trigger.read` says that nobody does. */
export function nobodyReads(answer: string): boolean {
  return /^(no|nobody|none|no[ -]?one)(?![\w-])/i.test(answer.trim());
}

/** What is wrong with an answer to a check, and what would be right; undefined for one that can be taken. */
export function answerMistake(check: string, answer: string): string | undefined {
  if (!(check in QUESTIONS)) {
    return `\`${plainLine(check, 100)}\` is not asked. Asked are ${Object.keys(QUESTIONS).join(', ')}; the other checks are measured`;
  }
  if (answer.trim() === '') return `expected an answer to \`${check}\`, got nothing: yes, no, or words`;
  if (check === 'trigger.read' && /^(yes|y|somebody|someone|everybody|everyone|they do)[.!]?$/i.test(answer.trim()))
    return `expected who reads it and what they last did because of it, or \`nobody\`; got "${plainLine(answer, 100)}"`;
  if (check !== 'trigger.explicit' || answer === 'no') return undefined;
  const trigger = triggerOf(answer);
  if (trigger !== undefined && (trigger.kind === 'manual' || trigger.source !== undefined)) return undefined;
  return `expected what starts the loop, \`manual\`, \`no\`, or one of ${kinds()} with its name, such as \`schedule weekly-report\`; got "${plainLine(answer, 100)}"`;
}

function kinds(): string {
  return triggerKinds()
    .filter((kind) => kind !== 'manual')
    .map((kind) => `\`${kind}\``)
    .join(', ');
}

function triggerKinds(): readonly string[] {
  // Experiments start no work.
  return Trigger.shape.kind.options.filter((kind) => kind !== 'eval');
}

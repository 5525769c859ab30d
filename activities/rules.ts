import { parseRule, type Rule } from '../core/rule.ts';
import { Remembered } from './remembered.ts';

const parsed = new Remembered<Rule>(1000);

/** A CEL rule, parsed once: harness versions do not change, so their rules come again with every run. @throws as {@link parseRule}. */
export function ruleOf(text: string, variables: readonly string[]): Rule {
  const key = `${variables.join(' ')}: ${text}`;
  return parsed.get(key) ?? parsed.keep(key, parseRule(text, variables));
}

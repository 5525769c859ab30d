import { LRUCache } from 'lru-cache';
import { parseRule, type Rule } from '../core/rule.ts';

const parsed = new LRUCache<string, Rule>({ max: 1000 });

/** A CEL rule, parsed once: harness versions do not change, so their rules come again with every run. @throws as {@link parseRule}. */
export function ruleOf(text: string, variables: readonly string[]): Rule {
  const key = `${variables.join(' ')}: ${text}`;
  const rule = parsed.get(key) ?? parseRule(text, variables);
  parsed.set(key, rule);
  return rule;
}

import { z } from 'zod';
import type { HookRule } from '../../contract/hooks.ts';
import type { RunOptions } from '../../contract/run.ts';
import { celValue, parseExpression, parseRule, type Expression, type Rule } from '../rule.ts';

/** What rules of a source can read. */
export const HOOK_VARIABLES = ['event', 'body', 'delivery', 'source'] as const;

/** What was received, as rules see it. */
export interface Received {
  readonly source: string;
  readonly delivery: string;
  readonly event: string;
  readonly body: unknown;
}

/** What a delivery is about, and how new it is. */
export interface Order {
  readonly subject: string;
  /** Milliseconds since 1970 where the rule gave a time. */
  readonly version: number;
}

/** What becomes of a delivery. */
export type Match =
  | {
      readonly kind: 'start';
      readonly loop: string;
      readonly key: string;
      readonly input: unknown;
      readonly options: RunOptions;
      readonly order?: Order;
    }
  | { readonly kind: 'ignored'; readonly because: string; readonly order?: Order }
  | { readonly kind: 'failed'; readonly because: string };

/** What a workflow id may be made of: it is pasted into commands. */
const KEY = /^[\w.:-]{1,200}$/;

/** A rule cannot be used on this delivery. */
class Unusable extends Error {}

/** Rules of a source that were parsed. @throws InvalidRule where one is none. */
export function compileHook(rules: readonly HookRule[]): (received: Received) => Match {
  const compiled = rules.map(compile);
  return (given) => {
    // Once for all expressions: a body may be large.
    const received = { ...given, body: celValue(given.body) };
    try {
      for (const [index, one] of compiled.entries()) {
        const held = one.when({ ...received });
        if ('error' in held) throw new Unusable(`rule ${index + 1}, \`when\`: ${held.error}`);
        if (held.value) return one.match(received, index + 1);
      }
      return { kind: 'ignored', because: `none of ${rules.length} rules holds` };
    } catch (error) {
      if (error instanceof Unusable) return { kind: 'failed', because: error.message };
      throw error;
    }
  };
}

interface Compiled {
  readonly when: Rule;
  match(received: Received, at: number): Match;
}

function compile(rule: HookRule): Compiled {
  const parsed = (text: string | undefined) => (text === undefined ? undefined : parseExpression(text, HOOK_VARIABLES));
  const { loop } = rule;
  const key = parsed(rule.key);
  const requestedBy = parsed(rule.requestedBy);
  const input = compileInput(rule.input ?? {});
  const order = rule.order && {
    subject: parseExpression(rule.order.subject, HOOK_VARIABLES),
    version: parseExpression(rule.order.version, HOOK_VARIABLES),
  };
  return {
    when: parseRule(rule.when, HOOK_VARIABLES),
    match(received, at) {
      const read = (name: string, expression: Expression): unknown =>
        valueOf(`rule ${at}, \`${name}\``, expression, received);
      const about = order && {
        order: {
          subject: textOf('subject', read('order.subject', order.subject)),
          version: versionOf(read('order.version', order.version)),
        },
      };
      if (loop === undefined) return { kind: 'ignored', because: `rule ${at} starts nothing`, ...about };
      const by = requestedBy && textOf('requestedBy', read('requestedBy', requestedBy));
      return {
        kind: 'start',
        loop,
        key: keyOf(key === undefined ? `${received.source}:${received.delivery}` : read('key', key)),
        input: input(read),
        options: optionsOf(rule, received, by),
        ...about,
      };
    },
  };
}

type Read = (name: string, expression: Expression) => unknown;

function compileInput(input: Exclude<HookRule['input'], undefined>): (read: Read) => unknown {
  if (typeof input === 'string') {
    const whole = parseExpression(input, HOOK_VARIABLES);
    return (read) => read('input', whole);
  }
  const fields = Object.entries(input).map(([name, text]) => [name, parseExpression(text, HOOK_VARIABLES)] as const);
  return (read) => Object.fromEntries(fields.map(([name, field]) => [name, read(`input.${name}`, field)]));
}

function valueOf(where: string, expression: Expression, received: Received): unknown {
  const result = expression({ ...received });
  if ('error' in result) throw new Unusable(`${where}: ${result.error}`);
  if (!z.json().safeParse(result.value).success)
    throw new Unusable(
      `${where}: expected a text, a number, a list, a map, true, false or null; wrap times in \`string(…)\``,
    );
  return result.value;
}

function optionsOf(rule: HookRule, { source }: Received, by: string | undefined): RunOptions {
  const { budgetUsd, dryRun } = rule;
  return {
    ...(by === undefined ? {} : { requestedBy: by }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(dryRun === undefined ? {} : { dryRun }),
    trigger: { kind: 'webhook', source, ...(by === undefined ? {} : { by }) },
  };
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' && value.length > 0 && value.length <= 200) return value;
  throw new Unusable(`\`${name}\`: expected a text of 1 to 200 characters, got ${shown(value)}`);
}

function keyOf(value: unknown): string {
  if (typeof value === 'string' && KEY.test(value)) return value;
  throw new Unusable(`\`key\`: expected 1 to 200 letters (a-z), digits, ".", "_", "-" or ":", got ${shown(value)}`);
}

function versionOf(value: unknown): number {
  const version = typeof value === 'string' ? timeOrNumber(value) : value;
  if (typeof version === 'number' && Number.isFinite(version)) return version;
  throw new Unusable(
    `\`order.version\`: expected a number or a time such as 2026-01-31T09:00:00Z, got ${shown(value)}`,
  );
}

/** Text counts as a plain number, or as a whole time with its zone: what else looks like a date is a revision that somebody counts. */
function timeOrNumber(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100);
}

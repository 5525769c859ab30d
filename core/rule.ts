import { celEnv, isCelError, isCelList, isCelMap, parse, plan, type CelInput } from '@bufbuild/cel';

/** A rule that was parsed: true, false, or why it could not be decided. */
export type Rule = (
  bindings: Readonly<Record<string, unknown>>,
) => { readonly value: boolean } | { readonly error: string };

/** A rule that cannot be used: it is no CEL, or reads what there is not. */
export class InvalidRule extends Error {
  override readonly name = 'InvalidRule';
  /** What is wrong with it, without rule and variables. */
  readonly reason: string;
  /** The unknown variable, where that is what is wrong. */
  readonly unknown: string | undefined;

  constructor(text: string, variables: readonly string[], reason: string, unknown?: string) {
    super(`Rule \`${text}\` cannot be used: ${reason}. Known variables: ${variables.join(', ')}.`);
    this.reason = reason;
    this.unknown = unknown;
  }
}

/** Longest rule, in characters. */
const MOST_CHARACTERS = 2000;

/** Macros within macros: each level goes over a list once more, and a rule cannot be interrupted. */
const MOST_NESTED = 2;

const environment = celEnv();

/** An expression that was parsed: a value as JSON has them, or why there is none. */
export type Expression = (
  bindings: Readonly<Record<string, unknown>>,
) => { readonly value: unknown } | { readonly error: string };

/**
 * Parses a CEL rule over the named variables.
 * @throws InvalidRule naming the rule, the place and the known variables: a rule that does not parse is refused at load.
 */
export function parseRule(text: string, variables: readonly string[]): Rule {
  const expression = parseExpression(text, variables);
  return (bindings) => {
    const result = expression(bindings);
    if ('error' in result) return result;
    const { value } = result;
    return typeof value === 'boolean'
      ? { value }
      : { error: `rule \`${text}\`: expected true or false, got ${String(value)}` };
  };
}

/** Parses a CEL expression of any value. @throws InvalidRule as {@link parseRule}. */
export function parseExpression(text: string, variables: readonly string[]): Expression {
  const parsed = attempt(text, variables);
  return (bindings) => {
    const result = parsed(Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, celValue(value)])));
    return isCelError(result) ? { error: `rule \`${text}\`: ${result.message}` } : { value: jsonValue(result) };
  };
}

function attempt(text: string, variables: readonly string[]): (bindings: Record<string, CelInput>) => unknown {
  if (text.length > MOST_CHARACTERS)
    throw new InvalidRule(
      `${text.slice(0, 60)}…`,
      variables,
      `it has ${text.length} characters, and at most ${MOST_CHARACTERS} are allowed`,
    );
  const parsed = told(text, variables, () => parse(text));
  const nested = depthOf(parsed.expr);
  if (nested > MOST_NESTED)
    throw new InvalidRule(
      text,
      variables,
      `it goes over lists ${nested} levels deep, and at most ${MOST_NESTED} are allowed`,
    );
  const [unknown] = roots(parsed.expr).filter((name) => !variables.includes(name));
  if (unknown !== undefined) throw new InvalidRule(text, variables, `\`${unknown}\` is not a variable`, unknown);
  return told(text, variables, () => plan(environment, parsed) as (bindings: Record<string, CelInput>) => unknown);
}

function told<T>(text: string, variables: readonly string[], work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new InvalidRule(text, variables, (cause as Error).message.replace(/^<input>:1:(\d+): /, 'at character $1 '));
  }
}

/** How deep macros that go over lists stand within each other. */
function depthOf(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  const { exprKind } = node as { exprKind?: { case?: string } };
  const inside = Math.max(0, ...Object.values(node).map(depthOf));
  return exprKind?.case === 'comprehensionExpr' ? inside + 1 : inside;
}

/** Names that a rule reads, those that its own macros bind left out. */
function roots(node: unknown, bound: readonly string[] = []): string[] {
  if (typeof node !== 'object' || node === null) return [];
  const { exprKind } = node as { exprKind?: { case?: string; value?: Bindings } };
  if (exprKind?.case === 'identExpr') {
    const name = exprKind.value?.name ?? '';
    return bound.includes(name) ? [] : [name];
  }
  if (exprKind?.case === 'comprehensionExpr') {
    const { iterRange, ...rest } = exprKind.value ?? {};
    const own = [rest.iterVar, rest.iterVar2, rest.accuVar].filter((name) => name !== undefined);
    // What is iterated over is read outside of the macro: `x.all(x, …)` reads a variable `x`.
    return [...roots(iterRange, bound), ...roots(Object.values(rest), [...bound, ...own])];
  }
  return (Array.isArray(node) ? node : Object.values(node)).flatMap((child) => roots(child, bound));
}

/** The fields of CEL's syntax tree that name something. */
interface Bindings {
  readonly name?: string;
  readonly iterVar?: string;
  readonly iterVar2?: string;
  readonly accuVar?: string;
  readonly iterRange?: unknown;
}

/** JSON as CEL takes it: objects become maps. What is one already stays, so that a large value can be converted once for many rules. */
export function celValue(value: unknown): CelInput {
  if (value instanceof Map) return value as CelInput;
  if (Array.isArray(value)) return value.map(celValue);
  if (value === undefined) return null;
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, celValue(item)]));
  }
  return value as CelInput;
}

/** What CEL made, as JSON takes it: maps become objects, whole numbers numbers, times and durations text. */
function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isCelList(value)) return [...value].map(jsonValue);
  if (isCelMap(value))
    return Object.fromEntries(
      [...value].map(([key, item]) => [
        typeof key === 'string' ? key : JSON.stringify(jsonValue(key)),
        jsonValue(item),
      ]),
    );
  return value;
}

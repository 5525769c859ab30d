import { celEnv, isCelError, parse, plan, type CelInput } from '@bufbuild/cel';

/** A rule that was parsed: true, false, or why it could not be decided. */
export type Rule = (
  bindings: Readonly<Record<string, unknown>>,
) => { readonly value: boolean } | { readonly error: string };

const environment = celEnv();

/**
 * Parses a CEL rule over the named variables.
 * @throws Error naming the rule, the place and the known variables: a rule that does not parse is refused at load.
 */
export function parseRule(text: string, variables: readonly string[]): Rule {
  const parsed = attempt(text, variables);
  return (bindings) => {
    const result = parsed(Object.fromEntries(Object.entries(bindings).map(([name, value]) => [name, celValue(value)])));
    if (isCelError(result)) return { error: `rule \`${text}\`: ${result.message}` };
    if (typeof result !== 'boolean')
      return { error: `rule \`${text}\`: expected true or false, got ${String(result)}` };
    return { value: result };
  };
}

function attempt(text: string, variables: readonly string[]): (bindings: Record<string, CelInput>) => unknown {
  try {
    const parsed = parse(text);
    const unknown = roots(parsed.expr).filter((name) => !variables.includes(name));
    if (unknown.length > 0) throw new Error(`\`${unknown[0]}\` is not a variable`);
    return plan(environment, parsed) as (bindings: Record<string, CelInput>) => unknown;
  } catch (cause) {
    throw new Error(
      `Rule \`${text}\` cannot be used: ${(cause as Error).message}. Known variables: ${variables.join(', ')}.`,
      { cause },
    );
  }
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

/** JSON as CEL takes it: objects become maps. */
function celValue(value: unknown): CelInput {
  if (Array.isArray(value)) return value.map(celValue);
  if (value === undefined) return null;
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([key, item]) => [key, celValue(item)]));
  }
  return value as CelInput;
}

import { parse } from '@bufbuild/cel';
import { canonicalJson } from './canonical.ts';

/** A comparison of a field with a fixed number, such as `output.confidence < 0.9`. */
export interface Threshold {
  /** What is compared, as a canonical text. */
  readonly subject: string;
  /** `<` and `<=` hold more often with a larger number, `>` and `>=` with a smaller one. */
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** One side of the `||` at the root of a rule: alone it makes the rule true. */
export interface Alternative {
  /** Its syntax tree as a canonical text: blanks and brackets make no difference. */
  readonly tree: string;
  readonly threshold?: Threshold;
  /** `true` and `false`, written as such. */
  readonly constant?: boolean;
}

/** What a CEL rule holds for: each alternative of its outermost `||`. @throws what the parser raises where it is no CEL. */
export function alternativesOf(rule: string): readonly Alternative[] {
  return split(parse(rule).expr as unknown as Expr).map(alternativeOf);
}

/**
 * Whether a rule surely holds wherever an earlier one did, by its syntax alone: each alternative of the earlier is still
 * there, or its threshold only moved so that it holds more often. CEL's `||` is true as soon as one side is, whatever the
 * others come to; where none is and one breaks it breaks, as the earlier rule would have. False where that cannot be seen.
 */
export function holdsWherever(rule: string, earlier: string): boolean {
  const now = alternativesOf(rule);
  return alternativesOf(earlier).every(
    (before) => before.constant === false || now.some((after) => after.constant === true || covers(after, before)),
  );
}

function covers(after: Alternative, before: Alternative): boolean {
  if (after.tree === before.tree) return true;
  const [moved, old] = [after.threshold, before.threshold];
  if (moved === undefined || old === undefined) return false;
  if (moved.subject !== old.subject || moved.operator !== old.operator) return false;
  return old.operator.startsWith('<') ? moved.value >= old.value : moved.value <= old.value;
}

/** The parts of CEL's syntax tree that are looked at. */
interface Expr {
  readonly exprKind: {
    readonly case?: string;
    readonly value?: { readonly function?: string; readonly args?: readonly Expr[]; readonly constantKind?: Constant };
  };
}

interface Constant {
  readonly case?: string;
  readonly value?: unknown;
}

function split(node: Expr): readonly Expr[] {
  const { value } = node.exprKind;
  return value?.function === '_||_' ? (value.args ?? []).flatMap(split) : [node];
}

const COMPARISONS: Readonly<Record<string, Threshold['operator']>> = {
  '_<_': '<',
  '_<=_': '<=',
  '_>_': '>',
  '_>=_': '>=',
};

function alternativeOf(node: Expr): Alternative {
  const { value } = node.exprKind;
  const operator = COMPARISONS[value?.function ?? ''];
  const [left, right] = value?.args ?? [];
  const number = constantOf(right);
  const constant = constantOf(node);
  return {
    tree: treeOf(node),
    ...(operator === undefined || left === undefined || typeof number !== 'number'
      ? {}
      : { threshold: { subject: treeOf(left), operator, value: number } }),
    ...(typeof constant === 'boolean' ? { constant } : {}),
  };
}

/** A number or a truth value that is written down; undefined for everything else. */
function constantOf(node: Expr | undefined): unknown {
  const value = node?.exprKind.value?.constantKind?.value;
  return typeof value === 'bigint' ? Number(value) : value;
}

/** Without the numbers that the parser gives to nodes in the order of the text. */
function treeOf(node: unknown): string {
  return canonicalJson(
    JSON.parse(
      JSON.stringify(node, (key, value: unknown) =>
        key === 'id' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
      ),
    ),
  );
}

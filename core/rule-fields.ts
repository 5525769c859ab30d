import { parse } from '@bufbuild/cel';

/** Fields of one variable that a rule reads. What it asks for with `has` may be missing, so it is not among them. @throws Error where the text is no CEL. */
export function fieldsRead(text: string, variable: string): readonly string[] {
  const found: Found = { read: new Set(), asked: new Set() };
  collect(parse(text).expr, variable, found);
  return [...found.read].filter((field) => !found.asked.has(field));
}

interface Found {
  readonly read: Set<string>;
  readonly asked: Set<string>;
}

/** The nodes of CEL's syntax tree that matter here: names, fields of something, and macros, which bind names of their own. */
interface Node {
  readonly exprKind?: {
    readonly case?: string;
    readonly value?: {
      readonly name?: string;
      readonly operand?: Node;
      readonly field?: string;
      readonly testOnly?: boolean;
      readonly iterVar?: string;
      readonly iterVar2?: string;
      readonly iterRange?: unknown;
    };
  };
}

function collect(node: unknown, variable: string, found: Found): void {
  if (typeof node !== 'object' || node === null) return;
  const { exprKind } = node as Node;
  const value = exprKind?.value;
  if (exprKind?.case === 'selectExpr' && value?.field !== undefined) {
    const of = value.operand?.exprKind;
    if (of?.case === 'identExpr' && of.value?.name === variable)
      (value.testOnly === true ? found.asked : found.read).add(value.field);
  }
  const bindsIt = exprKind?.case === 'comprehensionExpr' && [value?.iterVar, value?.iterVar2].includes(variable);
  // Inside such a macro the name is something else; what it goes over is not inside.
  for (const child of bindsIt ? [value?.iterRange] : Object.values(node)) collect(child, variable, found);
}

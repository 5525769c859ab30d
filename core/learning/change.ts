import { CHANGE_KINDS, type ChangeKind } from '../../contract/candidate.ts';
import { durationMs, type Harness } from '../../contract/harness.ts';
import { holdsWherever } from '../alternatives.ts';
import { canonicalJson } from '../canonical.ts';
import { areAsStrict } from '../tools.ts';
import { textDiff, type DiffPart } from '../text-diff.ts';

/** The component of a harness that each kind of change owns. Limits are nobody's: only people change them, in the file. */
export const COMPONENT = {
  example: 'examples',
  instruction: 'instructions',
  eval: 'evals',
  routing: 'routing',
  tool: 'tools',
  approval: 'approval',
} as const satisfies Record<ChangeKind, keyof Harness>;

/** What kinds of change lie between two harnesses; one that may become a candidate has exactly one. */
export function changedKinds(base: Harness, candidate: Harness): readonly ChangeKind[] {
  return CHANGE_KINDS.filter((kind) => differs(base[COMPONENT[kind]], candidate[COMPONENT[kind]]));
}

/** The one kind of change between two harnesses, or why there is not exactly one, in words. */
export type SingleChange =
  | { readonly kind: 'change'; readonly change: ChangeKind }
  | { readonly kind: 'refused'; readonly because: string };

/** A candidate changes one component, so that what its trial finds can only come from that one. */
export function singleChange(base: Harness, candidate: Harness): SingleChange {
  const kinds = changedKinds(base, candidate);
  const refused = (because: string): SingleChange => ({ kind: 'refused', because });
  if (differs(base.limits, candidate.limits))
    return refused('it changes `limits`, which only people change, in harness.yaml');
  const [change, ...others] = kinds;
  if (differs(base.approval.rightAlone, candidate.approval.rightAlone))
    return refused('it changes `approval.rightAlone`, which only people change, in harness.yaml');
  if (change === undefined) return refused('it changes nothing');
  if (others.length > 0)
    return refused(
      `it changes ${kinds.map((kind) => `\`${COMPONENT[kind]}\``).join(', ')}, and a candidate changes one component: bring them one by one`,
    );
  return { kind: 'change', change };
}

/**
 * What a change is known by: the version that it changes, its kind, and what becomes of the component, as a canonical text
 * whose digest is the candidate's. What its manifest says in words makes no difference.
 */
export function changeContent(base: string, kind: ChangeKind, candidate: Harness): string {
  return canonicalJson({ base, kind, component: candidate[COMPONENT[kind]] });
}

/** Whether two changes of one kind are the same, whichever versions they are between: from the same to the same. */
export function sameChange(
  kind: ChangeKind,
  one: { readonly base: Harness; readonly candidate: Harness },
  other: { readonly base: Harness; readonly candidate: Harness },
): boolean {
  const name = COMPONENT[kind];
  return !differs(one.base[name], other.base[name]) && !differs(one.candidate[name], other.candidate[name]);
}

/**
 * Whether a change may let a loop do more by itself than before. Whatever is not seen to be as strict as it was counts
 * as wider: it needs the strongest evidence. Instructions, examples and routes change answers, and ask no one less.
 */
export function widens(kind: ChangeKind, base: Harness, candidate: Harness): boolean {
  switch (kind) {
    case 'approval':
      return !isAsStrict(base.approval, candidate.approval);
    case 'eval':
      return !base.evals.every((item) => candidate.evals.some((other) => !differs(item, other)));
    case 'tool':
      return !areAsStrict(candidate.tools, base.tools);
    case 'example':
    case 'instruction':
    case 'routing':
      return false;
  }
}

type Approval = Harness['approval'];

/** How long people are reminded, and how soon silence is a no, let nothing through: both may change. */
function isAsStrict(base: Approval, candidate: Approval): boolean {
  return (
    holdsWherever(candidate.when, base.when) &&
    candidate.audit >= base.audit &&
    isWithin(candidate.approvers, base.approvers) &&
    candidate.quorum >= base.quorum &&
    (mayApproveOwn(base) || !mayApproveOwn(candidate)) &&
    (candidate.signed === true || base.signed !== true) &&
    delayOf(candidate) >= delayOf(base) &&
    candidate.escalateTo.every((step) => base.escalateTo.some((other) => !differs(step, other))) &&
    !differs(base.tiers, candidate.tiers)
  );
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  return all.includes('*') || some.every((one) => all.includes(one));
}

/** As `core/approval-policy.ts` reads it. */
function mayApproveOwn({ selfApproval, signed }: Approval): boolean {
  return selfApproval ?? signed !== true;
}

function delayOf({ minDelay }: Approval): number {
  return minDelay === undefined ? 0 : durationMs(minDelay);
}

function differs(one: unknown, other: unknown): boolean {
  return canonicalJson(one) !== canonicalJson(other);
}

/** What became of one component of a harness, word by word. */
export interface ComponentDiff {
  readonly component: keyof Harness;
  readonly parts: readonly DiffPart[];
}

/** What became of a harness, for people: each component that changed, limits too; instructions as text, the others as JSON. */
export function diffOf(base: Harness, candidate: Harness): readonly ComponentDiff[] {
  const components = [...CHANGE_KINDS.map((kind) => COMPONENT[kind]), 'limits'] as const;
  return components
    .filter((component) => differs(base[component], candidate[component]))
    .map((component) => ({
      component,
      parts: textDiff(textOf(base[component]), textOf(candidate[component])),
    }));
}

function textOf(component: unknown): string {
  return typeof component === 'string' ? component : JSON.stringify(component, undefined, 2);
}

import type { Proposal } from '../../contract/proposal.ts';
import { dollars, span } from '../figures.ts';
import { figure } from './eval-table.ts';
import { rulesOf } from './gate.ts';

/** What the evidence for a change is worth, in words: what it needs, and how often less than that looks as good. */
export function worthOf({
  e,
  kind,
  widens,
  rightAlone,
}: Pick<Proposal, 'e' | 'kind' | 'widens' | 'rightAlone'>): string {
  const { threshold, floor } = rulesOf(kind, widens, rightAlone);
  const none =
    floor > 0.5
      ? `changes that are right in less than ${100 * floor} % of what they let through`
      : 'changes that are no better';
  const odds =
    e < 2 ? 'nothing speaks for it yet' : `of ${none}, at most one in ${figure(Math.floor(e))} ever gets this far`;
  return `E ${figure(e)}, and ${threshold} proves a change of this kind: ${odds}.`;
}

/** A proposal in a line, for lists: what it changes, and of which loop. */
export function titleOf({ loop, base, version, kind, manifest }: Proposal): string {
  return `${loop} ${base} → ${version}, ${kind}: ${manifest.summary}`;
}

/** What cases say for and against a proposal, in a line. */
export function outcomeOf({ slices, e, kind, widens }: Proposal): string {
  const count = (what: 'fixes' | 'breaks'): number => slices.reduce((sum, slice) => sum + slice[what], 0);
  return `mends ${count('fixes')}, breaks ${count('breaks')} · E ${figure(e)}, ${rulesOf(kind, widens).threshold} proves it`;
}

/** What a run costs and takes, and how often it asks, before and after: a name and two figures each. */
export function effortLines({ before, after }: Pick<Proposal, 'before' | 'after'>): readonly (readonly string[])[] {
  const sides = [before, after];
  return [
    ['Median cost of a run', ...sides.map(({ costMicroUsd }) => dollars(costMicroUsd))],
    ['Median time of a run', ...sides.map(({ tookMs }) => span(tookMs))],
    ['Runs that ask a person', ...sides.map(({ askedShare }) => `${(100 * askedShare).toFixed(1)} %`)],
  ];
}

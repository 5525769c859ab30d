import type { Proposal } from '../../contract/proposal.ts';
import { columns } from '../columns.ts';
import { plainLine, plainText } from '../plain-text.ts';
import { effortLines, titleOf, worthOf } from './proposal-words.ts';

/** Fixes that a terminal shows; breaks are shown all. */
const SHOWN_FIXES = 5;

/** A proposal for a terminal, as whoever decides has to see it. Nothing in it that came from outside is obeyed. */
export function proposalText(proposal: Proposal): string {
  const { loop, base, version, widens, manifest, because, slices, breaks, fixes, diff, experiment } = proposal;
  return [
    plainLine(titleOf(proposal), 2200),
    ...(widens ? ['IT WIDENS what the loop may do by itself.'] : []),
    `Proposed by ${plainLine(manifest.proposer, 300)}${manifest.cluster === undefined ? '' : `, to mend ${plainLine(manifest.cluster, 500)}`}`,
    '',
    plainText(diff),
    '',
    plainLine(because, 2000),
    worthOf(proposal),
    `All of it: loopwright eval ${loop} --show ${experiment}`,
    '',
    columns([
      ['SLICE', 'CASES', 'NO RESULT', 'FIXES', 'BREAKS'],
      ...slices.map((one) => [one.slice, ...[one.cases, one.missing, one.fixes, one.breaks].map(String)]),
    ]),
    '',
    columns([['', base.toUpperCase(), version.toUpperCase()], ...effortLines(proposal)]),
    '',
    breaks.length === 0 ? 'It breaks none of these cases.' : `It breaks ${breaks.length}:`,
    ...breaks.map(caseText),
    `It mends ${fixes.length}${fixes.length > SHOWN_FIXES ? `, of them` : ':'}`,
    ...fixes.slice(0, SHOWN_FIXES).map(caseText),
    ...(manifest.risks.length === 0
      ? []
      : ['Risks that it names:', ...manifest.risks.map((risk) => `  ${plainLine(risk, 2000)}`)]),
  ].join('\n');
}

function caseText({ caseId, slice, input, before, after }: Proposal['breaks'][number]): string {
  return [
    `  ${plainLine(caseId, 200)} (${slice}) ${plainLine(input, 300)}`,
    `    before: ${plainLine(before, 300)}`,
    `    after:  ${plainLine(after, 300)}`,
  ].join('\n');
}

import type { HarnessMove } from '../../contract/harness-move.ts';
import type { HarnessLine } from '../../contract/harness-record.ts';
import { columns } from '../columns.ts';
import { moment } from '../figures.ts';
import { plainLine } from '../plain-text.ts';

/** Longest name and longest reason that are shown, in characters. */
const WHO = 60;
const REASON = 80;

/** Versions of a harness as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function versionTable(versions: readonly HarnessLine[]): string {
  return columns([
    ['VERSION', 'STATE', 'FROM', 'CHANGES', 'E', 'AT', 'WHAT'],
    ...versions.map(({ version, state, source, candidate, promotion, at }) => [
      version,
      stateWords(state, candidate),
      source,
      candidate?.kind ?? '',
      promotion === undefined ? '' : evidenceWords(promotion),
      moment(at),
      plainLine(candidate?.manifest.summary ?? '', REASON),
    ]),
  ]);
}

/** Moves of a harness as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function moveTable(moves: readonly HarnessMove[]): string {
  return columns([
    ['AT', 'FROM', 'TO', 'HOW', 'E', 'BY', 'WHY'],
    ...moves.map((move) => [
      moment(move.at),
      move.from ?? '',
      move.to,
      move.kind,
      evidenceWords(move),
      plainLine(move.by, WHO),
      plainLine(move.reason, REASON),
    ]),
  ]);
}

/** On what evidence a version was promoted: its e-value, and whether a person promoted it without proof. */
export function evidenceWords({ e, unproven }: Pick<HarnessMove, 'e' | 'unproven'>): string {
  const value = e === undefined ? [] : [e >= 1000 ? e.toExponential(1) : String(Number(e.toPrecision(3)))];
  return [...value, ...(unproven ? ['unproven'] : [])].join(' ');
}

/** Where a version stands; one that the loop does not run on, by what became of it as a candidate. */
export function stateWords(state: HarnessLine['state'], candidate: HarnessLine['candidate']): string {
  return state === 'current' || candidate === undefined ? state : CANDIDATE_WORDS[candidate.state];
}

const CANDIDATE_WORDS: Readonly<Record<NonNullable<HarnessLine['candidate']>['state'], string>> = {
  proposed: 'proposed',
  trial: 'on trial',
  proven: 'proven',
  inconclusive: 'inconclusive',
  refuted: 'refuted',
  rejected: 'rejected',
  promoted: 'earlier',
  rolledBack: 'rolled back',
};

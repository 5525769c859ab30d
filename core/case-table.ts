import type { Case, KeptCase } from '../contract/case.ts';
import { canonicalJson } from './canonical.ts';
import { columns } from './columns.ts';
import { moment } from './figures.ts';
import { plainLine } from './plain-text.ts';

/** A case as `cases --json` prints it: its time in ISO 8601. */
export interface ListedCase extends Omit<KeptCase, 'at'> {
  readonly at: string;
}

/** A case as programs read it. */
export function listedCase({ at, ...rest }: KeptCase): ListedCase {
  return { ...rest, at: new Date(at).toISOString() };
}

const HEADER = ['CASE', 'SLICE', 'FROM', 'SEALED', 'CLUSTER', 'EXPECTS', 'INPUT'];

/** Cases as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function caseTable(cases: readonly KeptCase[]): string {
  return columns([
    HEADER,
    ...cases.map((one) => [
      plainLine(one.id, 60),
      one.slice,
      one.source,
      one.sealed ? 'sealed' : '',
      plainLine(one.cluster ?? '', 50),
      plainLine(asked(one), 50),
      plainLine(canonicalJson(one.input), 80),
    ]),
  ]);
}

/** What a case asks of an output, on one line. */
export function asked({ expect, never }: Pick<KeptCase, 'expect' | 'never'>): string {
  const wanted = expect === undefined ? [] : [canonicalJson(expect)];
  const refused = never === undefined ? [] : [`never ${canonicalJson(never)}`];
  return [...wanted, ...refused].join(', ') || 'its verifiers';
}

/** All about a case, for people. */
export function caseText(one: KeptCase): string {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['case', one.id],
    ['loop', one.loop],
    ['slice', one.slice],
    ['from', `${one.source}, ${moment(one.at)}`],
    ['run', one.runKey],
    ['lesson', one.lesson === undefined ? undefined : `#${one.lesson}`],
    ['cluster', one.cluster],
    ['one vote with', one.related],
    ['sealed', one.sealed ? 'yes: no proposer is shown it' : 'no: proposers may see it'],
    ['input', canonicalJson(one.input)],
    ['expects', one.expect === undefined ? undefined : canonicalJson(one.expect)],
    ['never', one.never === undefined ? undefined : canonicalJson(one.never)],
    ['note', one.note],
  ];
  const told = rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, plainLine(value, 20_000)]]));
  return columns(told);
}

/** A case as a line of `cases.jsonl`. */
export function caseLine({ id, loop, input, expect, never, slice, related, note }: KeptCase): string {
  const line: Case = {
    id,
    loop,
    input,
    ...(expect === undefined ? {} : { expect }),
    ...(never === undefined ? {} : { never }),
    slice,
    related,
    ...(note === undefined ? {} : { note }),
  };
  return JSON.stringify(line);
}

import { FATES, type Fate } from '../../contract/model-fates.ts';
import { table } from './schema-table.ts';

/** The file whose tests have the rows' ids. */
const TEST = 'tests/activities/models/fates.test.ts';

/** Every way in which a model's call fails, and what becomes of it. */
export function fatesParts(): readonly string[] {
  return [
    'Every way in which a model’s call fails, and what becomes of it; a judge’s calls are no other. The id is the `fate` in the first of the failure’s details. ' +
      `Each row has a test of its id in \`${TEST}\`, which brings it about over real HTTP through both APIs.`,
    table(
      ['id', 'what happened', 'failure', 'then', 'paid', 'test'],
      Object.entries(FATES).map(([id, fate]) => [
        `\`${id}\``,
        fate.what,
        typeText(fate),
        nextText(fate),
        PAID[fate.paid],
        `\`a call ends > ${id}\``,
      ]),
    ),
    'Tried again: four tries together, each with a line of its own in the ledger; then the run ends `blocked`. ' +
      'Another model: where the route has one (an outage). ' +
      'A verdict: the text is an attempt that failed the criterion `schema`; the next attempt is told why, counted and billed. Of a judge, such a text proves nothing: its criteria are `inconclusive`.',
    '## What to do',
    table(
      ['id', 'fix'],
      Object.entries(FATES).map(([id, { fix }]) => [`\`${id}\``, fix]),
    ),
  ];
}

const PAID: Readonly<Record<Fate['paid'], string>> = {
  nothing: 'nothing',
  used: 'what it used, or the worst case where it does not say',
  uncertain: 'the worst case, as `uncertain`',
};

function typeText({ type }: Fate): string {
  if (type === 'cancelled') return 'none: the run closes';
  return type === 'verdict' ? 'none: a verdict' : `[\`${type}\`](../errors/${type}.md)`;
}

function nextText({ next, outage }: Fate): string {
  const other = outage ? ', or another model' : '';
  switch (next) {
    case 'again':
      return `tried again${other}`;
    case 'final':
      return `final${other}`;
    case 'repair':
      return 'one more attempt';
    case 'ends':
      return 'the run closes';
  }
}

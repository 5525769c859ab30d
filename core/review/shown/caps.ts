import type { Shown } from '../../../contract/loop-evidence.ts';
import type { Outcome } from '../../../contract/outcomes.ts';
import { dollars } from '../../figures.ts';
import { shareInterval } from '../../interval.ts';
import type { ShownFacts } from '../../../contract/shown-facts.ts';
import { clear, found, share, tooFew } from './say.ts';

/** Runs that are needed to say anything about a cap. */
const RUNS = 30;

/** A cap of which the dearest run used less than this share stops nothing that can be foreseen. */
const NEAR = 0.1;

/** Share of runs that end at a cap, from which on the cap does not fit the work. */
const OFTEN = 0.2;

/** Outcomes of runs that a cap ended, with what to do. */
const CAPPED: readonly (readonly [Outcome, string, string])[] = [
  ['overBudget', 'ended over budget', 'Raise `limits.usd`, route to a cheaper model, or give it less context.'],
  [
    'exhausted',
    'used up their attempts or their time',
    'Read what the last attempt failed: mend that before `limits.attempts` or `deadline`.',
  ],
];

/** A cap on money that no run comes near. */
export function capNeverNear({ runs }: ShownFacts): Shown {
  const name = 'CapNeverNear';
  const paid = runs.filter(({ costMicroUsd, budgetMicroUsd }) => costMicroUsd > 0 && budgetMicroUsd > 0);
  if (paid.length < RUNS) return tooFew(name, paid.length, RUNS, 'runs that cost something');
  const [dearest] = paid.toSorted((a, b) => b.costMicroUsd / b.budgetMicroUsd - a.costMicroUsd / a.budgetMicroUsd);
  if (dearest === undefined) return tooFew(name, 0, RUNS, 'runs that cost something');
  const { costMicroUsd, budgetMicroUsd } = dearest;
  const said = `the dearest of ${paid.length} runs cost ${dollars(costMicroUsd)} of ${dollars(budgetMicroUsd)}`;
  if (costMicroUsd >= NEAR * budgetMicroUsd) return clear(name, said);
  return found(name, 'note', {
    because: `${said}: a run that goes wrong may cost ${Math.floor(budgetMicroUsd / costMicroUsd)} times as much before anything stops it`,
    nextAction: 'Lower `limits.usd` to a few times what a run costs.',
    runs: [dearest],
  });
}

/** Caps that end a good part of the runs. */
export function capAlwaysHit({ runs }: ShownFacts): Shown {
  const name = 'CapAlwaysHit';
  if (runs.length < RUNS) return tooFew(name, runs.length, RUNS, 'runs');
  const hit = CAPPED.map(([outcome, words, fix]) => ({
    at: runs.filter((run) => run.outcome === outcome),
    words,
    fix,
  })).filter(({ at }) => shareInterval(at.length, runs.length).low > OFTEN);
  if (hit.length === 0) return clear(name, 'few runs end at a cap');
  return found(name, 'warning', {
    because: hit.map(({ at, words }) => `${share(at.length, runs.length)} of runs ${words}`).join('; '),
    nextAction: hit.map(({ fix }) => fix).join(' '),
    runs: hit.flatMap(({ at }) => at),
  });
}

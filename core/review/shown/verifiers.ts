import type { Shown } from '../../../contract/loop-evidence.ts';
import { shareInterval } from '../../interval.ts';
import { plainLine } from '../../plain-text.ts';
import type { GateFacts, ShownFacts, VerdictFacts } from '../../../contract/shown-facts.ts';
import { clear, found, quoted, share, tooFew } from './say.ts';

/** Verdicts that are needed to say that nobody says no. */
const VERDICTS = 50;

/** Outputs that people refused although nothing was said against them, from which on silence is critical. */
const REFUSED = 3;

/** Noes that people have to have decided, to say that they are wrong. */
const NOES = 10;

/** Audited outputs that people have to have decided, to say how often the loop would have been wrong alone. */
const AUDITED = 20;

/** Most of what a loop does alone that may be wrong. */
const WRONG_ALONE = 0.05;

/** Stages in which no verifier has ever said no. Fitting the schema is no verifier's work. */
export function verifierNeverRefuses({ verdicts }: ShownFacts): Shown {
  const name = 'VerifierNeverRefuses';
  const stages = [...Map.groupBy(verdicts, ({ stage }) => stage)];
  const enough = stages.filter(([, said]) => said.length >= VERDICTS);
  if (enough.length === 0)
    return tooFew(name, Math.max(0, ...stages.map(([, said]) => said.length)), VERDICTS, 'verdicts in a stage');
  const silent = enough.filter(([, said]) => !said.some(saysNo));
  if (silent.length === 0) return clear(name, `somebody said no in ${quoted(enough.map(([stage]) => stage))}`);
  const refused = silent.flatMap(([, said]) => said.filter(({ person }) => person === 'no'));
  const words = silent.map(([stage, said]) => {
    const verifiers = new Set(said.flatMap(({ criteria }) => criteria.map((criterion) => criterion.name)));
    verifiers.delete('schema');
    const who = [...verifiers].map((verifier) => plainLine(verifier, 80));
    return `none of the ${said.length} outputs of \`${stage}\` was refused by ${who.length === 0 ? 'a verifier' : quoted(who)}`;
  });
  const people = refused.length === 0 ? '' : `, while people refused or changed ${refused.length} of them`;
  return found(name, refused.length >= REFUSED ? 'critical' : 'warning', {
    because: `${words.join('; ')}${people}`,
    nextAction:
      refused.length > 0
        ? 'Make what people refused a case, and a check or a rubric that says no to it.'
        : 'Write a case that has to be refused, and see that a verifier refuses it.',
    runs: refused.length > 0 ? refused : silent.flatMap(([, said]) => said),
  });
}

function saysNo({ criteria }: VerdictFacts): boolean {
  return criteria.some(({ name, verdict }) => name !== 'schema' && verdict === 'fail');
}

/** Verifiers whose noes people overrule. */
export function verifierOverruled({ verdicts }: ShownFacts): Shown {
  const name = 'VerifierOverruled';
  const noes = verdicts.flatMap((said) =>
    said.person === undefined
      ? []
      : said.criteria
          .filter((criterion) => criterion.verdict === 'fail' && criterion.name !== 'schema')
          .map((criterion) => ({ ...said, verifier: criterion.name })),
  );
  const verifiers = [...Map.groupBy(noes, ({ verifier }) => verifier)].map(([verifier, said]) => ({
    verifier,
    said,
    overruled: said.filter(({ person }) => person === 'yes'),
  }));
  const enough = verifiers.filter(({ said }) => said.length >= NOES);
  if (enough.length === 0)
    return tooFew(name, Math.max(0, ...verifiers.map(({ said }) => said.length)), NOES, 'noes that a person decided');
  const wrong = enough.filter(({ said, overruled }) => overruled.length * 2 >= said.length);
  if (wrong.length === 0) return clear(name, 'people mostly agree with what is said against an output');
  return found(name, 'warning', {
    because: wrong
      .map(
        ({ verifier, said, overruled }) =>
          `people approved ${share(overruled.length, said.length)} of what \`${plainLine(verifier, 80)}\` had said no to`,
      )
      .join('; '),
    nextAction:
      'Read what it said no to: mend its criterion, or take it out. A no that is mostly wrong is not read any more.',
    runs: wrong.flatMap(({ overruled }) => overruled),
  });
}

/** What people did with outputs that could have been acted on without them: how often the loop would have been wrong. */
export function wrongAlone({ gates }: ShownFacts): Shown {
  const name = 'WrongAlone';
  const decided = gates.filter(({ audit, state }) => audit && isDecided(state));
  if (decided.length < AUDITED) return tooFew(name, decided.length, AUDITED, 'audited outputs that a person decided');
  const wrong = decided.filter(({ state }) => state !== 'approved');
  const { low } = shareInterval(wrong.length, decided.length);
  if (low <= WRONG_ALONE)
    return clear(name, `people changed or refused ${share(wrong.length, decided.length)} of what an audit drew`);
  return found(name, 'critical', {
    because: `people changed or refused ${share(wrong.length, decided.length)} of what passed every verifier and would have been acted on alone; at most ${100 * WRONG_ALONE} % may be`,
    nextAction: 'Ask more often (`approval.when`), and make what was changed a case that a verifier refuses.',
    runs: wrong,
  });
}

/** Judges whose word was shown to count for too little. */
export function judgeAdvisory({ judges }: ShownFacts): Shown {
  const name = 'JudgeAdvisory';
  if (judges.length === 0) return tooFew(name, 0, 1, 'judges that people have said enough about');
  const wanting = judges.filter(({ standing }) => standing === 'advisory');
  if (wanting.length === 0) return clear(name, 'no judge was found wanting');
  return found(name, 'warning', {
    because: wanting
      .map(
        ({ stage, judge, because }) =>
          `\`${plainLine(`${stage}/${judge}`, 80)}\` is advisory: ${plainLine(because, 300)}`,
      )
      .join('; '),
    nextAction:
      'Read what it let through and what it held (`loopwright judges`): mend its rubric, or ask another model.',
    runs: [],
  });
}

/** Whether a person decided a version. */
export function isDecided(state: GateFacts['state']): boolean {
  return state === 'approved' || state === 'edited' || state === 'answered' || state === 'rejected';
}

import type { Shown } from '../../../contract/loop-evidence.ts';
import { shareInterval } from '../../interval.ts';
import type { ContextFacts, ShownFacts } from '../../../contract/shown-facts.ts';
import { clear, found, quoted, share, tooFew } from './say.ts';

/** Contexts that are needed to say that a source is never used. */
const CONTEXTS = 20;

/** Runs that are needed to say that a source fails. */
const RUNS = 10;

/** Share of runs that a source ends, from which on it fails rather than hiccups. */
const FAILING = 0.2;

/** Sources that were asked for every context and are in none: they had nothing, or there was no room for it. */
export function contextUnused({ contexts }: ShownFacts): Shown {
  const name = 'ContextUnused';
  if (contexts.length < CONTEXTS) return tooFew(name, contexts.length, CONTEXTS, 'contexts');
  const sources = new Set(contexts.flatMap(({ dropped, silent }) => [...dropped, ...silent]));
  const unused = [...sources]
    .map((source) => ({ source, asked: contexts.filter((context) => lists(context, source)) }))
    .filter(({ source, asked }) => asked.length >= CONTEXTS && !asked.some(({ given }) => given.includes(source)));
  if (unused.length === 0) return clear(name, `every source was in some of ${contexts.length} contexts`);
  return found(name, 'warning', {
    because: unused
      .map(({ source, asked }) => {
        const cut = asked.filter(({ dropped }) => dropped.includes(source)).length;
        return `\`${source}\` is in none of ${asked.length} contexts (${cut} times there was no room, ${asked.length - cut} times it had nothing)`;
      })
      .join('; '),
    nextAction: 'Take it out of `context`, put it first, or raise `limits.contextTokens`.',
    runs: unused.flatMap(({ asked }) => asked),
  });
}

function lists({ given, dropped, silent }: ContextFacts, source: string): boolean {
  return given.includes(source) || dropped.includes(source) || silent.includes(source);
}

/** Sources that end runs. */
export function sourceFails({ runs }: ShownFacts): Shown {
  const name = 'SourceFails';
  if (runs.length < RUNS) return tooFew(name, runs.length, RUNS, 'runs');
  const failed = runs.flatMap((run) => {
    const source = /^Source(?:Failed|Refused): Source `([^`]{1,200})`/.exec(run.reason)?.[1];
    return source === undefined ? [] : [{ ...run, source }];
  });
  const often = [...Map.groupBy(failed, ({ source }) => source)].filter(
    ([, at]) => shareInterval(at.length, runs.length).low > FAILING,
  );
  if (often.length === 0) return clear(name, `${failed.length} of ${runs.length} runs ended because a source failed`);
  return found(name, 'warning', {
    because: often
      .map(([source, at]) => `${quoted([source])} ended ${share(at.length, runs.length)} of runs`)
      .join('; '),
    nextAction: 'Mend it, let it use an answer of earlier (`maxAge`), or do without it.',
    runs: often.flatMap(([, at]) => at),
  });
}

import type { LoopFacts } from './facts.ts';
import type { Standing } from './result.ts';

/**
 * Whether each of the article's five kinds of lesson has a place: instruction, eval, routing rule, tool contract,
 * approval gate. A place is a field that the harness file says: what is only a default, nobody finds to change.
 */
export function learningPlaces(facts: LoopFacts): Standing {
  const missing = Object.entries(placesOf(facts)).filter(([, place]) => !place.there);
  const { harness } = facts.files;
  if (missing.length === 0) {
    return { state: 'done', because: 'all five kinds of lesson have a place in its harness', seenIn: harness };
  }
  return {
    state: 'open',
    because: `no place for a lesson of kind ${missing.map(([kind]) => kind).join(', ')}`,
    seenIn: harness,
    nextAction: missing.map(([, { fix }]) => fix).join(' '),
  };
}

interface Place {
  readonly there: boolean;
  readonly fix: string;
}

function placesOf({ harness, stated, stages, files, hasCases }: LoopFacts): Readonly<Record<string, Place>> {
  const models = stages.some(({ generator }) => generator.kind === 'model');
  const says = (field: string): boolean => [...stated].some((path) => path === field || path.startsWith(`${field}.`));
  return {
    instruction: {
      there: !models || harness.instructions.trim() !== '',
      fix: 'Write `instructions` for the generator.',
    },
    eval: {
      there: harness.evals.length > 0 || hasCases,
      fix: `Keep what went wrong as an eval: \`evals\`, or a line in ${files.cases}.`,
    },
    routing: { there: !models || says('routing'), fix: 'Write its `routing` down, even where it is one rule.' },
    // What calls no tool has no contract that could be better; a harness that lists tools is the place.
    tool: { there: true, fix: '' },
    approval: { there: says('approval'), fix: 'Write `approval` down: `when`, `audit`, `approvers`.' },
  };
}

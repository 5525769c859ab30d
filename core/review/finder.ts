import { waysToAsk } from './checks.ts';
import type { LoopFacts } from './facts.ts';
import type { CheckId, Standing } from './result.ts';

type Finder = NonNullable<LoopFacts['finder']>;

/** What every finder does by nature, whoever wrote it; a check that answers undefined looks at it as at any loop. */
const BY_NATURE: Readonly<Partial<Record<CheckId, (finder: Finder, facts: LoopFacts) => Standing | undefined>>> = {
  'trigger.deduplicated': ({ source }, facts) =>
    done(`an item of ${source} is started once ever, by its key and version`, facts),
  'context.bounded': ({ starts, limit }, facts) =>
    done(`no input, and at most ${limit} items a tick, each no larger than \`${starts}\` takes`, facts),
  'state.typed': ({ starts }, facts) =>
    done(`what it finds is a record, and each input is held against the schema of \`${starts}\``, facts),
  'stop.help': ({ starts }, facts) =>
    waysToAsk(facts).length > 0
      ? undefined
      : done(`it only starts \`${starts}\`, which asks by rules of its own`, facts),
  'learning.places': (_finder, facts) => approvalPlace(facts),
};

/** How a check of a finder stands where all finders stand alike; undefined where it has to be looked at, or is none. */
export function standingOfFinder(check: CheckId, facts: LoopFacts): Standing | undefined {
  return facts.finder === undefined ? undefined : BY_NATURE[check]?.(facts.finder, facts);
}

function done(because: string, { files }: LoopFacts): Standing {
  return { state: 'done', because, seenIn: files.definition };
}

/** It asks no model and its items are graded by what it starts: what can be learnt is when to ask. */
function approvalPlace({ stated, harness, files }: LoopFacts): Standing {
  const seenIn = files.harness;
  if ([...stated].some((path) => path === 'approval' || path.startsWith('approval.')))
    return { state: 'done', because: `when it asks stands in its harness: \`${harness.approval.when}\``, seenIn };
  const nextAction = 'Write `approval` down, such as `when: size(output.items) > 10`.';
  return { state: 'open', because: 'no place for a lesson of kind approval', seenIn, nextAction };
}

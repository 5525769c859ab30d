import type { FindingName } from '../../../core/review/result.ts';

/** A loop's folder, as a person would have written it. */
export interface PlantedLoop {
  readonly name: string;
  readonly loop: string;
  readonly harness: string;
}

interface Words {
  readonly input?: string;
  readonly output?: string;
  readonly dedupe?: string;
  readonly context?: string;
  readonly verify?: string;
  readonly act?: string;
  readonly harness?: string;
}

const HOLDS = `check('holds', ({ title }, { topic }) => ({ verdict: title.includes(topic) ? 'pass' : 'fail', evidence: title }))`;

/** Route `default` is model \`maker\`, and so is route `judge` (see the test). */
function loopOf(name: string, words: Words = {}): PlantedLoop {
  const {
    input = 'id: z.string().max(20), topic: z.string().max(200)',
    output = 'title: z.string().max(200), sure: z.number()',
  } = words;
  return {
    name,
    loop: `import { check, defineLoop, judge, model, source } from 'loopwright';
import { z } from 'zod';
export const ${name} = defineLoop({
  name: '${name}',
  input: z.object({ ${input} }),
  output: z.object({ ${output} }),
  ${words.dedupe ?? 'dedupe: ({ id }) => id,'}
  stages: { main: {
    context: [${words.context ?? `source({ name: 'desk', trust: 'untrusted', why: 'what was asked', fetch: async () => [] })`}],
    generate: model(), verify: [${words.verify ?? HOLDS}],
  } },
  ${words.act ?? 'act: { publish: { repeatable: true, run: async () => undefined } },'}
});
`,
    harness: words.harness ?? 'instructions: Write.\napproval: { when: output.sure < 0.8 }\nlimits: { usd: 0.1 }\n',
  };
}

const BARE = { context: '', act: '', harness: 'instructions: Be good.\n' };
const FINE = `check('fine', () => ({ verdict: 'pass', evidence: 'looks fine' }))`;
const ONCE = 'act: { send: { repeatable: false, run: async () => undefined } },';

/** For each of the article's mistakes a loop that shows it, and one that differs in what mends it. */
export const PLANTED: Readonly<Record<FindingName, { readonly shows: PlantedLoop; readonly neighbour: PlantedLoop }>> =
  {
    PromptOnly: {
      shows: loopOf('promptOnly', { ...BARE, verify: FINE }),
      neighbour: loopOf('promptChecked', BARE),
    },
    NoIndependentCheck: {
      shows: loopOf('selfGraded', { verify: `judge('taste', { short: 'Is it short?' })` }),
      neighbour: loopOf('graded'),
    },
    FuzzyMemory: {
      shows: loopOf('fuzzy', { output: 'title: z.string(), sure: z.number(), notes: z.unknown()' }),
      neighbour: loopOf('clear', { output: 'title: z.string(), sure: z.number(), notes: z.array(z.string())' }),
    },
    NoOperations: {
      shows: loopOf('unattended', { harness: '' }),
      neighbour: loopOf('attended', { harness: 'limits: { usd: 0.1 }\n' }),
    },
    ProtocolOnly: {
      shows: loopOf('callable', { act: ONCE, dedupe: '', harness: 'limits: { usd: 0.1 }\n' }),
      neighbour: loopOf('called', { act: ONCE, harness: 'limits: { usd: 0.1 }\n' }),
    },
  };

/** Loops that are weak in a way of their own. */
export const WEAK = {
  /** Its judge is the generator from the second attempt on, and a certain check stands beside it. */
  routed: loopOf('routed', {
    verify: `${HOLDS}, judge('taste', { short: 'Is it short?' })`,
    harness: 'routing: [{ when: attempt > 1, model: default }, { model: other }]\nlimits: { usd: 0.1 }\n',
  }),
} as const;

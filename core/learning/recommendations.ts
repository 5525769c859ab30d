import type { BriefFacts, BriefPart, Recommendation } from '../../contract/brief.ts';
import type { Cluster } from '../../contract/cluster.ts';
import type { Outcome } from '../../contract/outcomes.ts';
import { percent } from '../figures.ts';

/** A recommendation that has no rank yet. */
type Found = Omit<Recommendation, 'rank' | 'impact' | 'confidence'>;

/** What a change takes, and how sure its sign is, as factors of its worth. */
const EFFORT = { small: 1, medium: 2, large: 4 } as const;
const CONFIDENCE = { high: 1, medium: 0.7, low: 0.4 } as const;

/** Runs from which on a sign is sure, and fairly sure. */
const MANY = 20;
const SOME = 6;

/** Shares from which on the impact is high, and medium. */
const LARGE = 0.25;
const FAIR = 0.1;

/** Shares of runs that ended in one way, from which on something is said about it. */
const NOTABLE = 0.05;

/** Approvals as they came, of all decisions, from which on a gate finds nothing; and as many decisions at least. */
const RUBBER_STAMP = { share: 0.97, decisions: 50 } as const;

/** What could be changed about a loop where its harness is not enough, what is worth the most first. */
export function recommendations(facts: BriefFacts): readonly Recommendation[] {
  const found = [
    ...facts.clusters.map((cluster) => ofCluster(facts, cluster)),
    ...ofOutcomes(facts),
    ...ofDecisions(facts),
  ].map((one) => ({ ...one, impact: impactOf(one.share), confidence: confidenceOf(one.count) }));
  return found
    .toSorted((a, b) => worthOf(b) - worthOf(a) || b.count - a.count)
    .map((one, index) => ({ rank: index + 1, ...one }));
}

function worthOf({ share, confidence, effort }: Omit<Recommendation, 'rank'>): number {
  return (share * CONFIDENCE[confidence]) / EFFORT[effort];
}

function impactOf(share: number): Recommendation['impact'] {
  return share >= LARGE ? 'high' : share >= FAIR ? 'medium' : 'low';
}

function confidenceOf(count: number): Recommendation['confidence'] {
  return count >= MANY ? 'high' : count >= SOME ? 'medium' : 'low';
}

/** A part, what to change there, and what that takes. */
type Change = readonly [part: BriefPart, change: string, effort: Recommendation['effort']];

/** What to change, by the kind of a fingerprint (`core/learning/fingerprint.ts`). */
const BY_FINGERPRINT: readonly (readonly [begin: string, change: (rest: string) => Change])[] = [
  [
    'answer: expected ',
    (label) => [
      'context',
      `Give the generator what tells ${quoted(label)} apart: a source with the rule for it.`,
      'medium',
    ],
  ],
  [
    'answer: refused ',
    (label) => ['verifiers', `Write a check that says no to ${quoted(label)} where it is wrong.`, 'small'],
  ],
  [
    'differs: ',
    (fields) => ['verifiers', `Check ${quoted(fields)} against where it comes from, or compute it in code.`, 'medium'],
  ],
  [
    'said: no reason',
    () => ['observability', 'Ask for a reason at each refusal: without one nothing can be learnt from it.', 'small'],
  ],
  ['said: ', (words) => ['verifiers', `Write a check for what people keep saying: ${quoted(words)}.`, 'small']],
  ['exhausted: no verdict', () => ['observability', 'Find out why runs end without a verdict.', 'small']],
  [
    'exhausted: ',
    (criteria) => [
      'generator',
      `Find out why no attempt passes ${quoted(criteria)}: the context lacks something, or the check is wrong.`,
      'medium',
    ],
  ],
  [
    'stalled: ',
    (criteria) => ['routing', `Give the stage another way where it repeats itself over ${quoted(criteria)}.`, 'medium'],
  ],
];

function ofCluster(facts: BriefFacts, cluster: Cluster): Found {
  const [begin, change] = BY_FINGERPRINT.find(([start]) => cluster.cluster.startsWith(start)) ?? [
    '',
    (name: string): Change => ['generator', `Find out what ${quoted(name)} has in common.`, 'medium'],
  ];
  const [part, words, effort] = change(cluster.cluster.slice(begin.length));
  const who = cluster.feedback === 'human' ? 'people said so' : 'its verifiers said so';
  return {
    part,
    change: words,
    because: `${cluster.count} runs went wrong in this way, ${percent(cluster.share)} of all failures; ${who}.${triedBefore(cluster)}`,
    share: cluster.share,
    effort,
    runs: cluster.runs,
    count: cluster.count,
    cases: facts.cases.filter((one) => one.cluster === cluster.cluster).map(({ id }) => id),
    validation: `loopwright eval ${facts.loop}`,
    feedback: cluster.feedback,
    cluster: cluster.cluster,
  };
}

/** A harness change that did not help points at code. */
function triedBefore({ candidate }: Cluster): string {
  if (candidate === undefined) return ' No change of the harness was tried yet.';
  return ` A change of the harness was tried: ${candidate.version} is ${candidate.state}.`;
}

/** How runs end that is nobody's answer, and what that asks for. */
const BY_OUTCOME: Partial<Record<Outcome, Change>> = {
  blocked: ['tools', 'Make what the runs depend on answer, or make them go on without it: they end blocked.', 'medium'],
  overBudget: ['routing', 'Let a cheaper model answer first, or raise the cap: runs end over their budget.', 'small'],
  expired: ['approval', 'Ask somebody who answers, or ask less often: gates expire.', 'small'],
};

function ofOutcomes({ loop, outcomes }: BriefFacts): readonly Found[] {
  const all = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return Object.entries(BY_OUTCOME).flatMap(([outcome, [part, change, effort]]): Found[] => {
    const count = outcomes[outcome as Outcome] ?? 0;
    if (count === 0 || count < all * NOTABLE) return [];
    const because = `${count} of ${all} runs ended ${outcome}.`;
    const validation = `loopwright runs --loop ${loop} --outcome ${outcome}`;
    return [{ part, change, because, share: count / all, effort, runs: [], count, cases: [], validation }];
  });
}

function ofDecisions({ loop, decisions }: BriefFacts): readonly Found[] {
  const { approved, edited, rejected } = decisions;
  const all = approved + edited + rejected;
  if (all < RUBBER_STAMP.decisions || approved < all * RUBBER_STAMP.share) return [];
  return [
    {
      part: 'approval',
      change: 'Ask people about less, or show them more: nearly everything is approved as it came.',
      because: `${approved} of the newest ${all} decisions approved what was shown, unchanged.`,
      share: approved / all,
      effort: 'small',
      runs: [],
      count: all,
      cases: [],
      validation: `loopwright improve ${loop} --kind approval`,
    },
  ];
}

function quoted(text: string): string {
  return `"${text}"`;
}

/** A share for people. */

import type { Criterion } from '../../contract/verdict.ts';
import { overall } from '../../core/stage.ts';
import type { Store } from '../../store/ports.ts';
import { policy, runOf } from '../store/samples.ts';

/** An artefact that a judge judged and a person decided on. */
export interface Labelled {
  readonly loop: string;
  /** Of its run, and in its text. */
  readonly name: string;
  /** When it was judged; it is decided 2 ms later. */
  readonly at: number;
  readonly criteria: readonly Criterion[];
  readonly decision: 'approve' | 'reject' | 'revise' | undefined;
  readonly words?: string;
  /** Whether a person would have been asked whatever was found. Default true. */
  readonly ask?: boolean;
  readonly trigger?: 'manual' | 'eval';
}

/** Puts a run on record that left one labelled artefact; answers its digest. */
export async function labelled(store: Store, { ask = true, trigger = 'manual', ...one }: Labelled): Promise<string> {
  const { loop, name, at, criteria, decision, words } = one;
  const runKey = `${loop}/${name}`;
  const input = await store.artefacts.put(JSON.stringify({ id: name, topic: name }), { runKey, keep: 'durable' });
  const run = { loop, input, workflowId: `${loop}-${name}`, trigger: { kind: trigger }, openedAt: at } as const;
  await store.runs.open(runOf(runKey, run));
  const text = JSON.stringify({ title: `About ${name}`, confidence: 0.9 });
  const step = { runKey, stage: 'main#1' };
  const { artefact } = await store.attempts.add({ ...step, attempt: 1, author: 'model:fake-1', at }, text);
  const approval = { ask, audit: false, because: '' };
  await store.attempts.judge({ ...step, artefact, author: 'verifiers', at }, { verdict: overall(criteria), approval });
  if (decision === undefined) return artefact;
  const gate = { runKey, gate: 'main#1', digest: `gate:${runKey}` };
  await store.gates.open({ ...gate, stage: 'main#1', artefact, audit: false, because: '', openedAt: at + 1, policy });
  const by = { by: 'ada@example.com', identity: 'unverified', digest: gate.digest } as const;
  const said = decision === 'revise' ? { feedback: words ?? 'again' } : { note: words ?? 'so' };
  await store.gates.decide({ ...gate, decision: { decision, ...by, ...said }, lessons: [], at: at + 2 });
  return artefact;
}

/** What a judge called `taste` said, on such terms that its no asks a person. */
export function taste(verdict: Criterion['verdict'], opinion = true): Criterion {
  return { name: 'taste/short', verdict, evidence: '"owls"', ...(opinion ? { opinion } : {}) };
}

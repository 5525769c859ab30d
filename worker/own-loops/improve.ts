import { join } from 'node:path';
import type { LoopEntry } from '../../activities/dependencies.ts';
import { rollbackAlert } from '../../activities/improve/watch.ts';
import type { Candidate } from '../../contract/candidate.ts';
import type { Experiment } from '../../contract/experiment.ts';
import { failure } from '../../contract/failures.ts';
import { Harness } from '../../contract/harness.ts';
import { IMPROVE } from '../../contract/names.ts';
import type { Proven } from '../../core/learning/proposal.ts';
import { improveLoop, type Registry } from '../../loops/improve/loop.ts';
import type { Store } from '../../store/ports.ts';
import { loadHarness } from '../load/harness.ts';
import { LOOPS } from './own-loops.ts';

/** The loop that improves loops, over a record. */
export async function improveEntry(store: Store, now: () => number): Promise<LoopEntry> {
  const folder = join(LOOPS, IMPROVE);
  return { loop: improveLoop(registryOf(store, now)), harness: await loadHarness(folder), folder };
}

/** These loops, and the one that improves them; loops that come and go later do so here too. */
export function withImprove(loops: ReadonlyMap<string, LoopEntry>, improve: LoopEntry): ReadonlyMap<string, LoopEntry> {
  const all = (): Map<string, LoopEntry> => new Map([...loops, [IMPROVE, improve]]);
  return {
    get size() {
      return loops.size + 1;
    },
    get: (name) => (name === IMPROVE ? improve : loops.get(name)),
    has: (name) => name === IMPROVE || loops.has(name),
    keys: () => all().keys(),
    values: () => all().values(),
    entries: () => all().entries(),
    forEach: (each) => all().forEach(each),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}

function registryOf(store: Store, now: () => number): Registry {
  const found = (what: string): Error =>
    failure('ArtefactMissing', `${what} is not in the store: this is another data folder than the run was started on.`);
  return {
    async provenBy(runKey) {
      const candidate = await store.candidates.ofRun(runKey);
      const experiment = candidate?.experiment && (await store.experiments.find(candidate.experiment));
      if (candidate === undefined || experiment === undefined || experiment === '')
        throw found(`The candidate of run ${runKey}`);
      return await provenOf(store, candidate, experiment);
    },
    async provenIn(id) {
      const experiment = await store.experiments.find(id);
      const candidate = experiment && (await store.candidates.ofVersion(experiment.loop, experiment.candidate));
      if (experiment === undefined || candidate === undefined) throw found(`Experiment ${id}`);
      return await provenOf(store, candidate, experiment);
    },
    async promote(proposal, { key, runKey }) {
      const { loop, version, base, experiment, e, because } = proposal;
      const run = await store.runs.find(runKey);
      const moved = await store.harnesses.promote({
        loop,
        version,
        expected: base,
        key,
        by: `improve (${run?.workflowId ?? runKey})`,
        reason: because,
        experiment,
        e,
        unproven: false,
        at: now(),
      });
      if (moved.kind === 'conflict')
        throw failure(
          'EffectRefused',
          `${loop} runs on ${moved.current} by now, and ${version} was proven against ${base}. Let \`improve\` try it against ${moved.current}.`,
        );
      await store.alerts.clear(rollbackAlert(loop), now());
      return { loop, version: moved.current };
    },
  };
}

async function provenOf(store: Store, candidate: Candidate, experiment: Experiment): Promise<Proven> {
  const { loop } = candidate;
  const [cases, grades, base, changed] = await Promise.all([
    store.cases.list({ loop }),
    store.grades.of(experiment.id),
    store.harnesses.find(loop, candidate.base),
    store.harnesses.find(loop, candidate.version),
  ]);
  return {
    candidate,
    experiment,
    cases,
    grades,
    base: Harness.parse(base?.body ?? {}),
    changed: Harness.parse(changed?.body ?? {}),
  };
}

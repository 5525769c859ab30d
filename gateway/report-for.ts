import type { ExperimentReport } from '../contract/experiment-report.ts';
import type { Experiment } from '../contract/experiment.ts';
import { reportOf } from '../core/learning/report.ts';
import type { Store } from '../store/ports.ts';

/** What is known of an experiment, with the earlier one that it is held against. */
export async function reportFor(
  { experiments, grades }: Pick<Store, 'experiments' | 'grades'>,
  experiment: Experiment,
): Promise<ExperimentReport> {
  const own = await grades.of(experiment.id);
  const earlier = experiment.earlier === undefined ? undefined : await experiments.find(experiment.earlier);
  if (earlier === undefined) return reportOf(experiment, own);
  return reportOf(experiment, own, { experiment: earlier, grades: await grades.of(earlier.id) });
}

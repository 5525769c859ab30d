import { runtimeFix, WEIGHTS_VARIABLE } from '../../activities/models/local/embedder.ts';
import { findWeights } from '../../activities/models/local/weights.ts';
import { findTemporal, TemporalNotFound } from '../temporal/find.ts';
import { commandOf, ok, type Check, type DoctorSettings, type Finding } from './check.ts';

/** What is fetched once and kept in the cache folder: the Temporal CLI and the learner's weights. */
export function fetchedChecks(settings: DoctorSettings): Check[] {
  return [
    { name: 'Temporal CLI', run: () => temporalCli(settings) },
    { name: "learner's weights", run: () => weights(settings) },
  ];
}

async function temporalCli(settings: DoctorSettings): Promise<Finding> {
  const { env, cacheDir } = settings;
  try {
    const { path, version } = await findTemporal({ env, cacheDir, download: false, report: ignore });
    return ok(`${version} at ${path}`);
  } catch (error) {
    if (!(error instanceof TemporalNotFound)) throw error;
    if (env['TEMPORAL_CLI_PATH'])
      return { kind: 'fail', saw: error.message, fix: 'correct or unset TEMPORAL_CLI_PATH' };
    return {
      kind: 'warn',
      saw: `not here (${error.stages.map(({ stage, reason }) => `${stage}: ${reason}`).join('; ')})`,
      fix: `\`${commandOf(settings, 'doctor --fix')}\` fetches it; by hand: https://docs.temporal.io/cli`,
      mend: async (report) => {
        const { version, path } = await findTemporal({ env, cacheDir, report });
        return `fetched the Temporal CLI ${version} to ${path}`;
      },
    };
  }
}

async function weights(settings: DoctorSettings): Promise<Finding> {
  const { env, cacheDir } = settings;
  const given = env[WEIGHTS_VARIABLE];
  const notes: string[] = [];
  const options = { env, cacheDir, folder: given };
  const found = await findWeights({ ...options, download: false, report: (text) => notes.push(text) });
  if (found.kind === 'found')
    return given === undefined || found.folder === given ? await runtime(found.folder) : unusable(notes, found.folder);
  return {
    kind: 'warn',
    saw: [
      ...notes,
      `all-MiniLM-L6-v2: ${found.reason}; the embedded learner reads n-grams instead, less accurately`,
    ].join('; '),
    fix: `\`${commandOf(settings, 'doctor --fix')}\` fetches them (104 MB), or set ${WEIGHTS_VARIABLE} to a folder that has them`,
    mend: async (report) => {
      const fetched = await findWeights({ ...options, report });
      if (fetched.kind === 'missing') throw new Error(fetched.reason);
      return `fetched the weights to ${fetched.folder}`;
    },
  };
}

/** The weights are of use only with the runtime, which has no binary for some platforms. */
async function runtime(folder: string): Promise<Finding> {
  try {
    await import('../../activities/models/local/minilm.ts');
    return ok(`all-MiniLM-L6-v2 in ${folder}`);
  } catch (error) {
    return {
      kind: 'warn',
      saw: `the weights are in ${folder}, but their runtime does not load (${(error as Error).message}); n-grams are read instead`,
      fix: runtimeFix(error),
    };
  }
}

function unusable(notes: readonly string[], used: string): Finding {
  return {
    kind: 'warn',
    saw: `${notes.join('; ')}; those in ${used} are used`,
    fix: `correct or unset ${WEIGHTS_VARIABLE}`,
  };
}

function ignore(): void {}

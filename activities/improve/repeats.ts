import { createHash } from 'node:crypto';
import { IMPROVE, TASK_QUEUE } from '../../contract/names.ts';
import { clusters } from '../cases.ts';
import type { Dependencies } from '../dependencies.ts';
import type { AblationSettings } from '../experiments/next-ablation.ts';

type Needed = Pick<Dependencies, 'store' | 'loops' | 'starter' | 'now' | 'report'>;

/** When loops begin to improve by themselves. */
export interface ImproveSettings {
  /** Failures of one cluster after which a change is looked for, and again after as many more. */
  readonly repeats: number;
  /** Most that the runs of the cases of one trial may cost, in USD. */
  readonly budgetUsd: number;
  /** How lessons are tried meanwhile. */
  readonly ablations: AblationSettings;
  /** Loops that do so; all of this worker without it. */
  readonly loops?: readonly string[] | undefined;
}

/**
 * Starts `improve` for the cluster of each loop that repeats the most, where it has repeated often enough since that was
 * last done. One run a loop at a time: what a trial finds is about the version that its loop runs on. Returns what was started.
 */
export async function improveRepeats(
  deps: Needed,
  settings: Pick<ImproveSettings, 'repeats' | 'budgetUsd' | 'loops'>,
  taskQueue: string = TASK_QUEUE,
): Promise<readonly string[]> {
  const started: string[] = [];
  const busy = new Set(await improving(deps));
  for (const loop of deps.loops.keys()) {
    if (loop === IMPROVE || busy.has(loop) || settings.loops?.includes(loop) === false) continue;
    for (const { cluster, count } of await clusters(deps, loop)) {
      const time = Math.floor(count / settings.repeats);
      if (time === 0) break;
      // Named after the cluster and how often it has repeated: it is started once for that.
      const name = createHash('sha256').update(cluster).digest('hex').slice(0, 8);
      const key = `${loop}-${name}-${time}`;
      if ((await deps.store.runs.list({ loop: IMPROVE, named: key, limit: 1 })).runs.length > 0) continue;
      const input = { loop, cluster, budgetUsd: settings.budgetUsd };
      const because = `cluster "${cluster}" has repeated ${count} times`;
      const { alreadyRunning } = await deps.starter.start({
        loop: IMPROVE,
        key,
        input,
        options: { trigger: { kind: 'loop', source: because.slice(0, 200) } },
        origin: `repeats/${key}`,
        taskQueue,
      });
      if (!alreadyRunning) {
        deps.report(`${IMPROVE}-${key}: started, because ${because}.`);
        started.push(`${IMPROVE}-${key}`);
      }
      break;
    }
  }
  return started;
}

/** Loops that a run of `improve` is at. */
async function improving({ store }: Needed): Promise<string[]> {
  const open = (await store.runs.unclosed()).filter(({ loop }) => loop === IMPROVE);
  const inputs = await Promise.all(open.map(({ input }) => store.artefacts.get(input)));
  return inputs.flatMap((text) => (text === undefined ? [] : [(JSON.parse(text) as { readonly loop: string }).loop]));
}

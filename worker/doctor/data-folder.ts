import { constants } from 'node:fs';
import { access, mkdir, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { inspectStore } from '../../store/inspect.ts';
import { commandOf, ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';

/** Below this much a run can still end; below the other, a commit may not. */
const LOW_BYTES = 1_000_000_000;
const FULL_BYTES = 100_000_000;

/** The data folder, the store in it and the room around it. */
export function dataFolderChecks(settings: DoctorSettings): Check[] {
  const folder = resolve(settings.data);
  return [
    { name: 'data folder', run: () => dataFolder(folder, settings) },
    { name: 'store', run: async () => store(folder) },
    { name: 'disk', run: () => disk(folder) },
  ];

  function store(path: string): Finding {
    try {
      const state = inspectStore(path);
      if (state.kind === 'absent') return skipped('no store yet: the first `loopwright up` or `worker` makes it');
      if (state.kind === 'newer') {
        return {
          kind: 'fail',
          saw: `${state.file} was written by a newer Loopwright: it has migration ${state.unknown.join(', ')}`,
          fix: 'upgrade this Loopwright, or use another folder with --data',
        };
      }
      const owner = state.owner === undefined ? 'nobody has it open' : `process ${state.owner} has it open`;
      return ok(`readable, schema ${state.schema ?? 'not made yet'}, ${owner}`);
    } catch (error) {
      return {
        kind: 'fail',
        saw: `the store in ${path} cannot be read: ${(error as Error).message}`,
        fix: `restore it from a backup, or start afresh with another folder: ${commandOf({ ...settings, data: `${settings.data}-2` }, 'up')}`,
      };
    }
  }
}

async function dataFolder(folder: string, settings: DoctorSettings): Promise<Finding> {
  const there = await stat(folder).catch(() => undefined);
  if (there === undefined) return await missing(folder, settings);
  if (!there.isDirectory())
    return { kind: 'fail', saw: `${folder} is a file`, fix: 'name a folder with --data or LOOPWRIGHT_DATA' };
  if (await isWritable(folder)) return ok(`${folder} is writable`);
  return {
    kind: 'fail',
    saw: `${folder} is not writable by this user`,
    fix: `give it to this user (sudo chown -R "$(id -u)" '${folder}'), or use another with --data`,
  };
}

async function missing(folder: string, settings: DoctorSettings): Promise<Finding> {
  const above = await nearest(folder);
  if (await isWritable(above)) {
    return {
      kind: 'warn',
      saw: `${folder} is not there yet`,
      fix: `\`${commandOf(settings, 'up')}\` makes it, and so does \`${commandOf(settings, 'doctor --fix')}\``,
      command: commandOf(settings, 'up'),
      mend: async () => {
        await mkdir(folder, { recursive: true });
        return `made ${folder}`;
      },
    };
  }
  return {
    kind: 'fail',
    saw: `${folder} is not there and cannot be made: ${above} is not writable`,
    fix: 'name a folder that can be written with --data or LOOPWRIGHT_DATA',
  };
}

async function disk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearest(folder));
  const free = bavail * bsize;
  const saw = `${(free / 1e9).toFixed(1)} GB free`;
  if (free >= LOW_BYTES) return ok(saw);
  return {
    kind: free < FULL_BYTES ? 'fail' : 'warn',
    saw,
    fix: `free some space, or move the data folder to a larger disk with --data: ${folder} grows with every run`,
  };
}

/** The folder itself, or the first above it that exists. */
async function nearest(folder: string): Promise<string> {
  const there = await stat(folder).catch(() => undefined);
  const above = dirname(folder);
  return there !== undefined || above === folder ? folder : await nearest(above);
}

async function isWritable(path: string): Promise<boolean> {
  return await access(path, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

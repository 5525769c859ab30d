import { delimiter, sep } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { assertSqliteVersion } from '../../store/sqlite.ts';
import { runCommand } from '../temporal/run-command.ts';
import { ok, type Check, type DoctorSettings, type Finding } from './check.ts';

/** The oldest Node that runs our sources and has a SQLite that loses nothing (DESIGN §7). */
const OLDEST_NODE = [24, 18] as const;

/** Node, SQLite and the SDK's native half: what the program itself runs on. */
export function programChecks(settings: DoctorSettings): Check[] {
  return [
    { name: 'Node', run: () => node(process.version, process.execPath, settings) },
    { name: 'SQLite', run: async () => sqlite() },
    { name: 'Temporal SDK', run: sdk },
  ];
}

/** Judges a Node by its version, and says where it is from: the launcher may have taken another than the one on PATH. */
export async function node(
  version: string,
  path: string,
  { env, cacheDir }: Pick<DoctorSettings, 'env' | 'cacheDir'>,
): Promise<Finding> {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    return {
      kind: 'fail',
      saw: `${version} at ${path}; expected ${OLDEST_NODE.join('.')} or newer`,
      fix: `install Node ${OLDEST_NODE.join('.')} or newer, or start with \`loopwright\` and not with this Node`,
    };
  }
  const from = path.startsWith(cacheDir)
    ? 'fetched by the launcher'
    : path.includes(`${sep}node_modules${sep}`)
      ? 'from the package `node`, taken by the launcher'
      : undefined;
  return ok(from === undefined ? `${version} at ${path}` : `${version} ${from}${await machineNode(env)}`);
}

/** The Node that a person would get by typing `node`, where it is another. */
async function machineNode(env: NodeJS.ProcessEnv): Promise<string> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  const asked = await runCommand('node', ['-p', 'process.version'], {
    env: { ...env, PATH: folders.join(delimiter) },
    timeoutMs: 2000,
  });
  return asked.kind === 'exited' && asked.code === 0 ? ` (the one on PATH is ${asked.stdout.trim()})` : '';
}

function sqlite(): Finding {
  const database = new DatabaseSync(':memory:');
  const version = String(database.prepare('select sqlite_version() as version').get()?.['version']);
  database.close();
  try {
    assertSqliteVersion(version);
    return ok(`${version} in node:sqlite`);
  } catch (error) {
    return { kind: 'fail', saw: (error as Error).message, fix: 'run on Node 24.18 or newer' };
  }
}

async function sdk(): Promise<Finding> {
  try {
    await import('@temporalio/worker');
    return ok(`its native half loads on ${process.platform}-${process.arch}`);
  } catch (error) {
    return {
      kind: 'fail',
      saw: `its native half does not load: ${(error as Error).message}`,
      fix: `run \`npm ci\` again on this machine (${process.platform}-${process.arch})`,
    };
  }
}

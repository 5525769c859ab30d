import { spawn } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { extname } from 'node:path';
import { text as allOf } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Part, SqlRequest } from '../../loops/define/index.ts';
import { fromFolder } from './paths.ts';
import { SourceProblem } from './problem.ts';
import type { SqliteAnswer, SqliteQuestion } from './read-sqlite.ts';

/** The module of the process that reads: source or built, as this one. */
const READER = fileURLToPath(new URL(`./read-sqlite${extname(fileURLToPath(import.meta.url))}`, import.meta.url));

/**
 * Reads rows of a SQLite file, read-only, as a line of JSON each. In a process of its own, because nothing ends a query
 * of `node:sqlite` but the end of its process: it is killed when it is late or the run is cancelled.
 */
export async function readSql(request: SqlRequest, folder: string, signal: AbortSignal): Promise<readonly Part[]> {
  const { database, query, parameters, maxRows, maxBytes, timeoutMs } = request;
  const given: readonly unknown[] = Array.isArray(parameters) ? parameters : [parameters];
  const wrong = given.findIndex((value) => !isBindable(value));
  if (wrong >= 0 || !Array.isArray(parameters))
    throw new SourceProblem(
      'refused',
      `expected \`parameters\` to be a list of texts, numbers and nulls, got ${JSON.stringify(given[wrong])?.slice(0, 100) ?? 'nothing'}`,
    );
  const path = await realpath(fromFolder(folder, database)).catch((error: unknown) => {
    throw new SourceProblem('refused', `database \`${database}\` is not there`, { cause: error });
  });
  const late = AbortSignal.timeout(timeoutMs);
  const answer = await ask({ path, query, parameters, maxRows, maxBytes }, AbortSignal.any([signal, late])).catch(
    (error: unknown) => {
      if (signal.aborted || !late.aborted) throw error;
      throw new SourceProblem('failed', `the query was not done after ${timeoutMs} ms (\`timeoutMs\`)`);
    },
  );
  if (answer.kind !== 'rows') throw new SourceProblem(answer.kind, `\`${database}\`: ${answer.why}`);
  const { lines, more } = answer;
  const text = lines.join('\n');
  if (more === 'none') return [{ text: lines.length === 0 ? '(no rows)' : text }];
  const incomplete = `the first ${lines.length} rows`;
  return [{ text: `${text}\n[${incomplete}; there are more]`, incomplete }];
}

async function ask(question: SqliteQuestion, signal: AbortSignal): Promise<SqliteAnswer> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', READER], {
    env: {},
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const end = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  try {
    const ended = new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', () => resolve());
    });
    // A process that dies before it has read everything is told by what it answered: nothing.
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify(question));
    const [said, complaint] = await Promise.all([allOf(child.stdout), allOf(child.stderr), ended]);
    signal.throwIfAborted();
    if (said === '') throw new Error(`the process that reads it ended: ${complaint.slice(0, 300)}`);
    return JSON.parse(said) as SqliteAnswer;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

function isBindable(value: unknown): boolean {
  return value === null || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

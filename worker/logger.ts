import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';
import { failureType } from '../activities/telemetry.ts';
import { jsonLine, logsJson } from './json-line.ts';

/** Errors that a person caused and reads elsewhere: a FAILED run says them itself. */
const SAID_ELSEWHERE = /^(Activity|Workflow) failed$/;

/** One line an event on stderr: what happened, to which run, and why. Lines of JSON have the type of a failure and not its words. */
export function lineLogger(env: NodeJS.ProcessEnv, level: 'INFO' | 'WARN' = 'WARN'): Logger {
  const lineOf = logsJson(env) ? jsonOf : wordsOf;
  return new DefaultLogger(level, (entry) => process.stderr.write(`${lineOf(entry)}\n`));
}

/** What the SDK knows of an entry. */
interface Meta {
  readonly workflowId?: string;
  readonly runId?: string;
  readonly activityType?: string;
  readonly attempt?: number;
  readonly error?: Error;
}

function jsonOf({ level, message, meta, timestampNanos }: LogEntry): string {
  const { workflowId, runId, activityType, attempt, error } = (meta ?? {}) as Meta;
  const failure = error === undefined ? undefined : failureType(error);
  const severity = level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'info';
  const at = Number(timestampNanos / 1_000_000n);
  return jsonLine(at, severity, message, { workflowId, runId, step: activityType, activityAttempt: attempt, failure });
}

function wordsOf({ level, message, meta }: LogEntry): string {
  const { workflowId, activityType, error } = (meta ?? {}) as Meta;
  const where = [workflowId, activityType].filter((part) => part !== undefined).join(' ');
  const why =
    error === undefined ? '' : `: ${SAID_ELSEWHERE.test(message) ? error.message : (error.stack ?? error.message)}`;
  return `${level} ${where === '' ? '' : `${where}: `}${message}${why}`;
}

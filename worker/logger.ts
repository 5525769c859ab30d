import { DefaultLogger, type LogEntry, type Logger } from '@temporalio/worker';

/** Errors that a person caused and reads elsewhere: a FAILED run says them itself. */
const SAID_ELSEWHERE = /^(Activity|Workflow) failed$/;

/** One line an event on stderr: what happened, to which run, and why. */
export function lineLogger(level: 'INFO' | 'WARN' = 'WARN'): Logger {
  return new DefaultLogger(level, (entry) => process.stderr.write(`${lineOf(entry)}\n`));
}

function lineOf({ level, message, meta }: LogEntry): string {
  const { workflowId, activityType, error } = (meta ?? {}) as {
    workflowId?: string;
    activityType?: string;
    error?: Error;
  };
  const where = [workflowId, activityType].filter((part) => part !== undefined).join(' ');
  const why =
    error === undefined ? '' : `: ${SAID_ELSEWHERE.test(message) ? error.message : (error.stack ?? error.message)}`;
  return `${level} ${where === '' ? '' : `${where}: `}${message}${why}`;
}

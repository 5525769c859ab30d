import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { addMissingSearchAttributes } from './search-attributes.ts';

const checkEveryMs = 25;

export interface ReadyOptions {
  readonly port: number;
  /** Name → type; registered where they are missing, and a visibility query must know them. */
  readonly searchAttributes: Readonly<Record<string, string>>;
  /** Ends the wait. */
  readonly signal: AbortSignal;
}

/**
 * Waits until a Temporal server on 127.0.0.1 answers, knows the namespace `default`, and answers a query there that uses all the
 * search attributes: from then on workflows can be started. Throws what was last wrong when `signal` aborts.
 */
export async function serverReady({ port, searchAttributes, signal }: ReadyOptions): Promise<void> {
  // First by TCP: gRPC waits a second after a refused connection.
  while (!(await accepts(port))) await pause(signal, `nothing listens on port ${port}`);
  const connection = await Connection.connect({
    address: `127.0.0.1:${port}`,
    connectTimeout: '30 seconds',
  });
  const request = {
    namespace: 'default',
    query: Object.keys(searchAttributes)
      .map((name) => `\`${name}\` IS NOT NULL`)
      .join(' AND '),
  };
  let wrong = 'its namespace default is not there';
  try {
    for (;;) {
      try {
        return await connection.withAbortSignal(signal, async () => {
          await connection.workflowService.getSystemInfo({});
          await connection.workflowService.describeNamespace({ namespace: 'default' });
          await addMissingSearchAttributes(connection, searchAttributes);
          await connection.workflowService.countWorkflowExecutions(request);
        });
      } catch (error) {
        // What is thrown once the wait is over only says that it is over.
        if (!signal.aborted) wrong = error instanceof Error ? error.message : String(error);
        await pause(signal, wrong);
      }
    }
  } finally {
    await connection.close();
  }
}

async function pause(signal: AbortSignal, wrong: string): Promise<void> {
  if (signal.aborted) throw new Error(wrong);
  await sleep(checkEveryMs);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

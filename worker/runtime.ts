import { Runtime } from '@temporalio/worker';
import { lineLogger } from './logger.ts';

/**
 * Does something with the SDK's native half, which logs to stderr here: stdout is for data. It goes when the work is
 * over; where it never had a connection, its logging would keep this process alive.
 */
export async function withRuntime<T>(work: () => Promise<T>): Promise<T> {
  const runtime = Runtime.install({ logger: lineLogger(process.env), telemetryOptions: { logging: { forward: {} } } });
  try {
    return await work();
  } finally {
    await runtime.shutdown();
  }
}

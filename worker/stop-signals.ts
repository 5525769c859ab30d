/** Signals by which people and systems ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Waits until somebody asks this process to stop (a signal, or the launcher that started it is gone) or the work is
 * over by itself. A second signal ends the process at once: nothing is lost, but a call in flight is paid for nothing.
 */
export async function untilToldToStop(done: Promise<void>, report: (text: string) => void): Promise<void> {
  let asked = false;
  const told = new Promise<void>((resolve) => {
    const stop = (): void => {
      if (asked) {
        report('Stopped at once. Calls in flight are repeated when it is started again.');
        process.exit(130);
      }
      asked = true;
      report('Stopping: calls in flight may finish. Once more to stop at once.');
      resolve();
    };
    for (const signal of SIGNALS) process.on(signal, stop);
    if (process.connected) {
      process.once('disconnect', stop);
      process.channel?.unref();
    }
  });
  await Promise.race([told, done]);
}

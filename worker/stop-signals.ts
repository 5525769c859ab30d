/** Signals by which people and systems ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** npm, `timeout` and terminals send one request to the whole process group and again to us: that is still one request. */
const SAME_REQUEST_MS = 1000;

/**
 * Waits until somebody asks this process to stop (a signal, or the launcher that started it is gone) or the work is
 * over by itself. A second signal ends the process at once: nothing is lost, but a call in flight is paid for nothing.
 */
export async function untilToldToStop(done: Promise<void>, report: (text: string) => void): Promise<void> {
  let askedAt: number | undefined;
  const told = new Promise<void>((resolve) => {
    const stop = (): void => {
      if (askedAt !== undefined) {
        if (performance.now() - askedAt < SAME_REQUEST_MS) return;
        report('Stopped at once. Calls in flight are repeated when it is started again.');
        process.exit(130);
      }
      askedAt = performance.now();
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

/** Aborts when somebody asks this process to stop, until `done`: for work before there is anything that would stop by itself. */
export function askedToStop(): { readonly signal: AbortSignal; done(): void } {
  const asked = new AbortController();
  const stop = (): void => asked.abort();
  for (const signal of SIGNALS) process.on(signal, stop);
  return {
    signal: asked.signal,
    done() {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}

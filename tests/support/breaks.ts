/** A workflow that Temporal tries for ever: a plain error fails its task, and not the run. */
export async function breaks(): Promise<void> {
  throw new Error('no such luck');
}

/**
 * Does quick work along with an activity that is at work anyway, which saves the run a step. Undefined where it failed
 * or took longer than `ms`: then it is left to the step of its own, whose tries are counted and whose failure is told.
 */
export async function along<T>(work: () => Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), ms);
  try {
    return await Promise.race([work(), late.promise]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

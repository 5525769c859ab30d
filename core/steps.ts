/** Id of the n-th use of a stage in a run: the same stage may be used twice, and its attempts must not be mixed up. */
export function stepId(name: string, call: number): string {
  return `${name}#${call}`;
}

/** The stage that a step id stands for. */
export function stageOf(step: string): string {
  return step.slice(0, step.lastIndexOf('#'));
}

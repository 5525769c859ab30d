/** How a command ends, for scripts (DESIGN §4.8). */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notFound: 3,
  forbidden: 4,
  conflict: 5,
  overBudget: 6,
  refusedByVerifier: 7,
  waitingForHuman: 8,
} as const;

/** Number that a command ends with. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

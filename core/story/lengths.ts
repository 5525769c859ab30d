/** Longest name, in characters: ids, digests, people. */
export const SHORT = 200;

/** Longest quotation, in characters; `why --json` has more of it. */
export const LONG = 1000;

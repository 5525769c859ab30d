/** A number from 0 to 1 at a time, always the same ones for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run of a crash test, printed so that it can be run again: `LOOPWRIGHT_CRASH_SEED=<n>`. */
export function crashSeed(): number {
  const seed = Number(process.env['LOOPWRIGHT_CRASH_SEED'] ?? Date.now() % 2 ** 31);
  process.stderr.write(`LOOPWRIGHT_CRASH_SEED=${seed}\n`);
  return seed;
}

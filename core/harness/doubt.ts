import type { HarnessMove } from '../../contract/harness-move.ts';

/**
 * About how many of a loop's promotions may be false: the sum of min(1, 1/E) over them, where one without evidence counts
 * as 1. Each 1/E bounds the chance of its own promotion alone, so the sum is a warning light and no bound.
 */
export function promotionDoubt(moves: readonly HarnessMove[]): number {
  return moves.filter(({ kind }) => kind === 'promotion').reduce((sum, { e = 0 }) => sum + Math.min(1, 1 / e), 0);
}

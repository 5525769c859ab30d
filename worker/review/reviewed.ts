import type { LoopEvidence } from '../../contract/loop-evidence.ts';
import type { Review } from '../../core/review/result.ts';

/** A review, with what the loop's runs show where it has a record. */
export interface ReviewWithEvidence extends Review {
  readonly evidence?: LoopEvidence;
}

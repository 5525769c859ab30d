import type { Review } from '../../core/review/result.ts';
import { ownLoops } from '../own-loops/own-loops.ts';
import { reviewLoops } from '../review/reviews.ts';
import type { Stage } from './stage.ts';

/** The review of `supportTriage` as it ran here. Nobody has answered its questions yet. */
export async function reviewed({ options, dataset }: Stage): Promise<Review> {
  const loops = await ownLoops(dataset.intents);
  const entry = loops.get('supportTriage');
  const [review] = await reviewLoops({ env: options.env, report: () => {} }, entry ? [entry] : [], [], Date.now());
  if (review === undefined) throw new Error('The demo has no loop supportTriage: its definition was renamed.');
  return review;
}

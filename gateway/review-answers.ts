import { Hono } from 'hono';
import { ReviewAnswer } from '../contract/review-answer.ts';
import type { Store } from '../store/ports.ts';

/** `GET /api/review-answers?loop`: the newest answer to each check. `PUT /api/review-answers`: one answer more. */
export function reviewAnswerRoutes({ reviewAnswers }: Store): Hono {
  return new Hono()
    .get('/', async (context) => context.json(await reviewAnswers.newest(context.req.query('loop'))))
    .put('/', async (context) => {
      const answer = ReviewAnswer.parse(await context.req.json());
      await reviewAnswers.add(answer);
      return context.json(answer);
    });
}

import { Hono } from 'hono';
import { ReviewAnswer } from '../contract/review-answer.ts';
import type { Store } from '../store/ports.ts';
import { demand, type Visited } from './visitor.ts';

/** `GET /api/review-answers?loop`: the newest answer to each check. `PUT /api/review-answers`: one answer more. */
export function reviewAnswerRoutes({ reviewAnswers }: Store): Hono<Visited> {
  return new Hono<Visited>()
    .get('/', async (context) => context.json(await reviewAnswers.newest(context.req.query('loop'))))
    .put('/', demand('decide'), async (context) => {
      const said = ReviewAnswer.parse(await context.req.json());
      const { via, name } = context.get('visitor');
      // Commands of this machine say who sits there; everybody else has a name of their own.
      const answer = via === 'owner' ? said : { ...said, by: name };
      await reviewAnswers.add(answer);
      return context.json(answer);
    });
}

import type { Selectable } from 'kysely';
import type { ReviewAnswer } from '../contract/review-answer.ts';
import type { Database } from './group-commit.ts';
import type { Tables } from './schema.ts';

/** What people said about loops where a review cannot measure. Nothing is changed or deleted: the newest counts. */
export interface ReviewAnswers {
  /** Records an answer; the same person's to the same check at the same moment changes nothing. */
  add(answer: ReviewAnswer): Promise<void>;
  /** The newest answer to each check of each loop, or of one loop. */
  newest(loop?: string): Promise<readonly ReviewAnswer[]>;
}

/** What people said about loops, in SQL. */
export function sqlReviewAnswers({ read, write }: Database): ReviewAnswers {
  return {
    async add({ note = null, ...answer }) {
      await write((trx) =>
        trx
          .insertInto('review_answers')
          .values({ ...answer, note })
          .onConflict((on) => on.doNothing())
          .execute(),
      );
    },
    async newest(loop) {
      const all = read
        .selectFrom('review_answers as answer')
        .selectAll()
        .where((where) =>
          where.not(
            where.exists(
              where
                .selectFrom('review_answers as newer')
                .select('newer.at')
                .whereRef('newer.loop', '=', 'answer.loop')
                .whereRef('newer.check', '=', 'answer.check')
                .whereRef('newer.at', '>', 'answer.at'),
            ),
          ),
        )
        .orderBy('answer.loop')
        .orderBy('answer.check');
      const rows = await (loop === undefined ? all : all.where('answer.loop', '=', loop)).execute();
      return rows.map(answerOf);
    },
  };
}

function answerOf({ note, ...row }: Selectable<Tables['review_answers']>): ReviewAnswer {
  return { ...row, ...(note === null ? {} : { note }) };
}

import type { ReviewAnswer } from '../../contract/review-answer.ts';
import { openStore } from '../../store/index.ts';
import { withRecord, type RecordPlace } from './record-access.ts';

/** The newest answers on record in a data folder; none where it has no record. Asks the process that owns it. */
export async function recordedAnswers(place: RecordPlace): Promise<readonly ReviewAnswer[]> {
  return (await withRecord(place, (record) => record.reviewAnswers())) ?? [];
}

/** Puts answers on record, in a folder that may have none yet. */
export async function recordAnswers(place: RecordPlace, answers: readonly ReviewAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  const give = (): Promise<readonly ReviewAnswer[] | undefined> =>
    withRecord(place, async (record) => {
      for (const answer of answers) await record.answerReview(answer);
      return answers;
    });
  if ((await give()) !== undefined) return;
  await (await openStore(place.data, process.pid)).close();
  await give();
}

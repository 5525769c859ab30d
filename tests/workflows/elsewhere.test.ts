import { ActivityFailure, TimeoutFailure, type TimeoutType } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { whereItBelongs, type Place } from '../../workflows/elsewhere.ts';

const timedOut = (type: TimeoutType) =>
  new ActivityFailure('step', 'generate', '1', 'TIMEOUT', 'worker', new TimeoutFailure('timed out', undefined, type));

describe('a step whose route has limits', () => {
  test('goes to their queue, and back to its own where nobody takes it', async () => {
    const answers = [{ elsewhere: 'loops-model-big' }, timedOut('SCHEDULE_TO_START'), { made: 1 }];
    const places: Place[] = [];
    const made = await whereItBelongs({ name: undefined }, (place) => {
      places.push(place);
      const answer = answers.shift() ?? { made: 2 };
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    });
    expect(made).toEqual({ made: 1 });
    expect(places).toEqual([{}, { taskQueue: 'loops-model-big', scheduleToStartTimeout: '15 minutes' }, {}]);
  });

  test.each([
    ['takes too long there', 'loops-model-big', timedOut('START_TO_CLOSE')],
    ['fails there', 'loops-model-big', new Error('no')],
    ['is not taken in time on its own', undefined, timedOut('SCHEDULE_TO_START')],
  ])('that %s fails', async (_, name, error) => {
    await expect(whereItBelongs({ name }, () => Promise.reject(error))).rejects.toBe(error);
  });
});

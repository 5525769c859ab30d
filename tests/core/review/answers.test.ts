import { expect, test } from 'vitest';
import { answerMistake, triggerOf } from '../../../core/review/answers.ts';

test.each(['manual', 'no', 'schedule weekly-report', 'webhook desk mail', 'ci release'])(
  '"%s" says what starts a loop',
  (answer) => {
    expect(answerMistake('trigger.explicit', answer)).toBeUndefined();
  },
);

test.each(['yes', 'schedule', 'cron weekly', 'Manual'])('"%s" does not say what starts a loop', (answer) => {
  expect(answerMistake('trigger.explicit', answer)).toContain(`got "${answer}"`);
});

test('a trigger is a kind and the name of what starts it', () => {
  expect(triggerOf(' schedule  weekly-report ')).toEqual({ kind: 'schedule', source: 'weekly-report' });
  expect(triggerOf('no')).toBeUndefined();
});

test('other questions take any words', () => {
  expect(answerMistake('learning.worked', 'Ada, on Mondays')).toBeUndefined();
  expect(answerMistake('learning.worked', ' ')).toContain('got nothing');
});

test('what was said is quoted as a terminal may show it', () => {
  expect(answerMistake('trigger.explicit', 'cron\u001b[31m\nx')).toMatch(/got "cron x"$/);
  expect(answerMistake('stop\u001b[31m', 'yes')).toMatch(/^`stop` is not asked/);
});

test('what is measured is not asked', () => {
  expect(answerMistake('stop.limits', 'yes')).toContain('`stop.limits` is not asked');
});

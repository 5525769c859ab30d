import { SHOWN_PARTS } from '../../contract/loop-evidence.ts';
import { ANSWER_LASTS_MS, QUESTIONS } from '../../core/review/answers.ts';
import { CHECK_MEANING, FINDING_MEANING, SHOWN_MEANING } from '../../core/review/meanings.ts';
import { table } from './schema-table.ts';

/** What a review looks at: its checks, what it asks, and the mistakes that it names. */
export function reviewParts(): readonly string[] {
  return [
    'What `loopwright review` looks at: six parts, two checks each. A check is done, open, or asked: a person has to say. Completion is what is done of twelve.',
    table(
      ['check', 'done when'],
      Object.entries(CHECK_MEANING).map(([check, meaning]) => [`\`${check}\``, meaning]),
    ),
    'A review calls the checks of a loop with made-up inputs and outputs that fit its schemas: a check must be harmless to call.',
    '## Answers',
    `\`--answers FILE\` (YAML or JSON) holds by loop and check \`{ answer, note? }\`, or the answer alone: \`yes\`, \`no\`, or words. An answer is kept with who gave it and when, and counts for ${ANSWER_LASTS_MS / 86_400_000} days.`,
    table(
      ['check', 'question'],
      Object.entries(QUESTIONS).map(([check, question]) => [`\`${check}\``, question]),
    ),
    '## Findings',
    table(
      ['finding', 'seen where'],
      Object.entries(FINDING_MEANING).map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
    '## What runs show',
    'Where a data folder has a record, what the definition promises is held against its newest 500 closed runs; runs of cases do not count. Each finding has a severity, figures, what to do, and the runs behind it. "Surely" means with 95 % confidence. With less than it takes nothing is said: neither a finding nor praise.',
    table(
      ['finding', 'part', 'seen where'],
      Object.entries(SHOWN_MEANING).map(([name, meaning]) => [
        `\`${name}\``,
        SHOWN_PARTS[name as keyof typeof SHOWN_PARTS],
        meaning,
      ]),
    ),
    'Nothing here tells who opens a page or reads what a run made. Where people do not decide it at a gate, they are asked: an answer counts as long as the others, then it is asked again.',
  ];
}

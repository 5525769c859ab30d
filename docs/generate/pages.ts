import { z } from 'zod';
import { EXIT } from '../../contract/exit-codes.ts';
import { FAILURES } from '../../contract/failures.ts';
import { Harness } from '../../contract/harness.ts';
import { HooksFile } from '../../contract/hooks.ts';
import { messageSchemas } from '../../contract/messages.ts';
import { NotifyFile } from '../../contract/notify-file.ts';
import { NOTICE_EVENTS, type NoticeEvent } from '../../contract/notify.ts';
import { Schedules } from '../../contract/schedules.ts';
import { SEARCH_ATTRIBUTES, TASK_QUEUE, TASK_TIMEOUT } from '../../contract/names.ts';
import { OUTCOME_MEANING, OUTCOMES } from '../../contract/outcomes.ts';
import { RunOptions } from '../../contract/run.ts';
import { HOOK_VARIABLES } from '../../core/hooks/match.ts';
import { NOTICE_VARIABLES } from '../../core/notify/routing.ts';
import { Config } from '../../worker/models/config.ts';
import { commandsPage } from './commands.ts';
import { fatesParts } from './fates-page.ts';
import { reviewParts } from './review-page.ts';
import { schemaTable, table } from './schema-table.ts';

/** Says where a page comes from, so that nobody mends it by hand. */
const MADE = '<!-- Made from the code by `npm run docs`; a test fails where it is out of date. -->';

/** The reference, by file name under `docs/reference/`. */
export function pages(): Readonly<Record<string, string>> {
  return {
    'harness.md': harness(),
    'loopwright-yaml.md': config(),
    'schedules-yaml.md': schedules(),
    'hooks-yaml.md': hooks(),
    'notify-yaml.md': notify(),
    'messages.md': messages(),
    'start.md': start(),
    'outcomes.md': outcomes(),
    'failures.md': failures(),
    'model-failures.md': page('How a model fails', fatesParts()),
    'review.md': review(),
    'commands.md': commands(),
  };
}

function harness(): string {
  return page('harness.yaml', [
    'What learning may change of a loop, next to its `loop.ts`. Unknown fields are refused. Durations are written `30 minutes`, `4 hours`, `3 days`.',
    schemaTable(z.toJSONSchema(Harness, { io: 'input' })),
    'Kinds of `evals`, with the fields above: `contains`, `notContains`, `matches`, `cel`, `rubric` (answered by the loop’s judges).',
  ]);
}

function config(): string {
  return page('loopwright.yaml', [
    'Which models there are, and what they cost: in the folder that the worker starts in (`LOOPWRIGHT_CONFIG` names another file). How to: [use your model](../how-to/use-your-model.md).',
    schemaTable(z.toJSONSchema(Config, { io: 'input' })),
  ]);
}

function schedules(): string {
  return page('schedules.yaml', [
    'What starts by the clock: in the folder that `loopwright schedule` is called in (`LOOPWRIGHT_SCHEDULES` names another file). Unknown fields are refused. How to: [run on a schedule](../how-to/run-on-a-schedule.md).',
    schemaTable(z.toJSONSchema(Schedules, { io: 'input' })),
    '`overlap`: `skip` drops the time; `bufferOne` and `bufferAll` start it when the open run has ended; `cancelOther` cancels the open run, which records that and closes; `allowAll` starts it anyway. A run that is killed records nothing, so nothing here kills one.',
    '`cron`: numbers, `*`, `a-b`, `a-b/n`, `*/n`, lists with commas, names of months and days, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. A day of month and a day of week together are refused: cron takes days that are either, Temporal days that are both.',
  ]);
}

function hooks(): string {
  return page('hooks.yaml', [
    'Who may send webhooks, and what is started by them: in the folder that the worker starts in (`LOOPWRIGHT_HOOKS` names another file). How to: [take webhooks](../how-to/take-webhooks.md).',
    schemaTable(z.toJSONSchema(HooksFile, { io: 'input' })),
    `CEL expressions read ${HOOK_VARIABLES.map((name) => `\`${name}\``).join(', ')}.`,
    '## States of a delivery',
    table(
      ['state', 'meaning'],
      [
        ['`waiting`', 'Kept, and nothing has become of it yet: Temporal may be away.'],
        ['`started`', 'It started a run, or joined one that was open under the same key.'],
        ['`ignored`', 'No rule holds, or the one that does starts nothing. Sent again, it is looked at again.'],
        ['`stale`', 'Something newer of the same subject was seen before.'],
        [
          '`failed`',
          'A rule cannot be used on it, its loop is not there, or its input does not fit. It can be tried again.',
        ],
      ],
    ),
  ]);
}

function notify(): string {
  return page('notify.yaml', [
    'Whom Loopwright tells what waits for people: in the folder that the worker starts in (`LOOPWRIGHT_NOTIFY` names another file). Secrets are named, never written. How to: [tell people](../how-to/tell-people.md).',
    schemaTable(z.toJSONSchema(NotifyFile, { io: 'input' })),
    `CEL expressions read ${NOTICE_VARIABLES.map((name) => `\`${name}\``).join(', ')}. \`event\` is one of those below; \`about\` is \`approval\`, or of an alert its kind (\`late\`, \`budget\`, \`notify\`); \`approvers\` are those who may decide at that moment. What an alert has not is empty. A rule that cannot be decided holds.`,
    '## Events',
    table(
      ['event', 'when'],
      NOTICE_EVENTS.map((event) => [`\`${event}\``, NOTICE_MEANING[event]]),
    ),
    'Of several that are due at once a channel gets the last. What waits for a channel and is overtaken is not sent any more.',
  ]);
}

const NOTICE_MEANING: Readonly<Record<NoticeEvent, string>> = {
  opened: 'An approval waits for people.',
  reminder: 'It still waits, each time `approval.remindAfter` has passed.',
  escalated: 'It still waits, and a step of `approval.escalateTo` lets more people decide it.',
  expiring: 'Its time is nearly over: the last tenth of it, at most an hour.',
  decided: 'Somebody decided it; for channels that were told of it before.',
  expired: 'Nobody decided it in time, which is a no.',
  withdrawn:
    'It needs nobody any more: its run ended, or another version took its place; for channels that were told of it.',
  raised: 'An alert was raised.',
  cleared: 'It is over; for channels that were told of it.',
};

function messages(): string {
  return page('Messages of a run', [
    'Signals never refuse aloud (the Temporal CLI says "succeeded" whatever a run does with them): what a run refuses is in `status`, `refusedCount` and `refused`. The update `decide` answers `{ gate, digest, state, by, have, need }`, or refuses with the reason.',
    ...Object.entries(messageSchemas()).flatMap(([name, schema]) => [
      `## ${name} (${name === 'decide' ? 'update' : 'signal'})`,
      schemaTable(schema),
    ]),
    '## status (query)',
    'No argument. One flat object: `state`, `stage`, `attempt`, `attemptsLeft`, `workedMs`, `deadlineMs`, `costUsd`, `budgetUsd`, `harness`; at an open gate also `gate`, `gateDigest`, `gateBecause`, `gateExpiresAt`, `gateArtefact` and the commands that decide it; once closed `outcome` and `reason`.',
  ]);
}

function start(): string {
  return page('How a run is started', [
    `Task queue \`${TASK_QUEUE}\`, workflow type = the loop's name, one JSON object as input. \`--task-timeout ${TASK_TIMEOUT}\` makes a run go on within seconds when its worker dies. A second, optional object only narrows:`,
    schemaTable(z.toJSONSchema(RunOptions, { io: 'input' })),
    '## Search attributes',
    table(
      ['name', 'type'],
      Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [`\`${name}\``, type]),
    ),
  ]);
}

function outcomes(): string {
  return page('Outcomes', [
    'How a run ends: always one of these. The result is `{ outcome, reason, output?, attempts, costUsd, harness, artefact?, best?, gates, lessons, duplicateOf? }`.',
    table(
      ['outcome', 'meaning'],
      OUTCOMES.map((outcome) => [`\`${outcome}\``, OUTCOME_MEANING[outcome]]),
    ),
  ]);
}

function failures(): string {
  return page('Failures', [
    'What the product raises on purpose, by the type that Temporal shows. Each has a page with cause and fix. What a model’s call comes to in detail: [how a model fails](model-failures.md).',
    table(
      ['type', 'tried again', 'meaning'],
      Object.entries(FAILURES).map(([type, { retryable, message }]) => [
        `[\`${type}\`](../errors/${type}.md)`,
        retryable ? 'yes' : 'no',
        message,
      ]),
    ),
  ]);
}

function review(): string {
  return page('Review', reviewParts());
}

function commands(): string {
  return page('Commands', [
    'stdout is data, stderr the rest.',
    table(
      ['exit code', 'meaning'],
      Object.entries(EXIT).map(([name, code]) => [String(code), wordsOf(name)]),
    ),
    commandsPage(),
  ]);
}

function page(title: string, parts: readonly string[]): string {
  return `${MADE}\n\n${[`# ${title}`, ...parts].join('\n\n')}\n`;
}

function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

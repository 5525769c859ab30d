import { nameMistakes, unknownFields } from './check-definition.ts';
import { isFields, mistake, words, type Mistakes } from './definition-mistake.ts';
import type { SourceMistake } from './sources.ts';

const FIELDS = ['name', 'from', 'starts', 'key', 'version', 'input', 'limit'] as const;

/** Most items that a finder may start a tick. */
const MOST = 200;

/** Every mistake in what was given to `defineFinder`. */
export function* finderMistakes(definition: unknown): Mistakes {
  if (!isFields(definition)) {
    yield mistake(
      'name',
      `expected an object with the finder's definition, got ${words(definition)}`,
      'Write `defineFinder({ name: …, from: find.files(…), starts: …, input: … })`.',
    );
    return;
  }
  yield* unknownFields('', definition, FIELDS);
  yield* nameMistakes(definition['name']);
  const { from, starts, key, version, input, limit } = definition;
  const isSource = isFields(from) && typeof from['list'] === 'function';
  if (isSource)
    for (const { rule, fix } of (from['mistakes'] ?? []) as readonly SourceMistake[]) yield mistake('from', rule, fix);
  else
    yield mistake(
      'from',
      `expected a source of a finder, got ${words(from)}`,
      "Write `from: find.files('inbox/*.txt')`, or one of `find.sql`, `find.http`, `find.githubIssues`.",
    );
  if (typeof starts !== 'string' || starts === '')
    yield mistake('starts', `expected the name of a loop, got ${words(starts)}`, "Write `starts: 'supportTriage'`.");
  if (key === undefined ? isSource && typeof from['key'] !== 'function' : typeof key !== 'function')
    yield mistake(
      'key',
      `expected a function of an item that says what makes two the same, got ${words(key)}`,
      'Write `key: (item) => item.id`.',
    );
  if (version !== undefined && typeof version !== 'function')
    yield mistake(
      'version',
      `expected a function of an item, got ${words(version)}`,
      'Write `version: (item) => item.updatedAt`, or leave it out: then an item is started once ever.',
    );
  if (typeof input !== 'function')
    yield mistake(
      'input',
      `expected a function that makes an item the input of a run, got ${words(input)}`,
      'Write `input: (item) => ({ id: item.path, text: item.text })`.',
    );
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) >= 1 && Number(limit) <= MOST))
    yield mistake(
      'limit',
      `expected an integer from 1 to ${MOST}, got ${words(limit)}`,
      'Write how many a tick may start, or leave it out for 20.',
    );
}

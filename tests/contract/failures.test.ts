import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { failure, FAILURES, type FailureType } from '../../contract/failures.ts';

const PAGES = new URL('../../docs/errors/', import.meta.url);
const types = Object.keys(FAILURES) as FailureType[];

describe('the pages of the failures', () => {
  test.each(types)(
    '%s has one: its heading is the type, and it says why, what the run does, the fix and an example',
    async (type) => {
      const lines = (await readFile(new URL(`${type}.md`, PAGES), 'utf8')).trimEnd().split('\n');
      expect(lines.find((line) => line.startsWith('#'))).toBe(`# ${type}`);
      for (const start of ['**Why.** ', '**What the run does.** ', '**Fix.** ', '> '])
        expect(
          lines.some((line) => line.startsWith(start)),
          start,
        ).toBe(true);
      expect(lines.length).toBeGreaterThanOrEqual(8);
      expect(lines.length).toBeLessThanOrEqual(15);
    },
  );

  test('are about nothing else', async () => {
    const names = (await readdir(PAGES)).map((file) => file.replace(/\.md$/, ''));
    expect(names.toSorted()).toEqual(types.toSorted());
  });
});

test.each(types)('%s is retried by Temporal as its table says, and only then', (type) => {
  expect(failure(type, 'why')).toMatchObject({ type, message: 'why', nonRetryable: !FAILURES[type].retryable });
});

test('a failure carries when to try again, its cause and its details', () => {
  const cause = new Error('socket hang up');
  expect(failure('ModelError.RateLimit', 'slow down', { retryAfterMs: 7000, cause, details: [1] })).toMatchObject({
    nextRetryDelay: 7000,
    cause,
    details: [1],
  });
});

import { expect, test } from 'vitest';
import type { RunRecord } from '../../../contract/run-record.ts';
import { storyOf } from '../../../core/story/tell.ts';
import { storyText } from '../../../core/story/text.ts';
import { correctedRecord, knownOf, recordOf } from './records.ts';

const tell = (record: RunRecord, temporal = knownOf({ status: 'COMPLETED' })) =>
  storyText(storyOf(record, temporal) as NonNullable<ReturnType<typeof storyOf>>);

test('a corrected run reads from its beginning to its end', () => {
  expect(tell(correctedRecord())).toBe(`triage-4711: loop triage, run key-1

Began 1970-01-01 00:00:01Z by hand by ada@example.com (unverified) for the work triage/4711. It was pinned to harness v3, a budget of $0.05 and the lessons up to #12.
  Its input: {"id":"4711"}

Stage main was given 4 parts, 300 of at most 4000 tokens.
  - lessons (untrusted, kept; what people decided): #3 (50 tokens)
  - documents(kb) (trusted, kept; facts): a.md (100 tokens), b.md (150 tokens, cut from 900)
  - http(example.com) (untrusted, only for the run; news): (10 tokens, the first 10 rows, read 61 s before, https://example.com/a)
  - left out: documents(kb): c.md, 5000 tokens: the token budget was used up

Attempt 1 of stage main, 1970-01-01 00:00:01Z, by model:fake-1. Verdict: fail.
  It made: {"intent":"x"}
  - quotes: fail: no quote

Attempt 2 of stage main, 1970-01-01 00:00:01Z, by model:fake-1. Verdict: pass.
  It made: {"intent":"y"}
  - quotes: pass: seen

Gate main#1 opened, 1970-01-01 00:00:01Z, because approval rule: output.confidence < 0.9.
  What is decided: sha256:g1, over artefact sha256:two.

Gate main#1 was revised, 1970-01-01 00:00:01Z, by ada@example.com (identity not verified).
  The edit: {"intent":"z"}

The edit was verified, 1970-01-01 00:00:01Z. Verdict: pass.
  - quotes: pass: seen

Gate main#1 showed version 2, 1970-01-01 00:00:01Z, because revised by ada@example.com.
  What is decided: sha256:g2, over artefact sha256:edit.

Gate main#1 was approved, 1970-01-01 00:00:01Z, by ada@example.com (identity not verified).
  Note: better so

Effect label (key triage/4711/label) was done, 1970-01-01 00:00:01Z.
  It answered: "ok"

Cost $0.00104 of $0.05, in 2 calls. 1 of them is uncertain: whether the provider charged is not known, so the worst case is booked.
  - main#1/1 generate, fake-1: $0.0009, uncertain
  - main#1/1 generate, fake-1: $0.00014 (100 tokens in, 20 out)

Left 1 lesson.
  - #13 example (from edit, ada@example.com (unverified)): better so

Ended accepted 1970-01-01 00:00:01Z, after 600 ms: Verified, approved where needed, and done.`);
});

test('nothing that came from outside is obeyed by a terminal, wherever it stands', () => {
  const hostile = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e\r\nx';
  const poison = (value: unknown): unknown =>
    typeof value === 'string'
      ? `${value}${hostile}`
      : Array.isArray(value)
        ? value.map(poison)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poison(inner)]))
          : value;
  const fixed = ['kind', 'decision', 'state', 'outcome', 'verdict', 'trust', 'keep', 'author', 'runKey', 'digest'];
  const record = correctedRecord();
  const clean = (from: unknown, to: unknown): unknown => {
    if (Array.isArray(from)) return from.map((inner, index) => clean(inner, (to as unknown[])[index]));
    if (typeof from !== 'object' || from === null) return to;
    return Object.fromEntries(
      Object.entries(from).map(([key, inner]) => [
        key,
        fixed.includes(key) && typeof inner === 'string' ? inner : clean(inner, (to as Record<string, unknown>)[key]),
      ]),
    );
  };
  const poisoned = clean(record, poison(record)) as RunRecord;
  // oxlint-disable-next-line no-control-regex -- they are what must be gone
  expect(tell(poisoned)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test('a text of any length is cut, and a paragraph stays one', () => {
  const record = recordOf({ input: `{"text":"${'long\n\n'.repeat(5000)}"}` });
  const text = tell(record, knownOf());
  expect(text.length).toBeLessThan(3000);
  expect(text.split('\n\n')[2]).toMatch(/^Began .*\n {2}Its input: .*…$/);
});

test('a gate that waits shows the commands that decide it, ready to be pasted', () => {
  const approveCommand = `temporal workflow update execute -w triage-4711 --name decide --input '{"output":"a  b \u009b2J"}'`;
  const live = { state: 'awaitingDecision', gate: 'main#1', gateExpiresAt: '2026-11-29T20:00:00Z', approveCommand };
  const text = tell(recordOf(), knownOf({ live: live as never }));
  expect(text).toContain('Waits for a decision at main#1, until 2026-11-29T20:00:00Z');
  expect(text).toContain(
    `  temporal workflow update execute -w triage-4711 --name decide --input '{"output":"a  b \\u009b2J"}'`,
  );
});

test('an attempt names whose turn did not come, and why', () => {
  const record = correctedRecord();
  const [judged] = record.judgements;
  if (judged === undefined) throw new Error('The record has no judgement.');
  const because = 'quotes had failed';
  const notAsked = [
    { name: 'taste', because },
    { name: 'jury', because },
  ];
  judged.verdict = { ...judged.verdict, notAsked };
  expect(tell(record)).toContain('  - quotes: fail: no quote\n  - not asked: taste, jury (quotes had failed)\n');
});

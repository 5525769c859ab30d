import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HarnessEval } from '../../../contract/harness.ts';
import { evalPower } from '../../../worker/review/eval-power.ts';
import { schemaOf } from '../../../worker/review/loop-facts.ts';

const Reply = z.object({
  reply: z.string().max(20_000),
  sure: z.number().min(0).max(1),
  count: z.int().min(0),
  links: z.array(z.object({ url: z.string(), label: z.string() })),
  kind: z.enum(['answer', 'question']),
});

function power(fields: object, output: z.ZodType = Reply) {
  return evalPower(HarnessEval.parse({ id: 'planted', ...fields }), {
    output: schemaOf(output),
    input: schemaOf(z.object({ topic: z.string().max(100) })),
  });
}

const cel = (rule: string) => ({ kind: 'cel', rule });

describe('an honest eval says no to something:', () => {
  test.each([
    { kind: 'contains', field: 'reply', text: 'Dear' },
    { kind: 'contains', text: 'Dear' },
    { kind: 'notContains', field: 'reply', text: 'http' },
    { kind: 'notContains', text: 'http' },
    { kind: 'notContains', field: 'links', text: 'javascript:' },
    { kind: 'notContains', field: 'kind', text: 'question' },
    { kind: 'matches', field: 'reply', pattern: '^.{1,280}$' },
    { kind: 'matches', field: 'reply', pattern: '^(?!.*\\bdamn\\b)' },
    cel('size(output.reply) < 2000'),
    cel('output.sure >= 0.2'),
    cel('output.count <= 5000'),
    cel('size(output.links) <= 5'),
    cel('!output.reply.contains("guarantee")'),
    cel('!output.reply.matches("(?i)lawyer|sue")'),
    cel('output.kind != "question" || output.reply.endsWith("?")'),
    cel('output.links.all(link, link.url.startsWith("https://"))'),
    cel('output.reply.contains(input.topic)'),
  ])('%j', (fields) => {
    expect(power(fields)).toMatchObject({
      kind: 'shown',
      because: expect.stringContaining('said no to a made-up output: expected') as string,
    });
  });
});

describe('what is always true says no to nothing:', () => {
  test.each([
    { kind: 'matches', pattern: '.*' },
    { kind: 'matches', pattern: '^' },
    { kind: 'matches', field: 'kind', pattern: 'answer|question' },
    { kind: 'notContains', field: 'sure', text: 'zebra' },
    { kind: 'contains', text: '{' },
    cel('true || output.sure < 0.0'),
    cel('size(output.reply) >= 0'),
    cel('output.sure <= 1.0'),
    cel('output == output'),
  ])('%j', (fields) => {
    expect(power(fields)).toMatchObject({
      kind: 'unknown',
      because: expect.stringMatching(/^said yes to \d+ made-up outputs$/) as string,
    });
  });

  test('whatever stands behind `true ||`', () => {
    const parts = fc.constantFrom('output.sure < 0.5', 'output.reply == "x"', 'size(output.links) > 3', 'false');
    fc.assert(
      fc.property(parts, parts, (a, b) => power(cel(`true || ${a} && ${b} && output.count > 1`)).kind === 'unknown'),
    );
  });
});

test.each(['true', '1 < 2', 'input.topic != "x"'])('a rule that never looks at the output cannot: %s', (rule) => {
  expect(power(cel(rule))).toEqual({ kind: 'none', because: 'never looks at the output' });
});

test('a rule that cannot be decided has shown nothing', () => {
  expect(power(cel('output.replies > 3'))).toMatchObject({
    kind: 'unknown',
    because: expect.stringContaining('could not decide on a made-up output') as string,
  });
});

test('where nothing that was made up fits, nothing was tried', () => {
  expect(power({ kind: 'contains', text: 'x' }, z.object({ id: z.string().regex(/^BZ-\d{9}$/) }))).toEqual({
    kind: 'unknown',
    because: 'was not tried: nothing that was made up fits the schemas',
  });
});

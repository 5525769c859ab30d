import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Harness } from '../../../contract/harness.ts';
import { harnessYaml } from '../../../worker/harness/harness-yaml.ts';
import { parseHarness } from '../../../worker/load/harness.ts';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const rule = fc.constantFrom('output.confidence < 0.9', "input.text.contains('a: b # c')");
const harness = fc
  .record({
    instructions: maybe(
      fc.oneof(
        text,
        fc.array(text).map((lines) => lines.join('\n')),
      ),
    ),
    examples: maybe(fc.array(fc.record({ input: fc.jsonValue(), output: fc.jsonValue() }), { maxLength: 3 })),
    evals: maybe(
      fc
        .array(text, { maxLength: 3 })
        .map((texts) => texts.map((one, at) => ({ id: `e${at}`, kind: 'contains', text: one }))),
    ),
    routing: maybe(
      fc
        .array(fc.constantFrom('attempt > 1', "input.text == 'a: b # c'"), { maxLength: 2 })
        .map((rules) => [...rules.map((when) => ({ when, model: 'local' })), { model: 'default' }]),
    ),
    tools: maybe(
      fc.constant([{ name: 'label', args: { properties: { intent: { enum: ['a: b', 'c'] } } }, maxCalls: 3 }]),
    ),
    approval: maybe(
      fc.record({
        when: maybe(rule),
        audit: maybe(fc.double({ min: 0, max: 1, noNaN: true })),
        signed: maybe(fc.boolean()),
      }),
    ),
    limits: maybe(
      fc.record({ attempts: maybe(fc.integer({ min: 1, max: 20 })), usdPerStage: maybe(fc.constant({ main: 0.5 })) }),
    ),
  })
  .map((fields) => Harness.parse(JSON.parse(JSON.stringify(fields))));

test('what is exported loads as the same again', () => {
  fc.assert(
    fc.property(harness, (one) => {
      expect(parseHarness(harnessYaml(one), 'harness.yaml')).toEqual(one);
    }),
    { numRuns: 300 },
  );
});

test('what is the default anyway is left out', () => {
  expect(harnessYaml(Harness.parse({}))).toBe('{}\n');
  const short = Harness.parse({ instructions: 'Sort it.\nBe kind.\n', approval: { audit: 0.03 } });
  expect(harnessYaml(short)).toBe('instructions: |\n  Sort it.\n  Be kind.\napproval:\n  audit: 0.03\n');
});

import { expect, test } from 'vitest';
import { preview } from '../../core/preview.ts';

test('the first plain fields, in the order of the schema', () => {
  const json = JSON.stringify({ confidence: 0.5195937, intent: 'refund', nested: { a: 1 }, reply: 'Hello,\n you' });
  expect(preview(json, ['intent', 'confidence', 'reply'])).toEqual([
    { name: 'intent', text: 'refund' },
    { name: 'confidence', text: '0.52' },
    { name: 'reply', text: 'Hello, you' },
  ]);
});

test('what is no record is shown as it is, cut', () => {
  expect(preview('"a report"')).toEqual([{ text: 'a report' }]);
  expect(preview('{"cut')).toEqual([{ text: '{"cut' }]);
  expect(preview(JSON.stringify('x'.repeat(300)))[0]?.text).toHaveLength(120);
});

import { expect, test } from 'vitest';
import { mentions } from '../../core/mentions.ts';

test.each([
  ['4711', '{"id":"4711"}'],
  ['4711', '{"id":4711}'],
  ['4711', 'supportTriage-4711'],
  ['4711', 'supportTriage/4711/label'],
  ['ada@example.com', 'Write to ADA@Example.com.'],
  ['ada@example.com', '{"text":"hello\\nada@example.com"}'],
  ['Jürgen Groß', 'Herr Ju\u0308rgen\n  Groß schreibt'],
  ['Ju\u0308rgen', 'Jürgen'],
  ['Jürgen', '{"name":"J\\u00fcrgen"}'],
  ['Jürgen', JSON.stringify(JSON.stringify({ name: 'J\\u00fcrgen' }))],
  ['O"Neill', JSON.stringify({ name: 'O"Neill' })],
  ['C:\\ada', JSON.stringify({ path: 'C:\\ada' })],
  ['+49 170 (1)', 'call +49 170 (1)!'],
  ['cus-47/11', 'paid by cus-47/11'],
  ['a^b$c.*+?[x]{1}|', 'see a^b$c.*+?[x]{1}|'],
  ['山田', '山田 さん'],
])('%j is named in %j', (subject, text) => {
  expect(mentions(subject, false)(text)).toBe(true);
});

test.each([
  ['4711', '14711'],
  ['4711', '47110'],
  ['ada@example.com', 'nada@example.com'],
  ['ada@example.com', 'ada@example-com'],
  ['Ada', 'Adal, Nevada and Adä'],
])('%j is not named in %j', (subject, text) => {
  expect(mentions(subject, false)(text)).toBe(false);
});

test('inside words it is named where that is asked for', () => {
  expect(mentions('4711', true)('x14711y')).toBe(true);
});

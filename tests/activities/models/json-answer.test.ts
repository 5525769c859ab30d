import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasShapeOf, unfenced } from '../../../activities/models/json-answer.ts';

describe('a code fence', () => {
  test.each([
    ['```json\n{"a":1}\n```', '{"a":1}'],
    ['```\n{"a":1}\n```', '{"a":1}'],
    ['\n```JSON \r\n{"a":1}\r\n``` \n', '{"a":1}'],
    ['```json\n{\n  "a": 1\n}\n```', '{\n  "a": 1\n}'],
  ])('around the whole of %j is taken off', (text, inside) => {
    expect(unfenced(text)).toBe(inside);
  });

  test.each([
    'Here you are:\n```json\n{"a":1}\n```',
    '```json\n{"a":1}\n```\nAnything else?',
    '```json\n{"a":1}\n```\n```json\n{"a":2}\n```',
    '```json\n{"a":1}',
    '{"a":"```json\\n{}\\n```"}',
  ])('that is not one around the whole stays: %j', (text) => {
    expect(unfenced(text)).toBe(text);
  });

  test('changes no JSON without one, and brings back JSON within one', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(unfenced(json)).toBe(json);
        if (!json.includes('```')) expect(unfenced(`\`\`\`json\n${json}\n\`\`\``)).toBe(json);
      }),
    );
  });
});

describe('the outermost shape', () => {
  const schema = { type: 'object', properties: { title: {}, note: {} }, required: ['title'] };
  test.each([
    ['{"title":3}', true],
    ['{"title":"Owls","more":true}', true],
    ['{"note":"x"}', false],
    ['["title"]', false],
    ['null', false],
    ['"title"', false],
    ['Sure! {"title":"Owls"}', false],
    ['', false],
  ])('of %j holds: %s', (text, holds) => {
    expect(hasShapeOf(schema, text)).toBe(holds);
  });

  test('of a schema of another type is any JSON', () => {
    expect(hasShapeOf({ anyOf: [] }, '3')).toBe(true);
    expect(hasShapeOf({ anyOf: [] }, 'three')).toBe(false);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { scriptedModel, TestEnvironment } from 'loopwright/testing';

const loops = import.meta.dirname;
let environment: TestEnvironment;

before(async () => (environment = await TestEnvironment.create({ loops })));
// Replays everything that was started: a change that would break runs in flight fails here.
after(() => environment.close());

const lines = readFileSync(join(loops, 'cases.jsonl'), 'utf8').trim().split('\n');
for (const { id, input, expect } of lines.map((line) => JSON.parse(line))) {
  test(`case ${id}`, async () => {
    const result = await environment.run('hello', input);
    assert.equal(result.outcome, 'accepted', result.reason);
    assert.deepEqual(result.output, expect);
    assert.deepEqual(environment.effects.at(-1)?.output, expect);
  });
}

test('a model that adds something is told so, and tries again', async () => {
  const liar = scriptedModel([{ sentence: 'The pump exploded.' }, { sentence: 'The pump leaks.' }]);
  await using scripted = await TestEnvironment.create({ loops, models: { default: liar } });
  const result = await scripted.run('hello', { id: '3', text: 'The pump leaks.' });
  assert.equal(result.outcome, 'accepted', result.reason);
  assert.equal(result.attempts, 2);
  assert.match(liar.asked[1]?.prompt ?? '', /not in the note: exploded/);
});

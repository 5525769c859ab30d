import { describe, expect, test } from 'vitest';
import { meteredCall } from '../../../activities/metered-call.ts';
import type { ModelRequest } from '../../../activities/models/port.ts';
import { FREE_TEXT, type FakeManner, type Script, type Scripted } from '../../support/fake-openai.ts';
import { question, workbench, type Workbench } from '../workbench.ts';

const good = { json: { title: 'Owls' } } as const;

/** A workbench whose endpoint may move, what it told, and the APIs it was asked through. */
async function moving(script: Script, manner: FakeManner = {}, budgetMicroUsd = 1_000_000) {
  const told: string[] = [];
  const bench = await workbench({ script, manner, budgetMicroUsd, asks: { report: (text) => told.push(text) } });
  return { ...bench, told, apis: () => bench.model.seen.map(({ api }) => api) };
}

function pay(
  bench: Workbench,
  { call = 'generate', request = question() }: { call?: string; request?: ModelRequest } = {},
) {
  const key = { stage: 'main#1', attempt: 1, call };
  return bench.within(() => meteredCall(bench.deps, bench.run, key, bench.endpoint, request));
}

/** Micro-USD that the fake billed: 1 a token in and 2 out. */
const billed = ({ model }: Workbench) => model.billed.input + 2 * model.billed.output;
const booked = async (bench: Workbench) =>
  (await bench.ledger()).reduce((sum, line) => sum + Number(line['booked']), 0);

describe('a server that ignores the format of the Responses API', () => {
  test('is asked through Chat Completions in the same step and from then on, and that is said once', async () => {
    const bench = await moving([good, good], { responses: 'ignoresFormat' });
    expect((await pay(bench)).text).toBe('{"title":"Owls"}');
    await pay(bench, { call: 'again' });
    expect(bench.apis()).toEqual(['responses', 'chat', 'chat']);
    expect(bench.told).toEqual([
      expect.stringMatching(
        /^fake-1 at http:\/\/127\.0\.0\.1:\d+\/v1 ignores the format that it is asked for through the Responses API, so it is asked through Chat Completions from now on\. To spare the first try, set `api: chat`/,
      ),
    ]);
  });

  test('is paid for what it answered, and the ledger is what was billed', async () => {
    const bench = await moving([{ ...good, usage: { input: 30, output: 5 } }], { responses: 'ignoresFormat' });
    await pay(bench);
    expect(await bench.ledger()).toMatchObject([
      { call: 'generate', state: 'settled', booked: 140 },
      { call: 'generate~2', state: 'settled', booked: 40 },
    ]);
    expect(await booked(bench)).toBe(billed(bench));
    expect(await bench.store.ledger.spent('r1')).toBe(billed(bench));
  });

  test('is not asked again where the second call could pass the budget', async () => {
    const bench = await moving([good], { responses: 'ignoresFormat' });
    await pay(bench);
    const [line] = await bench.ledger();
    const worst = Number(line?.['reserved']);
    const poor = await moving([], { responses: 'ignoresFormat' }, worst + 100);
    await expect(pay(poor)).rejects.toMatchObject({ type: 'BudgetExceeded' });
    expect(poor.apis()).toEqual(['responses']);
    expect(await poor.ledger()).toMatchObject([{ call: 'generate', state: 'settled', booked: 140 }]);
  });

  test('moves once when several calls are under way, and every one of them is paid and answered', async () => {
    let release = (): void => {};
    const together = new Promise<void>((resolve) => (release = resolve));
    const bench = await moving((seen, count) => {
      if (count === 3) release();
      return seen.api === 'responses' ? { after: together, answer: { text: FREE_TEXT } } : good;
    });
    const replies = await Promise.all(['one', 'two', 'three'].map((call) => pay(bench, { call })));
    expect(replies.map(({ text }) => text)).toEqual(Array.from({ length: 3 }, () => '{"title":"Owls"}'));
    expect(bench.told).toHaveLength(1);
    expect(bench.model.billed.calls).toBe(6);
    expect(await booked(bench)).toBe(billed(bench));
  });

  test.each<[string, Scripted]>([
    ['JSON of another shape', { json: { answer: 'Owls' } }],
    ['null', { text: 'null' }],
    ['no text', { text: '' }],
    ['free text that the limit cut', { truncated: 'Sure! Here is' }],
  ])('is known by %s too', async (_title, first) => {
    const bench = await moving([first, good]);
    expect((await pay(bench)).text).toBe('{"title":"Owls"}');
    expect(bench.apis()).toEqual(['responses', 'chat']);
  });

  test('that does not say what it used is booked at the worst case', async () => {
    const bench = await moving([{ json: {}, usage: null }, good]);
    await pay(bench);
    expect(await bench.ledger()).toMatchObject([{ call: 'generate', state: 'uncertain' }, { state: 'settled' }]);
  });

  test('but writes JSON in a fence is taken at its word, and still moves when it writes none', async () => {
    const bench = await moving([{ text: '```json\n{"title":"Owls"}\n```' }, { text: FREE_TEXT }, good]);
    expect((await pay(bench)).text).toBe('{"title":"Owls"}');
    expect((await pay(bench, { call: 'again' })).text).toBe('{"title":"Owls"}');
    expect(bench.apis()).toEqual(['responses', 'responses', 'chat']);
  });
});

describe('a server without a Responses API', () => {
  test.each<[string, number, unknown]>([
    ['404 with no words', 404, {}],
    ['404 of llama.cpp', 404, { error: { code: 404, message: 'File Not Found', type: 'not_found_error' } }],
    ['404 of FastAPI', 404, { detail: 'Not Found' }],
    ['405', 405, { error: { message: 'Method Not Allowed' } }],
    ['501', 501, { error: { message: 'not implemented' } }],
    ['400 for the route', 400, { error: { message: 'Unknown endpoint: POST /v1/responses' } }],
    ['200 with an error, as LM Studio', 200, { error: 'Unexpected endpoint or method. (POST /v1/responses)' }],
  ])('is asked through Chat Completions: %s', async (_title, status, body) => {
    const bench = await moving([good], { responses: { status, body } });
    expect((await pay(bench)).text).toBe('{"title":"Owls"}');
    expect(bench.told).toEqual([expect.stringMatching(/the Responses API|no Responses API/)]);
  });

  test('costs nothing for having said so', async () => {
    const bench = await moving([good], { responses: { status: 404, body: {} } });
    await pay(bench);
    expect(await booked(bench)).toBe(billed(bench));
    expect(bench.told[0]).toContain('has no Responses API');
  });
});

describe('the endpoint stays where it is', () => {
  test('once the server kept to the format, however bad a later answer is', async () => {
    const bench = await moving([good, { text: FREE_TEXT }, { json: { answer: 1 } }]);
    await pay(bench);
    expect((await pay(bench, { call: 'second' })).text).toBe(FREE_TEXT);
    expect((await pay(bench, { call: 'third' })).text).toBe('{"answer":1}');
    expect(bench.told).toEqual([]);
  });

  test('when an answer in JSON was cut by the limit', async () => {
    const bench = await moving([{ truncated: '{"title": "Ow' }, good]);
    await expect(pay(bench)).rejects.toMatchObject({ type: 'ModelError.Truncated' });
    await pay(bench, { call: 'again' });
    expect(bench.apis()).toEqual(['responses', 'responses']);
  });

  test.each<[string, number, unknown, string]>([
    [
      'the model is not there',
      404,
      { error: { message: 'model "fake-1" not found, try pulling it first' } },
      'BadRequest',
    ],
    ['a field is wrong', 400, { error: { message: "Invalid value for 'instructions'" } }, 'BadRequest'],
    ['the key is wrong', 401, { error: { message: 'no' } }, 'Auth'],
    ['the server is overloaded', 503, { error: { message: 'later' } }, 'Unavailable'],
  ])('when %s', async (_title, status, body, type) => {
    const bench = await moving([], { responses: { status, body } });
    await expect(pay(bench)).rejects.toMatchObject({ type: `ModelError.${type}` });
    expect(bench.told).toEqual([]);
  });

  test('when a person named the API', async () => {
    const named = await workbench({ script: [{ text: FREE_TEXT }], asks: { api: 'responses' } });
    expect((await pay(named)).text).toBe(FREE_TEXT);
  });

  test('on Chat Completions too, where an answer is no JSON: that is a verdict', async () => {
    const bench = await moving([{ text: FREE_TEXT }], { responses: 'ignoresFormat' });
    expect((await pay(bench)).text).toBe(FREE_TEXT);
    expect(bench.apis()).toEqual(['responses', 'chat']);
  });
});

test('what is asked again gets what is left of the time, and no more', async () => {
  const bench = await moving((seen) =>
    seen.api === 'responses'
      ? { after: new Promise((later) => setTimeout(later, 300)), answer: { text: FREE_TEXT } }
      : { hang: true },
  );
  const started = Date.now();
  const timed = { ...bench, deps: { ...bench.deps, now: Date.now } };
  await expect(pay(timed, { request: question({ timeoutMs: 900 }) })).rejects.toMatchObject({
    type: 'ModelError.Timeout',
  });
  expect(Date.now() - started).toBeLessThan(1500);
  expect(bench.apis()).toEqual(['responses', 'chat']);
});

test('a cap that a server knows by another name is asked for again, and the refusal costs nothing', async () => {
  const bench = await moving([good], { responses: 'ignoresFormat', cap: 'max_completion_tokens' });
  expect((await pay(bench)).text).toBe('{"title":"Owls"}');
  expect((await bench.ledger()).map(({ call, booked: cost }) => [call, cost])).toEqual([
    ['generate', 140],
    ['generate~2', 0],
    ['generate~3', 140],
  ]);
});

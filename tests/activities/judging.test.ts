import { describe, expect, test } from 'vitest';
import type { Route } from '../../activities/dependencies.ts';
import { evaluate } from '../../activities/evaluate.ts';
import { check, human, judge, model, pairwise, panel, type Pairwise, type Verifier } from '../../loops/define/index.ts';
import { digestOf } from '../../store/index.ts';
import type { Scripted, Seen } from '../support/fake-openai.ts';
import { titleLoop, type Input, type Output } from '../support/loops.ts';
import { workbench, type Workbench } from './workbench.ts';

type Answers = (seen: Seen, count: number) => Scripted;

const rubric = { short: 'The title is short.' };
const jury = panel('jury', rubric, { models: ['judge', 'second'] });
const says = (pass: boolean, quote: string): Scripted => ({ json: { criteria: [{ name: 'short', pass, quote }] } });

async function bench(verify: readonly Verifier<Input, Output>[], script: Answers): Promise<Workbench> {
  const loop = titleLoop('writeTitle', { stages: { main: { generate: model(), verify } } });
  return await workbench({ loop, script });
}

async function attempt(made: Workbench, number: number, title: string, author = 'model:fake-1'): Promise<string> {
  const text = JSON.stringify({ title, confidence: 0.9 });
  await made.store.attempts.add({ runKey: 'r1', stage: 'main#1', attempt: number, author, at: number }, text);
  return digestOf(text);
}

async function judged(
  made: Workbench,
  number = 1,
  title = 'About owls at night',
  author?: string,
  activityAttempt = 1,
) {
  const artefact = await attempt(made, number, title, author);
  const request = { run: made.run, stage: 'main#1', attempt: number, earlier: {}, artefact };
  return (await made.within(() => evaluate(made.deps, request), activityAttempt)).verdict;
}

const isSecond = ({ model: asked }: Seen): boolean => asked === 'fake-second';
const calls = async (made: Workbench) => (await made.ledger()).map(({ call }) => String(call)).toSorted();

describe('a panel', () => {
  test('that agrees is right, and each of its judges is paid by a name of its own', async () => {
    const made = await bench([jury], (seen) => says(true, isSecond(seen) ? 'owls' : 'night'));
    expect((await judged(made)).criteria[1]).toEqual({
      name: 'jury/short',
      verdict: 'pass',
      evidence: 'fake-judge says yes: "night"; fake-second says yes: "owls"',
    });
    expect(await calls(made)).toEqual(['panel:jury~judge', 'panel:jury~second']);
  });

  test('that disagrees proves nothing, and says who said what with which quote', async () => {
    const made = await bench([jury], (seen) => (isSecond(seen) ? says(false, 'at night') : says(true, 'owls')));
    expect(await judged(made)).toMatchObject({
      verdict: 'inconclusive',
      criteria: [
        {},
        { evidence: '1 of 2 judges say yes: fake-judge says yes: "owls"; fake-second says no: "at night"' },
      ],
    });
  });

  test('shows none of its judges what another said', async () => {
    const made = await bench([jury], () => says(true, 'owls'));
    await judged(made);
    const [one, other] = made.model.seen;
    expect(one?.input).toBe(other?.input);
  });

  test.each([
    [
      'that made the artefact',
      'model:fake-second',
      'SelfVerification',
      'Verifier `jury` of loop writeTitle is model:fake-second',
    ],
    ['twice', 'model:fake-1', 'InvalidHarness', 'asks model fake-judge twice, on routes "judge" and "again"'],
  ])('with a model %s is refused before anybody is asked', async (_title, author, type, message) => {
    const made = await bench([panel('jury', rubric, { models: ['judge', 'second', 'again'] })], () =>
      says(true, 'owls'),
    );
    const again = made.deps.routes.get('judge') as Route;
    const deps = { ...made.deps, routes: new Map([...made.deps.routes, ['again', again]]) };
    await expect(judged({ ...made, deps }, 1, undefined, author)).rejects.toMatchObject({
      type,
      message: expect.stringContaining(message) as unknown,
    });
    expect(made.model.seen).toEqual([]);
  });
});

describe('where one verifier breaks, the next try asks and pays only that one:', () => {
  test('a judge of a panel', async () => {
    let checked = 0;
    const counts = check<Input, Output>('counts', () => {
      checked += 1;
      return { verdict: 'pass', evidence: 'seen' };
    });
    const made = await bench([counts, judge('taste', rubric), jury], (_seen, count) =>
      count === 3 ? { status: 500 } : says(true, 'owls'),
    );
    await expect(judged(made)).rejects.toMatchObject({ type: 'ModelError.Unavailable', nonRetryable: false });
    expect((await judged(made, 1, undefined, undefined, 2)).verdict).toBe('pass');
    expect(checked).toBe(1);
    expect(made.model.seen).toHaveLength(4);
    const states = (await made.ledger()).map(({ state }) => String(state)).toSorted();
    expect(states).toEqual(['settled', 'settled', 'settled', 'uncertain']);
  });

  test('a check after a judge was asked is not there: what is cheap comes first', async () => {
    let broken = true;
    const shaky = check<Input, Output>('shaky', () => {
      if (broken) throw new Error('no disk');
      return { verdict: 'pass', evidence: 'seen' };
    });
    const made = await bench([judge('taste', rubric), shaky], () => says(true, 'owls'));
    await expect(judged(made)).rejects.toMatchObject({ type: 'VerifierError', message: 'shaky broke: no disk' });
    expect(made.model.seen).toEqual([]);
    broken = false;
    expect((await judged(made, 1, undefined, undefined, 2)).verdict).toBe('pass');
  });
});

const better = (baseline: Pairwise<Input>['baseline']) =>
  pairwise<Input>('better', { apt: 'Which one is more apt?' }, { baseline });
const prefers = (which: 'first' | 'second' | 'neither', quote: string): Scripted => ({
  json: { criteria: [{ name: 'apt', better: which, quote }] },
});
/** Prefers the title with these words, wherever it stands. */
const fond =
  (words: string): Answers =>
  ({ input }) =>
    prefers(input.indexOf(words) < input.indexOf('source="second"') ? 'first' : 'second', words);

describe('a comparison', () => {
  const reference = better(({ topic }) => ({ title: `Everything on ${topic}`, confidence: 1 }));

  test.each([
    [
      'passes what wins in both orders',
      fond('at night'),
      'pass',
      'shown first: better, "at night"; shown second: better, "at night"',
    ],
    ['fails what loses in both orders', fond('Everything on'), 'fail', /^shown first: the baseline is better/],
    [
      'proves nothing of what wins by its place',
      () => prefers('first', 'owls'),
      'inconclusive',
      /^another winner in the other order/,
    ],
    ['nor by the other one', () => prefers('second', 'owls'), 'inconclusive', /^another winner in the other order/],
    ['nor where neither is better', () => prefers('neither', ''), 'inconclusive', /neither is better/],
    ['nor by words that the winner does not have', fond('at night at night'), 'inconclusive', /not in the artefact/],
  ] as [string, Answers, string, string | RegExp][])('%s', async (_title, script, verdict, evidence) => {
    const made = await bench([reference], script);
    const [, found] = (await judged(made)).criteria;
    expect(found).toMatchObject({ name: 'better/apt', verdict });
    expect(found?.evidence).toEqual(
      typeof evidence === 'string' ? evidence : (expect.stringMatching(evidence) as unknown),
    );
    expect(await calls(made)).toEqual(['pairwise:better~first', 'pairwise:better~second']);
  });

  test('with the best attempt so far leaves the first one aside, and says so', async () => {
    const certain = check<Input, Output>('has-night', ({ title }) => ({
      verdict: title.includes('night') ? 'pass' : 'fail',
      evidence: title,
    }));
    const made = await bench([better('best'), certain, judge('taste', rubric)], (seen, count) =>
      seen.input.includes('source="first"') ? fond('at night')(seen, count) : says(true, 'owls'),
    );
    expect(await judged(made, 1, 'About owls tonight')).toMatchObject({
      verdict: 'pass',
      notAsked: [{ name: 'better', because: 'no other attempt of the stage came before' }],
    });
    expect(await judged(made, 2, 'On owls')).toMatchObject({
      verdict: 'fail',
      notAsked: [{ name: 'taste' }, { name: 'better' }],
    });
    expect((await judged(made, 3)).criteria.at(-1)).toMatchObject({ name: 'better/apt', verdict: 'pass' });
    // The second attempt had more against it than the first.
    expect(made.model.seen.at(-1)?.input).toContain('About owls tonight');
    expect(made.model.seen.at(-1)?.input).not.toContain('On owls');
  });

  test('with the best attempt so far, and no other verifier, is no loop: nothing would verify the first one', () => {
    const main = { generate: model<Input, Output>(), verify: [better('best')] };
    expect(() => titleLoop('writeTitle', { stages: { main } })).toThrow(/nothing would verify the first one/);
  });

  test('by the model that made the baseline is refused', async () => {
    const made = await bench([better('best'), check('ok', () => ({ verdict: 'pass', evidence: 'yes' }))], fond('owls'));
    await judged(made, 1, 'Owls', 'model:fake-judge');
    await expect(judged(made, 2)).rejects.toMatchObject({ type: 'SelfVerification' });
  });

  test('whose baseline throws or has nothing is broken, and not passed', async () => {
    const empty = await bench([better(() => undefined)], fond('owls'));
    await expect(judged(empty)).rejects.toMatchObject({ type: 'VerifierError' });
    const throwing = better(() => {
      throw new Error('no file');
    });
    await expect(judged(await bench([throwing], fond('owls')))).rejects.toThrow(
      'better broke: its baseline threw: no file',
    );
  });
});

test('a question to a person is always asked, and last', async () => {
  const made = await bench([human('sign-off', 'Would you send this?'), judge('taste', rubric)], () =>
    says(true, 'owls'),
  );
  expect(await judged(made)).toMatchObject({
    verdict: 'inconclusive',
    criteria: [
      { name: 'schema' },
      { name: 'taste/short', verdict: 'pass' },
      { name: 'sign-off', verdict: 'inconclusive', question: 'Would you send this?' },
    ],
  });
});

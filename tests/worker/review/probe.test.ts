import { expect, test } from 'vitest';
import { z } from 'zod';
import { check, type Check, type Evidence, type Finding } from '../../../loops/define/index.ts';
import { schemaOf } from '../../../worker/review/loop-facts.ts';
import { ignoresOutput, onlyPasses, powerOf } from '../../../worker/review/probe.ts';

interface Output {
  readonly title: string;
  readonly sure: number;
}

const evidence: Evidence = {
  examples: [],
  watermark: 0,
  earlier: {},
  facts: { query: async () => [] },
  documents: async () => [],
  asOf: 0,
};

function power(
  run: (output: Output, input: { topic: string }) => Finding | Promise<Finding>,
  output: z.ZodType = Output,
  probe: 'all' | 'suspects' = 'all',
) {
  return powerOf(check('planted', run) as Check<unknown, unknown>, {
    output: schemaOf(output),
    input: schemaOf(z.object({ topic: z.string().max(100) })),
    evidence,
    probe,
  });
}

const Output = z.object({ title: z.string().max(100), sure: z.number().min(0).max(1) });
const pass = (evidenceText: string): Finding => ({ verdict: 'pass', evidence: evidenceText });

test('a check that says no to something made up can say no', async () => {
  const found = await power(({ title }, { topic }) =>
    title.includes(`${topic}!`) ? pass('has it') : { verdict: 'fail', evidence: `"${title}" lacks it` },
  );
  expect(found).toMatchObject({
    kind: 'shown',
    because: expect.stringMatching(/^said no to a made-up output: ".*" lacks it$/) as string,
  });
});

test('evidence is quoted as a terminal may show it', async () => {
  const said = { verdict: 'fail', evidence: 'no\u001b[2J\n way' } as const;
  expect(await power(({ title }) => (title === 'x' ? pass('x') : said))).toEqual({
    kind: 'shown',
    because: 'said no to a made-up output: no way',
  });
});

test('a check that answers nothing but pass cannot, whatever it reads', async () => {
  expect(await power(({ title }) => ({ verdict: 'pass', evidence: `fine: ${title}` }))).toMatchObject({ kind: 'none' });
  expect(await power(async () => ({ verdict: 'pass', evidence: 'fine' }))).toMatchObject({ kind: 'none' });
});

test('a check that passes and never reads the output cannot', async () => {
  expect(await power((_output, { topic }) => pass(topic === 'never' ? 'a' : 'b'))).toMatchObject({
    kind: 'none',
    because: 'passes without looking at the output',
  });
});

test('a check that passes everything it was shown may still say no', async () => {
  const swears = (text: string): boolean => text.includes('damn');
  expect(
    await power(({ title }) => (swears(title) ? { verdict: 'fail', evidence: 'swears' } : pass('polite'))),
  ).toMatchObject({
    kind: 'unknown',
    because: 'said yes to 6 made-up outputs',
  });
});

test('a check that breaks, or cannot decide, has shown nothing', async () => {
  expect(await power(() => Promise.reject(new Error('no sandbox')))).toMatchObject({
    kind: 'unknown',
    because: 'broke on a made-up output: no sandbox',
  });
  expect(
    await power(({ title }) => ({ verdict: title === 'x' ? 'fail' : 'inconclusive', evidence: 'too short' })),
  ).toMatchObject({
    kind: 'unknown',
  });
});

test('a check that never answers is not waited for', async () => {
  const found = power(() => new Promise(() => {}));
  expect(await found).toMatchObject({
    kind: 'unknown',
    because: 'could not decide on a made-up output: took too long',
  });
});

test('before a start only a check whose code never reads the output is called', async () => {
  let calls = 0;
  const reads = ({ title }: Output): Finding => {
    calls += 1;
    return title === 'x' ? { verdict: 'fail', evidence: 'x' } : pass('fine');
  };
  expect(await power(reads, Output, 'suspects')).toEqual({ kind: 'unknown', because: 'was not tried' });
  expect(calls).toBe(0);
  expect(await power((_output, { topic }) => pass(topic === 'never' ? 'a' : 'b'), Output, 'suspects')).toMatchObject({
    kind: 'none',
  });
});

test('where nothing that was made up fits, nothing was tried', async () => {
  const odd = z.object({ title: z.string().regex(/^BZ-\d{9}$/), sure: z.number() });
  expect(await power(({ title }) => (title === '' ? { verdict: 'fail', evidence: 'empty' } : pass('ok')), odd)).toEqual(
    {
      kind: 'unknown',
      because: 'was not tried: nothing that was made up fits the schemas',
    },
  );
});

test.each([
  ["(o) => ({ verdict: 'pass', evidence: o.title })", true],
  ["async () => {\n  return { evidence: 'x', verdict: 'pass' };\n}", true],
  ["check(o) { return ({ verdict: 'pass', evidence: `${o?.title ?? ''}` }); }", true],
  ["(o) => ({ verdict: o.ok ? 'pass' : 'fail', evidence: 'x' })", false],
  ["(o) => { if (o.bad) return no(o); return { verdict: 'pass', evidence: 'x' }; }", false],
  ["(o) => ({ verdict: 'pass', ...judge(o) })", false],
  ["(o) => merge({ verdict: 'pass' }, o)", false],
  ['(o) => findingOf(o)', false],
])('only passes: %s → %s', (code, expected) => {
  expect(onlyPasses(code)).toBe(expected);
});

test.each([
  ["() => ({ verdict: 'pass' })", true],
  ['async (_output, input) => judge(input)', true],
  ['run(output, input) { return judge(input); }', true],
  ['(output) => judge(output)', false],
  ['({ title }) => judge(title)', false],
  ['(...all) => judge(...all)', false],
  ['function () { return judge(arguments[0]); }', false],
  ['output => judge()', false],
])('ignores its output: %s → %s', (code, expected) => {
  expect(ignoresOutput(code)).toBe(expected);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHANGE_KINDS } from '../../../contract/candidate.ts';
import { Harness } from '../../../contract/harness.ts';
import { singleChange, widens } from '../../../core/learning/change.ts';
import { proposals } from '../../../core/learning/proposers/index.ts';
import type { Ground, PastAnswer } from '../../../core/learning/proposers/proposer.ts';

const HARNESS = Harness.parse({
  routing: [{ model: 'default' }],
  approval: { when: 'output.confidence < 0.85' },
});
const ROUTES: Ground['routes'] = [
  { name: 'local', kind: 'local' },
  { name: 'default', kind: 'model', usdPerMillion: 3 },
  { name: 'strong', kind: 'model', usdPerMillion: 30 },
];

let ids = 0;
const answer = (
  over: Partial<PastAnswer> & { confidence?: number; intent?: string; reply?: string; text?: string },
) => {
  const { confidence = 0.95, intent = 'refund', reply = `Reply ${ids}.`, text = `message ${ids}`, ...rest } = over;
  ids += 1;
  const made: PastAnswer = {
    caseId: `c${ids}`,
    input: { id: String(ids), text },
    output: { intent, confidence, reply },
    right: true,
    ...rest,
  };
  return made;
};
const many = (count: number, over: Parameters<typeof answer>[0]): PastAnswer[] =>
  Array.from({ length: count }, () => answer(over));
const wrong = { right: false, cluster: 'x' } as const;
const ground = (answers: readonly PastAnswer[], over: Partial<Ground> = {}): Ground => ({
  harness: HARNESS,
  answers,
  routes: ROUTES,
  effects: ['label'],
  cluster: 'x',
  ...over,
});
const best = (of: Ground, kind: (typeof CHANGE_KINDS)[number]) => proposals(of, [kind]).drafts[0];

test('where a loop was wrong by itself, a person is asked: the rule holds for what was wrong and for little else', () => {
  const answers = [
    ...many(6, { ...wrong, intent: 'fees' }),
    ...many(40, {}),
    ...many(3, { intent: 'fees', confidence: 0.5 }),
  ];
  const draft = best(ground(answers), 'approval');
  expect(draft?.harness.approval.when).toBe('(output.confidence < 0.85) || (output.intent == "fees")');
  expect(draft?.gain).toBe(6);
  expect(draft?.manifest.fixes).toHaveLength(6);
  expect(widens('approval', HARNESS, draft?.harness ?? HARNESS)).toBe(false);
});

test('a rule for all work is proposed where a trial of all work would come by what it is about', () => {
  const { cluster: _none, ...all } = ground([...many(16, { ...wrong, intent: 'fees' }), ...many(40, {})]);
  expect(best(all, 'approval')?.harness.approval.when).toContain('output.intent == "fees"');
  expect(best({ ...all, answers: [...all.answers, ...many(400, {})] }, 'approval')).toBeUndefined();
});

test('a threshold that catches what was wrong takes the place of the old one', () => {
  const answers = [
    ...many(5, { ...wrong, confidence: 0.87, intent: 'a' }),
    ...many(5, { ...wrong, confidence: 0.9, intent: 'b' }),
    ...many(40, {}),
  ];
  expect(best(ground(answers), 'approval')?.harness.approval.when).toBe('output.confidence < 0.91');
});

test('what waits for a person anyway needs no new rule, and what is right as often as wrong gets none', () => {
  expect(proposals(ground(many(9, { ...wrong, confidence: 0.5 })), ['approval']).drafts).toEqual([]);
  const mixed = [...many(4, { ...wrong, text: 'same' }), ...many(4, { text: 'same' })];
  expect(proposals(ground(mixed), ['approval']).drafts).toEqual([]);
});

test('people are asked less as far as enough answers were right to prove it, and where their team says what is enough', () => {
  const answers = [...many(240, { confidence: 0.8 }), ...many(5, { right: false, confidence: 0.6 })];
  const { cluster: _none, ...all } = ground(answers);
  const draft = best(all, 'approval');
  expect(draft?.harness.approval.when).toBe('output.confidence < 0.8');
  expect(widens('approval', HARNESS, draft?.harness ?? HARNESS)).toBe(true);
  expect(best({ ...all, answers: answers.slice(2) }, 'approval')?.harness.approval.when).toBe(
    'output.confidence < 0.8',
  );
  expect(proposals({ ...all, answers: answers.slice(4) }, ['approval'])).toEqual({
    drafts: [],
    silent: [
      expect.stringContaining('ask-more'),
      'ask-less: nowhere below `output.confidence < 0.85` were enough answers right to prove that 95 % of them are',
    ],
  });
  const held = many(2, { confidence: 0.8, held: true });
  expect(proposals({ ...all, answers: [...answers.slice(4), ...held] }, ['approval']).drafts).toEqual([]);
  const doubtful = [...many(230, { confidence: 0.8 }), ...many(20, { right: false, confidence: 0.8 })];
  expect(proposals({ ...all, answers: doubtful }, ['approval']).drafts).toEqual([]);
  const harness = { ...HARNESS, approval: { ...HARNESS.approval, rightAlone: 0.8 } };
  expect(best({ ...all, harness, answers: doubtful }, 'approval')?.harness.approval).toMatchObject({
    when: 'output.confidence < 0.8',
    rightAlone: 0.8,
  });
});

test('a phrase that refused answers share and right ones never have must not come again', () => {
  const answers = [
    ...many(4, wrong).map((one, n) => ({
      ...one,
      output: { reply: `${n} As an AI model I cannot say.`, confidence: 0.9 },
    })),
    ...many(8, {}),
  ];
  const draft = best(ground(answers), 'eval');
  expect(draft?.harness.evals).toMatchObject([{ kind: 'notContains', field: 'reply', text: 'AI model I cannot say' }]);
  expect(draft?.gain).toBe(4);
});

test('what all right answers have and refused ones lack must be there', () => {
  const right = many(8, {}).map((one, n) => ({ ...one, output: { reply: `Reply ${n}. Kind regards, the desk` } }));
  const answers = [...many(4, wrong).map((one, n) => ({ ...one, output: { reply: `Done ${n}` } })), ...right];
  expect(proposals(ground(answers), ['eval']).drafts.map(({ harness }) => harness.evals[0])).toContainEqual(
    expect.objectContaining({ kind: 'contains', text: expect.stringContaining('Kind regards, the') }),
  );
});

test('corrected answers become examples, and the cases that are shown are not among those that they are to mend', () => {
  const answers = many(6, wrong).map((one) => ({ ...one, corrected: { intent: 'fees', confidence: 1, reply: 'r' } }));
  const draft = best(ground(answers), 'example');
  expect(draft?.harness.examples).toHaveLength(3);
  expect(draft?.manifest.fixes).toHaveLength(3);
  const keyless = { harness: Harness.parse({ routing: [{ model: 'local' }] }) };
  expect(proposals(ground(answers, keyless), ['example']).drafts).toEqual([]);
});

test('an effect is narrowed to the values that were right', () => {
  const answers = [...many(4, { ...wrong, intent: 'weather' }), ...many(12, { intent: 'fees' }), ...many(12, {})];
  const draft = best(ground(answers), 'tool');
  expect(draft?.harness.tools).toEqual([
    {
      name: 'label',
      allow: true,
      approve: false,
      args: { type: 'object', properties: { intent: { enum: ['fees', 'refund'] } }, required: [] },
    },
  ]);
  expect(widens('tool', HARNESS, draft?.harness ?? HARNESS)).toBe(false);
  expect(widens('tool', draft?.harness ?? HARNESS, HARNESS)).toBe(true);
  expect(proposals(ground(answers, { effects: [] }), ['tool']).drafts).toEqual([]);
});

test('every effect is looked at: one whose contract speaks of the field already leaves the others to be narrowed', () => {
  const answers = [...many(4, { ...wrong, intent: 'weather' }), ...many(12, { intent: 'fees' }), ...many(12, {})];
  const said = { properties: { intent: { maxLength: 20 } } };
  const harness = Harness.parse({ tools: [{ name: 'label', args: said }] });
  const drafts = (effects: readonly string[]) =>
    proposals(ground(answers, { harness, effects }), ['tool']).drafts.map(({ harness: { tools } }) => tools);
  expect(drafts(['label'])).toEqual([]);
  expect(drafts(['label', 'refund'])).toMatchObject([
    [{ name: 'label' }, { name: 'refund', args: { properties: { intent: { enum: ['fees', 'refund'] } } } }],
  ]);
  expect(proposals(ground(answers, { effects: ['label', 'refund'] }), ['tool']).drafts).toHaveLength(2);
});

test('a kind of input that was answered wrongly goes to a stronger model, and the first tier has to be surer', () => {
  const answers = [...many(5, { ...wrong, text: 'my crypto wallet' }), ...many(20, {})];
  const { routing } = best(ground(answers), 'routing')?.harness ?? HARNESS;
  expect(routing[0]).toMatchObject({ model: 'strong', when: expect.stringMatching(/contains\("(crypto|wallet)"\)/) });
  const tiers = Harness.parse({ routing: [{ model: 'local', atLeast: 0.7 }, { model: 'default' }] });
  const unsure = [...many(5, { ...wrong, confidence: 0.74 }), ...many(20, {})];
  expect(best(ground(unsure, { harness: tiers }), 'routing')?.harness.routing[0]).toEqual({
    model: 'local',
    atLeast: 0.75,
  });
});

describe('whatever people decided', () => {
  const ANY = fc.record({
    right: fc.boolean(),
    confidence: fc.constantFrom(0.3, 0.8, 0.86, 0.9, 0.99),
    intent: fc.constantFrom('a', 'b', 'c'),
    reply: fc.constantFrom('Sorry, no.', 'Here you are.', 'in function "quoted" \\ \n'),
    text: fc.constantFrom('card lost', 'card "late"\n', 'pay in'),
  });

  test('every draft changes one component of the kind that was asked for, to a harness that parses, and says so in its manifest', () => {
    fc.assert(
      fc.property(fc.array(ANY, { maxLength: 60 }), fc.constantFrom(...CHANGE_KINDS), (all, kind) => {
        const answers = all.map((one) =>
          answer({ ...one, ...(one.right ? {} : { cluster: 'x', corrected: { intent: 'c' } }) }),
        );
        const first = proposals(ground(answers), [kind]);
        for (const { change, harness, manifest } of first.drafts) {
          expect(change).toBe(kind);
          expect(singleChange(HARNESS, Harness.parse(harness))).toEqual({ kind: 'change', change: kind });
          expect(manifest.risks.length).toBeGreaterThan(0);
        }
        expect(proposals(ground(answers), [kind])).toEqual(first);
      }),
    );
  });
});

import { expect, test } from 'vitest';
import { mistakeLine } from '../../../contract/mistake.ts';
import { readHarness } from '../../../worker/load/harness.ts';

const mistakesIn = (text: string): string[] => readHarness(text, 'harness.yaml').mistakes.map(mistakeLine);

test('an approval rule that nobody could meet, or that cannot be read, is refused where it is written', () => {
  const said = mistakesIn(`approval:
  when: "output.confidence < 0.9"
  approvers: [ada, bo]
  quorum: 3
  minDelay: 5 parsecs
  tiers:
    - { when: "output.price >", risk: high }
    - { when: "output.sum > 1.0", quorum: 3, approvers: ["role:lead"] }
    - { when: "outptu.sum > 1.0", quorum: 2 }
    - { when: "true", approvers: [cleo], risk: huge }
`);
  const expected = [
    [4, '3 people have to approve, and 2 may: ada, bo'],
    [5, 'expected a duration'],
    [7, 'rule `output.price >`'],
    [9, 'Did you mean `output`?'],
    [10, 'huge'],
    [10, '3 people have to approve, and 1 may: cleo'],
  ] as const;
  for (const [line, words] of expected)
    expect(
      said.filter((one) => one.includes(`:${line}`) && one.includes(words)),
      `${line} ${words}`,
    ).toHaveLength(1);
});

test('a policy with everything that there is holds', () => {
  expect(
    mistakesIn(`approval:
  when: "true"
  approvers: ["role:support", ada@example.com]
  quorum: 2
  selfApproval: false
  minDelay: 10 minutes
  signed: true
  remindAfter: 1 hour
  escalateTo: [{ after: 2 hours, approvers: [lead@example.com] }, { after: 1 day, approvers: ["role:director"] }]
  expiresAfter: 2 days
  tiers: [{ when: "output.refund > 100.0", risk: high, quorum: 3, approvers: ["*"] }]
`),
  ).toEqual([]);
});

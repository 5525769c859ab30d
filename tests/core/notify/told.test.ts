import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainMessage } from '../../../core/notify/plain-message.ts';
import { slackMessage } from '../../../core/notify/slack-message.ts';
import { tellAlert, tellApproval, tellTogether } from '../../../core/notify/told.ts';
import { messageLine, messageText } from '../../../core/notify/message-text.ts';
import { approvalFields, webhookBody } from '../../../core/notify/webhook-body.ts';
import { approvalOf, HOUR, POLICY } from './approvals.ts';

const AT = { now: 2 * HOUR, origin: 'https://loops.example.com' };
const FACTS = {
  output: '{"title":"Owls"}',
  criteria: [
    { name: 'names-the-topic', verdict: 'pass', evidence: 'Owls' },
    { name: 'taste', verdict: 'fail', evidence: 'too\nshort', opinion: true },
  ],
  costMicroUsd: 1200,
} as const;

test('a notice says what it is about, why people are asked, what was found, what it cost, who may decide, and until when', () => {
  const approval = approvalOf({
    policy: { ...POLICY, risk: 'high', selfApproval: false, requestedBy: 'cid', quorum: 2 },
    have: 1,
    need: 2,
    approvedBy: ['ada'],
  });
  expect(plainMessage(tellApproval('opened', approval, FACTS, AT))).toBe(`writeTitle-1 waits for a decision

What it is about, as the loop made it (not a message to you, and nothing in it is to be followed):
| {
|   "title": "Owls"
| }

Loop: writeTitle, stage main
Why people are asked: the confidence is low
Risk: high
Who may decide: role:lead; not to approve: cid (own work)
Approved: 1 of 2: ada
Waits: since 1970-01-01 00:00:00Z
Time left: 2 d 22 h, then silence is a no
Cost so far: $0.0012

In a line each:
- fail taste: too short
- pass names-the-topic: Owls

Decide it on the dashboard (you sign in there): https://loops.example.com/approvals/sha256%3Ad1`);
});

test('more may decide once a step is reached, and what was decided says by whom', () => {
  const later = tellApproval('escalated', approvalOf(), FACTS, { ...AT, now: 24 * HOUR });
  expect(plainMessage(later)).toContain('Who may decide: role:lead, boss@example.com');
  const decided = approvalOf({
    state: 'rejected',
    decidedBy: 'ada',
    decidedAt: HOUR,
    note: 'no owls',
    identity: 'signed',
  });
  const text = plainMessage(tellApproval('decided', decided, FACTS, AT));
  expect(text).toContain('writeTitle-1 was rejected by ada');
  expect(text).toContain('By: ada (signed)\nWhen: 1970-01-01 01:00:00Z\nSaid with it: no owls');
  expect(text).not.toContain('Who may decide');
});

const HOSTILE = [
  '</pre><script>alert(1)</script>',
  '<!channel> <!here> @channel @everyone',
  '<https://evil.example|Approve it here>',
  '```',
  '*bold* & <b>',
  '\u202eevil\u2066\u200b\u{e0041}\u001b]8;;https://evil.example\u0007',
  '| Decide it on the dashboard: https://evil.example',
].join('\n');

test('what cannot be seen is shown by its number, and nobody is called by what a loop made', () => {
  const { text } = messageText(HOSTILE, 2000);
  expect(text).toContain('⟨U+202E⟩evil⟨U+2066⟩⟨U+200B⟩⟨U+E0041⟩⟨U+001B⟩]8;;https://evil.example⟨U+0007⟩');
  expect(text).not.toMatch(/@(?:channel|everyone|here)/);
  expect(messageLine('a\r\nBcc: x@example.com', 50)).toBe('a Bcc: x@example.com');
});

test('in Slack nothing of it is markup, in blocks or in the text that stands for them', () => {
  const facts = { ...FACTS, output: JSON.stringify({ title: HOSTILE }) };
  const approval = approvalOf({ because: HOSTILE, workflowId: HOSTILE, stage: HOSTILE });
  const { text, blocks } = slackMessage(tellApproval('opened', approval, facts, AT));
  expect(text).not.toMatch(/[<>]/);
  const marked = (blocks as { text?: { type: string; text: string } }[]).filter((one) => one.text?.type === 'mrkdwn');
  const words = marked.map((one) => one.text?.text ?? '').join('\n');
  // The one link, and the one fence.
  expect(words.match(/<[^>]*>/g)).toEqual([
    '<https://loops.example.com/approvals/sha256%3Ad1|Decide it on the dashboard (you sign in there)>',
  ]);
  expect(words.match(/```/g)).toHaveLength(2);
});

test('in a mail each line of it is quoted, so that none looks like ours', () => {
  const told = tellApproval('opened', approvalOf(), { ...FACTS, output: HOSTILE }, AT);
  const lines = plainMessage(told).split('\n');
  expect(lines.filter((line) => line.startsWith('Decide it'))).toEqual([
    'Decide it on the dashboard (you sign in there): https://loops.example.com/approvals/sha256%3Ad1',
  ]);
  expect(lines.filter((line) => line.includes('evil.example')).every((line) => line.startsWith('| '))).toBe(true);
});

test('whatever a loop makes, Slack takes the message, and its fence holds', () => {
  const fact = fc.string({ unit: fc.constantFrom('`', '<', '&', '\u202e', 'a', '\n', '@', '"'), maxLength: 3000 });
  fc.assert(
    fc.property(fact, (output) => {
      const { blocks } = slackMessage(
        tellApproval('opened', approvalOf({ because: output }), { ...FACTS, output }, AT),
      );
      for (const { text } of blocks as { text?: { text: string } }[]) {
        expect((text?.text ?? '').length).toBeLessThanOrEqual(3000);
        expect((text?.text ?? '').split('```').length).toBeLessThanOrEqual(3);
      }
    }),
    { numRuns: 50 },
  );
});

test('a webhook has what programs go by, and what a loop made under the name untrusted', () => {
  const told = tellApproval('opened', approvalOf(), FACTS, AT);
  expect(webhookBody('approval.opened', told, approvalFields(approvalOf()), 0)).toMatchObject({
    type: 'approval.opened',
    timestamp: '1970-01-01T00:00:00.000Z',
    data: {
      approval: { digest: 'sha256:d1', loop: 'writeTitle', state: 'open', have: 0, need: 1 },
      link: 'https://loops.example.com/approvals/sha256%3Ad1',
      untrusted: { output: '{\n  "title": "Owls"\n}', cut: false },
    },
  });
});

test('an alert says what is wrong, and when it is over; many notices say how many and which', () => {
  const alert = { kind: 'late', about: 'nightly', text: 'Schedule nightly is LATE', raisedAt: 0 } as const;
  expect(plainMessage(tellAlert('raised', alert))).toBe(
    'Alert: a schedule is late, nightly\n\nWhat: Schedule nightly is LATE\nSince: 1970-01-01 00:00:00Z',
  );
  expect(tellAlert('cleared', alert).headline).toBe('It is over: a schedule is late, nightly');
  const told = tellApproval('opened', approvalOf(), FACTS, AT);
  const together = tellTogether(
    Array.from({ length: 37 }, () => told),
    AT.origin,
  );
  expect(together).toMatchObject({ headline: '37 more wait', evidence: { length: 37 } });
  expect(
    tellTogether(
      Array.from({ length: 99 }, () => told),
      AT.origin,
    ).evidence.at(-1),
  ).toBe('and 59 more');
});

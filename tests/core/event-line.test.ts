import { expect, test } from 'vitest';
import type { RunEvent } from '../../contract/run-event.ts';
import { eventLine } from '../../core/event-line.ts';

const fail = { name: 'quotes', verdict: 'fail', evidence: 'no quote' } as const;
const doubt = { name: 'doubts', verdict: 'fail', evidence: 'hm', opinion: true } as const;

const EVENTS: readonly (readonly [RunEvent, string])[] = [
  [{ kind: 'opened', at: 0, harness: 'v2', dryRun: true }, 'opened, harness v2, dry run'],
  [
    { kind: 'attempt', at: 0, step: 'main/1', verdict: { verdict: 'fail', criteria: [fail, doubt] } },
    'main/1: fail: quotes fail (no quote); doubts fail (an opinion) (hm)',
  ],
  [
    { kind: 'attempt', at: 0, step: 'main#1 verify edit', verdict: { verdict: 'fail', criteria: [fail] } },
    'main#1 verify edit: fail: quotes fail (no quote); the version before waits again',
  ],
  [{ kind: 'message', at: 0, name: 'stop' }, 'received stop'],
  [{ kind: 'lost', why: 'down' }, 'Temporal does not answer just now (down); still watching'],
  [
    { kind: 'closed', at: 0, closing: { kind: 'failed', type: 'InvalidInput', message: 'two\nlines' } },
    'failed with InvalidInput: two lines',
  ],
  [{ kind: 'closed', at: 0, closing: { kind: 'ended', how: 'terminated' } }, 'ended from outside: terminated'],
];

test.each(EVENTS)('%j is one line', (event, line) => {
  expect(eventLine(event)).toBe(line);
});

test('what a verifier quotes from outside is not obeyed by a terminal', () => {
  const hostile = { ...fail, evidence: '\u001b[2J\u001b]0;owned\u0007\rno' };
  const line = eventLine({ kind: 'attempt', at: 0, step: 'main/1', verdict: { verdict: 'fail', criteria: [hostile] } });
  expect(line).toBe('main/1: fail: quotes fail (no)');
});

import { expect, test } from 'vitest';
import { Proposal } from '../../../contract/proposal.ts';
import { proposalText } from '../../../core/learning/proposal-text.ts';
import { proposalOf } from '../../support/busy-learning.ts';

test('a terminal shows every break, what it widens and what its evidence is worth, and obeys nothing', () => {
  const words = '\u001b[2Jgone \u202eright';
  const [one] = proposalOf('triage', words).breaks;
  const breaks = Array.from({ length: 30 }, (_, n) => ({ ...(one ?? expect.unreachable()), caseId: `case-${n}` }));
  const text = proposalText(Proposal.parse({ ...proposalOf('triage', words), breaks }));
  expect(text).toContain('IT WIDENS');
  expect(text).toContain('E 120, and 100 proves a change of this kind');
  expect(text).toContain('at most one in 120 ever gets this far');
  expect(text.match(/^ {2}case-\d+ \(guard\)/gm)).toHaveLength(30);
  expect(text).toContain('loopwright eval triage --show trial-harm');
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  expect(text).not.toMatch(/[\u001b\u202e]/);
});

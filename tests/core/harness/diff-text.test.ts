import { expect, test } from 'vitest';
import { Harness } from '../../../contract/harness.ts';
import { diffText } from '../../../core/harness/diff-text.ts';
import { diffOf } from '../../../core/learning/change.ts';

test('a diff names each component that changed, and shows the words that did with what is around them', () => {
  const long = 'word '.repeat(50);
  const before = Harness.parse({ instructions: `Sort it. ${long}End.`, limits: { attempts: 3 } });
  const after = Harness.parse({ instructions: `Sort it well. ${long}End.\u001b[2J`, limits: { attempts: 2 } });
  const text = diffText(diffOf(before, after));
  expect(text).toMatch(
    /^instructions\n {2}Sort \[-it\. -\]\{\+it well\. \+\}word .*….* word \[-End\.-\]\{\+End\.\+\}\n\nlimits\n/,
  );
  expect(text).toMatch(/"attempts": \[-3,-\]\{\+2,\+\}/);
  expect(diffText(diffOf(before, before))).toBe('');
});

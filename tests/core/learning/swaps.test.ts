import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meets } from '../../../core/learning/expected.ts';
import { swapsOf, type AcceptedArtefact } from '../../../core/learning/swaps.ts';

const TEXTS = [
  'My card has not arrived yet',
  'The pump in hall two leaks again',
  'Wo ist meine Rechnung vom Mai?',
  'Please cancel the subscription',
] as const;

const acceptedOf = (runKey: string, says: string, team?: string): AcceptedArtefact => {
  const output = { team: team ?? 'none', reply: says };
  return { runKey, artefact: `sha256:${runKey}`, output, part: team === undefined ? undefined : { team }, says };
};

test('an accepted answer is shown under an input for which people accepted another one', () => {
  const swaps = swapsOf([acceptedOf('a', TEXTS[0], 'cards'), acceptedOf('b', TEXTS[1], 'pumps')]);
  expect(swaps.map(({ artefact, input }) => [artefact.runKey, input.runKey])).toEqual([
    ['a', 'b'],
    ['b', 'a'],
  ]);
});

test.each([
  ['the expectation is the same', acceptedOf('b', TEXTS[1], 'cards')],
  ['nobody can say what counts', acceptedOf('b', TEXTS[1])],
  ['the inputs are near each other', acceptedOf('b', `${TEXTS[0]}!`, 'pumps')],
  ['an input says nothing', acceptedOf('b', ' ', 'pumps')],
])('never where %s', (_why, other) => {
  expect(swapsOf([acceptedOf('a', TEXTS[0], 'cards'), other])).toEqual([]);
});

test('never where an answer has what the other input asks for too', () => {
  const both = { ...acceptedOf('a', TEXTS[0], 'cards'), output: { team: 'cards', urgent: true } };
  const urgent = { ...acceptedOf('b', TEXTS[1], 'pumps'), part: { urgent: true } };
  expect(swapsOf([both, urgent])).toEqual([]);
});

test('whatever was accepted, each swap is wrong for what it is shown with, once for each artefact, and always the same', () => {
  const one = fc.record({ says: fc.constantFrom(...TEXTS), team: fc.constantFrom('cards', 'pumps', undefined) });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), (made) => {
      const accepted = made.map(({ says, team }, at) => acceptedOf(`r${at}`, says, team));
      const swaps = swapsOf(accepted);
      expect(new Set(swaps.map(({ artefact }) => artefact.runKey)).size).toBe(swaps.length);
      for (const { artefact, input } of swaps)
        expect(meets(artefact.output, { expect: input.part as never }).meets).toBe(false);
      const again = swapsOf(accepted.toReversed());
      const keys = (list: typeof swaps) => list.map(({ artefact, input }) => `${artefact.runKey}/${input.runKey}`);
      expect(keys(again).toSorted()).toEqual(keys(swaps).toSorted());
    }),
  );
});

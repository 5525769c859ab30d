import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoffMs, isGivenUp, wiresOf } from '../../../core/notify/posting.ts';
import { compileRouting, lettersOf, type NoticeView } from '../../../core/notify/routing.ts';
import type { Due } from '../../../core/notify/due.ts';

const letter = (id: string, together?: string) => ({ id, ...(together === undefined ? {} : { together }) });
const many = (count: number) => Array.from({ length: count }, (_, index) => letter(`n${index}`));

test('what a channel takes goes one by one, and the rest in one message', () => {
  expect(wiresOf(many(3), 20).map(({ letters, together }) => [letters.length, together])).toEqual([
    [1, undefined],
    [1, undefined],
    [1, undefined],
  ]);
  const wires = wiresOf(many(57), 20);
  expect(wires).toHaveLength(20);
  expect(wires.at(-1)?.letters).toHaveLength(38);
  expect(wires.at(-1)?.together).toMatch(/^together:38:n19$/);
  expect(wiresOf(many(5), 0)).toEqual([]);
});

test('letters that were begun together stay together, under the same name', () => {
  const wires = wiresOf([letter('a', 'm1'), letter('b'), letter('c', 'm1')], 5);
  expect(wires).toEqual([
    { together: 'm1', letters: [letter('a', 'm1'), letter('c', 'm1')] },
    { letters: [letter('b')] },
  ]);
});

test('no letter is lost or sent twice, and no more messages go than there is room for', () => {
  const letters = fc.uniqueArray(fc.record({ n: fc.nat(500), m: fc.option(fc.nat(3)) }), { selector: ({ n }) => n });
  fc.assert(
    fc.property(letters, fc.integer({ min: -3, max: 30 }), (some, room) => {
      const ready = some.map(({ n, m }) => letter(`n${n}`, m === null ? undefined : `m${m}`));
      const wires = wiresOf(ready, room);
      const sent = wires.flatMap((wire) => wire.letters.map(({ id }) => id));
      expect(new Set(sent).size).toBe(sent.length);
      expect(wires.length).toBeLessThanOrEqual(Math.max(0, room));
      if (room > 4) expect(sent.length).toBe(ready.length);
      expect(wires.every(({ letters: own, together }) => own.length === 1 || together !== undefined)).toBe(true);
    }),
  );
});

test('a try that failed waits longer each time, as long as whoever refused says, an hour at most, and a day in all', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 99].map((attempts) => backoffMs(attempts) / 1000)).toEqual([
    5, 20, 80, 320, 1280, 3600, 3600, 3600,
  ]);
  expect(backoffMs(1, 60_000)).toBe(60_000);
  expect(backoffMs(1, 9e9)).toBe(3_600_000);
  expect(isGivenUp({ plannedAt: 0, attempts: 9 }, 24 * 3_600_000 - 1)).toBe(false);
  expect(isGivenUp({ plannedAt: 0, attempts: 9 }, 24 * 3_600_000)).toBe(true);
  // Nobody was there for a day, and nothing was tried.
  expect(isGivenUp({ plannedAt: 0, attempts: 1 }, 9e9)).toBe(false);
});

const channels = [{ name: 'ops' }, { name: 'boss' }] as unknown as Parameters<typeof compileRouting>[0]['channels'];
const view: NoticeView = {
  event: 'opened',
  about: 'approval',
  loop: 'writeTitle',
  gate: 'main#1',
  stage: 'main',
  risk: 'high',
  audit: false,
  approvers: ['role:lead'],
};

test('without rules everything goes to every channel; with rules to the channels of each that holds', () => {
  expect(compileRouting({ channels })(view).to).toEqual(['ops', 'boss']);
  const rules = [
    { when: 'about == "approval"', to: ['ops'] },
    { when: 'risk == "high" && "role:lead" in approvers', to: ['boss', 'ops'] },
  ];
  const route = compileRouting({ channels, rules });
  expect(route(view).to).toEqual(['ops', 'boss']);
  expect(route({ ...view, risk: 'low' }).to).toEqual(['ops']);
  expect(route({ ...view, about: 'late' }).to).toEqual(['boss', 'ops']);
});

test('a rule that cannot be decided holds, and says why', () => {
  const { to, trouble } = compileRouting({ channels, rules: [{ when: 'gate', to: ['boss'] }] })(view);
  expect(to).toEqual(['boss']);
  expect(trouble).toEqual([expect.stringContaining('expected true or false') as unknown]);
});

test('of several that are due at once each channel gets the last that goes to it', () => {
  const due = (event: Due['event'], dueAt: number): Due => ({ id: event, event, dueAt, ifTold: false });
  const all = [due('escalated', 9), due('opened', 1), due('reminder', 9)];
  const letters = lettersOf(all, ({ event }) => (event === 'escalated' ? ['boss'] : ['ops']));
  expect(letters.map(({ channel, event }) => `${channel} ${event}`).toSorted()).toEqual([
    'boss escalated',
    'ops reminder',
  ]);
});

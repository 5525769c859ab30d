import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../store/ports.ts';
import type { OpenEmptyStore } from './conformance.ts';

const started = (origin: string, item?: string) => ({
  origin,
  ...(item === undefined ? {} : { item }),
  startedBy: 'find',
  loop: 'triage',
  workflowId: `triage-${origin}`,
  at: 1000,
});

/** What every record of starts must do, whatever is behind it. */
export function startsConformance(name: string, open: OpenEmptyStore): void {
  describe(`starts on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });

    test('the first start for an origin stays', async () => {
      await store.starts.record(started('a'));
      await store.starts.record({ ...started('a'), workflowId: 'triage-other' });
      expect(await store.starts.find('a')).toBe('triage-a');
      expect(await store.starts.find('b')).toBeUndefined();
    });

    test('of very many origins those are known that something was started for', async () => {
      for (const origin of ['7', '11000']) await store.starts.record(started(origin));
      const asked = Array.from({ length: 12_000 }, (_, number) => String(number));
      expect(await store.starts.known(asked)).toEqual(new Set(['7', '11000']));
      expect(await store.starts.known([])).toEqual(new Set());
    });

    test('an item was started before where another origin of it was', async () => {
      await store.starts.record(started('v1', 'item'));
      await store.starts.record(started('plain'));
      expect(await store.starts.before('item', 'v2')).toBe(true);
      expect(await store.starts.before('item', 'v1')).toBe(false);
      expect(await store.starts.before('another', 'v1')).toBe(false);
    });
  });
}

import { randomUUID } from 'node:crypto';
import type { WorkflowFailedError } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import { JUDGED_ARTEFACTS } from '../../contract/judges.ts';
import { calibrate } from '../../core/learning/judges.ts';
import { judge, model, pairwise } from '../../loops/define/index.ts';
import type { AskingStatus } from '../../workflows/ask-judges.ts';
import type { Seen } from '../support/fake-openai.ts';
import { labelled, taste } from '../support/labelled.ts';
import { names, titleLoop, type Input } from '../support/loops.ts';
import { rig, type Rig } from '../support/rig.ts';

vi.setConfig({ testTimeout: 60_000 });

const rubric = { short: 'The title is short.' };
const loop = titleLoop('titles', {
  expects: ({ title }) => ({ title }),
  stages: {
    main: {
      generate: model(),
      verify: [
        names,
        judge('taste', rubric, { readsInput: true }),
        pairwise<Input>('better', { apt: 'Which is apt?' }, { baseline: ({ topic }) => `On ${topic}` }),
      ],
    },
  },
});

/** Passes everything, and prefers what it is shown first. */
const answers = ({ input }: Pick<Seen, 'input'>) => ({
  json: {
    criteria: input.includes('- apt')
      ? [
          {
            name: 'apt',
            better: 'first',
            quote: /source="first"[^>]*>\s*(?:\{"title":")?([^"\n<]+)/.exec(input)?.[1] ?? '',
          },
        ]
      : [{ name: 'short', pass: true, quote: 'About' }],
  },
});

/** Two titles that people took and one that they refused, seen by them whatever the judge said. */
async function decided(store: Rig['store']): Promise<void> {
  const took = { loop: 'titles', criteria: [taste('pass')], decision: 'approve' } as const;
  await labelled(store, { ...took, name: 'night owls of the north', at: 10 });
  await labelled(store, { ...took, name: 'der Bau einer Brücke', at: 20 });
  await labelled(store, { ...took, name: 'something or other', at: 30, decision: 'reject' });
}

const asking = (one: Rig, input: unknown, workflowId = `judges-${randomUUID()}`) =>
  one.start('askJudges', input, undefined, workflowId);
const figures = async ({ store }: Rig) =>
  Object.fromEntries(
    calibrate('titles', await store.judgeRecords.evidence('titles', JUDGED_ARTEFACTS)).map((one) => [
      one.judge,
      one.figures,
    ]),
  );

test('judges are asked again about what people took and did not, and about swapped ones; nothing is asked or paid twice', async () => {
  const one = await rig({ loops: [{ loop }], script: answers });
  await decided(one.store);
  const handle = await asking(one, { loop: 'titles' });
  const status = (await handle.result()) as AskingStatus;
  expect(status).toMatchObject({ answered: 8, of: 8, failed: 0, overBudget: false, because: '' });
  expect(await figures(one)).toMatchObject({
    taste: { passes: { right: 2, of: 2 }, fails: { right: 0, of: 1 }, swapped: { held: 0, of: 2 } },
    better: { passes: { of: 2 }, fails: { of: 1 }, orders: { changed: 3, of: 3 } },
  });
  const paid = `select count(*) as calls, sum(booked) as paid from ledger where run_key = '${handle.workflowId}'`;
  expect(await one.rows(paid)).toEqual([{ calls: 11, paid: status.costMicroUsd }]);
  expect(await one.rows(`select distinct loop, state from ledger`)).toEqual([{ loop: 'titles', state: 'settled' }]);
  expect(await one.rows('select * from verifier_findings')).toEqual([]);

  // Done again from its beginning, by a reset: all of it is on record.
  const again = await one.reset(handle, 4 as never);
  expect(await again.result()).toEqual(status);
  expect(one.model.seen).toHaveLength(11);

  // Another time it is a second opinion of the same judge, which takes the place of the first.
  const second = (await (await asking(one, { loop: 'titles', most: 1 })).result()) as AskingStatus;
  expect(second).toMatchObject({ answered: 2, of: 2 });
  expect(await figures(one)).toMatchObject({ taste: { passes: { of: 2 }, fails: { of: 1 } } });
});

test('asking ends where the budget does, or where nobody answers, says why, and keeps what was answered', async () => {
  let down = false;
  const one = await rig({ loops: [{ loop }], script: (seen) => (down ? { status: 400 } : answers(seen)) });
  await decided(one.store);
  const poor = (await (await asking(one, { loop: 'titles', budgetUsd: 0.000001 })).result()) as AskingStatus;
  expect(poor).toMatchObject({ answered: 0, of: 8, overBudget: true, costMicroUsd: 0 });
  expect(poor.because).toMatch(/^A call to fake-judge may cost .* USD left\. Raise/);
  down = true;
  const silent = (await (await asking(one, { loop: 'titles' })).result()) as AskingStatus;
  expect(silent).toMatchObject({ answered: 0, of: 8, failed: 5, overBudget: false });
  expect(silent.because).toContain('fake-judge');
  const refusal = async (input: unknown): Promise<string> =>
    await (await asking(one, input)).result().then(
      () => 'not refused',
      ({ cause }: WorkflowFailedError) => `${(cause as { type?: string }).type}: ${cause?.message}`,
    );
  expect(await refusal({ loop: 'title' })).toMatch(/^UnknownLoop: .*Did you mean "titles"/);
  expect(await refusal({ loop: 'titles', most: 0 })).toMatch(/^InvalidInput: .*askJudges/);
});

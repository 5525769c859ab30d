import { expect, test } from 'vitest';
import { decide, opened, refusal, signed, statusOf } from '../support/gated.ts';
import { until } from '../support/rig.ts';

test('no message ends a run or keeps it from answering', async () => {
  const { handle, digest } = await opened('signed: false');
  const large = 'x'.repeat(1_900_000);
  const edit = { decision: 'revise', by: 'ada', digest };
  const keys = Object.fromEntries(Array.from({ length: 180_000 }, (_, n) => [`k${n}`, 0]));
  let nested: unknown = 0;
  for (let n = 0; n < 90; n += 1) nested = [nested];
  const updates: object[] = [
    { ...edit, output: large, signature: 'x' },
    { ...edit, output: large },
    { decision: 'approve', by: 'ada', digest, ...keys },
    { ...edit, output: Array.from({ length: 9000 }, () => nested) },
  ];
  for (const update of updates) {
    const [code, why] = await refusal(handle, update);
    expect([code, why.length < 2100]).toEqual(['malformed', true]);
  }
  await Promise.all(Array.from({ length: 4 }, () => handle.signal('revise', { by: 'ada', output: large })));
  await handle.signal('revise', { by: 'ada', output: Array.from({ length: 9000 }, () => nested) });
  const status = await until(
    () => statusOf(handle),
    ({ refusedCount }) => refusedCount === 5,
  );
  expect(status).toMatchObject({ state: 'awaitingDecision', gateDigest: digest });
  await decide(handle, { decision: 'approve', by: 'ada', digest });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
}, 60_000);

test('an edit that changes nothing is another version: the count begins anew, and the record says the same', async () => {
  const { handle, digest, gate, store } = await opened('quorum: 2');
  await decide(handle, { decision: 'approve', by: 'bo', digest });
  const { gateArtefact: output } = await statusOf(handle);
  await decide(handle, { decision: 'revise', by: 'cleo', digest, output });
  const { gateDigest: next = '' } = await gate(handle, digest);
  expect(next).not.toBe(digest);
  await decide(handle, { decision: 'approve', by: 'ada', digest: next });
  const waiting = await until(
    () => store.approvals.find(next, Date.now()),
    (approval) => approval?.have === 1,
  );
  expect(waiting).toMatchObject({ state: 'open', approvedBy: ['ada'], need: 2 });
  expect((await refusal(handle, { decision: 'approve', by: 'bo', digest }))[0]).toBe('edited');
  await decide(handle, { decision: 'approve', by: 'bo', digest: next });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('who has edited does not become free to approve by asking for another attempt', async () => {
  const one = await opened('signed: true', undefined, ['owls', 'owls again']);
  const { handle, digest, gate } = one;
  await decide(
    handle,
    await signed(one, 'bo', { decision: 'revise', digest, output: { title: 'All owls', confidence: 1 } }),
  );
  const second = await gate(handle, digest);
  await decide(
    handle,
    await signed(one, 'bo', { decision: 'revise', digest: second.gateDigest ?? '', feedback: 'a space' }),
  );
  const third = await gate(handle, second.gateDigest);
  expect((await refusal(handle, await signed(one, 'bo', { digest: third.gateDigest ?? '' })))[0]).toBe('ownWork');
  await decide(handle, await signed(one, 'cleo', { digest: third.gateDigest ?? '' }));
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
});

test('an approval that was answered is on record, also where the run is cancelled in the same moment', async () => {
  const { handle, digest, rows } = await opened('quorum: 2');
  const approval = { decision: 'approve', by: 'ada', digest };
  const [reply] = await Promise.allSettled([decide(handle, approval), handle.cancel()]);
  await expect(handle.result()).rejects.toThrow();
  // Whichever came first: who was told that it counts is on record, and nobody else.
  const counted = reply.status === 'fulfilled' ? [{ by: 'ada' }] : [];
  expect(await rows('select by from decisions')).toEqual(counted);
});

test('who asked for a run may not approve it, whatever is said to have started it', async () => {
  const one = await opened('signed: true', { requestedBy: 'Ada', trigger: { kind: 'ci', source: 'job 7' } });
  const { handle, digest } = one;
  expect((await refusal(handle, await signed(one, 'ada', { digest })))[0]).toBe('ownWork');
  await decide(handle, await signed(one, 'bo', { digest }));
  await handle.result();
});

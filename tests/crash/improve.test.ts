import { Client, Connection } from '@temporalio/client';
import { expect, inject, onTestFinished, test } from 'vitest';
import { LiveWorker } from '../../bench/live-worker.ts';
import { LoopClient } from '../../client/loop-client.ts';
import type { Proposal } from '../../contract/proposal.ts';
import { parseHarness } from '../../worker/load/harness.ts';
import { until } from '../support/rig.ts';

/** A loop that is wrong about owls, and unsure of it. */
const LOOP = `import { check, defineLoop, model } from 'loopwright';
import { z } from 'zod';
const Note = z.object({ id: z.string(), text: z.string() });
const Short = z.object({ title: z.string(), confidence: z.number() });
export const note = defineLoop<z.infer<typeof Note>, z.infer<typeof Short>>({
  name: 'note',
  input: Note,
  output: Short,
  stages: {
    main: {
      generate: model({
        keyless: ({ text }) => text.startsWith('owl') ? { title: 'bird', confidence: 0.5 } : { title: text, confidence: 0.9 },
      }),
      verify: [check('titled', ({ title }) => ({ verdict: title === '' ? 'fail' : 'pass', evidence: title }))],
    },
  },
});
`;

const line = (text: string, slice: string): string =>
  JSON.stringify({ id: text, input: { id: text, text }, expect: { title: text }, slice });

const CASES = [
  ...Array.from({ length: 60 }, (_, n) => line(`owl${n}`, 'target')),
  ...Array.from({ length: 80 }, (_, n) => line(`fox${n}`, 'guard')),
].join('\n');

const CANDIDATE = parseHarness('approval: { when: output.confidence < 0.6 }', 'harness.yaml');

test(
  'a trial survives kill -9 at any moment: each case is graded once an arm, and what is proven is promoted once',
  { timeout: 180_000 },
  async () => {
    const live = await LiveWorker.begin({
      cliPath: inject('temporalCli'),
      files: { 'loops/note/loop.ts': LOOP, 'loops/note/harness.yaml': '{}', 'loops/note/cases.jsonl': CASES },
      env: {},
    });
    onTestFinished(() => live.end());
    const connection = await Connection.connect({ address: `127.0.0.1:${live.temporalPort}` });
    onTestFinished(() => connection.close());
    const loops = new LoopClient(new Client({ connection }));
    const { workflowId } = await loops.start('improve', 'note', {
      loop: 'note',
      cluster: 'owls',
      candidate: CANDIDATE,
      everyMinutes: 0.02,
      waitDays: 1,
    });
    for (const graded of [4, 30, 70]) {
      await live.until(`select count(*) >= ${graded} as n from grades`);
      await live.kill();
      live.beginWorker();
    }
    await live.until(`select count(*) as n from gates where state = 'open'`);
    const { gateDigest = '' } = await until(
      () => loops.status(workflowId),
      ({ gateDigest: digest }) => digest !== undefined,
    );
    await loops.approve(workflowId, 'ada@example.com', gateDigest);
    await live.kill();
    live.beginWorker();
    const result = await loops.result(workflowId);
    expect(result.outcome).toBe('accepted');
    const { standing, breaks, e, slices } = result.output as Proposal;
    expect([standing, breaks]).toEqual(['proven', []]);
    expect(e).toBeGreaterThanOrEqual(40);
    const graded = slices.reduce((sum, { cases }) => sum + cases, 0);
    expect(live.number('select count(*) as n from grades')).toBe(2 * graded);
    // No case was run again either: a kill costs no call that was paid.
    expect(live.number(`select count(*) as n from runs where trigger_kind = 'eval'`)).toBe(2 * graded);
    expect(live.number(`select count(*) as n from harness_moves where kind = 'promotion'`)).toBe(1);
  },
);

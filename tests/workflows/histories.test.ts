import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { expect, inject, test } from 'vitest';
import { dataConverter } from '../../worker/loop-worker.ts';

const FOLDER = fileURLToPath(new URL('../histories/', import.meta.url));
const released = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));

interface History {
  events: Record<string, { activityType?: { name: string } }>[];
}

const read = (name: string): History => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as History;
const replay = (history: History) =>
  Worker.runReplayHistory(
    { workflowBundle: { code: readFileSync(inject('bundle'), 'utf8') }, dataConverter },
    history as never,
  );

test.each(released)('replays the released history %s', async (name) => {
  await replay(read(name));
});

test('replay would catch a change: a history with another activity in it is refused', async () => {
  const history = read(released.find((name) => name.includes('acted-alone')) ?? '');
  for (const event of history.events) {
    const scheduled = event['activityTaskScheduledEventAttributes'];
    if (scheduled?.activityType?.name === 'generate') scheduled.activityType.name = 'generateOtherwise';
  }
  await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
});

import type { Status } from '../../contract/messages.ts';
import type { Stage } from './stage.ts';
import { workflowIdOf } from './stream.ts';

/** Two messages that belong together and that the intents do not name: the first is asked about, the second should not have to be. */
const AMBIGUOUS = {
  id: 'yours-1',
  text: 'the thing in my wallet stopped beeping at the till and now nothing happens, what do I press?',
};
const SIMILAR = {
  id: 'yours-2',
  text: 'the thing in my wallet stopped beeping at the till and nothing happens now, what should I press?',
};

/** Parks on one message, prints what a newcomer needs to decide it, waits for the decision, and shows what it changed. */
export async function learnTogether(stage: Stage): Promise<void> {
  const { loops, options } = stage;
  const { screen } = options;
  await loops.start('supportTriage', AMBIGUOUS.id, AMBIGUOUS);
  const workflowId = workflowIdOf(AMBIGUOUS);
  const status = await waitFor(stage, workflowId, (known) => known.gate !== undefined || known.state === 'closed');
  screen.say(`Now you. A message waits for a person: "${AMBIGUOUS.text}"\n`);
  screen.say(JSON.stringify(status, undefined, 2));
  screen.say(
    `\nIn another terminal, approve it:\n  ${status.approveCommand}\nor correct it (the intent, and the reply's quote with it: it is verified again):\n  ${status.reviseCommand}\n`,
  );
  screen.say('No `temporal` on your PATH? Put `npx loopwright` before it. Waiting for you … (Ctrl-C leaves)');
  await waitFor(stage, workflowId, (known) => known.state === 'closed', Infinity);
  const result = await loops.result(workflowId);
  screen.say(`\nThe run ended: ${JSON.stringify(result, undefined, 2)}`);
  const [lesson] = stage.record.examples().slice(-1);
  screen.say(`Its effect is in the outbox; its lesson: "${lesson?.text}" is ${lesson?.label} (lesson ${lesson?.id}).`);
  await loops.start('supportTriage', SIMILAR.id, SIMILAR);
  const second = await waitFor(
    stage,
    workflowIdOf(SIMILAR),
    (known) => known.gate !== undefined || known.state === 'closed',
  );
  const how = second.state === 'closed' ? 'was handled alone' : `still asks a person: ${second.gateBecause}`;
  screen.say(`A similar message, "${SIMILAR.text}", ${how}.`);
}

async function waitFor(
  { loops, options }: Stage,
  workflowId: string,
  right: (status: Status) => boolean,
  tries = 600,
): Promise<Status> {
  let refused = 0;
  for (let count = 0; ; count += 1) {
    const status = await loops.status(workflowId);
    if (status.refusedCount > refused) {
      refused = status.refusedCount;
      options.screen.say(`Not done: ${status.refused?.split('\n')[0]}\nDecide again:\n  ${status.reviseCommand}`);
    }
    if (right(status) || count >= tries) return status;
    await new Promise((later) => setTimeout(later, tries === Infinity ? 500 : 50));
  }
}

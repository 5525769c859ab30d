import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { Mistake } from '../../../contract/mistake.ts';
import type { ReviewAnswer } from '../../../contract/review-answer.ts';
import type { Review } from '../../../core/review/result.ts';
import { startGateway } from '../../../gateway/serve.ts';
import { openStore } from '../../../store/index.ts';
import { parseHarness } from '../../../worker/load/harness.ts';
import { askPerson } from '../../../worker/review/ask.ts';
import { reviewLoops } from '../../../worker/review/reviews.ts';
import { reviewText } from '../../../worker/review/review-text.ts';
import { LoopwrightProcess, plainEnvironment } from '../../support/crash-process.ts';
import { titleLoop } from '../../support/loops.ts';
import { plant } from '../../support/planted.ts';
import { plantFiles } from '../../support/planted-loops.ts';
import { PLANTED, WEAK, type PlantedLoop } from './planted-weaknesses.ts';

const DAY = 86_400_000;

function folderOf(...planted: readonly PlantedLoop[]): Promise<string> {
  const files = planted.flatMap(({ name, loop, harness }) => [
    [`${name}/loop.ts`, loop],
    ...(harness === '' ? [] : [[`${name}/harness.yaml`, harness]]),
  ]);
  const models = 'models: { default: { model: maker }, judge: { model: maker }, other: { model: other } }';
  return plantFiles(Object.fromEntries([...files, ['loopwright.yaml', models]]) as Record<string, string>);
}

/** The environment of a worker in such a folder. */
function environment(folder: string, more: Readonly<Record<string, string>> = {}) {
  return plainEnvironment({ LOOPWRIGHT_CONFIG: join(folder, 'loopwright.yaml'), ...more });
}

/** Runs `loopwright review` on a folder of planted loops. */
async function reviewed(folder: string, ...words: readonly string[]) {
  const all = ['review', '--loops', folder, '--data', join(folder, 'data'), ...words];
  const process = new LoopwrightProcess(all, environment(folder));
  const { code } = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr };
}

interface Answer {
  readonly ok: boolean;
  readonly reviews: readonly Review[];
  readonly mistakes: readonly Mistake[];
}

async function answerOf(folder: string, ...words: readonly string[]): Promise<Answer> {
  return JSON.parse((await reviewed(folder, '--json', ...words)).stdout) as Answer;
}

async function jsonOf(folder: string, ...words: readonly string[]): Promise<readonly Review[]> {
  return (await answerOf(folder, ...words)).reviews;
}

const stateOf = (reviews: readonly Review[], check: string) =>
  reviews[0]?.checks.find((one) => one.check === check)?.state;

/** All of the planted loops, reviewed side by side in one process: the first test that asks starts it. */
let together: Promise<readonly Review[]> | undefined;

async function plantedReviews(): Promise<readonly Review[]> {
  return await jsonOf(await folderOf(...Object.values(PLANTED).flatMap(({ shows, neighbour }) => [shows, neighbour])));
}

test.each(Object.entries(PLANTED))(
  '%s is found in a loop that shows it, and not in its neighbour',
  async (name, pair) => {
    together ??= plantedReviews();
    const reviews = await together;
    const namesOf = (loop: string) => reviews.find((review) => review.loop === loop)?.findings.map((one) => one.name);
    expect(namesOf(pair.shows.name)).toContain(name);
    expect(namesOf(pair.neighbour.name)).not.toContain(name);
  },
);

test('--json says whether all of them may start, as validate and doctor do, and what could not be loaded', async () => {
  const { shows, neighbour } = PLANTED.NoIndependentCheck;
  expect(await answerOf(await folderOf(neighbour))).toMatchObject({ ok: true, mistakes: [] });
  expect(await answerOf(await folderOf(shows))).toMatchObject({ ok: false, reviews: [{ loop: shows.name }] });
  const broken = { name: 'broken', loop: "throw new Error('oh')", harness: '' };
  const half = await answerOf(await folderOf(broken, neighbour));
  expect(half).toMatchObject({ ok: false, reviews: [{ loop: neighbour.name }] });
  expect(half.mistakes).toMatchObject([{ file: expect.stringContaining('broken/loop.ts') as string, line: 1 }]);
});

test('a loop that may not start ends the command with 7, and the others are reviewed all the same', async () => {
  const { shows, neighbour } = PLANTED.NoIndependentCheck;
  const { code, stdout, stderr } = await reviewed(await folderOf(shows, neighbour), '--no-input');
  expect(code).toBe(7);
  expect(stderr).toContain(`${shows.name} may not start: NoIndependentCheck`);
  expect(stdout).toContain('judge `taste` of stage `main` is model:maker');
  expect(stdout).toMatch(new RegExp(`^${neighbour.name}: \\d+ of 12$`, 'm'));
});

test('review and validate alike refuse a judge that is the generator on one route, beside a certain check', async () => {
  const { routed } = WEAK;
  const folder = await folderOf(routed);
  const review = await reviewed(folder, '--no-input');
  const validate = new LoopwrightProcess(['validate', folder], environment(folder));
  const { code } = await validate.ended;
  expect({ review: review.code, validate: code }).toEqual({ review: 7, validate: 1 });
  const because = 'judge `taste` of stage `main` is model:maker, which may make the output';
  expect(review.stdout.replaceAll(/\s+/g, ' ')).toContain(`NoIndependentCheck (refused to start): ${because}`);
  expect(validate.stdout).toContain(`routed/loop.ts:10: \`stages.main.verify.1\`: SelfVerification: ${because}`);
});

test('a worker leaves out a loop whose checks only ever pass, says where and how to mend it, and runs the others', async () => {
  const { shows } = PLANTED.PromptOnly;
  const folder = await folderOf(shows, PLANTED.NoOperations.neighbour);
  const words = ['worker', '--loops', folder, '--data', join(folder, 'data'), '--json'];
  const more = { TEMPORAL_ADDRESS: inject('temporal'), OPENAI_API_KEY: 'nobody asks' };
  const worker = new LoopwrightProcess(words, environment(folder, more));
  await worker.ready();
  expect(worker.stderr).toContain(
    `${shows.name}/loop.ts:10: \`stages.main.verify\`: NoIndependentCheck: nothing can say no in stage \`main\`: \`fine\` can only answer \`pass\`. Fix: Add a check()`,
  );
  await worker.end('SIGTERM');
});

test('a worker does not start where every loop only grades itself', async () => {
  const { shows } = PLANTED.NoIndependentCheck;
  const folder = await folderOf(shows);
  const words = ['worker', '--loops', folder, '--data', join(folder, 'data')];
  const more = { TEMPORAL_ADDRESS: inject('temporal'), OPENAI_API_KEY: 'nobody asks' };
  const worker = new LoopwrightProcess(words, environment(folder, more));
  expect(await worker.ended).toMatchObject({ code: 1 });
  expect(worker.stderr).toContain('SelfVerification');
});

test('answers of a file are kept with who and when, and the next review needs no file', async () => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const { name } = PLANTED.NoOperations.neighbour;
  expect(stateOf(await jsonOf(folder), 'trigger.explicit')).toBe('asked');
  const file = join(folder, 'answers.yaml');
  await writeFile(
    file,
    `${name}:\n  trigger.explicit: webhook desk\n  learning.worked: { answer: no, note: not yet }\n`,
  );
  const before = Date.now();
  await jsonOf(folder, '--answers', file, '--by', 'ada@example.com');
  const reviews = await jsonOf(folder);
  expect(stateOf(reviews, 'trigger.explicit')).toBe('done');
  expect(stateOf(reviews, 'learning.worked')).toBe('open');
  const store = await openStore(join(folder, 'data'), process.pid);
  onTestFinished(() => store.close());
  const [worked, trigger] = await store.reviewAnswers.newest(name);
  expect(trigger).toMatchObject({ check: 'trigger.explicit', answer: 'webhook desk', by: 'ada@example.com' });
  expect(worked).toMatchObject({ answer: 'no', note: 'not yet' });
  expect(trigger?.at).toBeGreaterThanOrEqual(before);
});

test('who answers and what they say is shown, and never obeyed, in later reviews too', async () => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const hostile = 'eve\u001b[31m\u009b1m';
  const file = join(folder, 'answers.json');
  const answer = { 'learning.worked': { answer: hostile, note: hostile } };
  await writeFile(file, JSON.stringify({ [PLANTED.NoOperations.neighbour.name]: answer }));
  const now = await reviewed(folder, '--answers', file, '--by', hostile);
  const later = await reviewed(folder, '--no-input');
  for (const { stdout, stderr } of [now, later]) {
    expect(stdout).toContain('eve said on');
    // oxlint-disable-next-line no-control-regex -- they are what must be gone
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

test('an answers file that breaks a rule in hostile words says so in plain ones', async () => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const file = join(folder, 'answers.json');
  await writeFile(file, JSON.stringify({ 'evil\u001b[2J\u009b1m': { 'learning.worked': 'yes' } }));
  const { code, stderr } = await reviewed(folder, '--answers', file, '--by', 'ada');
  expect(code).toBe(2);
  expect(stderr).toContain('there is no loop "evil"');
  // oxlint-disable-next-line no-control-regex -- they are what must be gone
  expect(stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
});

test('answers are given through the process that owns the data folder', async () => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const data = join(folder, 'data');
  const store = await openStore(data, process.pid);
  const gateway = await startGateway(data, { store, token: 'ab'.repeat(32), pid: process.pid });
  onTestFinished(async () => {
    await gateway.stop();
    await store.close();
  });
  const file = join(folder, 'answers.json');
  await writeFile(file, JSON.stringify({ [PLANTED.NoOperations.neighbour.name]: { 'trigger.explicit': 'manual' } }));
  const reviews = await jsonOf(folder, '--answers', file, '--by', 'ada');
  expect(stateOf(reviews, 'trigger.explicit')).toBe('done');
  expect(await store.reviewAnswers.newest()).toMatchObject([{ answer: 'manual', by: 'ada' }]);
});

test('a review that has nothing to keep leaves no data folder', async () => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  await reviewed(folder, '--no-input');
  expect(await readdir(folder)).not.toContain('data');
});

test('an answers file with mistakes is refused with every line, and nothing of it is kept', async () => {
  const { name } = PLANTED.NoOperations.neighbour;
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const file = join(folder, 'answers.yaml');
  await writeFile(file, `${name}:\n  trigger.explicit: cron\n  stop.limits: yes\nother:\n  learning.worked: yes\n`);
  const { code, stderr } = await reviewed(folder, '--answers', file, '--by', 'ada');
  expect(code).toBe(2);
  expect(stderr).toContain(`${file}:2: \`${name}.trigger.explicit\`: expected what starts the loop`);
  expect(stderr).toContain(`${file}:3: \`${name}.stop.limits\`: \`stop.limits\` is not asked`);
  expect(stderr).toContain(`${file}:4: \`other\`: there is no loop "other". Fix: name one of ${name}`);
  expect(await readdir(folder)).not.toContain('data');
});

test.each([
  '- a list',
  'planted: { trigger.explicit: { answr: manual } }',
  'planted: [',
  'planted: { trigger.explicit: 3 }',
])('an answers file that says %o is refused, and says what one looks like', async (text) => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const file = join(folder, 'answers.yaml');
  await writeFile(file, text);
  const { code, stderr } = await reviewed(folder, '--answers', file, '--by', 'ada');
  expect(code).toBe(2);
  expect(stderr).toContain('`{ hello: { trigger.explicit: manual } }`');
});

test('an answers file whose aliases grow without end is refused by file and line', async () => {
  const grown = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, at, all) =>
    at === 0
      ? '_a: &a [x, x, x, x, x, x, x, x]'
      : `_${name}: &${name} [${Array(8)
          .fill(`*${all[at - 1]}`)
          .join(', ')}]`,
  );
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const file = join(folder, 'answers.yaml');
  await writeFile(file, grown.join('\n'));
  const { code, stderr } = await reviewed(folder, '--answers', file, '--by', 'ada');
  expect(code).toBe(2);
  expect(stderr).toContain(`${file}:1: Excessive alias count`);
});

test.each([
  ['nobody', ''],
  [PLANTED.NoOperations.neighbour.name.toUpperCase(), ` Did you mean "${PLANTED.NoOperations.neighbour.name}"?`],
])('an unknown loop %s ends with 3, the nearest name and the list of those there are', async (word, meant) => {
  const { name } = PLANTED.NoOperations.neighbour;
  const { code, stderr } = await reviewed(await folderOf(PLANTED.NoOperations.neighbour), word);
  expect(code).toBe(3);
  expect(stderr).toContain(`There is no loop "${word}".${meant} There is: ${name}.`);
});

test('a loop that cannot be loaded is named, and the others are reviewed', async () => {
  const broken = { name: 'broken', loop: "throw new Error('oh')", harness: '' };
  const { code, stdout, stderr } = await reviewed(await folderOf(broken, PLANTED.NoOperations.neighbour));
  expect(code).toBe(1);
  expect(stderr).toContain('broken/loop.ts:1');
  expect(stdout).toContain(`${PLANTED.NoOperations.neighbour.name}: `);
});

/** A loop of these tests' own, reviewed in this process. */
async function reviewAt(now: number, answers: readonly ReviewAnswer[] = []): Promise<readonly Review[]> {
  const folder = await plantFiles({});
  const entry = { loop: titleLoop(), harness: parseHarness(undefined, 'harness.yaml'), folder };
  return await reviewLoops({ env: {}, report: () => {} }, [entry], answers, now);
}

test('a review fits 80 columns, and has two lines a part and one for each next action', async () => {
  const [review] = await reviewAt(0);
  if (review === undefined) throw new Error('nothing was reviewed');
  const lines = reviewText(review, false).split('\n');
  expect(lines.filter((line) => line.length > 80 && line.trim().includes(' '))).toEqual([]);
  expect(lines.filter((line) => /^ {4}[✓✗?] \w/.test(line))).toHaveLength(12);
  const todo = review.checks.filter(({ state }) => state !== 'done').map(({ check }) => `    ${check}:`);
  expect(todo.length).toBeGreaterThan(0);
  expect(lines.filter((line) => todo.some((begin) => line.startsWith(begin)))).toHaveLength(todo.length);
});

test('what was answered 90 days ago is asked again', async () => {
  const answers = [{ loop: 'writeTitle', check: 'trigger.explicit', answer: 'manual', by: 'ada', at: 1000 }];
  expect(stateOf(await reviewAt(1000 + 90 * DAY, answers), 'trigger.explicit')).toBe('done');
  expect(stateOf(await reviewAt(1001 + 90 * DAY, answers), 'trigger.explicit')).toBe('asked');
});

test('on a terminal each question is asked until its answer can be taken, an empty one is left for later', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = '';
  const replies = ['cron', 'manual', ''];
  output.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (chunk.toString().includes('Answer (empty: later): ')) input.write(`${replies.shift() ?? ''}\n`);
  });
  const answers = await askPerson(await reviewAt(0), { input, output }, () => ({ by: 'ada', at: 5 }));
  expect(answers).toEqual([{ loop: 'writeTitle', check: 'trigger.explicit', answer: 'manual', by: 'ada', at: 5 }]);
  expect(said).toContain('got "cron"');
  expect(replies).toEqual([]);
});

test('who reads what a schedule made is asked once it has made something, and is asked on a terminal too', async () => {
  const folder = await folderOf(PLANTED.NoOperations.neighbour);
  const { name: loop } = PLANTED.NoOperations.neighbour;
  const store = await openStore(join(folder, 'data'), process.pid);
  const trigger = { kind: 'schedule', source: 'weekly' } as const;
  for (const runKey of ['a', 'b', 'c'])
    await plant(store, { runKey, loop, closedAt: 1000, outcome: 'accepted', trigger });
  await store.close();
  expect((await reviewed(folder)).stdout).toMatch(/ {2}asked ScheduleUnread: people decided 0 of 3/);
  const file = join(folder, 'answers.yaml');
  await writeFile(file, `${loop}: { trigger.read: nobody }\n`);
  const { stdout } = await reviewed(folder, '--answers', file, '--by', 'ada');
  expect(stdout).toMatch(/warning ScheduleUnread:[\s\S]*ada said on/);
});

test('a terminal that goes away leaves the rest for later', async () => {
  const input = new PassThrough();
  const terminal = { input, output: new PassThrough().resume() };
  const asking = askPerson(await reviewAt(0), terminal, () => ({ by: 'ada', at: 5 }));
  input.end();
  expect(await asking).toEqual([]);
});

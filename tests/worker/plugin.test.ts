import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, inject, onTestFinished, test } from 'vitest';
import { execute } from '../support/packed.ts';
import { loopText, plantFiles } from '../support/planted-loops.ts';

const WORKER = fileURLToPath(new URL('../../worker/index.ts', import.meta.url));
const SDK = fileURLToPath(new URL('../../node_modules/@temporalio/worker/lib/index.js', import.meta.url));

/** Creates a worker with the plugin in a process of its own, and answers what it said. */
async function created(workflows: string, options: string): Promise<string> {
  const folder = await plantFiles({ 'greeter/loop.ts': loopText('greeter'), 'workflows.ts': workflows });
  const data = await mkdtemp(join(tmpdir(), 'loopwright-plugin-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const script = join(folder, 'worker.mts');
  await writeFile(
    script,
    `import { bundleWorkflowCode, NativeConnection, Worker } from ${JSON.stringify(SDK)};
import { LoopwrightPlugin } from ${JSON.stringify(WORKER)};
const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS });
const loopwright = await LoopwrightPlugin.open({ connection, loops: ${JSON.stringify(folder)}, data: ${JSON.stringify(data)} });
const workflowsPath = ${JSON.stringify(join(folder, 'workflows.ts'))};
try {
  const worker = await Worker.create({ connection, taskQueue: 'plugin-test', plugins: [loopwright], ${options} });
  console.log('created', Object.keys(worker.options.activities ?? {}).length);
} catch (error) {
  console.log(error.message);
} finally {
  await loopwright.close();
}
process.exit(0);
`,
  );
  const { stdout, stderr } = await execute('node', [script], folder, { TEMPORAL_ADDRESS: inject('temporal') });
  return stdout.trim() || stderr;
}

const THEIRS = 'export async function theirs(): Promise<string> { return "mine"; }\n';

test('their workflows, or a bundle that was made with the plugin, go along with the loops', async () => {
  expect(await created(THEIRS, 'workflowsPath')).toContain('created');
  const bundled = 'workflowBundle: await bundleWorkflowCode({ workflowsPath, plugins: [loopwright] })';
  expect(await created(THEIRS, bundled)).toContain('created');
}, 60_000);

test('a bundle that cannot run loops is refused, with what makes one', async () => {
  const said = await created(THEIRS, "workflowBundle: { code: 'exports.theirs = async function theirs() {}' }");
  expect(said).toContain('cannot run loops');
  expect(said).toContain('plugins: [loopwright]');
}, 60_000);

test.each([
  [
    'a workflow under the name of a loop',
    'export async function greeter() { return 1; }\n',
    'exports a workflow `greeter`',
  ],
  ['a default workflow', `${THEIRS}export default async function any() {}\n`, 'a worker can have only one'],
  [
    'a default workflow beside ours',
    `export { loopWorkflow } from 'loopwright/workflow';\nexport default async function any() {}\n`,
    'a worker can have only one',
  ],
])('%s is refused', async (_what, workflows, why) => {
  expect(await created(workflows, 'workflowsPath')).toContain(why);
});

test('an activity of a name of ours is refused', async () => {
  expect(await created(THEIRS, 'workflowsPath, activities: { async generate() {} }')).toContain(
    'Your worker has an activity `generate`, and so has Loopwright',
  );
});

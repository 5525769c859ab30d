import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../../gateway/serve.ts';
import { lessons, model } from '../../../loops/define/index.ts';
import { recordOf } from '../../../worker/record/run-record.ts';
import { erase, planErasure } from '../../../worker/keep/erase.ts';
import { keptInFile, VECTORS_FILE } from '../../../worker/models/vector-file.ts';
import { good, names, titleLoop } from '../../support/loops.ts';
import { rig } from '../../support/rig.ts';
import { candidateOf, moving } from '../../store/samples.ts';

/** A customer as the desk writes her; the customer herself composes her letters otherwise. */
const ZOE = 'Zoë "Z" Canary';
const AS_SHE_WRITES = ZOE.normalize('NFD');
const of = { subject: ZOE, runs: [], insideWords: false };
const signed = { by: 'officer', at: 5000, reason: 'she asked' };

/** A loop that learns, and writes a report of what it made. */
const desk = titleLoop('desk', {
  stages: { main: { context: [lessons({ limit: 5 })], generate: model(), verify: [names] } },
  act: {
    publish: {
      repeatable: true,
      run: async (output, { outbox, files, idempotencyKey, input }) => {
        await outbox.put('titles', idempotencyKey, output);
        await files.write(`${input.id}.md`, `# ${output.title}`);
      },
    },
  },
});

/** Every byte of a data folder, with what JSON escapes unescaped. */
async function bytesOf(folder: string): Promise<string> {
  const paths = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = paths
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8'));
  return (await Promise.all(texts)).join('\n').normalize('NFC').replaceAll('\\', '');
}

async function ownedRig(script = [good(AS_SHE_WRITES), good('owls'), good('cats')]) {
  const made = await rig({ loops: [{ loop: desk, harness: 'approval: { when: "true" }' }], script });
  const gateway = await startGateway(made.folder, {
    store: made.store,
    pid: process.pid,
    token: randomBytes(32).toString('hex'),
  });
  onTestFinished(() => gateway.stop());
  const decided = async (input: object, note: string) => {
    const handle = await made.start('desk', input);
    await made.gate(handle);
    await handle.signal('approve', { by: 'ada', note });
    return { handle, result: await handle.result() };
  };
  return { ...made, decided };
}

test('after an erasure no file has a byte of the customer, no prompt a word, and her work stays done', async () => {
  const { folder, store, start, gate, decided, run, model: server } = await ownedRig();
  const embed = keptInFile(
    join(folder, VECTORS_FILE),
    'm',
    () => Promise.resolve(new Float32Array(4)),
    () => {},
  );
  await embed(AS_SHE_WRITES);

  const hers = { id: ZOE.length.toString(), topic: AS_SHE_WRITES };
  const open = await start('desk', hers);
  await gate(open);
  await expect(erase({ data: folder, env: {} }, of, signed)).rejects.toMatchObject({
    exitCode: 5,
    message: expect.stringMatching(/^1 run is open and stands on what would go, so nothing was erased/),
  });
  await open.signal('approve', { by: 'ada', note: `as ${ZOE} wished` });
  expect(await open.result()).toMatchObject({ outcome: 'accepted' });
  // Somebody else's run is shown what was decided for her.
  await decided({ id: 'other', topic: 'owls' }, 'fine');
  expect(server.seen.at(-1)?.input.normalize('NFC')).toContain('Canary');
  expect(await bytesOf(folder)).toContain('Zoë "Z" Canary');

  const plan = await planErasure({ data: folder, env: {} }, of);
  expect(plan).toMatchObject({ runs: [{ workflowId: open.workflowId }], files: ['reports/14.md'], open: [] });
  const cache = join(folder, 'cache');
  await mkdir(cache);
  await writeFile(join(cache, 'log'), `${'x'.repeat(2_000_000)} ${AS_SHE_WRITES}`);
  const { erasure, left } = await erase({ data: folder, env: {} }, of, signed);
  expect(left).toEqual(['cache/log']);
  await rm(cache, { recursive: true });
  expect(erasure.counts).toEqual(plan.counts);
  const bytes = await bytesOf(folder);
  expect(bytes).not.toMatch(/Canary/i);
  expect(bytes).toContain('About owls');
  await expect(stat(join(folder, 'reports', '14.md'))).rejects.toMatchObject({ code: 'ENOENT' });

  await decided({ id: 'third', topic: 'cats' }, 'fine too');
  const prompt = server.seen.at(-1)?.input ?? '';
  expect(prompt).toContain('owls');
  expect(prompt.normalize('NFC')).not.toContain('Canary');
  expect(await run('desk', hers)).toMatchObject({ outcome: 'noWork', duplicateOf: open.workflowId });
  expect(await recordOf({ data: folder, env: {} }, { run: open.workflowId })).toMatchObject({
    record: { run: { outcome: 'accepted', erasedAt: 5000 }, lessons: [{ text: '(erased)' }] },
  });
  expect(await store.erasures.list()).toMatchObject([{ by: 'officer', reason: 'she asked', at: 5000 }]);
});

test('an example of hers that was promoted leaves every version, and runs that are open go on without it', async () => {
  const {
    folder,
    store,
    start,
    gate,
    decided,
    model: server,
  } = await ownedRig([good('owls'), { json: { title: 'Of owls', confidence: 0.9 } }, good('cats')]);
  const promptAt = (at: number): string => (server.seen.at(at)?.input ?? '').normalize('NFC');
  const { body } = (await store.harnesses.current('desk')) ?? {};
  const hers = { input: { id: 'z', topic: AS_SHE_WRITES }, output: { title: `About ${AS_SHE_WRITES}`, confidence: 1 } };
  const learnt = { ...(body as object), examples: [{ ...hers, source: 'corrected by a person' }] };
  await store.candidates.propose(candidateOf('sha256:c', { loop: 'desk' }), { body: learnt, digest: 'sha256:2' });
  await store.harnesses.promote({ ...moving('p'), loop: 'desk', version: 'v2', expected: 'v1', unproven: true });

  const open = await start('desk', { id: 'other', topic: 'owls' });
  const { gateDigest: first } = await gate(open);
  expect(promptAt(-1)).toContain('Canary');
  const { erasure, plan } = await erase({ data: folder, env: {} }, of, signed);
  expect(erasure.counts).toEqual({ harnesses: 1 });
  expect(plan.harnesses).toEqual([]);
  expect(await bytesOf(folder)).not.toMatch(/Canary/i);

  await open.signal('revise', { by: 'ada', feedback: 'shorter' });
  const { gateDigest: digest } = await gate(open, first);
  expect(promptAt(-1)).not.toContain('Canary');
  await open.signal('approve', { by: 'ada', note: 'fine', digest });
  expect(await open.result()).toMatchObject({ outcome: 'accepted', harness: 'v2' });
  const { result } = await decided({ id: 'third', topic: 'cats' }, 'fine too');
  expect(result).toMatchObject({ outcome: 'accepted', harness: 'v3' });
  expect(promptAt(-1)).not.toContain('Canary');
  expect(await bytesOf(folder)).not.toMatch(/Canary/i);
});

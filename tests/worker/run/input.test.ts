import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readInput } from '../../../worker/run/input.ts';

async function file(text: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-input-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'input.json');
  await writeFile(path, text);
  return path;
}

test('an input is read from the option or from a file; none is none', async () => {
  expect(await readInput({ input: '{"id":"1"}' })).toEqual({ id: '1' });
  expect(await readInput({ inputFile: await file('{"id":"2"}') })).toEqual({ id: '2' });
  expect(await readInput({})).toBeUndefined();
});

test('an input file may begin with a byte order mark, in UTF-8 and in UTF-16 of either order', async () => {
  const json = '\ufeff{"id":"größer"}';
  for (const bytes of [Buffer.from(json), Buffer.from(json, 'utf16le'), Buffer.from(json, 'utf16le').swap16()])
    expect(await readInput({ inputFile: await file(bytes) })).toEqual({ id: 'größer' });
  expect(await readInput({ input: json })).toEqual({ id: 'größer' });
});

test('an input file in another encoding is refused, not read wrong', async () => {
  const inputFile = await file(Buffer.from('{"id":"größer"}', 'latin1'));
  await expect(readInput({ inputFile })).rejects.toMatchObject({
    exitCode: 2,
    message: `The input in ${inputFile} is no UTF-8 text. Save it as UTF-8.`,
  });
});

test('what is no JSON says where it stood and what to give', async () => {
  const path = await file('{no');
  await expect(readInput({ inputFile: path })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(`The input in ${path} is no JSON`) as unknown,
  });
  await expect(readInput({ inputFile: '/nowhere.json' })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining('The input file /nowhere.json cannot be read') as unknown,
  });
  await expect(readInput({ input: '{}', inputFile: path })).rejects.toMatchObject({ exitCode: 2 });
});

test('an input that Temporal would refuse is refused before', async () => {
  await expect(readInput({ input: JSON.stringify('x'.repeat(2_000_000)) })).rejects.toMatchObject({
    exitCode: 2,
    message: 'The input has 2000002 bytes; at most 1900000 can be given. Give a reference to it instead.',
  });
});

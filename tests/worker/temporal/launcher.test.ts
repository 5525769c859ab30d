import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive } from '../../../worker/temporal/tether.ts';
import { temporaryFolder, until } from './fixtures/temporary.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((path) => existsSync(path))
  .find((path) => /^v(18|20|22)\./.test(execFileSync(path, ['-v'], { encoding: 'utf8' })));

/** A copy of the launcher whose entry is `main`, with the real `node` package unless told otherwise. */
async function project(main: string, nodePackage: 'real' | 'none' | 'without program' = 'real') {
  const folder = await realpath(await temporaryFolder());
  await cp(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await mkdir(join(folder, 'worker'));
  await writeFile(join(folder, 'worker', 'main.ts'), main);
  if (nodePackage === 'none') return folder;
  await mkdir(join(folder, 'node_modules'));
  const inside = join(folder, 'node_modules', 'node');
  if (nodePackage === 'real') await symlink(join(root, 'node_modules', 'node'), inside);
  else await mkdir(inside).then(() => writeFile(join(inside, 'package.json'), '{}'));
  return folder;
}

function launch(folder: string, { node = oldNode ?? '', path = 'bin/loopwright.js' } = {}) {
  const child = spawn(node, [join(folder, path), 'a b', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function ended(child: ReturnType<typeof launch>) {
  const [[code, signal], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, signal, stdout, stderr };
}

const greeting = `const answer: string[] = process.argv.slice(2);
console.log(JSON.stringify([process.version, ...answer]));
process.exitCode = 3;`;
const stays = `setInterval(() => {}, 1000);
process.on('SIGTERM', () => process.exit(7));
process.on('disconnect', () => process.exit(8));
console.log(process.pid);`;

describe('bin/loopwright.js', () => {
  it('runs the entry in the same process on a Node that is new enough', async () => {
    const folder = await project('console.log(process.pid);', 'none');
    const child = launch(folder, { node: process.execPath });
    expect(Number((await ended(child)).stdout)).toBe(child.pid);
  });
});

describe.runIf(oldNode !== undefined)('bin/loopwright.js on an older Node', () => {
  it('hands arguments and exit code through to the package’s Node, also by a link', async () => {
    const folder = await project(greeting);
    await symlink(join(folder, 'bin', 'loopwright.js'), join(folder, 'link'));
    for (const path of ['bin/loopwright.js', 'link']) {
      const { code, stdout, stderr } = await ended(launch(folder, { path }));
      expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
      expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/^v24\./), 'a b', '--json']);
    }
  });

  it('finds the package for this machine inside the node package where that has no program itself', async () => {
    const folder = await project(greeting, 'without program');
    const machine = `${process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`;
    const inside = join(folder, 'node_modules', 'node', 'node_modules', machine);
    await mkdir(join(inside, 'bin'), { recursive: true });
    await writeFile(join(inside, 'package.json'), '{}');
    await symlink(process.execPath, join(inside, 'bin', 'node'));
    expect((await ended(launch(folder))).code).toBe(3);
  });

  it('forwards SIGTERM and ends with the code that the entry chose', async () => {
    const child = launch(await project(stays));
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([7, null]);
  });

  it('ends by the signal that ended the entry', async () => {
    const { code, signal } = await ended(launch(await project("process.kill(process.pid, 'SIGKILL');")));
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('lets the entry notice that the launcher was killed with -9', async () => {
    const child = launch(await project(stays));
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await until(() => !isAlive(Number(line.toString())), 5_000);
  });

  it('says that the packages are not installed', async () => {
    const folder = await project(greeting, 'none');
    const { code, stderr } = await ended(launch(folder));
    expect(code).toBe(1);
    expect(stderr).toContain(`its packages are not installed. Run \`npm ci\` in ${folder}, or install Node >= 24.18`);
  });

  it('says that the node package is missing', async () => {
    const folder = await project(greeting, 'without program');
    await rm(join(folder, 'node_modules', 'node'), { recursive: true });
    expect((await ended(launch(folder))).stderr).toContain('the package `node`, which brings a newer one, is not in');
  });

  it('says that the install script of the node package did not run', async () => {
    const { code, stderr } = await ended(launch(await project(greeting, 'without program')));
    expect(code).toBe(1);
    expect(stderr).toContain('its install script did not run (`npm ci --ignore-scripts` leaves that)');
    expect(stderr).toContain('Run `npm rebuild node --ignore-scripts=false`');
  });

  it('says what is wrong with a program that does not run here', async () => {
    const folder = await project(greeting, 'without program');
    const bin = join(folder, 'node_modules', 'node', 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'node'), '#!/bin/sh\necho wrong machine >&2; exit 126\n', { mode: 0o755 });
    const { stderr } = await ended(launch(folder));
    expect(stderr).toContain(`${join(bin, 'node')} does not run (wrong machine)`);
  });
});

#!/usr/bin/env node
// Starts Loopwright on Node >= 24.18, whatever Node runs this file (>= 18): its own where that will do, else the one of the `node` package.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldest = [24, 18];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const fetcher = join(root, 'dist', 'worker', 'package', 'fetch-node.js');
// The sources where they are, else what was built of them: the package has no sources.
const entry = [join('worker', 'main.ts'), join('dist', 'worker', 'main.js')]
  .map((path) => join(root, path))
  .find(existsSync);

if (isNewEnough(process.version)) {
  // Compiled code is kept between starts (NODE_COMPILE_CACHE says where), so that a restarted worker is back half a second sooner.
  modules.enableCompileCache?.();
  await import(pathToFileURL(entry).href);
} else startWith(await findNode());

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

/** The path of a Node that is new enough and runs on this machine; ends the process with the fix where there is none. */
async function findNode() {
  const have = `Loopwright needs Node >= ${oldest.join('.')}, this is ${process.version}`;
  const newer = `install Node >= ${oldest.join('.')}`;
  const packages = packageFolders();
  if (packages.length === 0 && existsSync(fetcher)) return await fetchNode(have, newer);
  if (packages.length === 0 && !existsSync(join(root, 'node_modules')))
    fail(
      `${have}, and its packages are not installed. Run \`npm ci\` in ${root}, or ${newer} and then run \`npm ci\`.`,
    );
  if (packages.length === 0)
    fail(
      `${have}, and the package \`node\`, which brings a newer one, is not in ${join(root, 'node_modules')}. Run \`npm ci\` there (not with --omit=dev), or ${newer}.`,
    );

  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const programs = packages.map((folder) => join(folder, 'bin', name)).filter((path) => existsSync(path));
  const fix = `Run \`npm rebuild node --ignore-scripts=false\` in ${root}, or \`npm ci\` without --ignore-scripts, or ${newer}.`;
  if (programs.length === 0)
    fail(
      `${have}, and the package \`node\` in ${packages[0]} has no program in bin/: its install script did not run (\`npm ci --ignore-scripts\` leaves that). ${fix}`,
    );

  const refused = [];
  for (const program of programs) {
    const answer = spawnSync(program, ['-p', 'process.version'], { encoding: 'utf8', timeout: 20000 });
    const version = (answer.stdout || '').trim();
    if (answer.status === 0 && isNewEnough(version)) return program;
    refused.push(`${program} ${answer.status === 0 ? `is ${version}` : `does not run (${whyNot(answer)})`}`);
  }
  return fail(`${have}, and ${refused.join('; ')}. ${fix}`);
}

/** An installed package has no `node` package next to it: there its own is fetched, once a machine. */
async function fetchNode(have, newer) {
  try {
    const { fetchNode: fetch } = await import(pathToFileURL(fetcher).href);
    return await fetch(process.env, (text) => process.stderr.write(`loopwright: ${text}\n`));
  } catch (error) {
    return fail(`${have}, and a newer one could not be fetched (${error.message}). Please ${newer}.`);
  }
}

/** Folders of `node` and of the package for this machine that it installs within itself, or that stands next to it. */
function packageFolders() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node';
  const machine = `${prefix}-${platform}-${process.arch}`;
  const here = modules.createRequire(import.meta.url);
  const outer = folderOf('node', here);
  const inner = outer && folderOf(machine, modules.createRequire(join(outer, 'package.json')));
  return [outer, inner, folderOf(machine, here)].filter(Boolean);
}

function folderOf(name, require) {
  const folders = (require.resolve.paths(`${name}/package.json`) || []).map((path) => join(path, name));
  return folders.find((folder) => existsSync(join(folder, 'package.json')));
}

function whyNot({ error, signal, stderr }) {
  return (error && error.code) || signal || (stderr || '').trim().split('\n').pop();
}

/** Hands over to another Node: same arguments, terminal, signals and end. The channel tells it when this process is killed. */
function startWith(program) {
  const child = spawn(program, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal sends Ctrl-C to both of us: forwarded too, it would look like a second one, which means "at once".
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const forward = (signal) => {
    if (signal !== 'SIGINT' || !terminal) child.kill(signal);
  };
  for (const signal of signals) process.on(signal, forward);
  child.on('error', (error) => fail(`${program} could not be started (${error.message}).`));
  child.on('exit', (code, signal) => {
    for (const each of signals) process.off(each, forward);
    if (signal === null) process.exit(code);
    process.kill(process.pid, signal);
    // Where the signal is not deadly here: the code that a shell would give.
    setTimeout(() => process.exit(128 + (constants.signals[signal] || 0)), 100);
  });
}

function fail(text) {
  process.stderr.write(`loopwright: ${text}\n`);
  process.exit(1);
}

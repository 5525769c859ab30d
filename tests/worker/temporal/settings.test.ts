import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../worker/temporal/cache-folder.ts';
import { runTemporalCli } from '../../../worker/temporal/passthrough.ts';
import { freePort, isFree } from '../../../worker/temporal/ports.ts';
import { program, temporaryFolder } from './fixtures/temporary.ts';

describe('cacheFolder', () => {
  it.each([
    ['LOOPWRIGHT_CACHE first', { LOOPWRIGHT_CACHE: '/a', XDG_CACHE_HOME: '/b' }, 'linux', '/a'],
    ['then XDG_CACHE_HOME', { XDG_CACHE_HOME: '/b', HOME: '/h' }, 'linux', '/b/loopwright'],
    ['but not a relative one', { XDG_CACHE_HOME: 'b', HOME: '/h' }, 'linux', '/h/.cache/loopwright'],
    ['Library/Caches on macOS', { HOME: '/h' }, 'darwin', '/h/Library/Caches/loopwright'],
    ['LOCALAPPDATA on Windows', { LOCALAPPDATA: '/l' }, 'win32', join('/l', 'loopwright', 'Cache')],
  ] as const)('is %s', (_what, env, platform, expected) => {
    expect(cacheFolder(env, platform)).toBe(expected);
  });
});

describe('freePort', () => {
  it('is the preferred port, or another where that one is taken', async () => {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    expect(await isFree(port)).toBe(false);
    expect(await freePort(port)).not.toBe(port);
    await new Promise((closed) => server.close(closed));
    expect(await isFree(port)).toBe(true);
    expect(await freePort(port)).toBe(port);
  });
});

describe('runTemporalCli', () => {
  const address = '127.0.0.1:1';
  it.each([
    ['sets the address', [], {}, 0],
    ['leaves an address of the environment', [], { TEMPORAL_ADDRESS: 'other:1' }, 5],
    ['leaves an address of the arguments', ['--address=other:1'], {}, 5],
    ['leaves a profile', ['--profile', 'prod'], {}, 5],
  ] as const)('%s and passes on the exit code', async (_what, args, env, code) => {
    const script = `[ "$TEMPORAL_ADDRESS" = ${address} ] || exit 5`;
    const cliPath = await program(await temporaryFolder(), 'temporal', script);
    expect(await runTemporalCli({ cliPath, args, env, address })).toBe(code);
  });

  it('turns a signal into 128 + its number', async () => {
    const cliPath = await program(await temporaryFolder(), 'temporal', 'kill -TERM $$');
    expect(await runTemporalCli({ cliPath, args: [], env: {} })).toBe(143);
  });
});

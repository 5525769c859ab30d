import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../support/command.ts';
import { OWNER_TOKEN, openGateway } from '../../support/open-gateway.ts';
import { temporaryFolder } from '../temporal/fixtures/temporary.ts';

test('users, tokens and links are made where nothing runs yet, and a name is one user', async () => {
  const data = join(await temporaryFolder(), 'data');
  const run = (...words: string[]) => command(data, {}, ...words);
  expect(await run('users', 'list')).toMatchObject({ code: 3 });
  const added = await run('users', 'add', 'Ada@Example.com', '--roles', 'publisher, lead', '--json');
  expect(JSON.parse(added.stdout)).toMatchObject({
    name: 'ada@example.com',
    roles: ['publisher', 'lead'],
    scopes: ['read', 'decide'],
  });
  expect(await run('users', 'add', 'ada@example.com')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('was there already') as unknown,
  });
  expect((await run('users')).stdout).toMatch(/ada@example\.com {2}read,decide {2}publisher,lead/);
  expect(await run('users', 'token', 'ada@example.com', '--scopes', 'start')).toMatchObject({
    code: 1,
    stderr: 'A token may do no more than its user: ada@example.com may not start.',
  });
  const link = await run('users', 'sign-in', 'ada@example.com');
  expect(link.stdout).toMatch(/^http:\/\/127\.0\.0\.1:7733\/sign-in\?code=lwc_[0-9a-f]{64}$/);
  expect(link.stderr).toContain('Nothing serves this data folder now.');
  expect(await run('users', 'sign-in', 'nobody')).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('loopwright users add nobody') as unknown,
  });
  expect(await run('users', 'revoke', 'nothing')).toMatchObject({ code: 3 });
});

test('a command with LOOPWRIGHT_TOKEN speaks as its user, and no longer once that is disabled', async () => {
  const { data, gateway, clock } = await openGateway();
  const run = (env: NodeJS.ProcessEnv, ...words: string[]) => command(data, env, ...words);
  await run({}, 'users', 'add', 'ada@example.com');
  const made = await run(
    {},
    'users',
    'token',
    'ada@example.com',
    '--expires',
    '12 hours',
    '--label',
    'laptop',
    '--json',
  );
  const { id, token, expiresAt } = JSON.parse(made.stdout) as Record<'id' | 'token' | 'expiresAt', string>;
  expect(Date.parse(expiresAt) - clock.now).toBeGreaterThan(11.9 * 3_600_000);
  const asAda = { LOOPWRIGHT_TOKEN: token };
  expect(await run(asAda, 'runs', '--json')).toMatchObject({ code: 0, stdout: '[]' });
  expect(await run(asAda, 'users', 'list')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('without LOOPWRIGHT_TOKEN') as unknown,
  });
  expect(await run({ LOOPWRIGHT_TOKEN: OWNER_TOKEN }, 'runs')).toMatchObject({ code: 0 });
  expect(await run({ LOOPWRIGHT_TOKEN: '' }, 'runs')).toMatchObject({ code: 2 });
  expect((await run({}, 'users', 'tokens')).stdout).toMatch(
    new RegExp(`${id} {2}ada@example.com {2}read,decide {2}laptop {2}20`),
  );
  const link = (await run({}, 'users', 'sign-in', 'ada@example.com', '--json')).stdout;
  expect((JSON.parse(link) as { link: string }).link).toMatch(new RegExp(`^${gateway.url}/sign-in`));
  expect(await run({}, 'users', 'role', 'ada@example.com', '', '--scopes', 'decide')).toMatchObject({ code: 0 });
  expect(await run(asAda, 'runs')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('may not read here') as unknown,
  });
  expect(await run({}, 'users', 'disable', 'ada@example.com')).toMatchObject({ code: 0 });
  expect(await run(asAda, 'runs')).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('is disabled') as unknown,
  });
  expect(await run({}, 'users', 'enable', 'nobody')).toMatchObject({ code: 3 });
});

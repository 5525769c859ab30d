import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { defineFinder, find, type Found, type Loop } from '../../loops/define/index.ts';
import { httpServer } from '../activities/sources/http-server.ts';
import { handingLoop } from '../support/handing-loops.ts';
import { rig, until, type RigOptions } from '../support/rig.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'loopwright-find-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A database of tickets, and how to add to it. */
async function tickets() {
  const database = join(await folder(), 'desk.db');
  const open = new DatabaseSync(database);
  onTestFinished(() => open.close());
  open.exec('create table tickets (id text primary key, changed integer not null)');
  const add = (...ids: string[]) => {
    for (const id of ids) open.prepare('insert into tickets values (?, 1)').run(id);
  };
  return {
    database,
    add,
    change: (id: string) => open.exec(`update tickets set changed = changed + 1 where id = '${id}'`),
  };
}

/** Of its own: another store on the same server believes what runs say for which item they were started. */
const nameOf = (database: string) => `findTickets${basename(dirname(database)).replaceAll(/[^a-zA-Z0-9]/g, '')}`;

const Ticket = z.object({ id: z.string(), changed: z.number() });

const ticketFinder = (database: string, more: { limit?: number; versions?: boolean; maxRows?: number } = {}) =>
  defineFinder({
    name: nameOf(database),
    from: find.sql({
      database,
      query: 'select id, changed from tickets order by rowid',
      item: Ticket,
      ...(more.maxRows === undefined ? {} : { maxRows: more.maxRows }),
    }),
    starts: 'triage',
    key: ({ id }) => id,
    ...(more.versions === true ? { version: ({ changed }: z.infer<typeof Ticket>) => changed } : {}),
    input: ({ id }) => ({ id }),
    ...(more.limit === undefined ? {} : { limit: more.limit }),
  });

/** A worker with a finder and what it starts; `tick` runs it, and waits for what it started. */
async function finding(finder: Loop, options: Partial<RigOptions> = {}, harness?: string) {
  const triage = handingLoop('triage');
  const its = { loop: finder, ...(harness === undefined ? {} : { harness }) };
  const world = await rig({ loops: [its, { loop: triage }], ...options });
  const tick = async (runOptions?: object) => {
    const result = await world.run(finder.name, {}, runOptions);
    const { items = [] } = (result.output ?? {}) as Partial<Found>;
    if (result.outcome === 'accepted')
      await Promise.all(items.map(async ({ workflowId }) => await (await world.adopt(workflowId)).result()));
    return { ...result, keys: items.map(({ key }) => key) };
  };
  const works = async () => (await world.rows(`select work_key, workflow_id from runs where loop = 'triage'`)).length;
  return { ...world, tick, works };
}

test('each item is started once ever, the oldest first, at most so many a tick, and then there is nothing to do', async () => {
  const { database, add } = await tickets();
  add('c', 'a', 'b');
  const { tick, rows } = await finding(ticketFinder(database, { limit: 2 }));
  const first = await tick({ requestedBy: 'ada' });
  expect(first).toMatchObject({ outcome: 'accepted', keys: ['c', 'a'], output: { listed: 3, left: 1 } });
  add('d');
  expect(await tick()).toMatchObject({ outcome: 'accepted', keys: ['b', 'd'], output: { left: 0 } });
  expect(await tick()).toMatchObject({
    outcome: 'noWork',
    reason: `Nothing new in sql(${database}): 4 listed, all of them started before.`,
    attempts: 1,
  });
  const started = await rows(`select trigger, workflow_id as id from runs where loop = 'triage' order by opened_at`);
  expect(started).toHaveLength(4);
  const trigger = { kind: 'finder', source: nameOf(database), by: 'ada', depth: 2 };
  expect(started[0]).toMatchObject({ trigger: JSON.stringify(trigger) });
  expect(started[0]?.['id']).toMatch(/^triage-c-[0-9a-f]{12}$/);
  expect(await rows('select state, result from effects')).toHaveLength(2 + 4);
});

test('a changed item is new work, although the loop it starts had done the one before', async () => {
  const { database, add, change } = await tickets();
  add('a', 'b');
  const { tick, rows } = await finding(ticketFinder(database, { versions: true }));
  await tick();
  change('b');
  expect(await tick()).toMatchObject({ outcome: 'accepted', keys: ['b'] });
  expect(await tick()).toMatchObject({ outcome: 'noWork' });
  const works = await rows(`select work_key as work from runs where loop = 'triage' order by opened_at`);
  expect(works.filter(({ work }) => String(work).includes('/rerun:'))).toHaveLength(1);
});

test('a dry run lists, and starts and remembers nothing', async () => {
  const { database, add } = await tickets();
  add('a');
  const { tick, rows } = await finding(ticketFinder(database));
  expect(await tick({ dryRun: true })).toMatchObject({
    outcome: 'dryRun',
    keys: ['a'],
    wouldHave: { effects: ['start'] },
  });
  expect(await rows('select origin from starts')).toEqual([]);
  expect(await tick()).toMatchObject({ outcome: 'accepted', keys: ['a'] });
});

test('a kill between a start and its record starts no item twice', async () => {
  const { database, add } = await tickets();
  add('a', 'b', 'c');
  const { tick, store, works } = await finding(ticketFinder(database));
  const record = store.starts.record.bind(store.starts);
  let records = 0;
  Object.assign(store.starts, {
    record: async (start: Parameters<typeof record>[0]) => {
      if ((records += 1) === 2) throw new Error('killed');
      await record(start);
    },
  });
  expect(await tick()).toMatchObject({ outcome: 'accepted', keys: ['a', 'b', 'c'] });
  expect(records).toBe(4);
  expect(await works()).toBe(3);
  expect(await tick()).toMatchObject({ outcome: 'noWork' });
});

test('one that cannot be started is named, and keeps no other from being started', async () => {
  const { database, add } = await tickets();
  const long = 'x'.repeat(201);
  add(long, 'b', 'c');
  const { tick, rows } = await finding(ticketFinder(database, { limit: 2 }));
  const first = await tick();
  expect(first).toMatchObject({ outcome: 'accepted', keys: ['b', 'c'], output: { left: 0, refused: { count: 1 } } });
  const { first: said } = (first.output as Found).refused;
  expect(said).toEqual([
    { key: long, because: expect.stringContaining('its input does not fit: ✖ Too big') as unknown },
  ]);
  const again = await tick();
  expect(again.outcome).toBe('blocked');
  expect(again.reason).toMatch(
    /^StartRefused: The one item that finder findTickets\w+ has not started cannot be started/,
  );
  expect(await rows('select origin from starts')).toHaveLength(2);
});

test('a list that never comes to what is new is told', async () => {
  const { database, add } = await tickets();
  add('a', 'b', 'c');
  const { tick } = await finding(ticketFinder(database, { maxRows: 2 }));
  expect(await tick()).toMatchObject({ outcome: 'accepted', keys: ['a', 'b'] });
  const stuck = await tick();
  expect(stuck).toMatchObject({ outcome: 'blocked' });
  expect(stuck.reason).toContain('lists the first 2 rows, and all of them were started before');
});

test('a person may be asked before anything is started, by the rule of the harness', async () => {
  const { database, add } = await tickets();
  add('a', 'b');
  const asking = 'approval: { when: size(output.items) > 1 }';
  const { start, gate, adopt, works } = await finding(ticketFinder(database), {}, asking);
  const handle = await start(nameOf(database), {});
  const { gateDigest = '' } = await gate(handle);
  expect(await works()).toBe(0);
  await handle.signal('approve', { by: 'ada', digest: gateDigest });
  const { output } = (await handle.result()) as { output: Found };
  for (const { workflowId } of output.items) await (await adopt(workflowId)).result();
  expect(await works()).toBe(2);
});

test('a finder of a loop that is not there says so', async () => {
  const finder = defineFinder({ ...fileFinder('/nowhere'), starts: 'triag' });
  const { tick } = await finding(finder);
  expect(await tick()).toMatchObject({
    outcome: 'blocked',
    reason:
      'StartRefused: Finder findFiles starts `triag`, but there is no such loop on this worker. Did you mean "triage"? It runs: findFiles, triage.',
  });
});

const fileFinder = (root: string) =>
  ({
    name: 'findFiles',
    // A busy machine takes a while from writing to looking.
    from: find.files('**/*.txt', { root, settledMs: 60_000 }),
    starts: 'triage',
    input: ({ path, text }: { path: string; text: string }) => ({ id: `${path}: ${text}` }),
  }) as const;

test('files are found by path, those first that lie longest, and never while they are written', async () => {
  const root = await folder();
  const put = async (name: string, ageMs: number) => {
    await writeFile(join(root, name), `text of ${name}`);
    const at = new Date(Date.now() - ageMs);
    await utimes(join(root, name), at, at);
  };
  await put('new [1] {x}.txt', 70_000);
  await put('old.txt', 90_000);
  await put('being-written.txt', 0);
  await put('note.md', 90_000);
  const { tick, rows } = await finding(defineFinder(fileFinder(root)));
  expect(await tick()).toMatchObject({ outcome: 'accepted', keys: ['old.txt', 'new [1] {x}.txt'] });
  const inputs = await rows(
    `select a.body as body from runs r join artefacts a on a.digest = r.input where r.loop = 'triage' order by r.opened_at`,
  );
  expect(inputs.map(({ body }) => String(body))).toContain('{"id":"old.txt: text of old.txt"}');
  await put('being-written.txt', 80_000);
  expect(await tick()).toMatchObject({ keys: ['being-written.txt'] });
  await rm(join(root, 'old.txt'));
  expect(await tick()).toMatchObject({ outcome: 'noWork' });
});

test('a list in JSON is found where the author says, with a token that goes to no other host', async () => {
  const other = await httpServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data: { items: [{ id: request.headers.authorization ?? 'nobody' }] } }));
  });
  const { url, port } = await httpServer(({ url: path, headers }, response) => {
    response.setHeader('content-type', 'application/json');
    if (path === '/away') response.writeHead(302, { location: other.url });
    const items = [{ id: 'newer' }, { id: headers.authorization ?? 'nobody' }, { no: 'id' }];
    response.end(JSON.stringify({ data: { items } }));
  });
  const finder = (name: string, path: string, items = 'data.items') =>
    defineFinder({
      name,
      from: find.http({
        url: `${url}${path}`,
        hosts: [url, other.url],
        items,
        item: z.object({ id: z.string() }),
        token: 'LIST_TOKEN',
        newestFirst: true,
      }),
      starts: 'triage',
      key: ({ id }) => id,
      input: ({ id }) => ({ id }),
    });
  const allowPrivate = [`127.0.0.1:${port}`, `127.0.0.1:${other.port}`];
  const secrets = { LIST_TOKEN: 's3cret' };
  const { tick, run, adopt, rows } = await finding(finder('findNotes', '/list'), {
    allowPrivate,
    secrets,
    loops: [
      { loop: finder('findNotes', '/list') },
      { loop: finder('findAway', '/away') },
      { loop: finder('findNothing', '/list', 'data.rows') },
      { loop: handingLoop('triage') },
    ],
  });
  expect(await tick()).toMatchObject({ keys: ['Bearer s3cret', 'newer'], output: { refused: { count: 1 } } });
  const { output } = await run('findAway', {});
  for (const { workflowId, key } of (output as Found).items) {
    expect(key).toBe('nobody');
    await (await adopt(workflowId)).result();
  }
  expect((await run('findNothing', {})).reason).toContain(
    'expected `data.rows` of its answer to be a list, got nothing',
  );
  expect(await rows(`select reason from runs where reason like '%s3cret%'`)).toEqual([]);
});

test('open issues of GitHub are found page by page, without pull requests', async () => {
  const asked: string[] = [];
  const issue = (number: number, more = {}) => ({
    number,
    title: `Issue ${number}`,
    body: null,
    html_url: `https://github.com/acme/shop/issues/${number}`,
    labels: [{ name: 'bug' }],
    user: { login: 'ada' },
    created_at: '2026-11-27T08:00:00Z',
    updated_at: '2026-11-27T09:00:00Z',
    ...more,
  });
  const { url, port } = await httpServer(({ url: path, headers }, response) => {
    asked.push(`${path} ${headers.authorization ?? ''} ${headers.accept}`);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    const first = Array.from({ length: 100 }, (_, index) => issue(index + 1, index > 0 ? { pull_request: {} } : {}));
    response.end(JSON.stringify(path?.includes('&page=1') === true ? first : [issue(101)]));
  });
  const finder = defineFinder({
    name: 'findIssues',
    from: find.githubIssues({ repo: 'acme/shop', labels: ['bug'], token: 'GITHUB_TOKEN', baseUrl: `${url}/api/v3` }),
    starts: 'triage',
    input: ({ number, title, author, labels, body }) => ({
      id: `${number} ${title} ${author} ${labels.join()}${body}`,
    }),
  });
  const { tick } = await finding(finder, {
    allowPrivate: [`127.0.0.1:${port}`],
    secrets: { GITHUB_TOKEN: 't0ken' },
  });
  expect(await tick()).toMatchObject({
    outcome: 'accepted',
    keys: ['acme/shop#1', 'acme/shop#101'],
    output: { items: [{ input: { id: '1 Issue 1 ada bug' } }, {}] },
  });
  expect(asked).toEqual(
    [1, 2].map(
      (page) =>
        `/api/v3/repos/acme/shop/issues?state=open&sort=created&direction=asc&labels=bug&per_page=100&page=${page} Bearer t0ken application/vnd.github+json`,
    ),
  );
});

test('a finder whose token is not set is blocked, and names the variable', async () => {
  const finder = defineFinder({
    name: 'findIssues',
    from: find.githubIssues({ repo: 'acme/shop', token: 'GITHUB_TOKEN' }),
    starts: 'triage',
    input: ({ number }) => ({ id: String(number) }),
  });
  const { tick, rows } = await finding(finder);
  expect(await tick()).toMatchObject({
    outcome: 'blocked',
    reason:
      'SourceRefused: Source `githubIssues(acme/shop)` of finder findIssues was refused: the variable GITHUB_TOKEN with its token is not set where this worker runs',
  });
  await until(
    () => rows('select outcome from runs'),
    ([one]) => one?.['outcome'] === 'blocked',
  );
});

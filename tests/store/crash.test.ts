import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../store/index.ts';

const scratch = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-crash-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

function start(fixture: string, ...parameters: string[]): ChildProcess & { readonly lines: AsyncIterable<string> } {
  const file = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
  const child = spawn(process.execPath, [file, ...parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return Object.assign(child, { lines: createInterface({ input: child.stdout }) });
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('a folder that another process owns is refused with its process id, and free once that one is killed', async () => {
  const folder = await scratch();
  const owner = start('hold-store.ts', folder);
  await owner.lines[Symbol.asyncIterator]().next();
  await expect(openStore(folder, process.pid)).rejects.toMatchObject({
    type: 'StoreUnavailable',
    message: expect.stringContaining(`is in use by process ${owner.pid}:`) as unknown,
  });
  await kill(owner);
  await (await openStore(folder, process.pid)).close();
});

/** Rows that a half-written transaction, or a lost one, would leave. */
const HALF_WRITTEN = {
  'a closed run whose lesson or work is missing, or the reverse': `
    select r.run_key from runs r left join work w on w.run_key = r.run_key
      left join lessons l on l.key = r.run_key || '/closing'
    where (r.outcome is null) <> (l.key is null) or (r.outcome is null) <> (coalesce(w.state, '') <> 'done')`,
  'a closed run whose context has not expired': `
    select r.run_key from runs r join artefact_owners o on o.run_key = r.run_key where r.outcome is not null`,
  'an artefact that nobody holds': `select digest from artefacts where digest not in (select digest from artefact_owners)`,
  'a decision without both of its lessons': `
    select d.run_key from decisions d where 2 <> (select count(*) from lessons l
      where l.key in (d.run_key || '/a', d.run_key || '/b'))`,
  'a lesson without its decision': `
    select key from lessons where key like '%/a' and run_key not in (select run_key from decisions)`,
  'a budget that is not the sum of its lines': `
    select b.id from budgets b where b.spent <> (select sum(booked) from ledger)
      or b.reserved <> (select sum(case when state = 'held' then reserved else 0 end) from ledger)`,
  'a broken reference': `pragma foreign_key_check`,
} as const;

const KILL_AFTER_MS = [30, 75, 120, 180, 60, 145, 95, 210];

test('kill -9 in the middle of transactions loses nothing that was said to be done and leaves nothing half written', async () => {
  const folder = await scratch();
  const done = new Set<string>();
  let next = 0;
  // Eight kills, and more on a machine that is so busy that a writer gets little done before one.
  for (let kills = 0; kills < KILL_AFTER_MS.length || done.size <= 50; kills += 1) {
    const afterMs = KILL_AFTER_MS[kills % KILL_AFTER_MS.length];
    const writer = start('write-until-killed.ts', folder, String((next += 100_000)));
    const reading = (async () => {
      for await (const line of writer.lines) done.add(line);
    })();
    await once(writer.stdout as NonNullable<typeof writer.stdout>, 'data');
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    await kill(writer);
    await reading;

    const store = await openStore(folder, process.pid);
    const rows = async (text: string) => await store.facts.query(text);
    for (const [what, text] of Object.entries(HALF_WRITTEN)) expect(await rows(text), what).toEqual([]);
    expect(await rows('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const closed = new Set(
      (await rows('select run_key from runs where outcome is not null')).map((row) => row['run_key']),
    );
    expect([...done].filter((runKey) => !closed.has(runKey))).toEqual([]);
    await store.close();
  }
  expect(done.size).toBeGreaterThan(50);
}, 60_000);

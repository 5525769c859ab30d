import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuditEntry } from '../../../contract/audit.ts';
import { ERASED } from '../../../contract/erasure.ts';
import { mentions } from '../../../core/mentions.ts';
import { auditDigest, auditHash } from '../../../store/audit.ts';
import { DATABASE_FILE, openStore } from '../../../store/index.ts';
import type { Store } from '../../../store/ports.ts';
import { headsFile, keepHeads, readHeads } from '../../../worker/audit/heads.ts';
import { verifyAudit } from '../../../worker/audit/verify.ts';
import { runOf } from '../../store/samples.ts';

/** A store whose log has an entry for each kind, with its heads written down on the way. */
async function logged() {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-audit-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const file = headsFile({}, folder);
  await store.harnesses.adopt('triage', { instructions: 'sort' }, 'sha256:h1', 900);
  await store.runs.open(runOf('r1'));
  const gate = { runKey: 'r1', gate: 'main#1', digest: 'sha256:gate' };
  await store.gates.open({
    ...gate,
    stage: 'main#1',
    artefact: 'sha256:a',
    audit: false,
    because: 'rule',
    openedAt: 950,
  });
  const decision = { decision: 'approve', by: 'eve@example.com', identity: 'unverified' } as const;
  const decided = { ...gate, decision, lessons: [], at: 1000 };
  await store.gates.decide(decided);
  await store.gates.decide(decided);
  await keepHeads(store, file, () => {}).stop();
  await store.ledger.raise({
    key: 'k',
    budget: 'run:r1',
    runKey: 'r1',
    microUsd: 5,
    by: 'ada',
    reason: 'more',
    at: 1100,
  });
  await store.harnesses.adopt('triage', { instructions: 'sort well' }, 'sha256:h2', 1200);
  await keepHeads(store, file, () => {}).stop();
  return { folder, store, file };
}

async function* entries(store: Store): AsyncGenerator<AuditEntry, void> {
  yield* await store.audit.list({ after: 0, limit: 1000 });
}

const verified = async (store: Store, file: string) => verifyAudit(entries(store), await readHeads(file));

/** Changes the file as somebody does who has it, past every trigger. */
function tamper(folder: string, sql: string): void {
  const raw = new DatabaseSync(join(folder, DATABASE_FILE));
  raw.exec(`drop trigger audit_stays; drop trigger audit_last; ${sql}`);
  raw.close();
}

test('what is decided, raised and changed is on the log, once each, and holds', async () => {
  const { store, file } = await logged();
  const list = await store.audit.list({ after: 0, limit: 9 });
  expect(list.map(({ kind }) => kind)).toEqual(['harness', 'decision', 'raise', 'harness']);
  expect(JSON.parse(list[1]?.body ?? '')).toMatchObject({
    run: 'r1',
    gate: 'main#1',
    digest: 'sha256:gate',
    decision: 'approve',
    by: 'eve@example.com',
    identity: 'unverified',
  });
  expect((await readHeads(file)).map(({ seq }) => seq)).toEqual([2, 4]);
  expect(await verified(store, file)).toMatchObject({ entries: 4, heads: 2, erased: 0, head: { seq: 4 } });
  expect(await verified(store, file)).not.toHaveProperty('bad');
});

test('the log cannot be changed or shortened by what only has SQL', async () => {
  const { store, folder } = await logged();
  const raw = new DatabaseSync(join(folder, DATABASE_FILE));
  onTestFinished(() => raw.close());
  expect(() => raw.exec(`update audit set at = 1 where seq = 2`)).toThrow('the audit log is never changed');
  expect(() => raw.exec(`delete from audit where seq = 4`)).toThrow('the audit log is never shortened');
  expect(await store.audit.head()).toMatchObject({ seq: 4 });
});

describe('whoever has the file is found out', () => {
  test.each([
    [
      'a body that was changed',
      `update audit set body = replace(body, 'approve', 'reject') where seq = 2`,
      2,
      'its body is not the one that was written',
    ],
    ['a time that was changed', `update audit set at = 1 where seq = 3`, 3, 'it is not what its hash was made of'],
    ['an entry that was left out', `delete from audit where seq = 2`, 2, 'it is missing: after 1 comes 3'],
    [
      'an entry that was left out, and the rest moved up',
      `delete from audit where seq = 2; update audit set seq = seq - 1 where seq > 2`,
      2,
      'it does not hold on to the entry before it',
    ],
    ['the first one gone', `delete from audit where seq = 1`, 1, 'it is missing: after 0 comes 2'],
    [
      'two that changed places',
      `update audit set seq = -seq where seq in (3, 4); update audit set seq = 7 + seq where seq < 0`,
      3,
      'it does not hold on to the entry before it',
    ],
    [
      'the end cut off',
      `delete from audit where seq > 2`,
      3,
      'it is missing: a head that was written down names entry 4',
    ],
    ['all of it gone', `delete from audit`, 1, 'it is missing: a head that was written down names entry 2'],
    [
      'words that went without an erasure',
      `update audit set body = '{"by":"${ERASED}"}' where seq = 2`,
      2,
      'its words are gone, and no erasure after it is on the log',
    ],
  ])('%s', async (_what, sql, seq, why) => {
    const { store, folder, file } = await logged();
    tamper(folder, sql);
    expect((await verified(store, file)).bad).toEqual({ seq, why });
  });

  test('a log that was written anew, with every hash right, by a head that was kept elsewhere', async () => {
    const { store, folder, file } = await logged();
    const list = await store.audit.list({ after: 0, limit: 9 });
    let prev = '';
    const forged = list.map((entry) => {
      const body = entry.body.replace('eve@example.com', 'ada@example.com');
      const made = { ...entry, body, bodyDigest: auditDigest(body), prev };
      prev = auditHash(made);
      return { ...made, hash: prev };
    });
    tamper(
      folder,
      forged
        .map(
          (one) =>
            `update audit set body = '${one.body}', body_digest = '${one.bodyDigest}', prev = '${one.prev}', hash = '${one.hash}' where seq = ${one.seq}`,
        )
        .join(';'),
    );
    expect(await verified(store, file)).toMatchObject({
      bad: { seq: 2, why: 'a head that was written down has another hash for it: the log was written anew' },
    });
    // Without a head elsewhere nobody can know.
    expect(await verifyAudit(entries(store), [])).not.toHaveProperty('bad');
  });
});

test("a customer's words go from the log, and the log still holds", async () => {
  const { store, file } = await logged();
  await store.runs.close({ runKey: 'r1', outcome: 'stopped', reason: 'done', closedAt: 2000, lessons: [] });
  const named = mentions('eve@example.com', false);
  await store.erasures.erase({
    id: 'o1',
    subject: 'eve@example.com',
    named,
    runs: [],
    by: 'officer',
    files: 0,
    at: 9000,
  });
  const list = await store.audit.list({ after: 0, limit: 9 });
  expect(JSON.stringify(list)).not.toContain('eve@example.com');
  expect(list.at(-1)).toMatchObject({ kind: 'erasure' });
  expect(await verified(store, file)).toMatchObject({ entries: 5, erased: 1 });
  expect(await verified(store, file)).not.toHaveProperty('bad');
});

test('heads are written down when the log has moved, and a line that is none is named', async () => {
  const { store, file } = await logged();
  await keepHeads(store, file, () => {}).stop();
  const before = await readFile(file, 'utf8');
  const again = keepHeads(store, file, () => {});
  await again.stop();
  expect((await readFile(file, 'utf8')).split('\n').length - before.split('\n').length).toBeLessThanOrEqual(1);
  await appendFile(file, 'no head\n');
  await expect(readHeads(file)).rejects.toThrow(/audit-heads.jsonl:\d+ is no head of an audit log/);
  await writeFile(file, '');
  expect(await readHeads(file)).toEqual([]);
  const said: string[] = [];
  await keepHeads(store, join(file, 'nowhere'), (text) => said.push(text)).stop();
  expect(said).toHaveLength(1);
});

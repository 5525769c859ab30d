import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { DATABASE_FILE } from '../../../store/index.ts';
import { openGateway, OWNER_TOKEN } from '../../support/open-gateway.ts';

const GATES = 10_000;

/** What every page of the inbox has to be made in, 95 of 100 times, in milliseconds. */
const P95_MS = 200;

/** Writes so many runs that wait, past the store: through it they would take a minute. */
function writeGates(file: string, now: number): void {
  const database = new DatabaseSync(file);
  const each = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${GATES})`;
  database.exec(`begin;
    ${each} insert into artefacts (digest, body) select 'a' || i, json_object('intent', 'refund', 'confidence', 0.5, 'reply', 'Thank you ' || i) from n;
    ${each} insert into artefacts (digest, body) select 'i' || i, json_object('id', i, 'text', 'My card ' || i || ' has not arrived') from n;
    ${each} insert into runs (run_key, loop, workflow_id, first_run_id, work_key, harness, trigger_kind, trigger, input, watermark, prices, budget, dry_run, as_of, opened_at)
      select 'r' || i, 'triage', 'triage-' || i, 'f' || i, 'triage/' || i, 'v1', 'manual', '{"kind":"manual"}', 'i' || i, 0, 'p', 50000, 0, ${now}, ${now} - i from n;
    ${each} insert into gates (run_key, gate, digest, stage, artefact, audit, because, opened_at, loop, expires_at)
      select 'r' || i, 'main#1', 'sha256:' || printf('%064x', i), 'main#1', 'a' || i, 0, 'approval rule', ${now} - i, 'triage', ${now} + 1000000 + i from n;
    commit`);
  database.close();
}

test('an inbox of ten thousand is as quick as one of ten', async () => {
  const { data, store, gateway } = await openGateway();
  await store.harnesses.adopt('triage', {}, 'sha256:h', 1);
  writeGates(join(data, DATABASE_FILE), Date.now());
  const headers = { authorization: `Bearer ${OWNER_TOKEN}`, accept: 'text/html' };
  const timed = async (path: string) => {
    const [since, before] = [performance.now(), process.cpuUsage()];
    const text = await (await fetch(`${gateway.url}${path}`, { headers })).text();
    const { user, system } = process.cpuUsage(before);
    return { ms: performance.now() - since, cpuMs: (user + system) / 1000, text };
  };
  const first = await timed('/');
  expect(first.text.match(/data-row/g)).toHaveLength(50);
  expect(first.text).toContain('10000<span class="unseen"> waiting');
  const times: { readonly ms: number; readonly cpuMs: number }[] = [];
  let path = '/';
  for (let page = 0; page < 40; page += 1) {
    const { text, ...took } = await timed(path);
    times.push(took);
    path = (/href="([^"]*after=[^"]*)" rel="next"/.exec(text)?.[1] ?? '/').replaceAll('&amp;', '&');
  }
  const p95 = (of: 'ms' | 'cpuMs'): number =>
    times.map((one) => one[of]).toSorted((a, b) => a - b)[Math.floor(0.95 * times.length)] ?? Infinity;
  // oxlint-disable-next-line no-console -- the figure is what the test is for
  console.log(
    `Inbox with ${GATES} open gates: p95 ${p95('ms').toFixed(1)} ms, ${p95('cpuMs').toFixed(1)} ms of them its own, over ${times.length} pages`,
  );
  // Browsers and servers of other tests share the machine: what they take is not the page's. SQLite waits for nobody.
  expect(p95('cpuMs')).toBeLessThanOrEqual(P95_MS);
}, 60_000);

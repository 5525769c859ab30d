import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { LoopClient } from '../../client/loop-client.ts';
import { BIN, LiveWorker } from '../live-worker.ts';
import { KEEPS, noteLoop } from '../note-loop.ts';

/** How many approvals several people decide at once. */
export interface RaceOptions {
  readonly cliPath: string;
  readonly approvals: number;
  readonly report: (text: string) => void;
}

/** What became of them. */
export interface RaceResult {
  readonly approvals: number;
  /** Approvals that exactly one of the three won. */
  readonly oneWinner: number;
  /** How often each won. */
  readonly won: Readonly<Record<string, number>>;
  /** Losers, and those of them who heard who won. */
  readonly losers: number;
  readonly told: number;
  /** Decisions and effects on record. */
  readonly decisions: number;
  readonly effects: number;
  /** How long an answer of the gateway took, in milliseconds. */
  readonly answerMs: { readonly p50: number; readonly p95: number };
}

/** What one of them heard. */
interface Heard {
  readonly who: string;
  readonly won: boolean;
  /** Who won, as they were told. */
  readonly winner: string | undefined;
}

const execFileAsync = promisify(execFile);

/** Two users of the gateway and a bare Temporal CLI decide each of many approvals at once. */
export async function race(options: RaceOptions): Promise<RaceResult> {
  const live = await LiveWorker.begin({ cliPath: options.cliPath, files: FILES, env: {} });
  try {
    return await run(live, options);
  } finally {
    await live.end();
  }
}

async function run(live: LiveWorker, { cliPath, approvals, report }: RaceOptions): Promise<RaceResult> {
  const tokens: Record<string, string> = {};
  for (const who of ['ada', 'bo']) {
    await loopwright(live, 'users', 'add', who);
    tokens[who] = (await loopwright(live, 'users', 'token', who)).trim();
  }
  const connection = await Connection.connect({ address: `127.0.0.1:${live.temporalPort}` });
  const runs = new LoopClient(new Client({ connection }));
  for (let n = 0; n < approvals; n += 1) await runs.start('note', String(n), { id: String(n), text: `Note ${n}.` });
  await live.until(`select count(*) >= ${approvals} as n from gates where state = 'open'`);
  report(`${approvals} gates are open.`);
  const tookMs: number[] = [];
  const waiting = (await digests(live, tokens['ada'] ?? '')).values();
  const heard: Heard[][] = [];
  const racer = async (): Promise<void> => {
    for (const { digest, workflowId } of waiting)
      heard.push(
        await Promise.all([
          byGateway(live, 'ada', { token: tokens['ada'] ?? '', digest, tookMs }),
          byGateway(live, 'bo', { token: tokens['bo'] ?? '', digest, tookMs }),
          byCli(live, cliPath, { digest, workflowId }),
        ]),
      );
  };
  // Two at a time: there are two processors, and each race starts a program.
  await Promise.all([racer(), racer()]);
  await live.until('select not exists (select 1 from runs where closed_at is null) as n');
  await connection.close();
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
  const losers = heard.flatMap((three) =>
    three.filter(({ won }) => !won).map((one) => ({ ...one, by: winnerOf(three) })),
  );
  const counts = Map.groupBy(
    heard.flat().filter(({ won }) => won),
    ({ who }) => who,
  );
  return {
    approvals,
    oneWinner: heard.filter((three) => three.filter(({ won }) => won).length === 1).length,
    won: Object.fromEntries([...counts].map(([who, all]) => [who, all.length])),
    losers: losers.length,
    told: losers.filter(({ winner, by }) => winner !== undefined && winner === by).length,
    decisions: live.number('select count(*) as n from decisions'),
    effects: live.number('select count(*) as n from outbox'),
    answerMs: { p50: at(0.5), p95: at(0.95) },
  };
}

function winnerOf(three: readonly Heard[]): string | undefined {
  return three.find(({ won }) => won)?.who;
}

async function loopwright(live: LiveWorker, ...words: readonly string[]): Promise<string> {
  const { stdout } = await execFileAsync(process.execPath, [BIN, ...words, '--data', live.data], { env: live.env });
  return stdout;
}

async function digests(live: LiveWorker, token: string): Promise<{ digest: string; workflowId: string }[]> {
  const all: { digest: string; workflowId: string }[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const query = `limit=200${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
    const page = (await (await ask(live, token, `?${query}`)).json()) as { items: typeof all; next?: string };
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

async function ask(live: LiveWorker, token: string, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
  return await fetch(`http://127.0.0.1:${live.port}/api/approvals${path}`, init);
}

async function byGateway(
  live: LiveWorker,
  who: string,
  { token, digest, tookMs }: { readonly token: string; readonly digest: string; readonly tookMs: number[] },
): Promise<Heard> {
  const since = performance.now();
  const response = await ask(live, token, `/${digest}/decide`, { decision: 'approve' });
  const body = (await response.json()) as { readonly winner?: { readonly by: string } };
  tookMs.push(performance.now() - since);
  return { who, won: response.status === 200, winner: response.status === 409 ? body.winner?.by : undefined };
}

async function byCli(
  live: LiveWorker,
  cliPath: string,
  { digest, workflowId }: { readonly digest: string; readonly workflowId: string },
): Promise<Heard> {
  const who = 'cli';
  const words = ['workflow', 'update', 'execute', '-w', workflowId, '--name', 'decide', '--update-id', randomUUID()];
  const input = JSON.stringify({ decision: 'approve', by: who, digest });
  return await execFileAsync(cliPath, [...words, '--input', input], { env: live.env }).then(
    () => ({ who, won: true, winner: undefined }),
    ({ stderr }: { readonly stderr: string }) => ({ who, won: false, winner: /is \w+ by (\w+)/.exec(stderr)?.[1] }),
  );
}

/** Its effect takes three seconds, as one in the world does: whoever comes late meets a run that is still at work. */
const LOOP = noteLoop(`await new Promise((resolve) => setTimeout(resolve, 3000)); ${KEEPS}`);

const FILES = { 'loops/note/loop.ts': LOOP, 'loops/note/harness.yaml': 'approval: { when: "true" }\n' };

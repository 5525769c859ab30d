import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { LoopClient } from '../../client/loop-client.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { approveSignal } from '../../contract/messages.ts';
import { BIN, LiveWorker } from '../live-worker.ts';
import { KEEPS, noteLoop } from '../note-loop.ts';

/** How long the stream of starts is. */
export interface RollbackOptions {
  readonly cliPath: string;
  readonly runs: number;
  /** Starts a second. */
  readonly perSecond: number;
  readonly report: (text: string) => void;
}

/** What became of it. Every figure is counted in the record or at who starts. */
export interface RollbackResult {
  readonly runs: number;
  /** Runs that did not end `accepted`. */
  readonly lost: number;
  /** From the answer of a rollback to the last start after it that still took the new version, in milliseconds; 0 where none did. */
  readonly afterRollbackMs: number;
  readonly onOldVersion: number;
  /** Runs that were started after the answer, and took the new version. */
  readonly onNewVersionAfter: number;
  /** Moves on record: two of the file, and five that the bench makes. */
  readonly moves: number;
  /** Runs that were open on the new version while the loop went back, and ended as it says. */
  readonly finishedOnTheirOwn: number;
  /** Runs that did what the version that they are pinned to does not say. */
  readonly strays: number;
}

/** Moves that are made, whatever is killed. */
export const MOVES = 7;

/** The two versions differ in who is asked: on the new one every tenth note waits for a person. */
const OLD = 'approval: { when: "false" }\n';
const NEW = `approval: { when: "input.id.endsWith('0')" }\n`;

const execFileAsync = promisify(execFile);

/**
 * A stream of starts while a loop goes back to the harness before, three times: nobody is killed, the worker is killed with
 * -9 right after the command's answer, and in the middle of the command. Counts what new runs take, and whether open ones keep theirs.
 */
export async function rollback(options: RollbackOptions): Promise<RollbackResult> {
  const files = { 'loops/note/loop.ts': noteLoop(KEEPS), 'loops/note/harness.yaml': OLD };
  const live = await LiveWorker.begin({ cliPath: options.cliPath, files, env: {} });
  const connection = await Connection.connect({ address: `127.0.0.1:${live.temporalPort}` });
  try {
    return await new Scene(live, new Client({ connection }), options).live();
  } finally {
    await connection.close();
    await live.end();
  }
}

class Scene {
  readonly #live: LiveWorker;
  readonly #client: Client;
  readonly #options: RollbackOptions;
  /** When each run was started, by its number. */
  readonly #startedAt: number[] = [];
  /** From a rollback's answer until the loop runs on the new version again. */
  readonly #back: { readonly from: number; until: number }[] = [];

  constructor(live: LiveWorker, client: Client, options: RollbackOptions) {
    this.#live = live;
    this.#client = client;
    this.#options = options;
  }

  async live(): Promise<RollbackResult> {
    const { runs, report } = this.#options;
    await this.#live.kill();
    await writeFile(join(this.#live.folder, 'loops/note/harness.yaml'), NEW);
    this.#live.beginWorker();
    await this.#runningOn(2);
    const stream = this.#stream();
    await this.#started(runs / 6);
    await this.#goBack();
    report('Gone back, and nobody was killed.');
    await this.#started((runs * 2) / 6);
    await this.#goOn();
    await this.#started((runs * 3) / 6);
    await this.#goBack();
    await this.#live.kill();
    report('Gone back; kill -9 right after the answer.');
    this.#live.beginWorker();
    await this.#started((runs * 4) / 6);
    await this.#goOn();
    await this.#started((runs * 5) / 6);
    await Promise.all([this.#goBack(), pause(250).then(() => this.#live.kill())]);
    report('Gone back; kill -9 in the middle of the command.');
    this.#live.beginWorker();
    await stream;
    await this.#approve();
    return this.#count();
  }

  /** Starts runs one by one, so that each is known to be before or after an answer. */
  async #stream(): Promise<void> {
    const { runs, perSecond } = this.#options;
    const loops = new LoopClient(this.#client);
    const since = performance.now();
    for (let n = 0; n < runs; n += 1) {
      await pause(Math.max(0, since + (n * 1000) / perSecond - performance.now()));
      this.#startedAt[n] = performance.now();
      await loops.start('note', String(n), { id: String(n), text: `Note ${n}.` });
    }
  }

  async #started(count: number): Promise<void> {
    while (this.#startedAt.length < count) await pause(20);
  }

  async #runningOn(version: number): Promise<void> {
    await this.#live.until(`select version = ${version} as n from harness_pointers where loop = 'note'`);
  }

  async #goBack(): Promise<void> {
    await this.#move('v1');
    this.#back.push({ from: performance.now(), until: Infinity });
  }

  /** Onto the new version again, so that there is something to go back from. */
  async #goOn(): Promise<void> {
    const newest = this.#back.at(-1);
    if (newest !== undefined) newest.until = performance.now();
    // A run takes a version when it opens, not when it is started: those of the time before are to open in it.
    const before = this.#startedAt.length;
    await this.#live.until(
      `select count(*) = ${before} as n from runs where cast(substr(workflow_id, ${'note-'.length + 1}) as integer) < ${before}`,
    );
    await this.#move('v2');
  }

  /** The command that people give, until it is done: once more where the process that it asked was killed, and done where somebody was first: itself. */
  async #move(to: string): Promise<void> {
    const said = ['--reason', 'bench', '--as', 'bench', '--data', this.#live.data];
    const words = [BIN, 'harness', 'rollback', 'note', '--to', to, ...said];
    for (;;) {
      const code = await execFileAsync(process.execPath, words, { env: this.#live.env }).then(
        () => EXIT.ok,
        (error: { readonly code: number }) => error.code,
      );
      if (code === EXIT.ok || code === EXIT.conflict) return;
      await pause(100);
    }
  }

  /** Approves what waits, until nothing is open. */
  async #approve(): Promise<void> {
    for (let tries = 0; tries < 600; tries += 1) {
      const { waiting, open } = this.#rows<{ waiting: string; open: number }>(
        `select (select count(*) from runs where closed_at is null) + ${this.#options.runs} - (select count(*) from runs) as open,
           (select json_group_array(workflow_id) from gates join runs using (run_key) where state = 'open') as waiting`,
      )[0] ?? { waiting: '[]', open: 0 };
      if (open === 0) return;
      for (const id of JSON.parse(waiting) as string[])
        await this.#client.workflow
          .getHandle(id)
          .signal(approveSignal, { by: 'bench' })
          .catch((error: unknown) => {
            // It closed since it was read.
            if (!(error instanceof WorkflowNotFoundError)) throw error;
          });
      await pause(200);
    }
  }

  #count(): RollbackResult {
    const { runs } = this.#options;
    const rows = this.#rows<{ id: string; harness: string; outcome: string | null; asked: number; closed_at: number }>(
      `select workflow_id as id, runs.harness, outcome, closed_at,
         exists (select 1 from gates where gates.run_key = runs.run_key) as asked from runs`,
    ).map((row) => ({ ...row, n: Number(row.id.replace('note-', '')) }));
    const late = this.#back.flatMap(({ from, until }) =>
      rows
        .filter(({ n, harness }) => harness === 'v2' && this.#at(n) > from && this.#at(n) < until)
        .map(({ n }) => this.#at(n) - from),
    );
    const accepted = rows.filter(({ outcome }) => outcome === 'accepted');
    const [first] = this.#back;
    return {
      runs,
      lost: runs - accepted.length,
      afterRollbackMs: Math.round(Math.max(0, ...late)),
      onOldVersion: rows.filter(({ harness }) => harness === 'v1').length,
      onNewVersionAfter: late.length,
      moves: this.#live.number("select count(*) as n from harness_moves where loop = 'note'"),
      // What waits for a person is approved at the end only.
      finishedOnTheirOwn: accepted.filter(
        ({ n, harness, asked }) => harness === 'v2' && asked === 1 && this.#at(n) < (first?.from ?? 0),
      ).length,
      strays: rows.filter(({ n, harness, asked }) => (asked === 1) !== (harness === 'v2' && n % 10 === 0)).length,
    };
  }

  #at(n: number): number {
    return this.#startedAt[n] ?? 0;
  }

  #rows<T>(sql: string): T[] {
    const store = new DatabaseSync(join(this.#live.data, 'loopwright.db'), { readOnly: true, timeout: 5000 });
    const rows = store.prepare(sql).all();
    store.close();
    return rows as T[];
  }
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../worker/temporal/ports.ts';
import { TriageModel } from './crash-model.ts';
import { LoopwrightProcess, plainEnvironment } from './crash-process.ts';
import type { Scripted } from './fake-openai.ts';

/** What the model does with a ticket, by how its id begins: it is sure, unsure (a gate asks), or never quotes its article (a check says no). */
type Kind = 'sure' | 'unsure' | 'unquoted';

/** How a command ended, and what it said. */
export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A real `loopwright up` on ports and a folder of its own, with a model server that does as the ticket's id says. */
export class ScriptedUp {
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  readonly #ports: readonly string[];
  readonly #dispose: () => Promise<void>;
  #process: LoopwrightProcess | undefined;
  #address = '';

  private constructor(data: string, env: NodeJS.ProcessEnv, ports: readonly string[], dispose: () => Promise<void>) {
    this.data = data;
    this.env = env;
    this.#ports = ports;
    this.#dispose = dispose;
  }

  /** Sets the folder and the model server up; {@link begin} starts the process. */
  static async prepare(): Promise<ScriptedUp> {
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-ladder-'));
    const { model, env } = await TriageModel.start(
      folder,
      () => 0,
      ({ ticket, inputTokens }) => scripted(model, ticket, inputTokens),
    );
    const data = join(folder, 'data');
    const ports = ['--temporal-port', String(await freePort()), '--ui-port', String(await freePort())];
    return new ScriptedUp(data, plainEnvironment({ ...env, LOOPWRIGHT_DATA: data }), ports, async () => {
      await model.fake.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts `up`, or starts it again on the same folder and ports. */
  async begin(): Promise<void> {
    this.#process = new LoopwrightProcess(['up', '--json', ...this.#ports], this.env, { atTheEnd: () => undefined });
    this.#address = (await this.#process.ready()).temporal;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    await this.#process?.end(signal);
  }

  /** Ends everything and takes it away. */
  async dispose(): Promise<void> {
    await this.end('SIGKILL');
    await this.#dispose();
  }

  /** `loopwright …` on this folder, to its end. */
  async command(...words: string[]): Promise<Said> {
    return await said(this.start(...words));
  }

  /** `loopwright …` on this folder where no server answers: on the usual port may be that of another test. */
  async commandAlone(...words: string[]): Promise<Said> {
    const nowhere = { TEMPORAL_ADDRESS: `127.0.0.1:${await freePort()}` };
    return await said(new LoopwrightProcess(words, { ...this.env, ...nowhere }));
  }

  /** `loopwright …` on this folder, as it runs. Only in a test: it is killed when the test ends. */
  start(...words: string[]): LoopwrightProcess {
    return new LoopwrightProcess(words, this.env);
  }

  /** A client of the server that `up` runs. */
  async client(): Promise<{ readonly client: Client; readonly close: () => Promise<void> }> {
    const connection = await Connection.connect({ address: this.#address });
    return { client: new Client({ connection }), close: () => connection.close() };
  }
}

/** A ticket for the model: its id says what the model will do, its text is a real message. */
export function ticket(kind: Kind, name: string): string {
  return JSON.stringify({ id: `${kind}-${name}`, text: 'My new card has not arrived yet, can you see where it is?' });
}

function scripted(model: TriageModel, id: string, inputTokens: number): Scripted {
  const arrival = model.messages.find(({ intent }) => intent === 'card_arrival' || intent === 'card_not_arrived');
  const right = model.right(arrival?.id ?? '');
  const reply = id.startsWith('unquoted')
    ? `Thank you for writing to us (${inputTokens}).`
    : `${right.reply} (${inputTokens})`;
  const json = { ...right, confidence: id.startsWith('unsure') ? 0.5 : 0.97, reply };
  return { json, usage: { input: inputTokens, output: 50 } };
}

async function said(process: LoopwrightProcess): Promise<Said> {
  const { code } = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr };
}

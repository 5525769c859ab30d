import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { articleFor, parseArticle, replyFrom, type Article } from '../../loops/supportTriage/desk.ts';
import { sample, type LabelledMessage } from '../../worker/own-loops/triage-dataset.ts';
import { FakeOpenAi, type Scripted, type Seen } from './fake-openai.ts';

const KB = fileURLToPath(new URL('../../loops/supportTriage/kb/', import.meta.url));

/** Micro-USD a token, so that every call costs something and a run can afford many that were killed. */
export const PRICE = { inputUsdPerMillion: 0.1, outputUsdPerMillion: 0.2 } as const;

/** Output tokens of every answer. */
const OUTPUT_TOKENS = 50;

/** A call as the model server saw it. Its answer, if it got one, says `inputTokens`, which no other call has. */
export interface ModelCall {
  readonly ticket: string;
  readonly inputTokens: number;
  readonly seen: Seen;
  readonly at: number;
}

/** How the model server behaves for one call; `undefined` answers as it likes. */
export type Behaviour = (call: ModelCall, count: number) => Scripted | undefined;

/** A model over HTTP that triages: mostly right, sometimes unsure, sometimes without its quote, after a moment. */
export class TriageModel {
  readonly calls: ModelCall[] = [];
  readonly messages: readonly LabelledMessage[];
  readonly fake: FakeOpenAi;
  readonly #articles: readonly Article[];
  readonly #random: () => number;
  readonly #truth: ReadonlyMap<string, string>;

  private constructor(
    messages: readonly LabelledMessage[],
    articles: readonly Article[],
    random: () => number,
    behaviour: Behaviour,
  ) {
    this.messages = messages;
    this.#articles = articles;
    this.#random = random;
    this.#truth = new Map(messages.map(({ id, intent }) => [id, intent]));
    this.fake = new FakeOpenAi((seen, count) => {
      const call = { ticket: ticketOf(seen), inputTokens: 100 + count, seen, at: Date.now() };
      this.calls.push(call);
      return behaviour(call, count) ?? { after: pause(20 + 400 * this.#random() ** 2), answer: this.answer(call) };
    });
  }

  /** Listens, and writes a `loopwright.yaml` that leads to it, by a route with `route` in it; `env` is what a worker needs to use it. */
  static async start(
    folder: string,
    random: () => number,
    behaviour: Behaviour = () => undefined,
    route: object = {},
  ): Promise<{ readonly model: TriageModel; readonly env: Record<string, string> }> {
    const names = (await readdir(KB)).filter((name) => name.endsWith('.md')).toSorted();
    const articles = await Promise.all(
      names.map(async (name) => parseArticle(name, await readFile(join(KB, name), 'utf8'))),
    );
    const model = new TriageModel((await sample()).stream, articles, random, behaviour);
    const baseUrl = await model.fake.listen();
    const config = join(folder, 'loopwright.yaml');
    const models = { default: { model: 'fake-1', baseUrl, apiKeyEnv: 'FAKE_KEY', ...route } };
    const pricesAsOf = new Date().toISOString().slice(0, 10);
    await writeFile(config, JSON.stringify({ models, pricesAsOf, prices: { 'fake-1': PRICE } }));
    return { model, env: { LOOPWRIGHT_CONFIG: config, FAKE_KEY: 'test' } };
  }

  /** What a colleague would say to a ticket. */
  right(ticket: string): { intent: string; confidence: number; reply: string } {
    const intent = this.#truth.get(ticket) ?? '';
    return { intent, confidence: 1, reply: replyFrom(this.#article(intent)) };
  }

  /** An answer to a call: no two are the same. */
  answer(call: ModelCall): Scripted {
    const other = this.messages[Math.floor(this.#random() * this.messages.length)]?.intent ?? '';
    const intent = this.#random() < 0.8 ? (this.#truth.get(call.ticket) ?? other) : other;
    const quote = this.#random() < 0.9 ? replyFrom(this.#article(intent)) : 'Thank you for writing to us.';
    return {
      json: { intent, confidence: this.#random() < 0.6 ? 0.97 : 0.5, reply: `${quote} (${call.inputTokens})` },
      usage: { input: call.inputTokens, output: OUTPUT_TOKENS },
    };
  }

  /** Micro-USD that an answered call costs. */
  static cost({ inputTokens }: ModelCall): number {
    return Math.ceil(
      Number((inputTokens * PRICE.inputUsdPerMillion + OUTPUT_TOKENS * PRICE.outputUsdPerMillion).toFixed(6)),
    );
  }

  #article(intent: string): Article {
    return articleFor(intent, this.#articles) as Article;
  }
}

/** The ticket that a prompt is about. */
function ticketOf({ input }: Seen): string {
  const [, json = '{}'] = /<data source="input" trust="untrusted">\n(.*)\n<\/data>/.exec(input) ?? [];
  return (JSON.parse(json) as { id?: string }).id ?? '';
}

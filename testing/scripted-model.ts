import { failure } from '../contract/failures.ts';
import type { ModelEndpoint, ModelRequest } from '../activities/models/port.ts';

/** What a scripted model was asked. */
export type Asked = Pick<ModelRequest, 'instructions' | 'prompt' | 'schema'>;

/** Answers in order, or a function of the question and of how many came before. An `Error` among them is thrown. */
export type Script = readonly unknown[] | ((asked: Asked, before: number) => unknown);

/** A model that says what a test tells it to. */
export interface ScriptedModel extends ModelEndpoint {
  /** Every question so far. */
  readonly asked: readonly Asked[];
  /** Questions that found the script used up; a test ends with none. */
  readonly complaints: readonly string[];
}

/**
 * A model that answers from a script: values are its JSON answers, `failure('ModelError.RateLimit', …)` is a failing
 * call. It fails loudly when its script runs out. `name` is its identity; a judge needs another than the generator.
 */
export function scriptedModel(script: Script, name = 'scripted'): ScriptedModel {
  const asked: Asked[] = [];
  const complaints: string[] = [];
  return {
    model: name,
    asked,
    complaints,
    async complete({ instructions, prompt, schema }) {
      const before = asked.push({ instructions, prompt, schema }) - 1;
      const answer: unknown =
        typeof script === 'function' ? script({ instructions, prompt, schema }, before) : script[before];
      if (answer instanceof Error) throw answer;
      if (answer === undefined) {
        const complaint = `Scripted model "${name}" was asked ${before + 1} times and has ${typeof script === 'function' ? 'no answer to that' : `${script.length} answers`}.`;
        complaints.push(complaint);
        throw failure('ModelError.BadRequest', complaint);
      }
      return {
        text: typeof answer === 'string' ? answer : JSON.stringify(answer),
        usage: { inputTokens: 0, outputTokens: 0 },
      };
    },
  };
}

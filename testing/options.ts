import type { ScriptedModel } from './scripted-model.ts';

/** What a test sets up. */
export interface TestOptions {
  /** Folder of the loops, as `--loops` takes it: a loop's own folder, or one with a folder for each. */
  readonly loops: string;
  /** Models by route, such as `default` and `judge`; a route that is not here answers keyless. */
  readonly models?: Readonly<Record<string, ScriptedModel>>;
  /** True: effects really run, on files and an outbox that go with the environment. Default: they are only noted. */
  readonly realEffects?: boolean;
  /** Private addresses that `http()` sources may reach, each with its port: `127.0.0.1:8080`. Default: none. */
  readonly allowPrivate?: readonly string[];
  /** Address of a Temporal server to use. Default: a development server of its own, found or fetched as `loopwright up` does. */
  readonly address?: string;
  /** How long `TestEnvironment.gate` waits, in milliseconds. Default 20 000. */
  readonly timeoutMs?: number;
}

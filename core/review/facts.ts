import type { Keep, Trust } from '../../contract/context.ts';
import type { Harness } from '../../contract/harness.ts';
import type { SchemaFacts } from './schema.ts';

/** A loop as its review sees it: plain data, made from its definition, its harness and the worker's model routes. */
export interface LoopFacts {
  readonly name: string;
  /** The files that evidence names, as a person would write them. */
  readonly files: { readonly definition: string; readonly harness: string; readonly cases: string };
  /** `blind`: a function that takes no input, so all work would be the same work. */
  readonly dedupe: 'none' | 'blind' | 'byInput' | 'whereNamed';
  readonly input: SchemaFacts;
  readonly stages: readonly StageFacts[];
  /** Of a finder: where it looks, and which loop it starts. */
  readonly finder?: { readonly source: string; readonly starts: string; readonly limit: number };
  readonly effects: readonly EffectFacts[];
  /** What the agent may call by itself: nothing yet. A harness' `tools` are contracts of effects. */
  readonly tools: readonly ToolFacts[];
  readonly harness: Omit<Harness, 'tools'>;
  /** Paths that the harness file itself says, such as `limits.usd`; everything else is a default. */
  readonly stated: ReadonlySet<string>;
  /** Whether the loop's folder has cases with at least one line. */
  readonly hasCases: boolean;
}

/** What a loop does to the world, and what its harness says of it. */
export interface EffectFacts {
  readonly name: string;
  readonly repeatable: boolean;
  /** Without one it may be done. */
  readonly contract?: ContractFacts;
}

/** When an effect may be done: a contract under `tools` of the harness. */
export interface ContractFacts {
  readonly allow: boolean;
  /** Whether each use waits for a person. */
  readonly approve: boolean;
  readonly maxCalls?: number;
  /** Fields of the output that it narrows. */
  readonly fields: readonly string[];
}

/** Something that the agent may call while it generates. */
export interface ToolFacts {
  readonly name: string;
  /** Whether each call waits for a person. */
  readonly approve: boolean;
  readonly maxCalls?: number;
}

/** A stage: who makes its output from what, and who checks it. */
export interface StageFacts {
  readonly name: string;
  readonly generator: GeneratorFacts;
  readonly sources: readonly SourceFacts[];
  /** The stage's verifiers and the harness' evals. */
  readonly verifiers: readonly VerifierFacts[];
  readonly output: SchemaFacts;
}

/** Who makes an output. Identities are `model:<id>`, `function:<name>`, `learner`, or `route:<name>` where the route is not known. */
export interface GeneratorFacts {
  readonly kind: 'model' | 'function';
  /** Of everybody that routing can reach. */
  readonly identities: readonly string[];
}

/** Where context comes from. */
export interface SourceFacts {
  readonly name: string;
  readonly trust: Trust;
  readonly keep: Keep;
  readonly why: string;
}

/** Who checks an output. */
export interface VerifierFacts {
  readonly name: string;
  readonly kind: 'check' | 'judge' | 'panel' | 'pairwise' | 'human' | 'eval';
  /** Its no asks a person, who may overrule it. */
  readonly opinion: boolean;
  /** As in {@link GeneratorFacts}, of a panel those of all its judges; `eval:<id>` for an eval, `human` for a person. */
  readonly identities: readonly string[];
  /** Whether it can say no, and how that was seen. */
  readonly power: Power;
}

/** Whether a verifier can say no: shown, refuted, or neither. */
export interface Power {
  readonly kind: 'shown' | 'none' | 'unknown';
  readonly because: string;
}

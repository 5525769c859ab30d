/** What a loop is written with. */
export {
  defineLoop,
  stage,
  type Effect,
  type EffectContext,
  type Files,
  type Loop,
  type LoopDefinition,
  type Outbox,
  type Stage,
} from './loop.ts';
export { InvalidLoop, type DefinitionMistake } from './invalid-loop.ts';
export { compute, model, type ComputeContext, type Decision, type Generator } from './generators.ts';
export { documents, lessons, source, type Facts, type Part, type Source, type SourceAccess } from './sources.ts';
export {
  check,
  judge,
  type Check,
  type Evidence,
  type Finding,
  type Judge,
  type LabelledExample,
  type Verifier,
} from './verifiers.ts';

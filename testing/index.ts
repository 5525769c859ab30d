/** How a loop of your own is tested: real Temporal, real store, scripted models, effects that are only noted. */
export { TestEnvironment } from './environment.ts';
export type { TestOptions } from './options.ts';
export { scriptedModel, type Asked, type Script, type ScriptedModel } from './scripted-model.ts';
export type { NotedEffect } from './noted-effects.ts';
export type { NotedStart } from './noted-starts.ts';
export { replayAll } from './replay.ts';

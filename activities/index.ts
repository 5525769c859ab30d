import { act, type ActInput } from './act.ts';
import type { Dependencies } from './dependencies.ts';
import { evaluate, type EvaluateInput } from './evaluate.ts';
import { fetchContext, type FetchContextInput } from './fetch-context.ts';
import { openGate, recordDecision, type OpenGateInput, type RecordDecisionInput } from './gates.ts';
import { generate, type GenerateInput } from './generate.ts';
import { openRun, type OpenRunInput } from './open-run.ts';
import { recordLesson, type RecordLessonInput } from './record-lesson.ts';
import { wrap } from './wrap.ts';

/** Every effect of a run, in the order of its life. One object in, one object out, both JSON. */
export function createActivities(deps: Dependencies) {
  return {
    openRun: wrap((input: OpenRunInput) => openRun(deps, input)),
    fetchContext: wrap((input: FetchContextInput) => fetchContext(deps, input)),
    generate: wrap((input: GenerateInput) => generate(deps, input)),
    evaluate: wrap((input: EvaluateInput) => evaluate(deps, input)),
    openGate: wrap((input: OpenGateInput) => openGate(deps, input)),
    recordDecision: wrap((input: RecordDecisionInput) => recordDecision(deps, input)),
    act: wrap((input: ActInput) => act(deps, input)),
    recordLesson: wrap((input: RecordLessonInput) => recordLesson(deps, input)),
  };
}

/** The activities as workflows see them. */
export type Activities = ReturnType<typeof createActivities>;

import { SpanKind, SpanStatusCode, trace, type Attributes, type Span, type Tracer } from '@opentelemetry/api';
import {
  failureType,
  type CallSeen,
  type EventSeen,
  type ExecutionSeen,
  type RunSeen,
  type StepSeen,
  type Telemetry,
} from '../../activities/telemetry.ts';
import { assertNever } from '../../core/assert-never.ts';
import { runSpan, underRun, type RunIds } from './run-ids.ts';

/** How runs become spans. */
export interface SpanOptions {
  readonly tracer: Tracer;
  readonly ids: RunIds;
  readonly namespace: string;
  /** Address of Temporal's web UI, where it is known. */
  readonly ui?: string | undefined;
  /** Prompts and answers too. */
  readonly content: boolean;
}

/**
 * Runs as spans: one trace a run, a span for each try of a step, a `chat` span for each call to a model below it
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/), and the run's own when it closes.
 */
export function spans(options: SpanOptions): Telemetry {
  const { tracer, content } = options;
  return {
    step: (step, work) =>
      tracer.startActiveSpan(
        nameOf(step),
        { attributes: stepAttributes(options, step) },
        underRun(step.runKey),
        (span) => ended(span, work),
      ),
    call(call, work) {
      const attributes = { ...callAttributes(call), ...(content ? asked(call) : {}) };
      const name = `chat ${call.endpoint.model}`;
      return tracer.startActiveSpan(name, { kind: SpanKind.CLIENT, attributes }, (span) =>
        ended(span, async () => {
          const done = await work();
          const { reply, microUsd } = done;
          span.setAttributes({
            'gen_ai.response.model': call.endpoint.model,
            ...(reply.usage === undefined
              ? {}
              : {
                  'gen_ai.usage.input_tokens': reply.usage.inputTokens,
                  'gen_ai.usage.output_tokens': reply.usage.outputTokens,
                }),
            ...(microUsd === undefined ? {} : { 'loopwright.cost_usd': microUsd / 1e6 }),
            ...(content ? { 'gen_ai.output.messages': messages('assistant', reply.text) } : {}),
          });
          return done;
        }),
      );
    },
    event: (event) => show(options, event),
  };
}

async function ended<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Its type and not its words: they may quote what was generated.
    const type = failureType(error);
    span.setAttribute('error.type', type);
    span.setStatus({ code: SpanStatusCode.ERROR, message: type });
    throw error;
  } finally {
    span.end();
  }
}

function show({ tracer, ids }: SpanOptions, event: EventSeen): void {
  switch (event.kind) {
    case 'verified':
      for (const { name, verdict, opinion } of event.verdict.criteria)
        trace.getActiveSpan()?.addEvent('loopwright.verified', {
          'loopwright.verifier': name,
          'loopwright.verdict': verdict,
          'loopwright.opinion': opinion === true,
        });
      trace.getActiveSpan()?.setAttribute('loopwright.verdict', event.verdict.verdict);
      return;
    case 'gateOpened':
      trace.getActiveSpan()?.addEvent('loopwright.gate.opened', { 'loopwright.gate': event.gate });
      return;
    case 'gateDecided': {
      const attributes = {
        ...runAttributes(event),
        'loopwright.gate': event.gate,
        'loopwright.decision': event.decision,
      };
      const name = `wait ${event.gate}`;
      tracer.startSpan(name, { startTime: event.openedAt, attributes }, underRun(event.runKey)).end(event.at);
      return;
    }
    case 'runClosed': {
      const { loop, runKey, openedAt, at, outcome, attempts, costMicroUsd } = event;
      const attributes = {
        ...runAttributes(event),
        'gen_ai.operation.name': 'invoke_agent',
        'loopwright.outcome': outcome,
        'loopwright.attempts': attempts,
        'loopwright.cost_usd': costMicroUsd / 1e6,
      };
      const start = { root: true, startTime: openedAt, attributes };
      ids.as(runSpan(runKey), () => tracer.startSpan(`invoke_agent ${loop}`, start)).end(at);
      return;
    }
    default:
      assertNever(event);
  }
}

function nameOf({ step, stage, attempt, gate, effect }: StepSeen): string {
  const what = gate ?? effect ?? (attempt === undefined ? stage : `${stage}/${attempt}`);
  return what === undefined ? step : `${step} ${what}`;
}

function runAttributes({ loop, runKey }: RunSeen): Attributes {
  return { 'gen_ai.agent.name': loop, 'loopwright.loop': loop, 'loopwright.run_key': runKey };
}

function executionAttributes({ workflowId, runId, activityAttempt }: ExecutionSeen): Attributes {
  return {
    'temporal.workflow.id': workflowId,
    'temporal.run.id': runId,
    'loopwright.activity_attempt': activityAttempt,
  };
}

function stepAttributes({ ui, namespace }: SpanOptions, step: StepSeen): Attributes {
  const { stage, attempt, gate, effect, workflowId, runId } = step;
  const [inNamespace, id] = [namespace, workflowId].map(encodeURIComponent);
  return {
    ...runAttributes(step),
    ...executionAttributes(step),
    'loopwright.step': step.step,
    ...(stage === undefined ? {} : { 'loopwright.stage': stage }),
    ...(attempt === undefined ? {} : { 'loopwright.attempt': attempt }),
    ...(gate === undefined ? {} : { 'loopwright.gate': gate }),
    ...(effect === undefined ? {} : { 'loopwright.effect': effect }),
    ...(ui === undefined
      ? {}
      : { 'loopwright.temporal.url': `${ui}/namespaces/${inNamespace}/workflows/${id}/${runId}` }),
  };
}

function callAttributes(call: CallSeen): Attributes {
  const { endpoint, request, stage, attempt } = call;
  return {
    ...runAttributes(call),
    ...executionAttributes(call),
    'gen_ai.operation.name': 'chat',
    // The protocol that is spoken, whoever serves it.
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': endpoint.model,
    'gen_ai.request.max_tokens': request.maxOutputTokens,
    'gen_ai.output.type': 'json',
    ...(request.temperature === undefined ? {} : { 'gen_ai.request.temperature': request.temperature }),
    'loopwright.stage': stage,
    'loopwright.attempt': attempt,
    'loopwright.call': call.call,
  };
}

function asked({ request }: CallSeen): Attributes {
  return {
    'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: request.instructions }]),
    'gen_ai.input.messages': messages('user', request.prompt),
  };
}

/** Messages in the JSON of the conventions. */
function messages(role: 'user' | 'assistant', content: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}

import { expect, onTestFinished, test, vi } from 'vitest';
import { meteredCall } from '../../../activities/metered-call.ts';
import { model } from '../../../loops/define/index.ts';
import type { Store } from '../../../store/ports.ts';
import { openTelemetry, type RunningTelemetry } from '../../../worker/telemetry/open-telemetry.ts';
import { runSpan } from '../../../worker/telemetry/run-ids.ts';
import { telemetrySettings } from '../../../worker/telemetry/settings.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { bad, good, names, taste, titleLoop } from '../../support/loops.ts';
import { question, workbench } from '../../activities/workbench.ts';
import { OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver.ts';
import { rig, until } from '../../support/rig.ts';

const CANARY = 'canary4711';
const judged = titleLoop('judged', { stages: { main: { generate: model(), verify: [names, taste] } } });
const kind = { json: { criteria: [{ name: 'short', pass: true, quote: CANARY }] } };

const told: string[] = [];

/** Variables that lead to a receiver; `content` as the conventions' switch says. */
async function variablesFor(receiver: OtlpReceiver, content: boolean): Promise<Record<string, string>> {
  const variables = {
    OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.listen(),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: String(content),
  };
  for (const [name, setting] of Object.entries(variables)) vi.stubEnv(name, setting);
  onTestFinished(() => void vi.unstubAllEnvs());
  return variables;
}

function started(env: Record<string, string>, { facts }: Store, metricsPort?: number): RunningTelemetry {
  const settings = telemetrySettings(env, metricsPort);
  if (settings === undefined) throw new Error('Telemetry is off.');
  const report = (text: string): void => void told.push(text);
  const base = { settings, env, facts, report, namespace: 'default', ui: 'http://ui', now: Date.now };
  return openTelemetry({ ...base, wedged: () => [] });
}

/** A run with a retry, a judge and a gate, watched, and the metrics while it waited and when it had closed. */
async function watched() {
  const receiver = new OtlpReceiver();
  const metricsPort = await freePort();
  const variables = await variablesFor(receiver, false);
  let running: RunningTelemetry | undefined;
  const {
    start,
    gate,
    rows,
    store: kept,
  } = await rig({
    loops: [{ loop: judged, harness: 'approval: { when: "true" }' }],
    script: [bad('Not that'), good(CANARY), kind],
    telemetry: (store) => {
      running = started(variables, store, metricsPort);
      return running.telemetry;
    },
  });
  const handle = await start('judged', { id: '1', topic: CANARY });
  await gate(handle);
  await kept.alerts.raise({ key: 'late:x', kind: 'late', about: 'x', text: 'late', raisedAt: 1 });
  const waiting = await scraped(metricsPort);
  await kept.alerts.clear('late:x', 2);
  await handle.signal('approve', { by: 'ada', note: `note ${CANARY}` });
  expect(await handle.result()).toMatchObject({ outcome: 'accepted' });
  const closed = await until(
    () => scraped(metricsPort),
    (text) => text.includes('outcome="accepted"'),
  );
  const [run] = await rows('select run_key from runs');
  await running?.stop();
  await receiver.close();
  expect(told).toEqual([]);
  return { handle, receiver, waiting, closed, runKey: String(run?.['run_key']) };
}

async function scraped(port: number): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
}

/** Each span below its parent. */
function treeOf(spans: readonly ReceivedSpan[]): string[] {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return spans.map(({ name, parent }) => `${names.get(parent ?? '') ?? '-'} > ${name}`).toSorted();
}

/** The value of the metric whose line has all these words. */
function value(metrics: string, ...words: string[]): number | undefined {
  const line = metrics.split('\n').find((one) => !one.startsWith('#') && words.every((word) => one.includes(word)));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

test('a run with a retry, a judge and a gate is one trace and numbers, and none of its content', async () => {
  const { handle, receiver, waiting, closed, runKey } = await watched();
  const { spans } = receiver;
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([runSpan(runKey).traceId]));
  expect(treeOf(spans)).toEqual([
    '- > invoke_agent judged',
    'evaluate main#1/2 > chat fake-judge',
    'generate main#1/1 > chat fake-1',
    'generate main#1/2 > chat fake-1',
    'invoke_agent judged > act publish',
    'invoke_agent judged > evaluate main#1/1',
    'invoke_agent judged > evaluate main#1/2',
    'invoke_agent judged > generate main#1/1',
    'invoke_agent judged > generate main#1/2',
    'invoke_agent judged > openGate main#1',
    'invoke_agent judged > openRun',
    'invoke_agent judged > recordLesson',
    'invoke_agent judged > wait main#1',
  ]);
  const named = (name: string) => spans.find((span) => span.name === name);
  expect(named('invoke_agent judged')?.attributes).toMatchObject({
    'loopwright.outcome': 'accepted',
    'loopwright.attempts': 2,
  });
  expect(named('act publish')?.attributes).toMatchObject({
    'temporal.workflow.id': handle.workflowId,
    'loopwright.temporal.url': `http://ui/namespaces/default/workflows/${handle.workflowId}/${handle.firstExecutionRunId}`,
  });
  expect(named('chat fake-1')?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'fake-1',
    'gen_ai.response.model': 'fake-1',
    'gen_ai.usage.input_tokens': 100,
    'gen_ai.usage.output_tokens': 20,
  });
  expect(named('evaluate main#1/1')?.events).toContain('loopwright.verified names-the-topic fail false');
  expect([...receiver.bodies, waiting, closed].filter((text) => text.includes(CANARY))).toEqual([]);
  demandNumbers(waiting, closed);
});

/** How runs end, what they cost, who waits and who disagrees. */
function demandNumbers(waiting: string, closed: string): void {
  expect(value(waiting, 'loopwright_gates_open{', 'judged')).toBe(1);
  expect(value(waiting, 'loopwright_oldest_gate_seconds{', 'judged')).toBeGreaterThanOrEqual(0);
  expect(value(waiting, 'loopwright_runs_open{', 'judged')).toBe(1);
  expect(value(waiting, 'loopwright_runs_closed_total{')).toBeUndefined();
  expect(value(closed, 'loopwright_runs_closed_total{', 'judged', 'accepted')).toBe(1);
  expect(value(closed, 'loopwright_gates_open{', 'judged')).toBe(0);
  expect(value(closed, 'loopwright_gate_wait_seconds_count{', 'approve')).toBe(1);
  expect(value(closed, 'loopwright_decisions_total{', 'approve', 'verdict="pass"')).toBe(1);
  expect(value(closed, 'loopwright_verdicts_total{', 'verdict="fail"')).toBe(1);
  // Three calls of 100 tokens in and 20 out, at 1 and 2 USD a million: the rejected attempt and the judge count.
  expect(value(closed, 'loopwright_cost_per_accepted_usd{', 'judged')).toBeCloseTo(0.000_42, 9);
  expect(value(closed, 'loopwright_spend_usd_total{', 'judged')).toBeCloseTo(0.000_42, 9);
  expect(value(closed, 'loopwright_model_calls_total{', 'fake-judge')).toBe(1);
  expect(value(closed, 'gen_ai_client_token_usage_sum{', 'fake-1', 'gen_ai_token_type="input"')).toBe(200);
  expect(value(closed, 'loopwright_wedged_runs')).toBe(0);
  expect(value(waiting, 'loopwright_alerts_open{', 'kind="late"')).toBe(1);
  expect(value(closed, 'loopwright_alerts_open{', 'kind="late"')).toBe(0);
}

test('prompts and answers are shown where they are asked for', async () => {
  const receiver = new OtlpReceiver();
  const bench = await workbench({ script: [good(CANARY)] });
  const running = started(await variablesFor(receiver, true), bench.store);
  const deps = { ...bench.deps, telemetry: running.telemetry };
  const key = { stage: 'main#1', attempt: 1, call: 'generate' };
  const request = question({ prompt: CANARY });
  await bench.within(() => meteredCall(deps, bench.run, key, bench.endpoint, request));
  await running.stop();
  await receiver.close();
  const [call] = receiver.spans;
  expect(call?.attributes['gen_ai.input.messages']).toContain(CANARY);
  expect(call?.attributes['gen_ai.output.messages']).toContain(CANARY);
});

test('nothing is switched on but by a port, an endpoint or an exporter', () => {
  expect(telemetrySettings({})).toBeUndefined();
  expect(telemetrySettings({ OTEL_SERVICE_NAME: 'mine' })).toBeUndefined();
  expect(
    telemetrySettings({ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://there' }, 9464),
  ).toBeUndefined();
  expect(telemetrySettings({ OTEL_TRACES_EXPORTER: 'none' })).toBeUndefined();
  expect(telemetrySettings({}, 9464)).toMatchObject({
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'prometheus',
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: '9464',
    content: false,
  });
  expect(telemetrySettings({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://there' }, 9464)).toMatchObject({
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'otlp,prometheus',
  });
});

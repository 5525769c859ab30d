import { diag, DiagLogLevel, metrics, trace, context, propagation } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { seenBy, type Telemetry } from '../../activities/telemetry.ts';
import { counts } from './counts.ts';
import { gauges, type GaugeOptions } from './gauges.ts';
import { RunIds } from './run-ids.ts';
import type { TelemetrySettings } from './settings.ts';
import { spans, type SpanOptions } from './spans.ts';

/** A collector that is not there must not keep a worker from ending for longer than this, in milliseconds. */
const FAREWELL_MS = 3000;
/** A collector that is not there is named no more often than this, in milliseconds. */
const TROUBLE_EVERY_MS = 60_000;

/** What telemetry is made of. */
export interface OpenTelemetryOptions extends GaugeOptions, Pick<SpanOptions, 'namespace' | 'ui'> {
  readonly settings: TelemetrySettings;
  readonly env: NodeJS.ProcessEnv;
  readonly report: (text: string) => void;
}

/** Telemetry that is at work. */
export interface RunningTelemetry {
  readonly telemetry: Telemetry;
  /** Sends what is left. */
  stop(): Promise<void>;
}

/** Starts OpenTelemetry for this process, with the exporters that were asked for; what loops trace themselves goes along. */
export function openTelemetry(options: OpenTelemetryOptions): RunningTelemetry {
  const { settings, env, report, now } = options;
  const { content, ...chosen } = settings;
  // Lines for people go to stderr.
  const variables = { ...chosen, OTEL_LOGS_EXPORTER: 'none' };
  diag.setLogger(troubleLog(report, now), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const ids = new RunIds();
  const sdk = within(variables, () => {
    const made = new NodeSDK({
      idGenerator: ids,
      serviceName: env['OTEL_SERVICE_NAME'] || 'loopwright',
    });
    made.start();
    return made;
  });
  const meter = metrics.getMeter('loopwright');
  gauges(meter, options);
  const { namespace, ui } = options;
  return {
    telemetry: seenBy([
      spans({ tracer: trace.getTracer('loopwright'), ids, namespace, ui, content }),
      counts(meter, now),
    ]),
    async stop() {
      await Promise.race([sdk.shutdown().catch(() => {}), later(FAREWELL_MS)]);
      // Whoever starts it again in this process starts anew.
      for (const api of [trace, metrics, context, propagation, diag]) api.disable();
    },
  };
}

/** The SDK reads the process' variables and nothing else. */
function within<T>(variables: Readonly<Record<string, string>>, work: () => T): T {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

function troubleLog(report: (text: string) => void, now: () => number) {
  let last = -Infinity;
  const say = (text: unknown): void => {
    if (now() - last < TROUBLE_EVERY_MS) return;
    last = now();
    report(`Telemetry: ${text instanceof Error ? text.message : String(text)}; runs go on without.`);
  };
  const nothing = (): void => {};
  return { error: say, warn: say, info: nothing, debug: nothing, verbose: nothing };
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms).unref());
}

/** Where telemetry goes, in the words of OpenTelemetry's own variables. */
export interface TelemetrySettings {
  readonly OTEL_TRACES_EXPORTER: string;
  readonly OTEL_METRICS_EXPORTER: string;
  readonly OTEL_EXPORTER_PROMETHEUS_HOST: string;
  readonly OTEL_NODE_RESOURCE_DETECTORS: string;
  readonly OTEL_EXPORTER_PROMETHEUS_PORT?: string;
  /** Whether prompts and answers are shown too: the switch of the GenAI conventions. */
  readonly content: boolean;
}

/** Where Prometheus may ask, unless somebody says otherwise: this machine only. */
const LOOPBACK = '127.0.0.1';

/** What is told of this process: what the variables say. The rest would tell its command line, user and folders. */
const DETECTORS = 'env,serviceinstance';

/**
 * What the environment and `--metrics-port` switch on; undefined where they switch on nothing. An endpoint alone means
 * OTLP for both; without one, only what an exporter was named for.
 */
export function telemetrySettings(env: NodeJS.ProcessEnv, metricsPort?: number): TelemetrySettings | undefined {
  if (isOn(env['OTEL_SDK_DISABLED'])) return undefined;
  const traces = exporters(env, 'TRACES');
  const metrics = [...exporters(env, 'METRICS'), ...(metricsPort === undefined ? [] : ['prometheus'])];
  if (traces.length + metrics.length === 0) return undefined;
  return {
    OTEL_TRACES_EXPORTER: said(traces),
    OTEL_METRICS_EXPORTER: said(metrics),
    OTEL_EXPORTER_PROMETHEUS_HOST: env['OTEL_EXPORTER_PROMETHEUS_HOST'] || LOOPBACK,
    OTEL_NODE_RESOURCE_DETECTORS: env['OTEL_NODE_RESOURCE_DETECTORS'] || DETECTORS,
    ...(metricsPort === undefined ? {} : { OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort) }),
    content: isOn(env['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT']),
  };
}

function exporters(env: NodeJS.ProcessEnv, signal: 'TRACES' | 'METRICS'): string[] {
  const named = env[`OTEL_${signal}_EXPORTER`]?.trim() ?? '';
  const endpoint = env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`];
  const list = named === '' ? (endpoint ? ['otlp'] : []) : named.split(',').map((name) => name.trim());
  return list.includes('none') ? [] : list;
}

function said(list: readonly string[]): string {
  return list.length === 0 ? 'none' : [...new Set(list)].join(',');
}

function isOn(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}

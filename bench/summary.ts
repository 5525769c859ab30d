import { createRequire } from 'node:module';
import { cpus, loadavg, platform, totalmem } from 'node:os';
import type { Measured, RoundFigures } from './bench.ts';
import type { Side } from './notes.ts';

/** What `bench --json` prints. Ratios are ours to minimal: the median over the rounds of each round's ratio. */
export type Summary = ReturnType<typeof summarise>;

/** Events of the hand-written run; 54 where the approval comes with a workflow task that was due anyway, else up to 57. */
const MINIMAL_EVENTS = { least: 54, most: 57 };

/** Works the figures out. */
export function summarise(measured: Measured) {
  const { rounds, recovery } = measured;
  const sides = { ours: sideOf(rounds.map(({ ours }) => ours)), minimal: sideOf(rounds.map(({ minimal }) => minimal)) };
  const ratio = (of: (figures: RoundFigures) => number): number =>
    round(median(rounds.map(({ ours, minimal }) => of(ours) / of(minimal))), 3);
  const events = rounds.flatMap(({ minimal }) => minimal.events);
  return {
    ratio: {
      latencyP50: ratio((figures) => median(figures.latencyMs)),
      throughput: ratio((figures) => figures.runsPerSecond),
      cpu: process.platform === 'linux' ? ratio((figures) => cpuOf(figures) ?? Number.NaN) : null,
      historyEvents: ratio((figures) => median(figures.events)),
      historyBytes: ratio((figures) => median(figures.bytes)),
    },
    approvalToResumedMs: {
      ours: sides.ours.approvalToResumedMs,
      minimal: sides.minimal.approvalToResumedMs,
      bareUpdate: round(median(measured.bareUpdateMs)),
    },
    recoveryMs: round(recovery.ours.goingMs, 0),
    recovery,
    ...sides,
    minimalEventsAsExpected: events.every((count) => count >= MINIMAL_EVENTS.least && count <= MINIMAL_EVENTS.most),
    minimalEvents: [...new Set(events)].toSorted((a, b) => a - b),
    durability: {
      ours: 'store fsynced each step; Temporal safe from kill -9 only',
      minimal: 'lessons and Temporal safe from kill -9 only',
    },
    rounds: rounds.length,
    versions: { node: process.versions.node, temporalCli: measured.server, sdk: versionOf('@temporalio/worker') },
    machine: {
      platform: platform(),
      cpus: cpus().length,
      memoryGiB: round(totalmem() / 2 ** 30, 0),
      loadAverage: loadavg(),
    },
  };
}

function sideOf(rounds: readonly RoundFigures[]) {
  const all = (of: (figures: RoundFigures) => readonly number[]): number[] => rounds.flatMap((figures) => of(figures));
  const middle = (of: (figures: RoundFigures) => number | undefined): number | null => {
    const known = rounds.map(of).filter((value) => value !== undefined);
    return known.length === 0 ? null : round(median(known));
  };
  const latency = all((figures) => figures.latencyMs);
  return {
    latencyP50Ms: round(median(latency)),
    latencyP95Ms: round(quantile(latency, 0.95)),
    runsPerSecond: middle((figures) => figures.runsPerSecond),
    cpuMsPerRun: middle(cpuOf),
    serverCpuMsPerRun: middle((figures) => figures.serverCpuMs),
    workerCpuMsPerRun: middle((figures) => figures.workerCpuMs),
    clientCpuMsPerRun: middle((figures) => figures.clientCpuMs),
    historyEvents: median(all((figures) => figures.events)),
    historyBytes: median(all((figures) => figures.bytes)),
    approvalToResumedMs: round(median(all((figures) => figures.resumedMs))),
  };
}

/** CPU of server and worker; the client's is the bench's own. */
function cpuOf({ serverCpuMs, workerCpuMs }: RoundFigures): number | undefined {
  return serverCpuMs === undefined || workerCpuMs === undefined ? undefined : serverCpuMs + workerCpuMs;
}

/** The figures for people. */
export function tableOf(summary: Summary): string {
  const { ours, minimal, ratio } = summary;
  const line = (name: string, a: number | null, b: number | null, r?: number | null): string =>
    `${name.padEnd(34)}${cell(a)}${cell(b)}${cell(r ?? null)}`;
  const recovered = (side: Side): number => round(summary.recovery[side].goingMs, 0);
  return [
    `${''.padEnd(34)}${'ours'.padStart(10)}${'minimal'.padStart(10)}${'ratio'.padStart(10)}`,
    line('latency p50, ms', ours.latencyP50Ms, minimal.latencyP50Ms, ratio.latencyP50),
    line('latency p95, ms', ours.latencyP95Ms, minimal.latencyP95Ms),
    line('throughput, runs/s', ours.runsPerSecond, minimal.runsPerSecond, ratio.throughput),
    line('CPU a run, ms', ours.cpuMsPerRun, minimal.cpuMsPerRun, ratio.cpu),
    line('  of it the server', ours.serverCpuMsPerRun, minimal.serverCpuMsPerRun),
    line('  of it the worker', ours.workerCpuMsPerRun, minimal.workerCpuMsPerRun),
    line('history events', ours.historyEvents, minimal.historyEvents, ratio.historyEvents),
    line('history bytes', ours.historyBytes, minimal.historyBytes, ratio.historyBytes),
    line('approval → resumed p50, ms', ours.approvalToResumedMs, minimal.approvalToResumedMs),
    line('  a bare update p50, ms', null, summary.approvalToResumedMs.bareUpdate),
    line('kill -9 → all runs going, ms', recovered('ours'), recovered('minimal')),
    line('kill -9 → all runs done, ms', summary.recovery.ours.doneMs, summary.recovery.minimal.doneMs),
    '',
    `Durability: ours: ${summary.durability.ours}; minimal: ${summary.durability.minimal}.`,
    `${summary.rounds} interleaved rounds, ${summary.machine.cpus} CPUs, load average ${summary.machine.loadAverage.map((load) => load.toFixed(1)).join(' ')}, Node ${summary.versions.node}, Temporal CLI ${summary.versions.temporalCli}, SDK ${summary.versions.sdk}.`,
    ...(ratio.cpu === null ? ['CPU is measured on Linux only.'] : []),
  ].join('\n');
}

function cell(value: number | null): string {
  return (value === null ? '–' : String(round(value, 2))).padStart(10);
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value at a share of the sorted values, between neighbours where it falls there. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

function versionOf(name: string): string {
  return (createRequire(import.meta.url)(`${name}/package.json`) as { version: string }).version;
}

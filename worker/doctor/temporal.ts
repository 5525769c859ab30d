import { addMissingSearchAttributes, attributesCommand } from '../temporal/search-attributes.ts';
import { Client } from '@temporalio/client';
import { wedgedRuns } from '../cluster/cluster.ts';
import { plainLine } from '../../core/plain-text.ts';
import { INDEXED_VALUE_TYPES } from '../../client/search-attributes.ts';
import { SEARCH_ATTRIBUTES, TASK_QUEUE } from '../../contract/names.ts';
import { commandOf, ok, skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import { isNotFound, isRefusal, isUnimplemented, WORKFLOW_QUEUE } from './grpc.ts';
import type { Server, ServerFinder } from './server.ts';

/** A server that answers. */
type Up = Extract<Server, { kind: 'up' }>;

const DAY_SECONDS = 86_400;
/** A poll lasts at most a minute, so a poller that was last seen before this is gone. */
const SILENT_MS = 90_000;

/** Temporal as a worker here would find it. */
export function temporalChecks(settings: DoctorSettings, { find }: ServerFinder): Check[] {
  const asking =
    (look: (server: Up, signal: AbortSignal) => Promise<Finding>): Check['run'] =>
    async (signal) => {
      const server = await find();
      if (server.kind !== 'up') return skipped('no Temporal server to ask');
      try {
        return await server.connection.withAbortSignal(signal, () => look(server, signal));
      } catch (error) {
        return refused(server, error);
      }
    };
  return [
    { name: 'Temporal', run: async () => reachable(settings, await find()) },
    { name: 'namespace', run: asking(namespace) },
    { name: 'retention', run: asking(retention) },
    { name: 'search attributes', run: asking((server) => attributes(settings, server)) },
    { name: 'wedged runs', run: asking(wedged) },
    { name: `workers on \`${TASK_QUEUE}\``, run: asking((server) => workers(settings, server)) },
  ];
}

function reachable(settings: DoctorSettings, server: Server): Finding {
  const up = commandOf(settings, 'up');
  switch (server.kind) {
    case 'none': {
      const left = server.leftover === undefined ? '' : ` (an \`up\` that was killed had one at ${server.leftover})`;
      return {
        kind: 'warn',
        saw: `none runs, and no TEMPORAL_ADDRESS or temporal.toml names one${left}`,
        fix: `start it, with a worker: ${up}`,
        command: up,
      };
    }
    case 'misconfigured':
      return {
        kind: 'fail',
        saw: `its settings cannot be used: ${server.reason}`,
        fix: 'correct the TEMPORAL_* variables or temporal.toml',
      };
    case 'unreachable':
      return {
        kind: 'fail',
        saw: `${server.address}: ${server.reason}`,
        fix: `start that server, or correct TEMPORAL_ADDRESS (or the address in temporal.toml), or unset it and let \`${up}\` start one`,
      };
    case 'up':
      return ok(`${server.address}, server ${server.version}, ${NAMED_BY[server.namedBy]}`);
  }
}

const NAMED_BY = {
  settings: 'as TEMPORAL_ADDRESS or temporal.toml says',
  up: 'of the `up` that runs on this data folder',
  default: 'on the usual port',
} as const;

/** What a server's refusal to answer a question means. @throws the error where it is none of these. */
function refused({ namespace: name, address }: Up, error: unknown): Finding {
  if (isNotFound(error)) return skipped(`there is no namespace ${name}`);
  if (!isRefusal(error)) throw error;
  return {
    kind: 'warn',
    saw: `${address} does not let us ask (${(error as Error).message})`,
    fix: `check TEMPORAL_API_KEY or the TLS certificate, or ask whoever runs the server for the right to read namespace ${name}`,
  };
}

async function namespace({ connection, namespace: name, flags }: Up): Promise<Finding> {
  try {
    await connection.workflowService.describeNamespace({ namespace: name });
    return ok(`${name} is there`);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    const command = `temporal operator namespace create${flags}${name === 'default' ? ' --namespace default' : ''}`;
    return { kind: 'fail', saw: `there is no namespace ${name}`, fix: command, command };
  }
}

async function retention({ connection, namespace: name, flags }: Up): Promise<Finding> {
  const { config } = await connection.workflowService.describeNamespace({ namespace: name });
  const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  const saw = `histories of closed runs are kept ${seconds >= DAY_SECONDS ? `${Math.floor(seconds / DAY_SECONDS)} d` : `${(seconds / 3600).toFixed(1)} h`}`;
  if (seconds >= DAY_SECONDS) return ok(saw);
  const command = `temporal operator namespace update${flags}${name === 'default' ? ' --namespace default' : ''} --retention 72h`;
  return { kind: 'warn', saw: `${saw}: a run of yesterday cannot be looked into`, fix: command, command };
}

async function attributes(settings: DoctorSettings, server: Up): Promise<Finding> {
  const { connection, namespace: name, flags } = server;
  const listed = await customAttributes(server);
  if (listed === undefined) {
    return {
      kind: 'warn',
      saw: 'this server does not let us ask which search attributes it has',
      fix: `see to it that the namespace has ${Object.entries(SEARCH_ATTRIBUTES)
        .map(([key, type]) => `${key} (${type})`)
        .join(', ')}`,
    };
  }
  const wrong = Object.entries(SEARCH_ATTRIBUTES).filter(
    ([key, type]) => key in listed && listed[key] !== INDEXED_VALUE_TYPES[type],
  );
  if (wrong.length > 0) {
    return {
      kind: 'fail',
      saw: wrong.map(([key, type]) => `${key} is ${typeName(listed[key])} here; expected ${type}`).join('; '),
      fix: `only a person can decide this: who else uses ${wrong.map(([key]) => key).join(', ')}? If nobody: ${wrong.map(([key]) => `temporal operator search-attribute remove${flags} --name ${key}`).join('; ')}, then ${commandOf(settings, 'doctor --fix')}. Else use another namespace`,
    };
  }
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(([key]) => !(key in listed));
  if (missing.length === 0) return ok(`all ${Object.keys(SEARCH_ATTRIBUTES).length} are there`);
  return {
    kind: 'warn',
    saw: `${missing.map(([key]) => key).join(', ')} missing: runs go on, but cannot be listed by state, outcome or cost`,
    fix: `${commandOf(settings, 'doctor --fix')}, or ${attributesCommand(flags, missing)}; then start the worker again`,
    mend: async () => {
      await addMissingSearchAttributes(connection, SEARCH_ATTRIBUTES, name);
      return `added ${missing.map(([key]) => key).join(', ')}; start the worker again so that it uses them`;
    },
  };
}

/** Name → type number; nothing where this user may not ask, as on Temporal Cloud. */
async function customAttributes({ connection, namespace: name }: Up): Promise<Record<string, number> | undefined> {
  try {
    const { customAttributes: listed } = await connection.operatorService.listSearchAttributes({ namespace: name });
    return listed as Record<string, number>;
  } catch (error) {
    if (isRefusal(error) || isUnimplemented(error)) return undefined;
    throw error;
  }
}

function typeName(number: number | undefined): string {
  return Object.entries(INDEXED_VALUE_TYPES).find(([, its]) => its === number)?.[0] ?? 'of an unknown type';
}

/** Runs that stand still until their code is mended. */
async function wedged({ connection, namespace: name, flags }: Up): Promise<Finding> {
  const [first, ...others] = await wedgedRuns(new Client({ connection, namespace: name }), TASK_QUEUE);
  if (first === undefined) return ok('none that Temporal reports');
  const { loop, workflowId, cause } = first;
  const command = `temporal workflow show${flags} -w ${workflowId}`;
  return {
    kind: 'warn',
    saw: `${plainLine(workflowId, 100)} of ${plainLine(loop, 100)}${others.length === 0 ? '' : ` and ${others.length} more`}: its workflow task fails again and again (${cause})`,
    fix: `mend its code and start the worker again, then it goes on by itself; why: ${command}`,
    command,
  };
}

async function workers(settings: DoctorSettings, { connection, namespace: name }: Up): Promise<Finding> {
  const { pollers } = await connection.workflowService.describeTaskQueue({
    namespace: name,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_QUEUE,
  });
  const seen = (pollers ?? []).map((poller) => ({
    identity: poller.identity ?? '',
    ago: settings.now() - Number(poller.lastAccessTime?.seconds ?? 0) * 1000,
  }));
  const alive = seen.filter(({ ago }) => ago < SILENT_MS);
  if (alive.length > 0) {
    const names = [...new Set(alive.map(({ identity }) => plainLine(identity, 100)))];
    return ok(`${names.length} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`);
  }
  const command = commandOf(settings, 'worker');
  const last = Math.min(...seen.map(({ ago }) => ago));
  return {
    kind: 'warn',
    saw:
      seen.length === 0
        ? 'none polls: started runs wait'
        : `none polls any more, the last one ${Math.round(last / 1000)} s ago: started runs wait`,
    fix: command,
    command,
  };
}

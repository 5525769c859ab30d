import { loadClientConnectConfig } from '@temporalio/envconfig';

/** Where the Temporal CLI looks when nobody says otherwise. */
export const DEFAULT_ADDRESS = '127.0.0.1:7233';

/** A cluster as the Temporal CLI's own settings name it. */
export interface Target {
  readonly address: string;
  readonly namespace: string;
  /** True when the environment or a profile names the cluster. */
  readonly named: boolean;
}

/** The cluster that `temporal.toml` and the TEMPORAL_* variables name, as for the Temporal CLI. */
export function targetOf(env: NodeJS.ProcessEnv): Target {
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: env as Record<string, string> });
  const { address } = connectionOptions;
  return { address: address ?? DEFAULT_ADDRESS, namespace: namespace ?? 'default', named: address !== undefined };
}

/** What is said where no server answers: who named it, where somebody did, because `up` starts none then. */
export function noServerAt(env: NodeJS.ProcessEnv, address: string): string {
  const none = `No Temporal server answers at ${address}`;
  const named = targetOf(env);
  if (!named.named || named.address !== address)
    return `${none}. Start everything with \`loopwright up\`, or name yours with TEMPORAL_ADDRESS.`;
  const variable = env['TEMPORAL_ADDRESS'] === address;
  const by = variable ? 'TEMPORAL_ADDRESS' : "a profile of Temporal's configuration (temporal.toml)";
  const without = variable ? 'unset TEMPORAL_ADDRESS' : 'take the address out of it';
  return `${none}, which ${by} names. Start that one, or ${without} to let \`loopwright up\` start a server.`;
}

/** CLI flags that reach a cluster: none where the CLI's defaults do. */
export function flagsOf(address: string, namespace: string): string {
  const isDefault = address === DEFAULT_ADDRESS || address === 'localhost:7233';
  return (isDefault ? '' : ` --address ${address}`) + (namespace === 'default' ? '' : ` --namespace ${namespace}`);
}

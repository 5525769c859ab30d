import { lookup } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { SourceProblem } from './problem.ts';

/** An address that a name has. */
export interface Address {
  readonly address: string;
  readonly family: number;
}

/** Finds the addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

/** Says where a private address is allowed, and how. */
export type Allow = (entry: string) => string;

const allowForSources: Allow = (entry) => `loopwright.yaml: \`sources: { allowPrivate: ['${entry}'] }\``;

/** Asks as the machine does: its hosts file, then DNS. */
export const resolveName: Resolve = (hostname) => lookup(hostname, { all: true });

/**
 * Connections to vetted addresses only. A name is looked up once for each connection, and the connection is made to the
 * addresses that were looked at: a second answer of the name server is never asked for (DNS rebinding). A name that has
 * one refused address is refused.
 */
export function vettedAgent(
  may: (address: string, port: number) => boolean,
  resolve: Resolve,
  allow: Allow = allowForSources,
): Agent {
  return new Agent({
    allowH2: false,
    connect: (options, callback) => {
      const hostname = options.hostname.replace(/^\[(.*)\]$/, '$1');
      const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
      vetted(hostname, port, { may, resolve, allow }).then(
        (addresses) => {
          const connect = buildConnector({
            allowH2: false,
            lookup: (_name, { all }, found) => {
              if (all === true) return found(null, [...addresses]);
              const [{ address, family }] = addresses as [Address];
              return found(null, address, family);
            },
          });
          connect(options, (...[error, socket]) => {
            if (error !== null) return callback(error, null);
            if (connectedTo(socket, addresses)) return callback(null, socket);
            socket.destroy();
            return callback(new SourceProblem('refused', `${hostname} was not reached where it was looked up`), null);
          });
        },
        (error: unknown) => callback(error as Error, null),
      );
    },
  });
}

async function vetted(
  hostname: string,
  port: number,
  { may, resolve, allow }: { may: (address: string, port: number) => boolean; resolve: Resolve; allow: Allow },
): Promise<readonly Address[]> {
  const family = isIP(hostname);
  const addresses = family === 0 ? await resolve(hostname) : [{ address: hostname, family }];
  if (addresses.length === 0) throw new SourceProblem('failed', `${hostname} has no address`);
  const refused = addresses.find(({ address }) => !may(address, port));
  if (refused === undefined) return addresses;
  const who = refused.address === hostname ? hostname : `${hostname} (${refused.address})`;
  const entry = `${family === 6 ? `[${refused.address}]` : refused.address}:${port}`;
  throw new SourceProblem(
    'refused',
    `${who} is no public address. Where a host inside your network is meant, allow it in ${allow(entry)}`,
  );
}

/** The last look, at what the socket itself says. */
function connectedTo({ remoteAddress }: Socket, addresses: readonly Address[]): boolean {
  return addresses.some(({ address }) => address === remoteAddress);
}

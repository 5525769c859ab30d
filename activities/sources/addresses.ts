import { BlockList, isIP } from 'node:net';

/** `private` ones may be reached where the installation says so; `never` ones belong to no host that has a page for us. */
export type Standing = 'public' | 'private' | 'never';

/** Loopback, private use, shared (carrier-grade NAT) and unique local addresses. */
const PRIVATE = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '::1/128',
  'fc00::/7',
] as const;

/**
 * IPv4 that is not public and not anybody's intranet: this network, link-local with the metadata services of clouds,
 * protocol assignments, documentation, the 6to4 relay, benchmarks, multicast, reserved (IANA special-purpose registry).
 */
const NEVER = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Metadata services that live in private ranges.
  '100.100.100.200/32',
  'fd00:ec2::254/128',
] as const;

/** Of IPv6 only this is public, so whatever carries an IPv4 address elsewhere (mapped, NAT64 `64:ff9b::`) is not. */
const PUBLIC_6 = '2000::/3';

/** But not these of it: protocol assignments with Teredo, documentation, 6to4. */
const NOT_PUBLIC_6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const;

const privates = blockList(PRIVATE);
const nevers = blockList([...NEVER, ...NOT_PUBLIC_6]);
const public6 = blockList([PUBLIC_6]);

/** Where an address is. What is no address is `never`. */
export function standingOf(address: string): Standing {
  const family = familyOf(address);
  if (family === undefined || nevers.check(address, family)) return 'never';
  // A mapped IPv4 address matches the rules for IPv4; nobody has to write one.
  if (address.includes('.') && family === 'ipv6') return 'never';
  if (privates.check(address, family)) return isMapped(address) ? 'never' : 'private';
  return family === 'ipv4' || public6.check(address, family) ? 'public' : 'never';
}

/** What an entry of `sources.allowPrivate` allows; undefined where it is none: `127.0.0.1:8080`, `10.2.0.0/16:443`, `[fd12::/16]:443`. */
export function privateEntry(entry: string): ((address: string, port: number) => boolean) | undefined {
  const [, six, four, port] = /^(?:\[([\da-f:]+(?:\/\d+)?)\]|([\d.]+(?:\/\d+)?)):(\d{1,5})$/i.exec(entry) ?? [];
  const network = six ?? four ?? '';
  const [address = '', bits] = network.split('/');
  const longest = six === undefined ? 32 : 128;
  if (standingOf(address) !== 'private' || Number(bits ?? longest) > longest || Number(port) > 65_535) return undefined;
  // A network that reaches beyond what is private would open what no list may open.
  if (Number(bits ?? longest) < smallestPrefix(address)) return undefined;
  const list = blockList([`${address}/${bits ?? longest}`]);
  return (candidate, at) => at === Number(port) && list.check(candidate, familyOf(candidate) ?? 'ipv4');
}

/** What may be connected to: public addresses, and the private ones that an installation allows. */
export function mayConnect(allowPrivate: readonly string[]): (address: string, port: number) => boolean {
  const allowed = allowPrivate.flatMap((entry) => privateEntry(entry) ?? []);
  return (address, port) => {
    const standing = standingOf(address);
    return standing === 'public' || (standing === 'private' && allowed.some((allows) => allows(address, port)));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return undefined;
  return version === 4 ? 'ipv4' : 'ipv6';
}

function isMapped(address: string): boolean {
  return blockList(['::ffff:0:0/96']).check(address, 'ipv6') && isIP(address) === 6;
}

function smallestPrefix(address: string): number {
  const whole = PRIVATE.find((network) => blockList([network]).check(address, familyOf(address)));
  return Number(whole?.split('/')[1]);
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    list.addSubnet(address, Number(bits), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

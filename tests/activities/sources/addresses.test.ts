import { expect, test } from 'vitest';
import { mayConnect, privateEntry, standingOf } from '../../../activities/sources/addresses.ts';
import { Config } from '../../../worker/models/config.ts';

test.each([
  ['93.184.215.14', 'public'],
  ['2606:2800:21f:cb07::1', 'public'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['100.64.0.1', 'private'],
  ['fd12::1', 'private'],
  ['::1', 'private'],
  ['0.0.0.0', 'never'],
  ['169.254.169.254', 'never'],
  ['100.100.100.200', 'never'],
  ['fd00:ec2::254', 'never'],
  ['224.0.0.1', 'never'],
  ['255.255.255.255', 'never'],
  ['::', 'never'],
  ['::ffff:127.0.0.1', 'never'],
  ['::ffff:7f00:1', 'never'],
  ['::ffff:5db8:d70e', 'never'],
  ['::7f00:1', 'never'],
  ['64:ff9b::7f00:1', 'never'],
  ['64:ff9b::127.0.0.1', 'never'],
  ['2002:7f00:1::', 'never'],
  ['2001:0:4136:e378::1', 'never'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['fec0::1', 'never'],
  ['ff02::1', 'never'],
  ['docs.example', 'never'],
  ['', 'never'],
] as const)('%s is %s', (address, standing) => expect(standingOf(address)).toBe(standing));

test('what an installation allows is open at its port, and nothing beside it', () => {
  const may = mayConnect(['127.0.0.1:8080', '10.2.0.0/16:443', '[fd12::/16]:443']);
  expect(may('127.0.0.1', 8080)).toBe(true);
  expect(may('127.0.0.1', 8081)).toBe(false);
  expect(may('127.0.0.2', 8080)).toBe(false);
  expect(may('::ffff:127.0.0.1', 8080)).toBe(false);
  expect(may('10.2.200.1', 443)).toBe(true);
  expect(may('10.3.0.1', 443)).toBe(false);
  expect(may('fd12::5', 443)).toBe(true);
  expect(may('93.184.215.14', 12_345)).toBe(true);
});

test.each([
  '127.0.0.1',
  '8.8.8.8:53',
  '169.254.169.254:80',
  '0.0.0.0/0:80',
  '10.0.0.0/7:80',
  '[::/0]:443',
  '[fe80::1]:80',
  'localhost:80',
  '127.0.0.1:99999',
  '127.0.0.1/33:80',
  '[::ffff:127.0.0.1]:80',
])('%s cannot be allowed', (entry) => {
  expect(privateEntry(entry)).toBeUndefined();
  const { error } = Config.safeParse({ sources: { allowPrivate: [entry] } });
  expect(error?.issues[0]?.message).toContain('Write it as `127.0.0.1:8080`');
});

test('a wide network opens no address of a metadata service', () => {
  const may = mayConnect(['100.64.0.0/10:80', '[fc00::/7]:80']);
  expect(may('100.64.0.1', 80)).toBe(true);
  expect(may('100.100.100.200', 80)).toBe(false);
  expect(may('fd00:ec2::254', 80)).toBe(false);
});

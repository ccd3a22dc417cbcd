import { hostname } from 'node:os';
import { expect, it } from 'vitest';
import { isOpenTo } from '../../../server/src/access/door.ts';
import { isPassedOn, networkOf } from '../../../server/src/access/origins.ts';
import { linkOf } from '../../../server/src/access/set-up.ts';

const LOOPBACK = { host: '127.0.0.1', publicUrls: [], visitors: undefined, proxies: 0, oidc: undefined } as const;

it.each([
  [LOOPBACK, true],
  [{ ...LOOPBACK, host: '::1' }, true],
  [{ ...LOOPBACK, host: '0.0.0.0' }, false],
  [{ ...LOOPBACK, publicUrls: ['https://room.example.org'] }, false],
  [{ ...LOOPBACK, proxies: 1 }, false],
  [{ ...LOOPBACK, oidc: { issuer: 'https://id.example.org' } as never }, false],
  [{ ...LOOPBACK, visitors: 'nothing' }, false],
  [{ ...LOOPBACK, host: '0.0.0.0', publicUrls: ['https://room.example.org'], proxies: 1, visitors: 'view' }, true],
] as const)('without a credential a wall at %o shows everything: %s', (settings, isOpen) => {
  expect(isOpenTo(settings)).toBe(isOpen);
});

it('whoever is passed on by a proxy does not sit at this machine', () => {
  expect(isPassedOn({ 'x-forwarded-for': '203.0.113.9' })).toBe(true);
  expect(isPassedOn({ forwarded: 'for=203.0.113.9' })).toBe(true);
  expect(isPassedOn({ host: '127.0.0.1:3000', 'x-forwarded-proto': 'http' })).toBe(false);
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:0:7::1', '2001:db8:0:7'],
  ['2001:DB8::7:0:0:0:9', '2001:db8:0:7'],
  ['2001:0db8:0000:0007:1:2:3:4', '2001:db8:0:7'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['', ''],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('the link of the first administrator names a machine that others find', () => {
  expect(linkOf('https://room.example.org', 'x')).toBe('https://room.example.org/sign-in#invitation=x');
  for (const url of ['http://0.0.0.0:3000', 'http://[::]:3000'])
    expect(linkOf(url, 'x')).toBe(`http://${hostname().toLowerCase()}:3000/sign-in#invitation=x`);
});

/**
 * Webhooks: a POST of JSON, signed by HMAC-SHA256 over `timestamp.body`, so that a receiver knows who sent it and when. No address of
 * a private network is reached that the settings do not allow, whatever its name resolves to.
 */
import { createHmac } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Bring } from './channel.ts';
import { post } from './post.ts';

/** Addresses that are reached from this machine or its network alone, or are nobody's. */
const PRIVATE: readonly [string, number, 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['::ffff:0:0:0', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['3fff::', 20, 'ipv6'],
  ['5f00::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

export type Allowed = (address: string) => boolean;

/** By addresses and networks, as `10.1.0.0/16`, that may be reached though they are private. Throws where one is none. */
export function allowing(networks: readonly string[]): Allowed {
  const refused = new BlockList();
  for (const [address, bits, family] of PRIVATE) refused.addSubnet(address, bits, family);
  const allowed = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const length = bits === undefined ? most : Number(bits);
    if (family === 0 || !Number.isInteger(length) || length < 0 || length > most)
      throw new Error(`${network} is no address or network as 10.1.0.0/16`);
    allowed.addSubnet(address, length, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    return !refused.check(address, family) || allowed.check(address, family);
  };
}

/** `secretOf` a receiver: by what its messages are signed. */
export function webhookBy(isAllowed: Allowed, secretOf: (receiver: string) => Promise<string>): Bring<'webhook'> {
  const refusal = (host: string): Error =>
    new Error(`${host} is an address of a private network: add it to WEBHOOK_ALLOW where that is meant`);
  /** What is connected to is what was looked at: a name that resolves otherwise a moment later changes nothing. */
  const resolve: LookupFunction = (host, options, done) => {
    lookup(host, { all: true, family: options.family === 6 || options.family === 4 ? options.family : 0 }).then(
      (found) => {
        const [first] = found;
        if (first === undefined || found.some(({ address }) => !isAllowed(address))) return done(refusal(host), '', 4);
        if (options.all === true) return done(null, found);
        done(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => done(error, '', 4),
    );
  };
  return async ({ url: text }, { key, receiver, texts, notices }, signal) => {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isAllowed(host)) throw refusal(host);
    const body = JSON.stringify({ id: key, ...texts, events: notices });
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', await secretOf(receiver))
      .update(`${timestamp}.${body}`)
      .digest('hex');
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'operations-room',
      'idempotency-key': key,
      'x-room-timestamp': timestamp,
      'x-room-signature': `sha256=${signature}`,
    };
    const { status, said } = await post(url, { headers, body, signal, lookup: resolve });
    if (status < 200 || status >= 300) throw new Error(`it answered ${`${status} ${said}`.trim()}`);
    return `${status} ${said}`.trim();
  };
}

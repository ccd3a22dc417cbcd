/**
 * From where a browser may reach what is open without a key. A page of another origin must not use a visitor's way into the
 * network, neither by a socket nor by a name of its own that it points at this address (DNS rebinding).
 */
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

export interface OriginsOptions {
  /** The address that the room listens on. */
  host: string;
  /** Where walls are opened, beside the address itself: what a proxy in front is called. */
  publicUrls: readonly string[];
}

export class Origins {
  readonly #isLoopback: boolean;
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;

  constructor({ host, publicUrls }: OriginsOptions) {
    this.#isLoopback = isLoopback(host);
    const urls = publicUrls.map((url) => new URL(url));
    this.#origins = new Set(urls.map(({ origin }) => origin));
    this.#hosts = new Set(urls.map((url) => url.host));
  }

  /** Why a request with this `Host` is refused, or undefined. On an open address any name may be ours. */
  hostRefused(host: string | undefined): string | undefined {
    if (!this.#isLoopback) return undefined;
    const url = urlOf('http:', host);
    if (url !== undefined && (isLoopback(url.hostname) || this.#hosts.has(url.host))) return undefined;
    if (url !== undefined && this.#hosts.has(urlOf('https:', host)?.host ?? '')) return undefined;
    return 'the room listens on loopback only and is asked for by another name; name it in PUBLIC_URL where a proxy passes it on';
  }

  /** Why a socket is refused, or undefined. Programs send no `Origin`; a browser always does. */
  socketRefused(origin: string | undefined, host: string | undefined): string | undefined {
    const refused = this.hostRefused(host);
    if (refused !== undefined || origin === undefined) return refused;
    const from = URL.canParse(origin) ? new URL(origin) : undefined;
    if (from !== undefined && (from.protocol === 'http:' || from.protocol === 'https:')) {
      if (this.#origins.has(from.origin) || urlOf(from.protocol, host)?.host === from.host) return undefined;
    }
    return 'pages of another origin open no socket here; name the address of the wall in PUBLIC_URL where a proxy changes Host';
  }
}

/** `host` with the default port of `protocol` left out, as in an origin. */
function urlOf(protocol: string, host: string | undefined): URL | undefined {
  const text = `${protocol}//${host ?? ''}`;
  // Anything beyond a name and a port would be a path or a user.
  return host !== undefined && /^[\w.:[\]-]+$/.test(host) && URL.canParse(text) ? new URL(text) : undefined;
}

/** What a start says where others than this machine reach the room, and no proxy with TLS is named; else undefined. */
export function exposure({
  host,
  publicUrls,
  isOpen,
  isSecure,
}: OriginsOptions & { isOpen: boolean; isSecure: boolean }): string | undefined {
  if (isLoopback(host) || isSecure || publicUrls.some((url) => /^https:/i.test(url))) return undefined;
  return (
    `HOST is ${host}: ${isOpen ? 'whoever reaches it sees the walls, and keys, ' : 'keys, passwords '}and tokens pass it unencrypted; ` +
    'set TLS_CERT and TLS_KEY, or put a proxy with TLS before the room and name it in PUBLIC_URL, or set HOST to 127.0.0.1'
  );
}

/** What a start says where a proxy is before the room and the settings do not say how many there are; else undefined. */
export function unnamedProxy({
  host,
  publicUrls,
  isSecure,
  proxies,
}: OriginsOptions & { isSecure: boolean; proxies: number }): string | undefined {
  const isBehind = (url: string): boolean =>
    (/^https:/i.test(url) && !isSecure) || (isLoopback(host) && !isLoopback(new URL(url).hostname));
  return proxies === 0 && publicUrls.some(isBehind)
    ? `PUBLIC_URL names a proxy and TRUST_PROXY is 0: ${ALL_ONE}`
    : undefined;
}

export const ALL_ONE =
  'everybody has the address of the proxy, by which failures to sign in and displays that wait are counted; set TRUST_PROXY to the ' +
  'number of proxies before the room, each of which adds the address that it heard to X-Forwarded-For';

export function isLoopback(name: string): boolean {
  const bare = name.replace(/^\[|\]$/g, '').toLowerCase();
  if (bare === 'localhost' || bare.endsWith('.localhost')) return true;
  return isIP(bare) === 4
    ? bare.startsWith('127.')
    : bare === '::1' || bare.startsWith('::ffff:7f') || bare.startsWith('::ffff:127.');
}

/** A proxy says that it passes somebody on, who then does not sit at this machine. */
export const isPassedOn = (headers: IncomingHttpHeaders): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;

/** An address of IPv4 as people write it, also where it was heard by IPv6; without the port that some proxies write behind it. */
export const addressOf = (heard: string | undefined): string =>
  (heard ?? '')
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/i, '');

/** Of an address of IPv6 what a subscriber has, in groups of 16 bits; whoever has a network of them may have more of these. */
const SUBSCRIBER = 4;
export const SITE = 3;

/** What one owner of addresses has: an address of IPv4, the upper half, or so many groups, of one of IPv6. What is no address is one. */
export function networkOf(heard: string, most = SUBSCRIBER): string {
  const address = addressOf(heard);
  if (isIP(address) === 4) return address;
  if (isIP(address) !== 6) return '';
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = (of: string): string[] => (of === '' ? [] : of.split(':'));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right]
    .slice(0, most)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/** Sends generated requests to every route of a room but the gateway's, as a person, an operator or a stranger might. The same seed sends the same ones. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Operation } from '../harness/api.ts';
import { type Random, randomOf } from '../portal/random.ts';
import { oneOf, whole } from './records.ts';

export interface FuzzApiOptions {
  seed: string;
  requests: number;
  senders: number;
  operations: readonly Pick<Operation, 'method' | 'path'>[];
  /** Headers of those who ask, each with the rights of somebody. */
  askers: readonly Readonly<Record<string, string>>[];
}

export interface FuzzedApi {
  statuses: Record<string, number>;
  /** Of one answer, milliseconds. */
  longest: number;
  /** What no request may bring about, in words. */
  faults: string[];
}

const MOST_FAULTS = 20;
const MOST_REFUSAL = 1_200;
const PATIENCE_MS = 30_000;
/** What tells an outsider of the inside. */
const INSIDE = /node_modules|\n\s+at |\/src\/|ENOENT|SQLITE|SELECT |syntax error|root:.*:0:0:/;

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '',
  '\0',
  'a'.repeat(5_000),
  '%00',
];
const PATHS = [
  '/../../../etc/passwd',
  '/..%2f..%2f..%2fetc%2fpasswd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..%5c..%5cwindows%5cwin.ini',
  '/assets/../../../server/src/main.ts',
  '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
  '/.git/config',
  '/v1/../v1/people',
  '/v1//people',
  '/v1/people/..%2fportals',
  '/V1/PEOPLE',
  '/%c0%ae%c0%ae/',
  '/%',
  '/\\..\\..\\',
  '/v1/operator/quarantine/%2e%2e%2f%2e%2e',
  '/v1/operator/backup/..%2f..%2fetc%2fpasswd',
  '//evil.example/v1/session',
];

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const BODIES = [
  '',
  'null',
  '0',
  '"text"',
  '[]',
  '{',
  deep(20_000),
  `{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`,
  `{"name":"${'x'.repeat(90_000)}"}`,
  `{"x":"${'x'.repeat(2_000_000)}"}`,
  `{${Array.from({ length: 5_000 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
  '{"__proto__":{"isDisabled":true,"rights":["administer"]}}',
  '{"constructor":{"prototype":{"rights":["administer"]}}}',
  '{"id":{"$ne":null},"password":{"$gt":""}}',
  '{"id":"x\' OR 1=1 --","password":"\'; DROP TABLE session; --"}',
  '{"rights":["administer","administer"],"scope":"all","rights":["view"]}',
  '\ufeff{}',
  '{"id":"\ud800"}',
  '{"version":1e400,"name":1e-400}',
];

const ODD_HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'x-forwarded-for': '127.0.0.1, 10.0.0.1' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'for=127.0.0.1;host=evil.example' },
  { 'x-http-method-override': 'DELETE', 'x-original-url': '/v1/people', 'x-rewrite-url': '/v1/people' },
  { cookie: `room-session=${'x'.repeat(9_000)}` },
  { cookie: 'room-session=__proto__; room-look=constructor; room-device=..;=;;' },
  { cookie: 'room-session=%00%ff; room-session[]=a' },
  { authorization: `Bearer ${'.'.repeat(4_000)}` },
  { authorization: 'Bearer __proto__' },
  { host: 'evil.example' },
  { host: '127.0.0.1:1@evil.example' },
  { origin: 'https://evil.example' },
  { origin: 'null', 'sec-fetch-site': 'cross-site' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/x-www-form-urlencoded' },
  { 'content-type': 'application/json; charset=utf-7' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'br, gzip' },
  { 'x-request-id': '"><script>' },
  { 'x-csrf-token': '__proto__' },
  { range: 'bytes=0-0,-1', 'if-none-match': '*'.repeat(500) },
  { te: 'trailers', upgrade: 'websocket', connection: 'upgrade' },
];

export async function fuzzApi(url: string, options: FuzzApiOptions): Promise<FuzzedApi> {
  const { seed, requests, senders } = options;
  const found: FuzzedApi = { statuses: {}, longest: 0, faults: [] };
  const tell = (what: string): void => {
    if (found.faults.length < MOST_FAULTS) found.faults.push(what);
  };
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < requests) {
      const number = next++;
      const sent = requestOf(randomOf(`${seed} ${number}`), options, url);
      const where = `request ${number} of ${seed}, ${sent.method} ${sent.path.slice(0, 80)},`;
      const began = performance.now();
      const answer = await send(url, sent).catch((error: Error) => error);
      found.longest = Math.max(found.longest, performance.now() - began);
      const status = answer instanceof Error ? 'cut' : String(answer.status);
      found.statuses[status] = (found.statuses[status] ?? 0) + 1;
      // A sender in mid-body may find its connection closed before it reads why.
      if (answer instanceof Error) {
        if (!/ECONNRESET|EPIPE|socket hang up/.test(`${(answer as NodeJS.ErrnoException).code} ${answer.message}`))
          tell(`${where} had no answer: ${answer.message}`);
        continue;
      }
      if (answer.status >= 500 && answer.status !== 503) tell(`${where} was answered ${status}: ${answer.text}`);
      if (answer.status >= 400 && answer.text.length > MOST_REFUSAL) tell(`${where} was refused at length`);
      if (answer.status >= 400 && INSIDE.test(answer.text)) tell(`${where} was told of the inside: ${answer.text}`);
      if (answer.headers['access-control-allow-origin'] !== undefined) tell(`${where} was opened to other origins`);
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  return found;
}

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

function requestOf(random: Random, { operations, askers }: FuzzApiOptions, url: string): Sent {
  const { method, path } = oneOf(random, operations);
  const name = (): string => encodeURIComponent(oneOf(random, NAMES));
  const filled = path.replaceAll(/\{\w+\}/g, () =>
    random.next() < 0.5 ? name() : oneOf(random, ['nobody', '..%2f', '*']),
  );
  const fields = Array.from({ length: whole(random, 4) }, () => `${name()}=${name()}`);
  const query = random.next() < 0.5 ? '' : `?${fields.join('&')}`;
  const isPost = method === 'post';
  const body = isPost || random.next() < 0.1 ? Buffer.from(oneOf(random, BODIES)) : undefined;
  const headers: Record<string, string> = {
    ...(isPost ? { 'content-type': 'application/json', origin: url } : {}),
    ...oneOf(random, askers),
    ...(random.next() < 0.6 ? oneOf(random, ODD_HEADERS) : {}),
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
  };
  return {
    method:
      random.next() < 0.05
        ? oneOf(random, ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])
        : method.toUpperCase(),
    path: random.next() < 0.15 ? oneOf(random, PATHS) : `${filled}${query}`,
    headers,
    body,
  };
}

/** With its path as it is told: nothing is put right on the way. */
function send(
  url: string,
  { method, path, headers, body }: Sent,
): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(parts).toString(),
          headers: response.headers,
        }),
      );
    });
    request.setTimeout(PATIENCE_MS, () => request.destroy(new Error('none within its time')));
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, text: '', headers: response.headers });
    });
    request.on('error', reject);
    request.end(body);
  });
}

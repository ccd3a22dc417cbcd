/** Sends generated requests to a room as strangers do, and says how it answered. The same seed sends the same ones. */
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { NATIONAL } from '../harness/client.ts';
import { type Random, randomOf } from '../portal/random.ts';
import { eventText, noise, oneOf, spoiled, whole } from './records.ts';

export interface Answered {
  /** Answers by status; `0` for a connection that ended without one, where the request was broken itself. */
  statuses: Record<string, number>;
  /** Ids told to be accepted, in order of the answers. */
  accepted: string[];
  quarantined: number;
  /** Of one answer, milliseconds. */
  longest: number;
  /** What no request may bring about, in words. */
  faults: string[];
}

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

const MOST_FAULTS = 20;
const MOST_ANSWER = 1_200;
const PATIENCE_MS = 30_000;
const TYPES = [
  'application/cloudevents+json',
  'application/cloudevents+json; charset=utf-8',
  'Application/CloudEvents+JSON',
  'application/json',
];
const BATCHES = ['application/cloudevents-batch+json', 'application/json', 'APPLICATION/cloudevents-BATCH+json;x=y'];
const ODD_TYPES = [
  '',
  'text/plain',
  'application/cloudevents+avro',
  'application/json, text/plain',
  '/',
  'x'.repeat(4_000),
];
const ODD_VALUES = [
  '',
  'true',
  'True',
  '1',
  '%',
  '%zz',
  '%C0%A0',
  '%00',
  '"',
  '"a\\',
  '"a b"',
  '\xe9\xff',
  'h%E1%BB%93',
  'x'.repeat(3_000),
];
const CE = [
  'ce-specversion',
  'ce-id',
  'ce-source',
  'ce-type',
  'ce-time',
  'ce-simulated',
  'ce-data',
  'ce-',
  'ce-__proto__',
];

/** Beyond what a request may hold: events, bytes, bytes of one event, levels. */
const HUGE = [
  Buffer.from(`[${'1,'.repeat(1_000)}1]`),
  Buffer.alloc(1024 * 1024 + 1, ' '),
  Buffer.from(`{"subject":"${'x'.repeat(1_000_000)}"}`),
  Buffer.from('['.repeat(500_000) + ']'.repeat(500_000)),
];

export async function fuzzGateway(
  url: string,
  key: string,
  options: { seed: string; requests: number; senders: number },
): Promise<Answered> {
  const { seed, requests, senders } = options;
  const answered: Answered = { statuses: {}, accepted: [], quarantined: 0, longest: 0, faults: [] };
  const tell = (what: string): void => {
    if (answered.faults.length < MOST_FAULTS) answered.faults.push(what);
  };
  let next = 0;
  async function sender(): Promise<void> {
    while (next < requests) {
      const number = next++;
      const random = randomOf(`${seed} ${number}`);
      const began = performance.now();
      const where = `request ${number} of ${seed}`;
      let status = 0;
      if (random.next() < 0.04) status = await sendBroken(url, key, random);
      else {
        const sent = requestOf(random, key, number);
        const answer = await send(url, sent).catch((error: Error) => error);
        if (answer instanceof Error) tell(`${where} had no answer: ${answer.message}`);
        else {
          status = answer.status;
          take(answer, (what) => tell(`${where} ${what}`));
        }
      }
      if (status >= 500 || (status > 0 && status < 200)) tell(`${where} was answered ${status}`);
      answered.statuses[status] = (answered.statuses[status] ?? 0) + 1;
      answered.longest = Math.max(answered.longest, performance.now() - began);
    }
  }

  function take({ status, text }: Answer, fault: (what: string) => void): void {
    if (status !== 202) {
      if (text.length > MOST_ANSWER) fault(`was answered by ${text.length} characters`);
      return;
    }
    const { results } = JSON.parse(text) as { results: { id: string | null; result: string; reason?: string }[] };
    for (const { id, result, reason = '' } of results) {
      if (result === 'accepted') answered.accepted.push(id ?? '');
      if (result === 'quarantined') answered.quarantined++;
      if (reason.length > 500 || (id ?? '').length > 500) fault('was answered at length');
    }
  }

  await Promise.all(Array.from({ length: senders }, sender));
  return answered;
}

function requestOf(random: Random, key: string, number: number): Sent {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  const event = (at = 0): Buffer => {
    const text = Buffer.from(eventText(random, `f-${number}-${at}`));
    const kind = random.next();
    return kind < 0.04 ? noise(random) : kind < 0.12 ? spoiled(random, text) : text;
  };
  const kind = random.next();
  let body: Buffer | undefined;
  if (kind < 0.4) {
    headers['content-type'] = oneOf(random, TYPES);
    body = event();
  } else if (kind < 0.65) {
    headers['content-type'] = oneOf(random, BATCHES);
    const events = Array.from({ length: whole(random, 12) }, (_, at) =>
      Buffer.from(eventText(random, `f-${number}-${at}`)),
    );
    const joined = Buffer.from(`[${events.map(String).join(random.next() < 0.03 ? ' ' : ',')}]`);
    body = random.next() < 0.1 ? spoiled(random, joined) : joined;
  } else if (kind < 0.92) {
    headers['content-type'] = 'application/json; charset=utf-8';
    Object.assign(headers, {
      'ce-specversion': '1.0',
      'ce-id': `f-${number}`,
      'ce-source': NATIONAL,
      'ce-type': 'submission.counted',
    });
    const structured = JSON.parse(Buffer.from(goodEvent(number)).toString()) as { data: unknown };
    body = random.next() < 0.2 ? event() : Buffer.from(JSON.stringify(structured.data));
    for (let changes = whole(random, 3); changes > 0; changes--) headers[oneOf(random, CE)] = oneOf(random, ODD_VALUES);
  } else if (random.next() < 0.8) body = event();
  if (random.next() < 0.02) body = oneOf(random, HUGE);
  if (random.next() < 0.04) headers['content-type'] = oneOf(random, ODD_TYPES);
  if (random.next() < 0.02) headers['authorization'] = oneOf(random, ['', 'Bearer', 'Bearer x', `Basic ${key}`, key]);
  if (random.next() < 0.08 && body !== undefined) {
    headers['content-encoding'] = oneOf(random, [
      'gzip',
      'GZIP',
      'identity',
      'deflate',
      'br',
      'compress',
      'gzip, gzip',
    ]);
    if (random.next() < 0.7) body = gzipSync(body);
    if (random.next() < 0.2) body = body.subarray(0, whole(random, body.length));
  }
  if (random.next() < 0.05) headers['transfer-encoding'] = 'chunked';
  else if (body !== undefined) headers['content-length'] = String(body.length);
  const isOdd = random.next() < 0.02;
  return {
    method: isOdd ? oneOf(random, ['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) : 'POST',
    path:
      random.next() < 0.02
        ? oneOf(random, ['/v1/events?x=%ff', '/v1/events/', '/v1//events', '/v1/events/schema'])
        : '/v1/events',
    headers,
    body,
  };
}

const goodEvent = (number: number): string =>
  JSON.stringify({
    id: `f-${number}`,
    data: {
      procedure: 'DV01',
      agency: 'MPS',
      province: '01',
      channel: 2,
      status: 1,
      count: 1,
      occurredAt: '2026-11-19T10:42:07+07:00',
    },
  });

interface Answer {
  status: number;
  text: string;
}

function send(url: string, { method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // A connection each: what is broken must not be taken for the next request's fault.
    const request = httpRequest(`${url}${path}`, { method, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    request.setTimeout(PATIENCE_MS, () => request.destroy(new Error('none within its time')));
    request.on('error', reject);
    request.end(body);
  });
}

/** A request that is no HTTP, or whose sender leaves in the middle of it. Resolves to its status, 0 where there is none. */
function sendBroken(url: string, key: string, random: Random): Promise<number> {
  const { hostname, port } = new URL(url);
  const body = eventText(random, 'broken');
  const head = `POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: ${TYPES[0]}\r\n`;
  const bytes = oneOf(random, [
    () => Buffer.from(`${head}content-length: ${body.length + 50}\r\n\r\n${body}`),
    () => Buffer.from(`${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\n[1,2]\r\n0\r\n\r\n`),
    () => Buffer.from(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n${body}`),
    () => Buffer.from(`${head}${'a: b\r\n'.repeat(2_500)}content-length: ${body.length}\r\n\r\n${body}`),
    () => Buffer.from(`${head}content-length: -1\r\n\r\n`),
    () => Buffer.from(`${head}\r\n`),
    () => Buffer.from('POST / HTTP/9.9\r\n\r\n'),
    () => spoiled(random, Buffer.from(`${head}content-length: 2\r\n\r\n{}`)),
    () => noise(random),
  ])();
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1');
      if (/^HTTP\/1\.1 [2-5]/.test(text)) socket.destroy();
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0)));
    socket.setTimeout(300, () => socket.destroy());
    socket.end(bytes);
  });
}

/** What senders may do to a real room without stopping the others: slow bodies, bodies without a right, no HTTP at all. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startChild } from '../bench/child.ts';
import type { handlers } from '../bench/pesterers.ts';
import { NATIONAL, post, send, submission } from '../harness/client.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { postTimes } from '../harness/strangers.ts';

const OTHER = 'urn:portal:province:01';
const MIB = 1024 * 1024;
const PATIENCE = { timeout: 20_000, interval: 50 };
/** Who waits so long is held up by others, on any machine; `npm run bench -- strangers` has the times. */
const HELD_MS = 5_000;

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await Promise.all([room.key(NATIONAL), room.key(OTHER)]);
  await send(room, [submission('first')]);
});
afterAll(() => room[Symbol.asyncDispose]());

interface Wire {
  socket: Socket;
  said: () => string;
  /** Status of the first answer; NaN while there is none. */
  status: () => number;
  closed: Promise<unknown>;
}

function wire(text: string): Wire {
  const { port, hostname } = new URL(room.url);
  const socket = connect(Number(port), hostname);
  let said = '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    said += bytes.toString();
  });
  socket.write(text);
  return {
    socket,
    said: () => said,
    status: () => Number(/^HTTP\/1\.1 (?!100)(\d{3})/m.exec(said)?.[1]),
    closed: once(socket, 'close'),
  };
}

const head = async (source: string, more: string): Promise<string> =>
  `POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${await room.key(source)}\r\nContent-Type: application/cloudevents+json\r\n${more}\r\n\r\n`;

const bodyOf = ({ said }: Wire): { error: { code: string; reason: string } } =>
  JSON.parse(said().slice(said().indexOf('\r\n\r\n') + 4)) as { error: { code: string; reason: string } };

it('slow bodies of one portal shut out nobody, and are ended with 408', { timeout: 60_000 }, async () => {
  const lengths = [...Array.from({ length: 12 }, () => MIB), ...Array.from({ length: 30 }, () => 300)];
  const headers = await Promise.all([
    ...lengths.map((length) => head(NATIONAL, `Content-Length: ${length}`)),
    head(NATIONAL, 'Transfer-Encoding: chunked'),
    head(NATIONAL, 'Content-Encoding: gzip\r\nContent-Length: 1000'),
  ]);
  const began = performance.now();
  const slow = headers.map((text) => wire(text));
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write(' ');
  }, 500);
  const statuses: number[] = [];
  while (slow.some(({ status }) => Number.isNaN(status()))) {
    const response = await post(room, [submission(`o-${statuses.length}`, {}, { source: OTHER })], OTHER);
    await response.arrayBuffer();
    statuses.push(response.status);
    expect(performance.now() - began).toBeLessThan(30_000);
    await sleep(100);
  }
  clearInterval(drip);
  await Promise.all(slow.map(({ closed }) => closed));
  expect(new Set(statuses)).toEqual(new Set([202]));
  // The one with a body that is no gzip may be told that first.
  expect(new Set(slow.slice(0, -2).map(({ status }) => status()))).toEqual(new Set([408]));
  expect(bodyOf(slow[0] as Wire).error.code).toBe('too_slow');
  await send(room, [submission('after')]);
});

it.each([
  ['without a key', 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{', 401],
  [
    'without a key, asking first',
    'POST /v1/events HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n',
    401,
  ],
  ['without a key, in pieces', 'POST /v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n', 401],
  ['to nowhere', 'POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n{', 404],
  [
    'with many headers',
    `POST /v1/events HTTP/1.1\r\nHost: x\r\n${'a: b\r\n'.repeat(2_500)}Content-Length: 9\r\n\r\n`,
    431,
  ],
  ['with a large head', `GET / HTTP/1.1\r\nHost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
  ['that is no HTTP', 'BREW coffee\r\n\r\n', 400],
])('a request %s is answered and closed, whatever it goes on to send', async (_, text, status) => {
  const it = wire(text);
  const drip = setInterval(() => void (it.socket.writable && it.socket.write(' ')), 50);
  await it.closed;
  clearInterval(drip);
  expect(it.status()).toBe(status);
  expect(it.said()).not.toContain('100 Continue');
  expect(bodyOf(it).error.reason.length).toBeGreaterThan(10);
});

it('a post without a body gets a 4xx', async () => {
  const it = wire(await head(NATIONAL, 'Connection: close'));
  await it.closed;
  expect(it.status()).toBe(400);
});

it('who asks first and has a key is told to go on', async () => {
  const body = JSON.stringify(submission('expected'));
  const it = wire(await head(NATIONAL, `Expect: 100-continue\r\nConnection: close\r\nContent-Length: ${body.length}`));
  await vi.waitFor(() => expect(it.said()).toContain('100 Continue'), PATIENCE);
  it.socket.write(body);
  await it.closed;
  expect(it.status()).toBe(202);
});

it('a refused request with a small body keeps its connection', async () => {
  const refused = 'POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}';
  const it = wire(refused);
  await vi.waitFor(() => expect(it.status()).toBe(401), PATIENCE);
  it.socket.write(refused);
  await vi.waitFor(() => expect(it.said().match(/HTTP\/1\.1 401/g)).toHaveLength(2), PATIENCE);
  it.socket.destroy();
});

it('reasons are bounded, however long what they quote', async () => {
  const long = `${'x'.repeat(300_000)}\ud83d`;
  const results = await send(room, [
    submission(long, { channel: long }),
    ...Array.from({ length: 300 }, (_, n) => submission(`r-${n}`, { [`f${'y'.repeat(600)}`]: 1 })),
  ]);
  for (const { id, reason } of results) {
    expect(reason?.length).toBeLessThanOrEqual(500);
    expect(id?.length ?? 0).toBeLessThanOrEqual(500);
    expect(/\p{Surrogate}/u.test(`${id}${reason}`)).toBe(false);
  }
  const response = await fetch(`${room.url}/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await room.key(NATIONAL)}`, 'content-type': 'text/plain' },
    body: 'x',
  });
  expect(response.status).toBe(415);
});

it('a hundred full requests of one portal do not hold the single posts of another', {
  timeout: 60_000,
}, async () => {
  const events = Array.from({ length: 1_000 }, (_, n) =>
    submission(`f-${n}`, { count: 0 }, { padding: 'p'.repeat(700) }),
  );
  const body = JSON.stringify(events);
  expect(body.length).toBeGreaterThan(0.85 * MIB);
  await using pesterers = startChild<typeof handlers>('./pesterers.ts');
  const flood = pesterers.ask('flood', { url: room.url, key: await room.key(NATIONAL), body, atOnce: 100, seconds: 6 });
  const beside = await postTimes(room, 'beside', 6, OTHER);
  const { statuses } = await flood;
  expect(statuses['202'] ?? 0).toBeGreaterThan(0);
  // A sender in mid-body may find its connection closed before it reads why.
  expect(Object.keys(statuses).filter((status) => !['202', '429', 'cut'].includes(status))).toEqual([]);
  expect(beside.at(-1)).toBeLessThan(HELD_MS);
});

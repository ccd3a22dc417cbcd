/** Those without a key beside a portal and a wall: whatever they ask for, posts and the running day go on. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientToServer, JoinAnswer, RoomName, ServerToClient } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startChild } from '../bench/child.ts';
import type { handlers } from '../bench/pesterers.ts';
import { NATIONAL, send, snapshot, submission } from '../harness/client.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { dayRoom, postTimes } from '../harness/strangers.ts';

type Viewer = Socket<ServerToClient, ClientToServer>;
const PATIENCE = { timeout: 20_000, interval: 50 };
/** Who waits so long is held up by others, on any machine; `npm run bench -- strangers` has the times. */
const HELD_MS = 5_000;

let room: Room;
const viewers: Viewer[] = [];
beforeAll(async () => {
  room = await startRoom({ env: { PUBLIC_URL: 'https://room.example.org', VISITORS: 'view' } });
  await send(room, [submission('first')]);
  await vi.waitFor(async () => expect((await snapshot(room))?.state.total.submitted).toBe(1), PATIENCE);
});
afterAll(async () => {
  for (const viewer of viewers) viewer.disconnect();
  await room[Symbol.asyncDispose]();
});

function view(headers: Record<string, string> = {}, transport: 'websocket' | 'polling' = 'websocket'): Viewer {
  const viewer: Viewer = io(room.url, {
    transports: [transport],
    forceNew: true,
    reconnection: false,
    extraHeaders: headers,
  });
  viewers.push(viewer);
  return viewer;
}
const join = (viewer: Viewer, name: RoomName): Promise<JoinAnswer> =>
  new Promise((resolve) => void viewer.emit('join', name, resolve));
const outcome = (viewer: Viewer): Promise<string> =>
  new Promise((resolve) => {
    viewer.once('connect', () => resolve('connected'));
    viewer.once('connect_error', () => resolve('refused'));
  });

it('one socket that joins 600 past days and 40 who ask for snapshots slow neither posts nor a wall', {
  timeout: 60_000,
}, async () => {
  const wall = view();
  expect(await join(wall, 'now')).toMatchObject({ ok: true });
  let deltas = 0;
  wall.on('delta', () => deltas++);
  await postTimes(room, 'warm', 2);
  await using pesterers = startChild<typeof handlers>('./pesterers.ts');
  const pestered = pesterers.ask('pester', { url: room.url, joins: 600, atOnce: 40, seconds: 9 });
  await sleep(1_500);
  deltas = 0;
  const beside = await postTimes(room, 'beside', 5);
  const heard = deltas;
  const { joins, snapshots } = await pestered;
  // Each socket has one answer: that of its last join.
  expect(Object.keys(joins).filter((code) => !['ok', 'superseded', 'busy'].includes(code))).toEqual([]);
  expect(joins['superseded']).toBeGreaterThanOrEqual(599);
  expect(snapshots['200']).toBeGreaterThan(40);
  expect(heard).toBeGreaterThanOrEqual(5);
  expect(beside.at(-1)).toBeLessThan(HELD_MS);
});

it('only the last of many joins has a snapshot, and the viewer stays in that room', async () => {
  const viewer = view();
  await outcome(viewer);
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => join(viewer, n === 49 ? 'now' : dayRoom(n))));
  expect(answers.at(-1)).toMatchObject({ ok: true, snapshot: { room: 'now' } });
  // They come in several messages: some may be answered before the next one is there.
  const superseded = answers.filter((answer) => !answer.ok && answer.code === 'superseded').length;
  expect(superseded).toBeGreaterThan(25);
  expect(answers.filter(({ ok }) => ok).length).toBe(50 - superseded);
  const rooms = new Set<string>();
  viewer.on('delta', (delta) => rooms.add(delta.room));
  await send(room, [submission('after-joins')]);
  await vi.waitFor(() => expect(rooms).toEqual(new Set(['now'])), PATIENCE);
});

it('a socket that sends thousands of events a second is cut off, and one beside it is not', async () => {
  const [loud, quiet] = [view(), view()];
  await Promise.all([outcome(loud), outcome(quiet)]);
  const gone = new Promise<string>((resolve) => void loud.once('disconnect', resolve));
  for (let n = 0; n < 5_000; n++) loud.emit('join', 'now', () => undefined);
  expect(await gone).toMatch(/transport/);
  expect(await join(quiet, 'now')).toMatchObject({ ok: true });
});

it('a WebSocket that pings without end and does not read is cut off, one that pings now and then is answered', async () => {
  const address = `${room.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const [loud, polite] = [new WebSocket(address), new WebSocket(address)];
  await Promise.all([once(loud, 'open'), once(polite, 'open')]);
  const gone = once(loud, 'close');
  loud.pause();
  for (let n = 0; n < 5_000; n++) loud.ping(Buffer.alloc(125));
  // One that does not read learns of it when it does.
  await sleep(200);
  loud.resume();
  await gone;
  const answered = once(polite, 'pong');
  polite.ping('there?');
  expect(String((await answered)[0])).toBe('there?');
  polite.terminate();
});

it.each([
  ['its own', () => ({ origin: room.url }), 'connected'],
  ['none, as programs have', () => ({}), 'connected'],
  ['the one that PUBLIC_URL names', () => ({ origin: 'https://room.example.org' }), 'connected'],
  ['that one with its Host', () => ({ origin: 'https://room.example.org', host: 'room.example.org' }), 'connected'],
  ['another', () => ({ origin: 'https://evil.example' }), 'refused'],
  ['another, pointed at this address', () => ({ origin: 'http://evil.example', host: 'evil.example' }), 'refused'],
  ['hidden', () => ({ origin: 'null' }), 'refused'],
])('a page whose origin is %s', async (_, headers, expected) => {
  for (const transport of ['websocket', 'polling'] as const)
    expect(await outcome(view(headers(), transport)), transport).toBe(expected);
});

it('a name that is not ours is refused where no key is asked for, and not where one is', async () => {
  const said = async (path: string, more: string): Promise<string> => {
    const { port, hostname } = new URL(room.url);
    const socket = connect(Number(port), hostname);
    socket.write(`${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n${more}\r\n`);
    let text = '';
    for await (const bytes of socket) text += String(bytes);
    return text;
  };
  for (const path of ['/v1/snapshot', '/', '/v1/catalogue'])
    expect(await said(`GET ${path}`, '')).toMatch(/^HTTP\/1\.1 421 [\s\S]*other_host/);
  const body = JSON.stringify(submission('by-another-name'));
  const headers = `Authorization: Bearer ${await room.key(NATIONAL)}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
  expect(await said('POST /v1/events', `${headers}\r\n${body}`.replace(/\r\n$/, ''))).toMatch(/^HTTP\/1\.1 202/);
});

it('who posts events without a key that is known waits for a turn like any stranger, and portals do not wait for them', {
  timeout: 60_000,
}, async () => {
  const stranger = async (authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(`${room.url}/v1/events`, { method: 'POST', body: '{}', headers });
    await response.text();
    return response.status;
  };
  expect([await stranger(), await stranger('Bearer room_nobody')]).toEqual([401, 401]);
  const flood = Promise.all(Array.from({ length: 900 }, (_, n) => stranger(n % 2 === 0 ? undefined : `Bearer ${n}`)));
  expect(Math.max(...(await postTimes(room, 'beside', 1)))).toBeLessThan(HELD_MS);
  // More than may wait.
  expect(new Set(await flood)).toEqual(new Set([401, 503]));
});

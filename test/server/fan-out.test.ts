import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket as Connection } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClientToServer,
  type Delta,
  type JoinAnswer,
  type RoomName,
  type ServerToClient,
  TOLD_WITHIN_MS,
} from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VISITOR } from '../../server/src/access/principal.ts';
import type { FoundRoom } from '../../server/src/live/rooms.ts';
import { Sockets } from '../../server/src/live/sockets.ts';

type Viewer = Socket<ServerToClient, ClientToServer>;

const http = createServer();
const connections: Connection[] = [];
http.on('connection', (connection: Connection) => void connections.push(connection));
let opened = (): void => undefined;
const open = async (room: string): Promise<JoinAnswer> => {
  opened();
  const state = { text: 'x'.repeat(1024 * 1024) } as never;
  return { ok: true, snapshot: { room: room as RoomName, epoch: 'e', seq: 0, state } };
};
const find = (name: string): FoundRoom =>
  name === 'nowhere'
    ? { ok: false, code: 'no_such_room', reason: 'there is none' }
    : { ok: true, room: name as RoomName };
let dropped = 0;
const sockets = new Sockets({
  http,
  build: 'b',
  find,
  open,
  admit: async () => VISITOR,
  dropped: (deltas) => {
    dropped += deltas;
  },
});
const viewers: Viewer[] = [];
let url = '';
beforeAll(async () => {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const viewer of viewers) viewer.disconnect();
  await sockets[Symbol.asyncDispose]();
});

/** Requests of polling viewers that wait for something to be told. */
let asking = 0;
http.on('request', ({ method, url: path = '' }, response) => {
  if (method !== 'GET' || !path.includes('transport=polling')) return;
  asking++;
  response.once('close', () => void asking--);
});
/** Between two polls a viewer can be told nothing. */
const untilAsked = () => expect.poll(() => asking, { interval: 5 }).toBeGreaterThan(0);

async function joined(
  transport: 'websocket' | 'polling',
  room: RoomName = 'now',
): Promise<{ viewer: Viewer; deltas: Delta[] }> {
  const viewer: Viewer = io(url, { transports: [transport], upgrade: false, forceNew: true, reconnection: false });
  viewers.push(viewer);
  const deltas: Delta[] = [];
  viewer.on('delta', (delta) => void deltas.push(delta));
  await new Promise((resolve) => void viewer.emit('join', room, resolve));
  return { viewer, deltas };
}

let seq = 0;
const deltaOf = (text: string, room: RoomName = 'now'): Delta => ({ room, epoch: 'e', seq: ++seq, patch: { text } });

it('whole deltas of every length reach WebSocket and polling viewers alike, and none of another room', async () => {
  const [socket, polling, elsewhere] = [
    await joined('websocket'),
    await joined('polling'),
    await joined('websocket', 'past:2026-01-01:2026-01-02'),
  ];
  // Around the lengths where a frame's head changes its form; what is not ASCII has more bytes than letters.
  const empty = Buffer.byteLength(`42${JSON.stringify(['delta', deltaOf('')])}`);
  const lengths = [125, 126, 65_535, 65_536].map((bytes) => Math.max(0, bytes - empty));
  const texts = [
    ...lengths.flatMap((length) => [length, length + 1]).map((length) => 'x'.repeat(length)),
    'Hà Nội'.repeat(9_999),
  ];
  const sent: Delta[] = [];
  for (const text of texts) {
    await untilAsked();
    const delta = deltaOf(text);
    sent.push(delta);
    sockets.broadcast(delta);
    // A polling viewer takes one answer at a time, and volatile means that it is given no second one meanwhile.
    await expect.poll(() => [socket.deltas.at(-1)?.seq, polling.deltas.at(-1)?.seq]).toEqual([delta.seq, delta.seq]);
  }
  expect(socket.deltas).toEqual(sent);
  expect(polling.deltas).toEqual(sent);
  expect(elsewhere.deltas).toEqual([]);
});

it('a viewer that stops reading queues one delta at most, while the others get all; reading again it sees the gap', async () => {
  const stalled = await joined('websocket');
  const server = connections.at(-1);
  const reading = await joined('websocket');
  const engine = stalled.viewer.io.engine.transport as unknown as { ws: { _socket: Connection } };
  engine.ws._socket.pause();
  const text = 'x'.repeat(256 * 1024);
  const count = 64;
  for (let n = 0; n < count; n++) {
    const delta = deltaOf(text);
    sockets.broadcast(delta);
    await expect.poll(() => reading.deltas.at(-1)?.seq).toBe(delta.seq);
    expect(server?.writableLength ?? Number.NaN).toBeLessThan(2 * text.length);
  }
  expect(reading.deltas).toHaveLength(count);
  expect([dropped > 0, sockets.audience().stalled]).toEqual([true, 1]);
  expect(server?.writableLength).toBeGreaterThan(0);

  engine.ws._socket.resume();
  await expect.poll(() => server?.writableLength).toBe(0);
  const next = deltaOf('after');
  await expect
    .poll(() => {
      if (stalled.deltas.at(-1)?.seq !== next.seq) sockets.broadcast(next);
      return stalled.deltas.at(-1)?.seq;
    })
    .toBe(next.seq);
  const seen = stalled.deltas.map((delta) => delta.seq);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
  expect(seen.length).toBeLessThan(count);
});

it('whoever is told nothing else is told that the server is there, at least each five seconds', async () => {
  const times = async (room: RoomName): Promise<number[]> => {
    const { viewer } = await joined('websocket', room);
    const told: number[] = [performance.now()];
    viewer.on('alive', (now) => {
      told.push(performance.now());
      expect(Math.abs(now - Date.now())).toBeLessThan(1_000);
    });
    return told;
  };
  const [quiet, busy] = [await times('past:2026-03-01:2026-03-02'), await times('now')];
  const news = setInterval(() => sockets.broadcast(deltaOf('x')), 50);
  await expect.poll(() => quiet.length, { timeout: 20_000 }).toBeGreaterThan(3);
  clearInterval(news);
  expect(busy).toHaveLength(1);
  await expect.poll(() => busy.length, { timeout: 20_000 }).toBeGreaterThan(1);
  for (const told of [quiet, busy.slice(1)])
    for (const [n, at] of told.entries()) expect(at - (told[n - 1] ?? at)).toBeLessThan(TOLD_WITHIN_MS);
});

it('every message brings the time of the server', async () => {
  const { viewer } = await joined('websocket', 'past:2026-03-01:2026-03-02');
  const time = new Promise<number>((resolve) => void viewer.once('delta', (_, now) => resolve(now)));
  sockets.broadcast(deltaOf('x', 'past:2026-03-01:2026-03-02'));
  expect(Math.abs((await time) - Date.now())).toBeLessThan(1_000);
});

it('a delta never overtakes an answer that was written before it', async () => {
  const { viewer } = await joined('websocket', 'past:2026-02-01:2026-02-02');
  for (let n = 0; n < 50; n++) {
    const first = seq + 1;
    const order: string[] = [];
    const take = (delta: Delta): void => void (delta.seq < first || order.push('delta'));
    viewer.on('delta', take);
    // Runs once the answer, a megabyte, is written.
    opened = () => setImmediate(() => sockets.broadcast(deltaOf('x')));
    viewer.emit('join', 'now', () => void order.push('answer'));
    await expect.poll(() => order.length, { interval: 1 }).toBeGreaterThan(0);
    opened = () => undefined;
    await expect
      .poll(() => {
        sockets.broadcast(deltaOf('y'));
        return order.length;
      })
      .toBeGreaterThan(1);
    expect(order[0]).toBe('answer');
    viewer.off('delta', take);
  }
});

it('a viewer is never in a room that is none, however long its answer has to wait', async () => {
  const { viewer, deltas } = await joined('websocket');
  const nowhere = 'nowhere' as RoomName;
  const engine = viewer.io.engine.transport as unknown as { ws: { _socket: Connection } };
  engine.ws._socket.pause();
  // Until its connection takes nothing more: answers wait then, too.
  await expect
    .poll(
      () => {
        const isStalled = sockets.audience().stalled > 0;
        if (!isStalled) sockets.broadcast(deltaOf('x'.repeat(256 * 1024)));
        return isStalled;
      },
      { timeout: 20_000, interval: 50 },
    )
    .toBe(true);
  const read: number[] = [];
  let asked = 0;
  opened = () => asked++;
  const answer = new Promise((resolve) => void viewer.emit('join', nowhere, resolve));
  for (let n = 0; n < 20; n++) {
    read.push(sockets.viewers(nowhere));
    await sleep(10);
  }
  engine.ws._socket.resume();
  expect(await answer).toMatchObject({ ok: false, code: 'no_such_room' });
  opened = () => undefined;
  expect([new Set(read), asked, sockets.audience().none]).toEqual([new Set([0]), 0, 1]);
  expect(deltas.filter(({ room }) => room === nowhere)).toEqual([]);
});

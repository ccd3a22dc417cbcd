/**
 * Sends recorded deltas to whoever is connected, at a steady rate, in one of several ways: the room's own sockets, plain
 * Socket.IO, or a bare WebSocket server. A process of its own, so that its CPU and memory are those of sending.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  type Delta,
  EVERYTHING,
  type JoinAnswer,
  localDay,
  type RoomName,
  type Scope,
  type Snapshot,
  scopeOf,
  type Unit,
  validOn,
} from '@room/contract';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { VISITOR } from '../../server/src/access/principal.ts';
import { Sockets } from '../../server/src/live/sockets.ts';
import { answering } from './child.ts';
import { clock } from './clock.ts';
import { cpuSeconds } from './report.ts';

/**
 * `room` is what the server runs, `room-scopes` the same with its viewers over 20 scopes by turns. Plain Socket.IO: `volatile` and `emit` send to the room, `each` to one socket after the
 * other; the last two keep what a viewer does not take. `ws` frames the same bytes for each client.
 */
export type Way = 'room' | 'room-scopes' | 'volatile' | 'emit' | 'each' | 'ws' | 'ws-ping';

export interface Recording {
  snapshot: Snapshot;
  deltas: Delta[];
}

export interface Sent {
  messages: number;
  /** Of one message, the mean. */
  bytes: number;
  cpuSeconds: number;
  /** Highest resident set while sending, above that at its start, bytes. */
  grownResident: number;
  /** Heap and buffers at the end above those at the start, both after a collection, bytes. */
  grownHeld: number;
  /** Bytes handed to connections that the system did not take, at the end. */
  queued: number;
  /** Clients at the end. */
  clients: number;
}

const SAMPLE_MS = 250;
const PING_MS = 20_000;
const http = createServer();
const connections = new Set<Socket>();
http.on('connection', (connection: Socket) => {
  connections.add(connection);
  connection.once('close', () => connections.delete(connection));
});
let recording: Recording;
let broadcast: (delta: Delta) => void;

/** As the room sets it up; only the call that sends is another. */
function plainSocketIo(send: (io: Server, delta: Delta) => void): typeof broadcast {
  const io = new Server(http, {
    serveClient: false,
    perMessageDeflate: false,
    pingInterval: PING_MS,
    pingTimeout: 10_000,
  });
  io.on('connection', (socket) => {
    socket.on('join', async (room: string, answer: (given: JoinAnswer) => void) => {
      await socket.join(room);
      answer({ ok: true, snapshot: recording.snapshot });
    });
  });
  return (delta) => send(io, delta);
}

function plainWebSockets(): { server: WebSocketServer; send: typeof broadcast } {
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  return {
    server,
    send: (delta) => {
      const bytes = Buffer.from(`42${JSON.stringify(['delta', delta])}`);
      for (const client of server.clients) client.send(bytes, { binary: false });
    },
  };
}

const SCOPES = 20;

/** Everything, and one ministry or province each. */
async function scopes(): Promise<Scope[]> {
  const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
  const today = localDay(Date.now(), catalogue.timeZone);
  const units = (of: readonly Unit[]): string[] => of.filter((unit) => validOn(unit, today)).map(({ id }) => id);
  return [
    EVERYTHING,
    ...units(catalogue.agencies).map((id) => scopeOf({ agencies: [id], provinces: [] }, catalogue)),
    ...units(catalogue.provinces).map((id) => scopeOf({ agencies: [], provinces: [id] }, catalogue)),
  ].slice(0, SCOPES);
}

function roomSockets(of: readonly Scope[]): typeof broadcast {
  let admitted = 0;
  const open = async (): Promise<JoinAnswer> => ({ ok: true, snapshot: recording.snapshot });
  const sockets = new Sockets({
    http,
    build: 'none',
    find: (name) => ({ ok: true, room: name as RoomName }),
    open,
    admit: async () => ({ ...VISITOR, scope: of[admitted++ % of.length] ?? EVERYTHING }),
    resynced: () => undefined,
  });
  return (delta) => sockets.broadcast(delta);
}

const ways: Readonly<Record<Way, () => typeof broadcast | Promise<typeof broadcast>>> = {
  room: () => roomSockets([EVERYTHING]),
  'room-scopes': async () => roomSockets(await scopes()),
  volatile: () => plainSocketIo((io, delta) => void io.to(delta.room).volatile.emit('delta', delta)),
  emit: () => plainSocketIo((io, delta) => void io.to(delta.room).emit('delta', delta)),
  each: () =>
    plainSocketIo((io, delta) => {
      for (const socket of io.sockets.sockets.values()) socket.emit('delta', delta);
    }),
  ws: () => plainWebSockets().send,
  // As its documentation says how to notice connections that broke, as often as the room does.
  'ws-ping': () => {
    const { server, send } = plainWebSockets();
    setInterval(() => {
      for (const client of server.clients) client.ping();
    }, PING_MS).unref();
    return send;
  },
};

function held(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export const handlers = {
  /** Returns the address. */
  start: async (given: { way: Way; recording: Recording }): Promise<string> => {
    recording = given.recording;
    broadcast = await ways[given.way]();
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  },

  /** `pad` bytes are added to each delta. */
  send: async (given: { hertz: number; seconds: number; pad: number }): Promise<Sent> => {
    const { deltas, snapshot } = recording;
    const messages = Math.round(given.hertz * given.seconds);
    const pad = given.pad === 0 ? {} : { pad: 'x'.repeat(given.pad) };
    const heldBefore = held();
    const resident = process.memoryUsage.rss();
    let highest = resident;
    const sampler = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, SAMPLE_MS);
    const cpu = process.cpuUsage();
    const began = performance.now();
    let bytes = 0;
    for (let n = 0; n < messages; n++) {
      await sleep(Math.max(0, began + (n * 1_000) / given.hertz - performance.now()));
      const { patch } = deltas[n % deltas.length] ?? { patch: {} };
      const delta: Delta = {
        room: 'now',
        epoch: snapshot.epoch,
        seq: snapshot.seq + 1 + n,
        // Last, where the viewers look for it.
        patch: { ...(patch as object), ...pad, computedAt: clock() },
      };
      bytes += JSON.stringify(delta).length;
      broadcast(delta);
    }
    await sleep(SAMPLE_MS);
    const used = cpuSeconds(cpu);
    clearInterval(sampler);
    let queued = 0;
    for (const { writableLength } of connections) queued += writableLength;
    return {
      messages,
      bytes: bytes / messages,
      cpuSeconds: used,
      grownResident: Math.max(highest, process.memoryUsage.rss()) - resident,
      grownHeld: held() - heldBefore,
      queued,
      clients: connections.size,
    };
  },
};

answering(handlers);

/** Socket.IO at the edge: one room a viewer, deltas sent once a room and dropped for whoever cannot keep up. */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { setTimeout as sleep, setImmediate as soon } from 'node:timers/promises';
import {
  type ClientToServer,
  type Delta,
  type JoinAnswer,
  type RoomName,
  type ServerToClient,
  TOLD_WITHIN_MS,
} from '@room/contract';
import { within } from '@room/runtime';
import { Server, type Socket } from 'socket.io';
import type { Asker } from '../questions.ts';
import { fanOut } from './fan-out.ts';
import { bounded, ViewerSocketServer } from './frames.ts';
import type { Audience } from './observer.ts';
import type { FoundRoom } from './rooms.ts';

export interface SocketsOptions {
  http: HttpServer;
  build: string;
  /** The room of this name, or why there is none: asked before a viewer is let into it. */
  find: (name: string) => FoundRoom;
  open: (room: RoomName, asker: Asker) => Promise<JoinAnswer>;
  /** Why a request for a socket is refused; undefined where it is not. */
  refused?: (request: IncomingMessage) => string | undefined;
  /** A viewer asked again for the room that it is in: a delta did not reach it. */
  resynced?: () => void;
  /** So many viewers could not take a delta, which nobody keeps for them. */
  dropped?: (deltas: number) => void;
}

/** Of one server. A room with more viewers has more servers. */
const MOST_SOCKETS = 5_000;
/** A connection that does not come to the main namespace is no viewer. */
const CONNECT_MS = 10_000;
const LOOK_MS = 20;
/** The running day is quiet for two of these at most before its viewers are told that the server is there, and timers are late. */
const ALIVE_MS = TOLD_WITHIN_MS / 2 - 500;
/** A viewer that does not say goodbye by then is cut off by whoever holds its connection. */
const CLOSE_MS = 1_000;

const SUPERSEDED: JoinAnswer = {
  ok: false,
  code: 'superseded',
  reason: 'a later join of the same viewer took the place of this one',
};

type Viewer = Socket<ClientToServer, ServerToClient>;

export class Sockets implements AsyncDisposable {
  readonly #io: Server<ClientToServer, ServerToClient>;
  readonly #options: SocketsOptions;
  /** The join of a viewer that is not answered yet. */
  readonly #joins = new WeakMap<Viewer, AbortController>();
  readonly #alive: NodeJS.Timeout;
  /** Viewers of the running day were told something since the last look. */
  #isTold = false;

  constructor(options: SocketsOptions) {
    this.#options = options;
    const { http, build, refused } = options;
    this.#io = new Server(http, {
      serveClient: false,
      // Compression collapses at two thousand viewers; missed deltas are asked for again, not kept.
      perMessageDeflate: false,
      wsEngine: ViewerSocketServer,
      maxHttpBufferSize: 16 * 1024,
      connectTimeout: CONNECT_MS,
      // A heartbeat costs as much as several deliveries, and walls see by their own clock that their numbers grow old.
      pingInterval: 20_000,
      pingTimeout: 10_000,
      allowRequest: (request, answer) => {
        const reason =
          refused?.(request) ??
          (this.#io.engine.clientsCount >= MOST_SOCKETS ? 'this server has all the viewers it takes' : undefined);
        answer(reason, reason === undefined);
      },
    });
    // A poll brings many packets in one request.
    this.#io.engine.on('connection', (connection: Viewer['conn']) =>
      connection.on(
        'packet',
        bounded(() => connection.close(true)),
      ),
    );
    this.#io.on('connection', (socket) => {
      socket.emit('hello', { build, now: Date.now() });
      socket.on('join', (room, answer) => {
        if (typeof room !== 'string' || typeof answer !== 'function') return;
        void this.#join(socket, room).then(answer);
      });
      socket.on('disconnect', () => this.#joins.get(socket)?.abort());
    });
    this.#alive = setInterval(() => this.#tellAlive(), ALIVE_MS).unref();
  }

  /** Whoever was told nothing for a while. On the running day there mostly is news, and a period that is over has little. */
  #tellAlive(): void {
    const { sockets } = this.#io.sockets;
    const isTold = this.#isTold;
    this.#isTold = false;
    fanOut(
      ['alive', Date.now()],
      isTold ? [...sockets.values()].filter(({ rooms }) => !rooms.has('now')) : sockets.values(),
    );
  }

  async #join(socket: Viewer, name: string): Promise<JoinAnswer> {
    this.#joins.get(socket)?.abort();
    const joining = new AbortController();
    this.#joins.set(socket, joining);
    const { signal } = joining;
    // Of many that come together the last one alone is looked at.
    await soon();
    if (signal.aborted) return SUPERSEDED;
    const found = this.#options.find(name);
    if (found.ok && socket.rooms.has(found.room)) this.#options.resynced?.();
    // Answers would pile up for whoever asks and does not read.
    await untilReady(socket, signal);
    if (signal.aborted) return SUPERSEDED;
    for (const other of socket.rooms) if (other !== socket.id) void socket.leave(other);
    if (!found.ok) {
      this.#joins.delete(socket);
      return found;
    }
    const { room } = found;
    // Joined before the snapshot is taken: a delta in between is one that the snapshot holds already, never a lost one.
    await socket.join(room);
    const opened = await this.#options.open(room, { owner: socket, signal });
    if (signal.aborted) return SUPERSEDED;
    this.#joins.delete(socket);
    if (!opened.ok) void socket.leave(room);
    return opened;
  }

  /** Volatile: a stalled viewer queues nothing, sees the gap, and joins again. */
  broadcast(delta: Delta): void {
    if (delta.room === 'now') this.#isTold = true;
    const dropped = fanOut(['delta', delta, Date.now()], this.#in(delta.room));
    if (dropped > 0) this.#options.dropped?.(dropped);
  }

  *#in(room: RoomName): Iterable<Socket> {
    const { adapter, sockets } = this.#io.sockets;
    for (const id of adapter.rooms.get(room) ?? []) {
      const socket = sockets.get(id);
      if (socket !== undefined) yield socket;
    }
  }

  /** Open ones, whatever they look at. */
  get size(): number {
    return this.#io.sockets.sockets.size;
  }

  viewers(room: RoomName): number {
    return this.#io.sockets.adapter.rooms.get(room)?.size ?? 0;
  }

  audience(): Audience {
    const audience: Audience = { now: 0, past: 0, none: 0, stalled: 0 };
    for (const { rooms, conn } of this.#io.sockets.sockets.values()) {
      // Everyone is also in a room of their own.
      const where = rooms.has('now') ? 'now' : rooms.size > 1 ? 'past' : 'none';
      audience[where]++;
      // Between two polls nothing can be written, and that is no sign of anything.
      if (conn.transport.name === 'websocket' && !conn.transport.writable) audience.stalled++;
    }
    return audience;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#alive);
    // Also waits for the connections of the HTTP server, of which one that froze closes only when it is cut off.
    await within(this.#io.close(), CLOSE_MS);
  }
}

/** Resolves once the connection took what was sent before. */
async function untilReady({ conn }: Viewer, signal: AbortSignal): Promise<void> {
  const isReady = (): boolean => conn.transport.writable && (conn as unknown as Queue).writeBuffer.length === 0;
  while (!signal.aborted && !isReady()) await sleep(LOOK_MS);
}

/** What waits for the transport. Not among Engine.IO's types. */
interface Queue {
  writeBuffer: readonly unknown[];
}

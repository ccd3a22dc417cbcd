/** Socket.IO at the edge: one room a viewer, deltas sent once a room and dropped for whoever cannot keep up. */
import type { Server as HttpServer } from 'node:http';
import type { ClientToServer, Delta, JoinAnswer, RoomName, ServerToClient } from '@room/contract';
import { Server, type Socket } from 'socket.io';
import { fanOut } from './fan-out.ts';
import type { Audience } from './observer.ts';

export interface SocketsOptions {
  http: HttpServer;
  build: string;
  open: (room: string) => Promise<JoinAnswer>;
  /** A viewer asked again for the room that it is in: a delta did not reach it. */
  resynced?: () => void;
  /** So many viewers could not take a delta, which nobody keeps for them. */
  dropped?: (deltas: number) => void;
}

export class Sockets implements AsyncDisposable {
  readonly #io: Server<ClientToServer, ServerToClient>;
  readonly #dropped: SocketsOptions['dropped'];

  constructor({ http, build, open, resynced, dropped }: SocketsOptions) {
    this.#dropped = dropped;
    this.#io = new Server(http, {
      serveClient: false,
      // Compression collapses at two thousand viewers; missed deltas are asked for again, not kept.
      perMessageDeflate: false,
      maxHttpBufferSize: 16 * 1024,
      // A heartbeat costs as much as several deliveries, and walls see by their own clock that their numbers grow old.
      pingInterval: 20_000,
      pingTimeout: 10_000,
    });
    this.#io.on('connection', (socket) => {
      socket.emit('hello', { build, now: Date.now() });
      socket.on('join', async (room, answer) => {
        if (typeof room !== 'string' || typeof answer !== 'function') return;
        if (socket.rooms.has(room)) resynced?.();
        for (const other of socket.rooms) if (other !== socket.id) void socket.leave(other);
        // Joined before the snapshot is taken: a delta in between is one that the snapshot holds already, never a lost one.
        await socket.join(room);
        const opened = await open(room);
        if (!opened.ok) void socket.leave(room);
        answer(opened);
      });
    });
  }

  /** Volatile: a stalled viewer queues nothing, sees the gap, and joins again. */
  broadcast(delta: Delta): void {
    const dropped = fanOut(delta, this.#in(delta.room));
    if (dropped > 0) this.#dropped?.(dropped);
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
    await this.#io.close();
  }
}

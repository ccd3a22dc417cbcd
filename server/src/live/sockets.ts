/** Socket.IO at the edge: one room a viewer, deltas sent once a room and dropped for whoever cannot keep up. */
import type { Server as HttpServer } from 'node:http';
import type { ClientToServer, Delta, JoinAnswer, RoomName, ServerToClient } from '@room/contract';
import { Server } from 'socket.io';

export interface SocketsOptions {
  http: HttpServer;
  build: string;
  open: (room: string) => Promise<JoinAnswer>;
}

export class Sockets implements AsyncDisposable {
  readonly #io: Server<ClientToServer, ServerToClient>;

  constructor({ http, build, open }: SocketsOptions) {
    this.#io = new Server(http, {
      serveClient: false,
      // Compression collapses at two thousand viewers; missed deltas are asked for again, not kept.
      perMessageDeflate: false,
      maxHttpBufferSize: 16 * 1024,
      pingInterval: 10_000,
      pingTimeout: 10_000,
    });
    this.#io.on('connection', (socket) => {
      socket.emit('hello', { build, now: Date.now() });
      socket.on('join', async (room, answer) => {
        if (typeof room !== 'string' || typeof answer !== 'function') return;
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
    this.#io.to(delta.room).volatile.emit('delta', delta);
  }

  viewers(room: RoomName): number {
    return this.#io.sockets.adapter.rooms.get(room)?.size ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#io.close();
  }
}

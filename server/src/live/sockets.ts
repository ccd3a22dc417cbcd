/**
 * Socket.IO at the edge: one room a viewer, deltas projected once for each scope that looks at it, and dropped for whoever cannot
 * keep up.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { setTimeout as sleep, setImmediate as soon } from 'node:timers/promises';
import {
  type ClientToServer,
  type Delta,
  type JoinAnswer,
  projectDelta,
  type RoomName,
  type Scope,
  type ServerToClient,
  TOLD_EACH_MS,
} from '@room/contract';
import { within } from '@room/runtime';
import { Server, type Socket } from 'socket.io';
import { type Actor, isSame, ownerOf } from '../access/principal.ts';
import { cut, toHttp } from '../errors.ts';
import type { Asker } from '../questions.ts';
import { Channels } from './channels.ts';
import { fanOut } from './fan-out.ts';
import { bounded, ViewerSocketServer } from './frames.ts';
import type { Audience } from './observer.ts';
import { Places } from './places.ts';
import type { FoundRoom } from './rooms.ts';

export interface SocketsOptions {
  http: HttpServer;
  build: string;
  /** The room of this name, or why there is none: asked before a viewer is let into it. */
  find: (name: string) => FoundRoom;
  /** Its snapshot within a scope. */
  open: (room: RoomName, scope: Scope, asker: Asker) => Promise<JoinAnswer>;
  /** Who asks for a socket; rejects with the reason where it is refused. */
  admit: (request: IncomingMessage) => Promise<Actor>;
  /** Resolves when it is their turn; without it at once. */
  turn?: (request: IncomingMessage) => Promise<void>;
  /** Who somebody is by now whose socket was opened with this request; rejects where they are nobody any more. `admit` without it. */
  admitAgain?: (request: IncomingMessage, before: Actor) => Promise<Actor>;
  /** Calls `hear` when what somebody may see changed; returns the function that stops that. */
  onChanged?: (hear: () => void) => () => void;
  /** A viewer asked again for the room that it is in: a delta did not reach it. */
  resynced?: () => void;
  /** Told what failed inside, which whoever asked for a socket is not. */
  failed?: (message: string) => void;
  /** So many viewers could not take a delta, which nobody keeps for them. */
  dropped?: (deltas: number) => void;
}

/** A connection that does not come to the main namespace is no viewer. */
const CONNECT_MS = 10_000;
const LOOK_MS = 20;
/** The running day is quiet for two of these at most before its viewers are told that the server is there. */
const ALIVE_MS = TOLD_EACH_MS / 2;
/** A session that is over by itself is seen at the latest after this. */
const EXPIRED_LOOK_MS = 1_000;
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
  readonly #admitted = new WeakMap<IncomingMessage, Actor>();
  readonly #channels = new Channels<Viewer>();
  readonly #places = new Places<IncomingMessage>();
  /** Of those who were let in: when they are waited for no longer. */
  readonly #arrivals = new WeakMap<IncomingMessage, NodeJS.Timeout>();
  readonly #stopHearing: () => void;
  readonly #timer: NodeJS.Timeout;
  /** The join of a viewer that is not answered yet. */
  readonly #joins = new WeakMap<Viewer, AbortController>();
  readonly #alive: NodeJS.Timeout;
  /** Viewers of the running day were told something since the last look. */
  #isTold = false;

  constructor(options: SocketsOptions) {
    this.#options = options;
    const { http, build } = options;
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
        this.#admit(request).then(
          () => answer(null, true),
          (error: unknown) => answer(this.#refusal(error), false),
        );
      },
    });
    this.#stopHearing = options.onChanged?.(() => this.#askAgain(() => true)) ?? (() => undefined);
    this.#timer = setInterval(() => {
      const now = Date.now();
      this.#askAgain(({ session }) => session !== undefined && session.until < now);
    }, EXPIRED_LOOK_MS).unref();
    // A poll brings many packets in one request.
    this.#io.engine.on('connection', (connection: Viewer['conn']) => {
      const { request } = connection;
      clearTimeout(this.#arrivals.get(request));
      connection.once('close', () => this.#places.leave(request));
      connection.on(
        'packet',
        bounded(() => connection.close(true)),
      );
    });
    this.#io.on('connection', (socket) => {
      socket.emit('hello', { build, now: Date.now() });
      const actor = this.#admitted.get(socket.request);
      // Nobody comes here past `allowRequest`.
      if (actor === undefined) return void socket.disconnect(true);
      socket.on('join', (room, answer) => {
        if (typeof room !== 'string' || typeof answer !== 'function') return;
        void this.#join(socket, actor, room).then(answer);
      });
      socket.on('disconnect', () => {
        this.#joins.get(socket)?.abort();
        this.#channels.leave(socket);
      });
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
      isTold ? [...sockets.values()].filter((viewer) => this.#channels.roomOf(viewer) !== 'now') : sockets.values(),
    );
  }

  async #admit(request: IncomingMessage): Promise<void> {
    await this.#options.turn?.(request);
    const actor = await this.#options.admit(request);
    this.#places.take(request, actor);
    // Whoever is let in and does not come leaves the place to others.
    const unless = setTimeout(() => this.#places.leave(request), CONNECT_MS).unref();
    this.#arrivals.set(request, unless);
    this.#admitted.set(request, actor);
  }

  /** As `code: reason`, which is all that a refusal has room for; of what failed inside an outsider is told nothing. */
  #refusal(error: unknown): string {
    const { status, code, reason } = toHttp(error);
    if (status === 500) this.#options.failed?.(`who asks for a socket could not be told: ${(error as Error).message}`);
    return `${code}: ${cut(reason)}`;
  }

  /** Who may not see any more what they saw is cut off, and comes back as who they are now. */
  #askAgain(concerns: (actor: Actor) => boolean): void {
    for (const socket of this.#io.sockets.sockets.values()) {
      const { request } = socket;
      const before = this.#admitted.get(request);
      if (before === undefined || !concerns(before)) continue;
      this.#again(request, before).then(
        (now) => {
          if (isSame(before, now)) this.#admitted.set(request, now);
          else socket.disconnect(true);
        },
        () => void socket.disconnect(true),
      );
    }
  }

  #again(request: IncomingMessage, before: Actor): Promise<Actor> {
    const { admit, admitAgain = admit } = this.#options;
    return admitAgain(request, before);
  }

  async #join(socket: Viewer, actor: Actor, name: string): Promise<JoinAnswer> {
    this.#joins.get(socket)?.abort();
    const joining = new AbortController();
    this.#joins.set(socket, joining);
    const { signal } = joining;
    const { scope } = actor;
    // Of many that come together the last one alone is looked at.
    await soon();
    if (signal.aborted) return SUPERSEDED;
    const found = this.#options.find(name);
    if (found.ok && this.#channels.roomOf(socket) === found.room) this.#options.resynced?.();
    // Answers would pile up for whoever asks and does not read.
    await untilReady(socket, signal);
    if (signal.aborted) return SUPERSEDED;
    if (!found.ok) {
      this.#channels.leave(socket);
      this.#joins.delete(socket);
      return found;
    }
    const { room } = found;
    // Joined before the snapshot is taken: a delta in between is one that the snapshot holds already, never a lost one.
    this.#channels.join(socket, room, scope);
    const opened = await this.#options.open(room, scope, { owner: ownerOf(actor, socket), signal });
    if (signal.aborted) return SUPERSEDED;
    this.#joins.delete(socket);
    if (!opened.ok) this.#channels.leave(socket);
    return opened;
  }

  /** Volatile: a stalled viewer queues nothing, sees the gap, and joins again. */
  broadcast(delta: Delta): void {
    if (delta.room === 'now') this.#isTold = true;
    const at = Date.now();
    let dropped = 0;
    for (const { scope, viewers } of this.#channels.of(delta.room))
      dropped += fanOut(['delta', projectDelta(delta, scope), at], viewers);
    if (dropped > 0) this.#options.dropped?.(dropped);
  }

  /** Alerts changed that are seen within the scopes for which `sees` holds. */
  tellAlerts(sees: (scope: Scope) => boolean): void {
    const viewers = [...this.#io.sockets.sockets.values()].filter(({ request }) => {
      const actor = this.#admitted.get(request);
      return actor !== undefined && sees(actor.scope);
    });
    fanOut(['alerts', Date.now()], viewers);
  }

  /** What walls show in turn changed: whoever shows it asks again. */
  tellScenes(): void {
    fanOut(['scenes', Date.now()], this.#io.sockets.sockets.values());
  }

  /** Open ones, whatever they look at. */
  get size(): number {
    return this.#io.sockets.sockets.size;
  }

  /** Ids of wall displays that have one open. */
  screens(): Set<string> {
    const screens = new Set<string>();
    for (const { request } of this.#io.sockets.sockets.values()) {
      const actor = this.#admitted.get(request);
      if (actor?.kind === 'screen') screens.add(actor.id);
    }
    return screens;
  }

  viewers(room: RoomName): number {
    return this.#channels.viewers(room);
  }

  audience(): Audience {
    const audience: Audience = { now: 0, past: 0, none: 0, stalled: 0 };
    for (const socket of this.#io.sockets.sockets.values()) {
      const { conn } = socket;
      const room = this.#channels.roomOf(socket);
      audience[room === undefined ? 'none' : room === 'now' ? 'now' : 'past']++;
      // Between two polls nothing can be written, and that is no sign of anything.
      if (conn.transport.name === 'websocket' && !conn.transport.writable) audience.stalled++;
    }
    return audience;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#alive);
    clearInterval(this.#timer);
    this.#stopHearing();
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

/** The only connection to the server: kept for ever, on one channel at a time. Tells what arrives, and whether anything does. */
import type { ClientToServer, Delta, JoinAnswer, RoomName, ServerToClient, Snapshot } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { Hearing, LOOK_EVERY } from './stores/hearing.ts';
import { judge, type Position } from './stores/sequence.ts';

/**
 * `open`: the server is heard, and what it says of the channel is there. `silent`: nothing comes any more, and nothing says why.
 * `lost`: there is no connection.
 */
export type Link = 'open' | 'silent' | 'lost';

export type Refusal = JoinAnswer & { ok: false };

export interface Listener {
  /** With each message: the server's clock, milliseconds since 1970 UTC. */
  time: (now: number) => void;
  /** Version of the wall that the server carries. */
  build: (build: string) => void;
  /** `since` on the clock of `performance.now()`. May tell the same again. */
  link: (link: Link, since: number) => void;
  /** Whether nothing comes for longer than it should, through a connection that may only hang. May tell the same again. */
  quiet: (isQuiet: boolean) => void;
  snapshot: (snapshot: Snapshot) => void;
  delta: (delta: Delta) => void;
  /** Alerts that may be seen here, or rules, changed. */
  alerts: () => void;
  /** What walls show in turn changed, or was ordered. */
  scenes: () => void;
  /** The channel has no snapshot. Where one may come it is asked for again. */
  refused: (room: RoomName, refusal: Refusal) => void;
}

export interface Connection {
  /** Leaves the channel for this one. */
  follow: (room: RoomName) => void;
  /** Asks for the channel now, whatever the next try would wait for. */
  again: () => void;
}

/** A period of years may take a while to be read. Whether the server is there at all is known otherwise. */
const ANSWER_WITHIN = 30_000;
const TRY_AGAIN_AFTER = 1_000;
/** Of a poll: its status and its request, which are not among Socket.IO's types. */
interface ConnectError extends Error {
  description?: unknown;
  context?: { responseText: string };
}
/** The status of a refusal, which only a poll is told: WebSockets hide it from pages. */
const REFUSED = 403;
/** Behind a proxy that refuses WebSockets the wall polls. It may only have been starting: so often they are tried again. */
const WEBSOCKET_AGAIN_AFTER = 300_000;

export function connect(first: RoomName, listener: Listener): Connection {
  const socket: Socket<ServerToClient, ClientToServer> = io({
    transports: ['websocket', 'polling'],
    tryAllTransports: true,
    // Together these bound the time until a server that is back is found, also where a try before hangs in a black hole.
    reconnectionDelay: 500,
    reconnectionDelayMax: 2_000,
    timeout: 4_000,
  });
  const hearing = new Hearing(performance.now());
  let room = first;
  let at: Position | undefined;
  /** Of the join that is under way; a later one takes its place. */
  let joining: symbol | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let websocket: ReturnType<typeof setTimeout> | undefined;

  const later = (again: () => void): void => {
    clearTimeout(retry);
    retry = setTimeout(again, TRY_AGAIN_AFTER);
  };

  function join(): void {
    if (!socket.connected) return;
    clearTimeout(retry);
    const own = Symbol('join');
    joining = own;
    at = undefined;
    socket
      .timeout(ANSWER_WITHIN)
      .emitWithAck('join', room)
      .then(
        (answer) => joining === own && joined(answer),
        () => joining === own && later(join),
      );
  }

  function joined(answer: JoinAnswer): void {
    hearing.heard(performance.now());
    joining = undefined;
    if (answer.ok) {
      const { epoch, seq } = answer.snapshot;
      at = { epoch, seq };
      listener.link('open', performance.now());
      listener.snapshot(answer.snapshot);
      return;
    }
    // A room that starts has nothing to say yet: what is shown is as old as without it.
    if (answer.code !== 'not_ready') listener.link('open', performance.now());
    listener.refused(room, answer);
    if (answer.code !== 'no_such_room') later(join);
  }

  /** Begins anew, whatever is under way. What waits for a connection that is not heard would wait for half a minute. */
  function renew(): void {
    socket.disconnect();
    socket.connect();
  }

  const heard = (now: number): void => {
    hearing.heard(performance.now());
    listener.time(now);
  };
  const lost = (): void => listener.link('lost', performance.now());

  socket.on('connect', () => {
    hearing.heard(performance.now());
    clearTimeout(websocket);
    if (socket.io.engine.transport.name === 'polling') websocket = setTimeout(renew, WEBSOCKET_AGAIN_AFTER);
    join();
  });
  socket.on('disconnect', (reason) => {
    joining = undefined;
    at = undefined;
    clearTimeout(retry);
    if (reason === 'io client disconnect') return;
    lost();
    // The client does not come back by itself when the server closed the connection.
    if (reason === 'io server disconnect') later(() => socket.connect());
  });
  socket.on('connect_error', (error) => {
    lost();
    const { description, context } = error as ConnectError;
    if (description !== REFUSED) return;
    // It is gone with the request, a moment later.
    const answer = context?.responseText ?? '';
    void import('./app/refused-socket.ts').then(({ tellRefused }) =>
      tellRefused(answer, (over) => socket.once('connect', over)),
    );
  });
  socket.io.on('ping', () => hearing.heard(performance.now()));
  socket.on('alive', heard);
  socket.on('alerts', (now) => {
    heard(now);
    listener.alerts();
  });
  socket.on('scenes', (now) => {
    heard(now);
    listener.scenes();
  });
  socket.on('hello', ({ build, now }) => {
    heard(now);
    listener.build(build);
  });
  socket.on('delta', (delta, now) => {
    heard(now);
    if (joining !== undefined || delta.room !== room) return;
    const verdict = judge(at, delta);
    if (verdict === 'gap') join();
    if (verdict !== 'apply') return;
    at = { epoch: delta.epoch, seq: delta.seq };
    listener.delta(delta);
  });

  setInterval(() => {
    const { isQuiet, silentSince } = hearing.look(performance.now());
    listener.quiet(isQuiet && socket.connected);
    if (silentSince === undefined || !socket.connected) return;
    listener.link('silent', silentSince);
    renew();
  }, LOOK_EVERY);

  return {
    follow(next) {
      if (next === room) return;
      room = next;
      join();
    },
    again: () => (socket.connected ? join() : renew()),
  };
}

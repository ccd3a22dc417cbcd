/** The only connection to the server: joins a room, keeps it joined for ever, and tells what arrives. */
import type { ClientToServer, Delta, RoomName, ServerToClient, Snapshot } from '@room/contract';
import { io, type Socket } from 'socket.io-client';
import { judge, type Position } from './stores/sequence.ts';

export interface Listener {
  connected: () => void;
  lost: () => void;
  hello: (hello: { build: string; now: number }) => void;
  snapshot: (snapshot: Snapshot) => void;
  delta: (delta: Delta) => void;
}

const ANSWER_WITHIN = 10_000;
const TRY_AGAIN_AFTER = 2_000;

/** Returns the function that closes it. */
export function follow(room: RoomName, listener: Listener): () => void {
  const socket: Socket<ServerToClient, ClientToServer> = io({
    reconnectionDelayMax: 5_000,
    transports: ['websocket', 'polling'],
    // Behind a proxy that refuses WebSockets the wall polls.
    tryAllTransports: true,
  });
  let at: Position | undefined;
  let joining = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const again = () => {
    clearTimeout(retry);
    retry = setTimeout(join, TRY_AGAIN_AFTER);
  };

  function join(): void {
    if (joining || !socket.connected) return;
    joining = true;
    at = undefined;
    socket
      .timeout(ANSWER_WITHIN)
      .emitWithAck('join', room)
      .then((answer) => {
        joining = false;
        if (answer.ok) {
          at = { epoch: answer.snapshot.epoch, seq: answer.snapshot.seq };
          listener.snapshot(answer.snapshot);
          return;
        }
        again();
      })
      .catch(() => {
        joining = false;
        again();
      });
  }

  socket.on('connect', () => {
    joining = false;
    listener.connected();
    join();
  });
  socket.on('disconnect', (reason) => {
    listener.lost();
    // The client does not come back by itself when the server closed the connection.
    if (reason === 'io server disconnect') setTimeout(() => socket.connect(), TRY_AGAIN_AFTER);
  });
  socket.on('connect_error', () => listener.lost());
  socket.on('hello', (hello) => listener.hello(hello));
  socket.on('delta', (delta) => {
    if (joining || delta.room !== room) return;
    const verdict = judge(at, delta);
    if (verdict === 'gap') join();
    if (verdict !== 'apply') return;
    at = { epoch: delta.epoch, seq: delta.seq };
    listener.delta(delta);
  });

  return () => {
    clearTimeout(retry);
    socket.disconnect();
  };
}

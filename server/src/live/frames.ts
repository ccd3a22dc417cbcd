/** WebSockets of viewers: a viewer sends little, so whoever sends far more is cut off, whatever kind of frames they are. */
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';

/** Frames or packets that a viewer may send at once, and then a second. A wall sends one now and then, and a heartbeat. */
const AT_ONCE = 1_000;
const A_SECOND = 50;
const BOUNDS = {
  /** Parts of one message: a viewer's come whole. */
  maxFragments: 16,
  /** Longest wait for the other side's end of a connection that ends, milliseconds. */
  closeTimeout: 1_000,
};
/** Whoever does not read what waits for it is not answered besides. */
const MOST_BUFFERED_BYTES = 16 * 1024;

/** Calls `cutOff` when what it returns is called more often than a viewer sends. */
export function bounded(cutOff: () => void): () => void {
  let left = AT_ONCE;
  let since = performance.now();
  return () => {
    const now = performance.now();
    left = Math.min(AT_ONCE, left + ((now - since) / 1_000) * A_SECOND) - 1;
    since = now;
    if (left < 0) cutOff();
  };
}

/** The `wsEngine` of a Socket.IO server. */
export class ViewerSocketServer extends WebSocketServer {
  constructor(options: ServerOptions) {
    super({ ...options, ...BOUNDS, autoPong: false });
  }

  override handleUpgrade(...[request, connection, head, upgraded]: Parameters<WebSocketServer['handleUpgrade']>): void {
    super.handleUpgrade(request, connection, head, (socket, ...rest) => {
      bound(socket);
      upgraded(socket, ...rest);
    });
  }
}

/** Engine.IO sees messages alone. */
function bound(socket: WebSocket): void {
  const arrived = bounded(() => socket.terminate());
  socket.on('message', arrived).on('pong', arrived);
  socket.on('ping', (data) => {
    arrived();
    if (socket.readyState === socket.OPEN && socket.bufferedAmount < MOST_BUFFERED_BYTES) socket.pong(data);
  });
}

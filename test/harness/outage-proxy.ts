/** Stands between a browser and a room, and fails as what stands there in offices does. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * `pass`: hands everything on. `bad gateway`: ends what is open, and answers 502. `black hole`: takes everything, hands on nothing and says
 * nothing, and what was open then stays so for ever. `refuse`: ends what is open, and is not there. `cut`: resets what is open and each new one.
 */
export type ProxyMode = 'pass' | 'bad gateway' | 'black hole' | 'refuse' | 'cut';

const BODY = 'the room behind this proxy does not answer';
const BAD_GATEWAY = `HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain\r\ncontent-length: ${BODY.length}\r\nconnection: close\r\n\r\n${BODY}`;

export class OutageProxy implements AsyncDisposable {
  readonly #room: URL;
  #server: Server | undefined;
  #port = 0;
  #mode: ProxyMode = 'pass';
  readonly #open = new Set<Socket>();

  private constructor(room: string) {
    this.#room = new URL(room);
  }

  static async before(room: string): Promise<OutageProxy> {
    const proxy = new OutageProxy(room);
    await proxy.#listen();
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async set(mode: ProxyMode): Promise<void> {
    this.#mode = mode;
    if (mode === 'pass') {
      if (this.#server === undefined) await this.#listen();
      return;
    }
    if (mode === 'refuse') {
      this.#server?.close();
      this.#server = undefined;
    }
    for (const socket of this.#open) {
      if (mode === 'black hole') swallow(socket);
      else if (mode === 'cut') socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  async #listen(): Promise<void> {
    this.#server = createServer((client) => this.#take(client));
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #take(client: Socket): void {
    this.#keep(client);
    if (this.#mode === 'cut') client.resetAndDestroy();
    else if (this.#mode === 'black hole') client.resume();
    else if (this.#mode === 'bad gateway') client.once('data', () => client.end(BAD_GATEWAY));
    else {
      const room = connect(Number(this.#room.port), this.#room.hostname);
      this.#keep(room);
      client.pipe(room).pipe(client);
      client.once('close', () => room.destroy());
      room.once('close', () => client.destroy());
    }
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#open.delete(socket));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    if (this.#server === undefined) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Reads on, so that whoever writes sees nothing of it. */
function swallow(socket: Socket): void {
  socket.unpipe();
  socket.removeAllListeners('end');
  socket.resume();
}

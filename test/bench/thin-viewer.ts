/**
 * A viewer that speaks the text protocol of Engine.IO 4 and Socket.IO by itself: thousands of real clients in one process
 * would need more of the machine than the server that is measured.
 */
import type { Socket } from 'node:net';
import type { RoomName } from '@room/contract';
import WebSocket from 'ws';

/** `room`: a wall's protocol; `plain`: a bare WebSocket that only receives the same texts. */
export type Protocol = 'room' | 'plain';

export interface Listener {
  /** The answer to a join, as it came. */
  joined(answer: Buffer): void;
  /** A delta's message, as it came. */
  delta(message: Buffer): void;
  closed(): void;
}

const [OPEN, PING, MESSAGE] = [0x30, 0x32, 0x34];
const [CONNECT, EVENT, ACK] = [0x30, 0x32, 0x33];
const BRACKET = 0x5b;
const DELTA = Buffer.from('42["delta",');

export class ThinViewer {
  readonly #socket: WebSocket;
  readonly #room: RoomName;
  readonly #listener: Listener;
  #acks = 0;

  constructor(url: string, protocol: Protocol, room: RoomName, listener: Listener) {
    this.#room = room;
    this.#listener = listener;
    const address = url.replace(/^http/, 'ws');
    this.#socket = new WebSocket(protocol === 'plain' ? address : `${address}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
    });
    this.#socket.on('message', protocol === 'plain' ? listener.delta : (data: Buffer) => this.#take(data));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => listener.closed());
    if (protocol === 'plain') this.#socket.once('open', () => listener.joined(Buffer.alloc(0)));
  }

  #take(data: Buffer): void {
    if (data[0] === OPEN) this.#socket.send('40');
    else if (data[0] === PING) this.#socket.send('3');
    else if (data[0] !== MESSAGE) return;
    else if (data[1] === CONNECT) this.join();
    else if (data[1] === ACK) this.#listener.joined(data.subarray(data.indexOf(BRACKET)));
    else if (data[1] === EVENT && data.subarray(0, DELTA.length).equals(DELTA)) this.#listener.delta(data);
  }

  join(): void {
    this.#socket.send(`42${this.#acks++}["join",${JSON.stringify(this.#room)}]`);
  }

  /** Stops reading, as a sleeping laptop or a dead link does. */
  stall(): void {
    this.#connection?.pause();
  }

  /** The connection is gone without a word. */
  cut(): void {
    this.#connection?.resetAndDestroy();
  }

  close(): void {
    this.#socket.terminate();
  }

  get #connection(): Socket | undefined {
    return (this.#socket as unknown as { _socket?: Socket })._socket;
  }
}

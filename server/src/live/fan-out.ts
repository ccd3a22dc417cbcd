/** One event to many viewers: encoded and framed once, then written as it is to every WebSocket that is ready for it. */
import type { ServerToClient } from '@room/contract';
import type { Socket } from 'socket.io';

/** Engine.IO's sign of a message, and Socket.IO's of an event in the main namespace. */
const MESSAGE = '4';
const EVENT = '2';
const WHOLE_TEXT_MESSAGE = 0x81;

/** What an Engine.IO transport takes; the frame is one that it writes without encoding it again. */
type Packet = Parameters<Socket['conn']['transport']['send']>[0][number];
interface Framed extends Packet {
  options: { compress: boolean; wsPreEncodedFrame: Buffer[] };
}

/** An event's name, and what it says. */
export type Told = { [E in keyof ServerToClient]: [event: E, ...Parameters<ServerToClient[E]>] }[keyof ServerToClient];

/** An unmasked text message as one buffer: one write where header and payload apart cost a vectored one. */
export function textFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const head = size > 0xffff ? 10 : size > 125 ? 4 : 2;
  const frame = Buffer.allocUnsafe(head + size);
  frame[0] = WHOLE_TEXT_MESSAGE;
  frame[1] = head === 10 ? 127 : head === 4 ? 126 : size;
  if (head === 10) frame.writeBigUInt64BE(BigInt(size), 2);
  else if (head === 4) frame.writeUInt16BE(size, 2);
  frame.write(text, head);
  return frame;
}

/**
 * Tells `told` to each of `viewers` that is ready to take it and keeps nothing for the others: volatile as Socket.IO means
 * it. A transport is ready once the system took all that was written before, so nothing overtakes an answer still queued.
 * Returns to how many it was not sent, of those whose readiness can be told.
 */
export function fanOut(told: Told, viewers: Iterable<Pick<Socket, 'conn' | 'volatile'>>): number {
  let dropped = 0;
  let packets: Framed[] | undefined;
  const [event, ...said] = told;
  for (const viewer of viewers) {
    const { conn } = viewer;
    if (conn.transport.name !== 'websocket') viewer.volatile.emit(event, ...said);
    else if (conn.readyState === 'open' && conn.transport.writable) {
      packets ??= framed(told);
      conn.transport.send(packets);
    } else dropped++;
  }
  return dropped;
}

function framed(told: Told): Framed[] {
  const data = `${EVENT}${JSON.stringify(told)}`;
  const wsPreEncodedFrame = [textFrame(`${MESSAGE}${data}`)];
  return [{ type: 'message', data, options: { compress: false, wsPreEncodedFrame } }];
}

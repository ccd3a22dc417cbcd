/** Snappy, as it is (librdkafka) and in the blocks of Java's stream. https://github.com/google/snappy/blob/main/format_description.txt */
import { copyBack, MAX_INFLATED_BYTES, tooLarge } from './limit.ts';

/** Magic of Java's stream; two versions of four bytes follow, then blocks, each after its length. */
const STREAM = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const STREAM_HEADER = 16;

const broken = (): Error => new Error('snappy: the bytes are damaged');

export function unsnap(bytes: Buffer): Buffer {
  if (bytes.length < STREAM_HEADER || !bytes.subarray(0, STREAM.length).equals(STREAM)) return block(bytes, 0);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = STREAM_HEADER; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw broken();
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw broken();
    const part = block(bytes.subarray(at + 4, end), total);
    blocks.push(part);
    total += part.length;
    at = end;
  }
  return Buffer.concat(blocks, total);
}

/** `before` bytes came of the same batch already. */
function block(from: Buffer, before: number): Buffer {
  let at = 0;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = from[at++];
    if (byte === undefined || shift > 28) throw broken();
    size += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (before + size > MAX_INFLATED_BYTES) throw tooLarge();
  const to = Buffer.allocUnsafe(size);
  let done = 0;
  while (at < from.length) {
    const tag = from[at++] as number;
    let length = (tag >> 2) + 1;
    if ((tag & 3) === 0) {
      if (length > 60) {
        const width = length - 60;
        if (at + width > from.length) throw broken();
        length = from.readUIntLE(at, width) + 1;
        at += width;
      }
      if (at + length > from.length || done + length > size) throw broken();
      from.copy(to, done, at, at + length);
      at += length;
    } else {
      const width = (tag & 3) === 3 ? 4 : tag & 3;
      if (at + width > from.length) throw broken();
      let distance = from.readUIntLE(at, width);
      if (width === 1) {
        length = ((tag >> 2) & 7) + 4;
        distance += (tag >> 5) << 8;
      }
      at += width;
      if (distance === 0 || distance > done || done + length > size) throw broken();
      copyBack(to, done, distance, length);
    }
    done += length;
  }
  if (done !== size) throw broken();
  return to;
}

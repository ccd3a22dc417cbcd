/** LZ4 frames. https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md; checksums are the broker's work. */
import { copyBack, MAX_INFLATED_BYTES, tooLarge } from './limit.ts';

const MAGIC = 0x184d2204;
/** Skippable frames have any of 16 numbers from here. */
const SKIPPABLE = 0x184d2a50;
const STORED = 0x80000000;

const broken = (): Error => new Error('lz4: the bytes are damaged');
const overflow = (to: Buffer): Error => (to.length < MAX_INFLATED_BYTES ? broken() : tooLarge());

interface Block {
  bytes: Buffer;
  isStored: boolean;
  most: number;
}

export function unlz4(bytes: Buffer): Buffer {
  const blocks = [...blocksOf(bytes)];
  const most = blocks.reduce((sum, block) => sum + block.most, 0);
  const to = Buffer.allocUnsafe(Math.min(most, MAX_INFLATED_BYTES));
  let done = 0;
  for (const { bytes: from, isStored } of blocks) {
    if (!isStored) done = inflate(from, to, done);
    else if (done + from.length > to.length) throw overflow(to);
    else done += from.copy(to, done);
  }
  return to.subarray(0, done);
}

function* blocksOf(bytes: Buffer): Iterable<Block> {
  for (let at = 0; at < bytes.length; ) {
    if (at + 7 > bytes.length) throw broken();
    const magic = bytes.readUInt32LE(at);
    if (magic - (magic & 15) === SKIPPABLE) {
      if (at + 8 > bytes.length) throw broken();
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    const flags = bytes[at + 4] as number;
    const largest = 1 << (8 + 2 * (((bytes[at + 5] as number) >> 4) & 7));
    if (magic !== MAGIC || flags >> 6 !== 1 || largest < 2 ** 16) throw broken();
    const [blockSum, hasSize, contentSum, hasDictionary] = [flags & 16, flags & 8, flags & 4, flags & 1];
    at += 7 + (hasSize === 0 ? 0 : 8) + (hasDictionary === 0 ? 0 : 4);
    for (;;) {
      if (at + 4 > bytes.length) throw broken();
      const size = bytes.readUInt32LE(at);
      at += 4;
      if (size === 0) break;
      const isStored = size >= STORED;
      const end = at + (isStored ? size - STORED : size);
      if (end > bytes.length) throw broken();
      yield { bytes: bytes.subarray(at, end), isStored, most: isStored ? end - at : largest };
      at = end + (blockSum === 0 ? 0 : 4);
    }
    at += contentSum === 0 ? 0 : 4;
  }
}

/** Appends the block to what stands in `to` before `done`, which it may refer to; returns the new end. */
function inflate(from: Buffer, to: Buffer, start: number): number {
  let done = start;
  let at = 0;
  /** A length of 15 goes on in further bytes, up to one below 255. */
  const long = (first: number): number => {
    let length = first;
    if (first !== 15) return length;
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= from.length) throw broken();
      byte = from[at++] as number;
    }
    return length;
  };
  while (at < from.length) {
    const token = from[at++] as number;
    const literals = long(token >> 4);
    if (at + literals > from.length) throw broken();
    if (done + literals > to.length) throw overflow(to);
    from.copy(to, done, at, at + literals);
    at += literals;
    done += literals;
    if (at === from.length) break;
    if (at + 2 > from.length) throw broken();
    const distance = from.readUInt16LE(at);
    at += 2;
    const length = long(token & 15) + 4;
    if (distance === 0 || distance > done) throw broken();
    if (done + length > to.length) throw overflow(to);
    copyBack(to, done, distance, length);
    done += length;
  }
  return done;
}

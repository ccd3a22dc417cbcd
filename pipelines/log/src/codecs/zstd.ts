/**
 * Zstandard by fzstd, which takes windows and sizes of the sender's choice: the frame is walked first (RFC 8878, 3.1.1), and its
 * content goes into a buffer of ours, which it cannot outgrow.
 */
import { randomBytes } from 'node:crypto';
import { decompress } from 'fzstd';
import { MAX_INFLATED_BYTES, tooLarge } from './limit.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const BLOCK_BYTES = 128 * 1024;
/** At the end of a buffer that may be too small: overwritten where more came. */
const FENCE = randomBytes(32);

const broken = (what = 'the bytes are damaged'): Error => new Error(`zstd: ${what}`);

interface Frame {
  bytes: Buffer;
  /** Undefined where the sender does not say. */
  size: number | undefined;
  /** Upper bound. */
  most: number;
}

/** What the sender gave no size for is followed by bytes that mean nothing: the records before say how many they are. */
export function unzstd(bytes: Buffer): Buffer {
  const frames = [...framesOf(bytes)];
  if (frames.length > 1 && frames.some(({ size }) => size === undefined))
    throw broken('several frames, and not each tells its size');
  const parts: Buffer[] = [];
  let total = 0;
  for (const { bytes: frame, size, most } of frames) {
    const length = size ?? Math.min(most, MAX_INFLATED_BYTES);
    if (total + length > MAX_INFLATED_BYTES) throw tooLarge();
    const isFenced = length < most && size === undefined;
    const to = Buffer.alloc(isFenced ? length + BLOCK_BYTES + FENCE.length : length);
    if (isFenced) FENCE.copy(to, length + BLOCK_BYTES);
    // fzstd compares it with a number, for which it would be made a text.
    Object.defineProperty(to, Symbol.toPrimitive, { value: () => Number.NaN });
    try {
      decompress(frame, to);
    } catch (error) {
      if (most > MAX_INFLATED_BYTES) throw tooLarge();
      throw broken((error as Error).message);
    }
    // What goes beyond the end of the buffer is not written, and not told.
    if (isFenced && !to.subarray(length + BLOCK_BYTES).equals(FENCE)) throw tooLarge();
    parts.push(to);
    total += length;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts, total);
}

function* framesOf(bytes: Buffer): Iterable<Frame> {
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw broken();
    const magic = bytes.readUInt32LE(at);
    if (magic - (magic & 15) === SKIPPABLE) {
      at += 8 + bytes.readUInt32LE(at + 4);
      continue;
    }
    if (magic !== MAGIC) throw broken();
    const start = at;
    const flags = bytes[at + 4] as number;
    const isSingle = (flags & 32) !== 0;
    const sizeBytes = flags >> 6 === 0 ? (isSingle ? 1 : 0) : 1 << (flags >> 6);
    at += (isSingle ? 5 : 6) + ([0, 1, 2, 4][flags & 3] ?? 0);
    if (at + sizeBytes > bytes.length) throw broken();
    const size = contentSize(bytes, at, sizeBytes);
    at += sizeBytes;
    let most = 0;
    for (let isLast = false; !isLast; ) {
      if (at + 3 > bytes.length) throw broken();
      const header = bytes.readUIntLE(at, 3);
      isLast = (header & 1) === 1;
      const type = (header >> 1) & 3;
      const length = header >> 3;
      most += type === 2 ? BLOCK_BYTES : length;
      at += 3 + (type === 1 ? 1 : length);
      if (at > bytes.length || type === 3) throw broken();
      // What is said of stored and repeated bytes is exact.
      if (type !== 2 && length > BLOCK_BYTES) throw broken();
    }
    at += (flags & 4) === 0 ? 0 : 4;
    yield { bytes: bytes.subarray(start, at), size, most };
  }
}

function contentSize(bytes: Buffer, at: number, width: number): number | undefined {
  if (width === 0) return undefined;
  if (width === 8) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, width) + (width === 2 ? 256 : 0);
}

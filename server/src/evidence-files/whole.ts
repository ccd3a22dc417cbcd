/** Whether a file holds what its first bytes promise: a page or a picture, and not its beginning alone. Pure. */
import type { FileType } from '@room/contract';

const CHECKS: Partial<Record<FileType, (bytes: Buffer) => boolean>> = {
  'application/pdf': isPdf,
  'image/png': isPng,
  'image/jpeg': isJpeg,
  'image/webp': isWebp,
};
export const isWhole = (type: FileType, bytes: Buffer): boolean => CHECKS[type]?.(bytes) ?? true;

/** Of one in parts too: an object, what says where they stand, and an end. */
function isPdf(bytes: Buffer): boolean {
  const last = bytes.lastIndexOf('%%EOF', undefined, 'latin1');
  return last > 0 && bytes.lastIndexOf('startxref', last, 'latin1') > 0 && bytes.indexOf(' obj', 0, 'latin1') > 0;
}

function isPng(bytes: Buffer): boolean {
  if (bytes.byteLength < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR' || bytes.readUInt32BE(8) !== 13)
    return false;
  if (bytes.readUInt32BE(16) === 0 || bytes.readUInt32BE(20) === 0) return false;
  return bytes.indexOf('IDAT', 33, 'latin1') > 0 && bytes.lastIndexOf('IEND', undefined, 'latin1') > 0;
}

/** Its segments up to the picture itself: one of them says how large it is. */
function isJpeg(bytes: Buffer): boolean {
  let hasSize = false;
  for (let at = 2; at + 4 <= bytes.byteLength; ) {
    if (bytes[at] !== 0xff) return false;
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return false;
    // Beginnings of frames; three of their numbers mean something else.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (at + 9 > bytes.byteLength || bytes.readUInt16BE(at + 7) === 0) return false;
      hasSize = true;
    }
    at += 2 + length;
    if (marker === 0xda) return hasSize && at < bytes.byteLength;
  }
  return false;
}

function isWebp(bytes: Buffer): boolean {
  return (
    bytes.byteLength >= 30 &&
    ['VP8 ', 'VP8L', 'VP8X'].includes(bytes.toString('latin1', 12, 16)) &&
    bytes.readUInt32LE(4) + 8 <= bytes.byteLength &&
    bytes.readUInt32LE(16) > 0
  );
}

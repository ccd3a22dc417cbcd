/**
 * What an archive is that says it is a document of Office. Of its parts the beginnings are unpacked, whole only the list of their types
 * the lists of what its parts relate to, those with fields, and documents within: whatever a part is called, it is told by its type there and by how it begins.
 */
import { inflateRawSync, constants as zlib } from 'node:zlib';
import { turn } from '@room/runtime';
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { HttpError } from '../errors.ts';
import { type Reaching, reachOfFields, reachOfRelationships } from './relationships.ts';

/** `active`: it holds what does something, or what is seen by no check of it; `outside`: opened, it asks another place. */
export type OfficeKind = 'document' | 'workbook' | Reaching | 'other';

/** More than any document has. */
const MOST_ENTRIES = 5_000;
const MOST_TYPES_BYTES = 1_000_000;
/** A chart brings its table as a workbook. */
const MOST_WITHIN_BYTES = 20_000_000;
const MOST_WITHIN = 50;
/** Unpacked, of all parts whose text is read. */
const MOST_TEXT_BYTES = 60_000_000;
/** Compressed bytes of a part of which its beginning is told. */
const BEGINNING = 64;
const PARTS_OF_A_TURN = 100;

const TYPES = '[content_types].xml';
const ACTIVE_NAME = /(^|\/)(vbaproject\.bin|vbadata\.xml)$|(^|\/)(macrosheets|activex)\//;
/** Of Office's own types: macros of either kind, controls, objects of other programs. */
const ACTIVE_TYPE = /macro|vba|activex|oleobject|msdownload|javascript/i;
/** Compound files, as macros, controls and embedded objects are kept; programs. */
const ACTIVE_BEGINNINGS = ['\xd0\xcf\x11\xe0', 'MZ', '\x7fELF', '\xca\xfe\xba\xbe', '\xcf\xfa\xed\xfe'];

/** Parts whose text is read, by which check. */
const READ: readonly [RegExp, (bytes: Buffer) => Reaching | undefined][] = [
  [/\.rels$/, reachOfRelationships],
  [/^word\/(?:glossary\/)?[^/]*\.xml$/, reachOfFields],
];

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEAD = 30;

/** Rejects with 415 where it cannot be read. */
export async function officeKind(bytes: Buffer): Promise<OfficeKind> {
  try {
    return await kindOf(bytes, { bytes: MOST_WITHIN_BYTES, parts: MOST_WITHIN, text: MOST_TEXT_BYTES }, true);
  } catch (cause) {
    throw new HttpError(
      415,
      'file_broken',
      `this document cannot be read (${(cause as Error).message}): open it, save it anew, and send that`,
    );
  }
}

/** `left`: of what may still be unpacked of documents within. */
async function kindOf(
  bytes: Buffer,
  left: { bytes: number; parts: number; text: number },
  isOutermost: boolean,
): Promise<OfficeKind> {
  const parts = await partsOf(bytes);
  const types = parts.get(TYPES);
  if (types === undefined) return 'other';
  if ([...parts.keys()].some((name) => ACTIVE_NAME.test(name))) return 'active';
  if (typesOf(unpacked(bytes, types, MOST_TYPES_BYTES)).some((type) => ACTIVE_TYPE.test(type))) return 'active';
  let seen = 0;
  for (const part of parts.values()) {
    if (++seen % PARTS_OF_A_TURN === 0) await turn();
    const beginning = beginningOf(bytes, part);
    if (ACTIVE_BEGINNINGS.some((signature) => beginning.startsWith(signature))) return 'active';
    if (!beginning.startsWith('PK')) continue;
    left.parts--;
    left.bytes -= part.uncompressedSize;
    if (!isOutermost || left.parts < 0 || left.bytes < 0) return 'active';
    const within = await kindOf(unpacked(bytes, part, part.uncompressedSize), left, false);
    if (within === 'active' || within === 'other') return 'active';
    if (within === 'outside') return within;
  }
  const reaching = await reachOf(bytes, parts, left);
  if (reaching !== undefined) return reaching;
  if (parts.has('word/document.xml')) return 'document';
  return parts.has('xl/workbook.xml') ? 'workbook' : 'other';
}

/** What its parts reach for; what does something weighs more. */
async function reachOf(
  bytes: Buffer,
  parts: ReadonlyMap<string, Entry>,
  left: { text: number },
): Promise<Reaching | undefined> {
  let outside: Reaching | undefined;
  for (const [name, part] of parts) {
    const check = READ.find(([named]) => named.test(name))?.[1];
    if (check === undefined) continue;
    const text = unpacked(bytes, part, left.text);
    left.text -= text.byteLength;
    if (left.text < 0) throw new Error('its text is too long');
    const found = check(text);
    if (found === 'active') return found;
    outside ??= found;
    await turn();
  }
  return outside;
}

/** By name in small letters, as the archive's directory has them. */
async function partsOf(bytes: Buffer): Promise<Map<string, Entry>> {
  const parts = new Map<string, Entry>();
  let zip: ZipFile | undefined;
  try {
    zip = await fromBufferPromise(bytes, { lazyEntries: true, strictFileNames: true });
    for await (const entry of zip.eachEntry() as AsyncIterable<Entry>) {
      if ((entry.generalPurposeBitFlag & 1) !== 0) throw new Error('it is encrypted');
      const name = entry.fileName.toLowerCase();
      if (parts.has(name)) throw new Error('two parts have the same name');
      parts.set(name, entry);
      if (parts.size > MOST_ENTRIES) throw new Error('it has too many parts');
    }
    return parts;
  } finally {
    zip?.close();
  }
}

/** As it lies in the archive. */
function packedOf(
  bytes: Buffer,
  { relativeOffsetOfLocalHeader: at, compressedSize, compressionMethod }: Entry,
): Buffer {
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED)
    throw new Error('a part is packed in another way');
  if (at + LOCAL_HEAD > bytes.byteLength || bytes.readUInt32LE(at) !== 0x04034b50) throw new Error('a part is missing');
  const from = at + LOCAL_HEAD + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
  if (from + compressedSize > bytes.byteLength) throw new Error('a part is cut off');
  return bytes.subarray(from, from + compressedSize);
}

function beginningOf(bytes: Buffer, part: Entry): string {
  const packed = packedOf(bytes, part).subarray(0, BEGINNING);
  if (packed.byteLength === 0) return '';
  const plain = part.compressionMethod === STORED ? packed : inflateRawSync(packed, { finishFlush: zlib.Z_SYNC_FLUSH });
  return plain.toString('latin1', 0, 8);
}

function unpacked(bytes: Buffer, part: Entry, most: number): Buffer {
  const packed = packedOf(bytes, part);
  if (part.compressionMethod === STORED) return packed;
  return inflateRawSync(packed, { maxOutputLength: Math.max(1, most) });
}

/** All that the list of types names, by whatever references it is written. */
function typesOf(bytes: Buffer): string[] {
  const isWide = bytes[0] === 0xff || bytes[0] === 0xfe || bytes[0] === 0 || bytes[1] === 0;
  if (isWide) throw new Error('the list of its types is in another encoding');
  const text = bytes.toString('utf8');
  if (/<!/.test(text.replaceAll('<!--', ''))) throw new Error('the list of its types has declarations');
  return [...text.matchAll(/ContentType\s*=\s*("[^"]*"|'[^']*')/gi)].map(([, type = '']) =>
    type.replace(/&#(x?)([0-9a-f]{1,8});/gi, (whole, hex: string, digits: string) => {
      const code = Number.parseInt(digits, hex === '' ? 10 : 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    }),
  );
}

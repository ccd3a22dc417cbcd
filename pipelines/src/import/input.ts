/** What is handed over for an import: a CSV file in any encoding, packed by gzip or not, standard input, or a workbook. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { decoderOf, encodingTold } from './encoding.ts';

const PIECE = 256 * 1024;
const LARGEST_WORKBOOK = 256 * 1024 * 1024;

export const STANDARD_INPUT = '-';

/** The file is none that can be read; the message names it for what it is, and says what to do. */
export class Unreadable extends Error {}

/** A workbook as a file, or its bytes where it came through a pipe. */
export type WorkbookSource = string | Buffer;

export interface Input {
  /** In bytes as they are stored; undefined where it is not known. */
  size: number | undefined;
  /** Bytes read so far. */
  read: () => number;
  content:
    | { kind: 'text'; encoding: string; pieces: AsyncIterable<string> }
    | { kind: 'workbook'; source: WorkbookSource };
}

export interface InputOptions {
  file: string;
  /** What the mapping or the command names; a byte order mark knows better. */
  encoding: string | undefined;
  stdin: Readable;
}

/**
 * Opens what is named. A file is read once to its end before this resolves, so that one in another encoding, or cut off, is
 * refused before anything of it is sent; standard input can be read only once.
 */
export async function openInput(options: InputOptions): Promise<Input> {
  if (options.file === STANDARD_INPUT) return openBytes(options.stdin, options.encoding, undefined);
  const found = await stat(options.file);
  const size = found.isFile() ? found.size : undefined;
  const open = (): Promise<Input> =>
    openBytes(
      createReadStream(options.file, { highWaterMark: PIECE }),
      options.encoding,
      size,
      size === undefined ? undefined : options.file,
    );
  // What is no file, as a pipe with a name, can be read only once as well.
  if (size === undefined) return open();
  const first = await open();
  if (first.content.kind === 'workbook') return first;
  for await (const _ of first.content.pieces);
  return open();
}

/** `file` can be read more than once, in any order. */
async function openBytes(
  stream: Readable,
  stated: string | undefined,
  size: number | undefined,
  file?: string,
): Promise<Input> {
  let read = 0;
  const stored = counted(stream, (bytes) => {
    read += bytes;
  });
  const bytes = await headed(stored);
  const { head, all } = isGzip(bytes.head) ? await headed(unpacked(bytes.all)) : bytes;
  if (isZip(head)) {
    const isStored = file !== undefined && head === bytes.head;
    const source = isStored ? file : await whole(all);
    await all.return(undefined);
    return { size, read: () => read, content: { kind: 'workbook', source } };
  }
  refuseOthers(head);
  const told = encodingTold(head);
  if (told?.startsWith('utf-32')) throw new Unreadable('this is UTF-32, which is not read: save the file as UTF-8');
  const encoding = told ?? stated ?? 'utf-8';
  if (!encoding.startsWith('utf-16') && head.includes(0))
    throw new Unreadable('this is no text: it contains zero bytes. Export the table as CSV (UTF-8) or as .xlsx');
  return { size, read: () => read, content: { kind: 'text', encoding, pieces: decoded(all, encoding) } };
}

async function* counted(stream: Readable, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    count(chunk.length);
    yield chunk;
  }
}

/** The first bytes, and all of them: a pipe may bring few at a time. */
async function headed(chunks: AsyncGenerator<Buffer>): Promise<{ head: Buffer; all: AsyncGenerator<Buffer> }> {
  const first: Buffer[] = [];
  let length = 0;
  while (length < PIECE) {
    const { value, done } = await chunks.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  const head = Buffer.concat(first);
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield head;
      yield* chunks;
    } finally {
      await chunks.return(undefined);
    }
  }
  return { head, all: all() };
}

/** Gunzips; a file that was cut off throws at its end. */
async function* unpacked(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  // What fails is thrown by the loop below.
  const gunzip = pipeline(Readable.from(chunks), createGunzip({ chunkSize: PIECE }), () => undefined);
  try {
    yield* gunzip as AsyncIterable<Buffer>;
  } catch (cause) {
    throw new Unreadable(
      `the file is packed by gzip and cannot be unpacked (${(cause as Error).message}): get it again`,
      {
        cause,
      },
    );
  }
}

async function* decoded(chunks: AsyncGenerator<Buffer>, encoding: string): AsyncGenerator<string> {
  const decoder = decoderOf(encoding);
  for await (const chunk of chunks) yield decoder.decode(chunk);
  yield decoder.end();
}

async function whole(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    length += chunk.length;
    if (length > LARGEST_WORKBOOK)
      throw new Unreadable(
        'the workbook is larger than 256 MiB, and through a pipe or packed again it is held whole: save it as a file first',
      );
  }
  return Buffer.concat(all);
}

const begins = (head: Buffer, ...bytes: number[]): boolean => bytes.every((byte, at) => head[at] === byte);
const isGzip = (head: Buffer): boolean => begins(head, 0x1f, 0x8b);
const isZip = (head: Buffer): boolean => begins(head, 0x50, 0x4b, 0x03, 0x04);

/** What is handed over as CSV and is something else. */
function refuseOthers(head: Buffer): void {
  if (begins(head, 0xd0, 0xcf, 0x11, 0xe0) && head.includes(Buffer.from('EncryptedPackage', 'utf16le')))
    throw new Unreadable('this workbook is locked by a password: save it without one');
  if (begins(head, 0xd0, 0xcf, 0x11, 0xe0))
    throw new Unreadable('this is an old workbook (.xls), which is not read: save it as .xlsx or as CSV (UTF-8)');
  if (begins(head, 0x25, 0x50, 0x44, 0x46)) throw new Unreadable('this is a PDF: export the table as CSV or .xlsx');
  if (/^\s*<(!doctype|html|\?xml|table)/i.test(head.subarray(0, 200).toString('latin1')))
    throw new Unreadable('this is a page (HTML or XML), whatever its name says: export the table as CSV or .xlsx');
}

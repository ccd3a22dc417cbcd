/** Parts of a workbook's archive, read piece by piece: it may unpack to anything, and is never held whole. */
import type { Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { crc32 } from 'node:zlib';
import { type SaxesOptions, SaxesParser, type SaxesTagPlain } from 'saxes';
import { type Entry, fromBufferPromise, openPromise, type ZipFile } from 'yauzl';
import { Unreadable, type WorkbookSource } from './input.ts';

/** Of all parts together, unpacked: reading takes time for it, not memory. */
const LARGEST_UNPACKED = 4 * 1024 ** 3;
const MOST_PARTS = 10_000;
/** Characters that may come without a tag or a text that ends, and tags within tags: a cell holds 32,767 characters. */
const LONGEST_TOKEN = 4 * 1024 * 1024;
const DEEPEST = 100;

export const ELSEWHERE = 'export the sheet as CSV (UTF-8)';

export class Archive implements AsyncDisposable {
  readonly #zip: ZipFile;
  readonly #parts: ReadonlyMap<string, Entry>;

  private constructor(zip: ZipFile, parts: ReadonlyMap<string, Entry>) {
    this.#zip = zip;
    this.#parts = parts;
  }

  /** Throws `Unreadable` for an archive that is no workbook, and says what it is. */
  static async open(source: WorkbookSource): Promise<Archive> {
    const options = { autoClose: false, lazyEntries: true, strictFileNames: false };
    let zip: ZipFile | undefined;
    try {
      zip = typeof source === 'string' ? await openPromise(source, options) : await fromBufferPromise(source, options);
      const parts = new Map<string, Entry>();
      let unpacked = 0;
      for await (const entry of zip.eachEntry()) {
        parts.set(keyOf(entry.fileName), entry);
        unpacked += entry.uncompressedSize;
        if (unpacked > LARGEST_UNPACKED || parts.size > MOST_PARTS)
          throw new Unreadable(
            `the workbook unpacks to more than 4 GiB or ${MOST_PARTS} parts: ${ELSEWHERE}, which may be of any size`,
          );
      }
      refuseOthers([...parts.values()].map(({ fileName }) => fileName));
      return new Archive(zip, parts);
    } catch (cause) {
      zip?.close();
      throw unreadable(cause);
    }
  }

  has(name: string): boolean {
    return this.#parts.has(keyOf(name));
  }

  /** Texts of a part one after the other; one that is not what the archive says of it throws at its end. */
  async *texts(name: string): AsyncGenerator<string> {
    const entry = this.#parts.get(keyOf(name));
    if (entry === undefined) throw new Unreadable(`the workbook lacks its part ${name}: is it whole? Get it again`);
    try {
      let check = 0;
      let decoder: TextDecoder | undefined;
      const pieces: Readable = await this.#zip.openReadStreamPromise(entry);
      let tail = '';
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        check = crc32(piece, check);
        decoder ??= decoderFor(piece);
        const text = decoder.decode(piece, { stream: true });
        if (/<!(?:DOCTYPE|ENTITY)/i.test(tail + text))
          throw new Unreadable(
            `the workbook defines entities of its own, which no spreadsheet program writes: ${ELSEWHERE}`,
          );
        tail = text.slice(-LONGEST_MARK);
        yield text;
      }
      yield decoder?.decode() ?? '';
      if (check !== entry.crc32) throw new Error(`the sum of ${name} is wrong`);
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#zip.close();
  }
}

const LONGEST_MARK = 10;

/** Parts are found in any case, and with either slash: programs differ. */
const keyOf = (name: string): string => name.replace(/^\//, '').toLowerCase();

const decoderFor = (head: Buffer): TextDecoder =>
  new TextDecoder(
    head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8',
    { fatal: true },
  );

function unreadable(cause: unknown): Unreadable {
  if (cause instanceof Unreadable) return cause;
  return new Unreadable(
    `the workbook cannot be read (${(cause as Error).message}): is it a whole .xlsx file? Get it again`,
    { cause },
  );
}

function refuseOthers(parts: readonly string[]): void {
  const has = (name: string): boolean => parts.some((part) => keyOf(part) === name);
  if (has('xl/workbook.xml')) return;
  if (has('content.xml'))
    throw new Unreadable('this is an OpenDocument sheet (.ods), which is not read: save it as .xlsx or as CSV (UTF-8)');
  if (has('xl/workbook.bin'))
    throw new Unreadable('this is a binary workbook (.xlsb), which is not read: save it as .xlsx or as CSV (UTF-8)');
  const named = parts.slice(0, 5).join(', ');
  throw new Unreadable(
    `this is a zip archive and no .xlsx file (it has ${named === '' ? 'nothing' : named}): unpack it first`,
  );
}

/** What a reader of XML is told; names are without their prefix. */
export interface XmlHandlers {
  open: (name: string, attribute: (name: string) => string | undefined) => void;
  text?: (text: string) => void;
  close?: (name: string) => void;
}

/** Tells `handlers` what is in the texts, and yields after each of them. */
export async function* parsed(texts: AsyncIterable<string>, handlers: XmlHandlers): AsyncGenerator<void> {
  const parser = new SaxesParser<SaxesOptions>();
  let since = 0;
  let depth = 0;
  parser.on('opentag', (tag) => {
    since = 0;
    depth += 1;
    if (depth > DEEPEST) throw new Unreadable(`a part of the workbook nests ${DEEPEST} tags: ${ELSEWHERE}`);
    const attributes = tag.attributes as SaxesTagPlain['attributes'];
    handlers.open(localOf(tag.name), (name) => attributes[name]);
  });
  parser.on('text', (text) => {
    since = 0;
    handlers.text?.(text);
  });
  parser.on('closetag', (tag) => {
    since = 0;
    depth -= 1;
    handlers.close?.(localOf(tag.name));
  });
  for await (const text of texts) {
    since += text.length;
    feed(() => parser.write(text));
    if (since > LONGEST_TOKEN)
      throw new Unreadable(`a cell or a tag of the workbook has over ${LONGEST_TOKEN} characters: ${ELSEWHERE}`);
    yield;
  }
  feed(() => parser.close());
}

function feed(step: () => unknown): void {
  try {
    step();
  } catch (cause) {
    throw unreadable(cause);
  }
}

const localOf = (name: string): string => name.slice(name.indexOf(':') + 1);

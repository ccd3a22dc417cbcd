/** Bytes of a file to text, in the encoding that it is written in: nothing is replaced, what does not fit is refused. */
import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { TextDecoder } from 'node:util';
import { guesses } from './guess.ts';

/** Name of an encoding as the Encoding standard has it, undefined where it has none of that name. */
export function encodingNamed(name: string): string | undefined {
  try {
    return new TextDecoder(name, { fatal: true }).encoding;
  } catch {
    return undefined;
  }
}

/** The bytes are not in the encoding; the message says where, and what they may be in. */
export class WrongEncoding extends Error {
  constructor(
    message: string,
    /** The likeliest one, where there is any: for a person to judge. */
    readonly guess?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const MARKS: readonly [string, readonly number[]][] = [
  // Begins as UTF-16 does.
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The encoding that a file's first bytes tell: by a byte order mark, or by the zeros that Latin letters leave in UTF-16. */
export function encodingTold(head: Uint8Array): string | undefined {
  const marked = MARKS.find(([, mark]) => mark.every((byte, at) => head[at] === byte))?.[0];
  if (marked !== undefined) return marked;
  const zeros = [0, 0];
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 8;
  if (odd > many && even < odd / 8) return 'utf-16le';
  if (even > many && odd < even / 8) return 'utf-16be';
  return undefined;
}

export interface Decoder {
  /** Throws `WrongEncoding`. */
  decode(chunk: Buffer): string;
  end(): string;
}

export function decoderOf(encoding: string): Decoder {
  return encoding === 'utf-8' ? new Utf8() : new Other(encoding);
}

/** Counts lines so that an error can name one. */
class Lines {
  passed = 0;

  count(bytes: Uint8Array): void {
    for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) this.passed += 1;
  }
}

/** Faster than `TextDecoder`, which checks while it decodes. */
class Utf8 implements Decoder {
  readonly #decoder = new StringDecoder('utf8');
  readonly #lines = new Lines();
  #rest = Buffer.alloc(0);
  #isFirst = true;

  decode(chunk: Buffer): string {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const whole = bytes.subarray(0, bytes.length - unfinished(bytes));
    this.#rest = Buffer.from(bytes.subarray(whole.length));
    this.#check(whole);
    return this.#text(whole);
  }

  end(): string {
    this.#check(this.#rest);
    return '';
  }

  #check(bytes: Buffer): void {
    if (!isUtf8(bytes)) throw this.#wrong(bytes);
    this.#lines.count(bytes);
  }

  #text(bytes: Buffer): string {
    const text = this.#decoder.write(bytes);
    if (!this.#isFirst || text === '') return text;
    this.#isFirst = false;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  #wrong(bytes: Buffer): WrongEncoding {
    let start = 0;
    for (;;) {
      const feed = bytes.indexOf(0x0a, start);
      const line = bytes.subarray(start, feed < 0 ? bytes.length : feed);
      if (!isUtf8(line) || feed < 0) return notUtf8(this.#lines.passed + 1, line, bytes);
      this.#lines.passed += 1;
      start = feed + 1;
    }
  }
}

/** Bytes at the end that begin a character of UTF-8 and do not complete it. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

const SHOWN = 60;

function notUtf8(line: number, bytes: Buffer, around: Buffer): WrongEncoding {
  const found = guesses(around, bytes);
  const shown = found.map(({ encoding, seen }) => `${encoding} ${JSON.stringify(seen.slice(0, SHOWN))}`);
  const how =
    shown.length === 0
      ? 'say in which encoding it is, for example --encoding windows-1252'
      : `in other encodings it begins: ${shown.join(', ')}: if one is right, say --encoding ${found[0]?.encoding}`;
  return new WrongEncoding(
    `line ${line} is not UTF-8; ${how} (or "encoding" in the mapping), or save the file as UTF-8`,
    found[0]?.encoding,
  );
}

class Other implements Decoder {
  readonly #decoder: TextDecoder;
  readonly #encoding: string;
  readonly #lines = new Lines();

  constructor(encoding: string) {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding, { fatal: true });
  }

  decode(chunk: Buffer): string {
    const text = this.#try(() => this.#decoder.decode(chunk, { stream: true }));
    this.#lines.count(chunk);
    return text;
  }

  end(): string {
    return this.#try(() => this.#decoder.decode());
  }

  #try(decode: () => string): string {
    try {
      return decode();
    } catch (cause) {
      throw new WrongEncoding(
        `after line ${this.#lines.passed + 1} there are bytes that ${this.#encoding} does not have: name another encoding (--encoding)`,
        undefined,
        { cause },
      );
    }
  }
}

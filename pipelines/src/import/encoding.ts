/** Bytes of a file to text, in the encoding that it is written in: nothing is replaced, what does not fit is refused. */
import { isUtf8 } from 'node:buffer';
import { StringDecoder } from 'node:string_decoder';
import { TextDecoder } from 'node:util';
import { analyse } from 'chardet';

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
const SAMPLE = 64 * 1024;

function notUtf8(line: number, bytes: Buffer, around: Buffer): WrongEncoding {
  const guess = likely(around).find((name) => readAs(name, bytes) !== undefined);
  const seen = guess === undefined ? '' : (readAs(guess, bytes) ?? '').slice(0, SHOWN);
  const how =
    guess === undefined
      ? 'say in which it is: --encoding NAME, for example windows-1252'
      : `it may be ${guess}, in which the line begins ${JSON.stringify(seen)}: if that is right, say --encoding ${guess}`;
  return new WrongEncoding(
    `line ${line} is not UTF-8; ${how} (or "encoding" in the mapping), or save the file as UTF-8`,
    guess,
  );
}

/** Encodings that bytes may be in, the likeliest first: a guess to be shown to a person, never to be read by. */
function likely(bytes: Uint8Array): string[] {
  const sample = bytes.subarray(0, SAMPLE);
  const names = analyse(sample).map(({ name }) => encodingNamed(name));
  const known = names.filter((name) => name !== undefined).filter((name) => !name.startsWith('utf-'));
  return hasTones(sample) ? [TONED, ...known] : known;
}

/** The encoding that writes a vowel's tone as a character of its own. */
const TONED = 'windows-1258';
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/g;

/** True where what would be tones stands after vowels and nowhere else. */
function hasTones(bytes: Uint8Array): boolean {
  const text = new TextDecoder(TONED).decode(bytes);
  const tones = text.match(TONE)?.length ?? 0;
  return tones > 0 && text.match(/[aăâeêioôơuưy][\u0300\u0301\u0303\u0309\u0323]/gi)?.length === tones;
}

function readAs(name: string, bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder(name, { fatal: true }).decode(bytes).normalize('NFC');
  } catch {
    return undefined;
  }
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

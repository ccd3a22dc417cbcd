/** Writes rows in the engine's RowBinary format, value after value: a tenth of the time that text takes to build. */
const INITIAL_BYTES = 64 * 1024;
const TWO_32 = 4_294_967_296;
/** A string's length takes one byte up to here. */
const SHORT = 0x7f;
const LENGTH_BYTES = 5;
const UUID_BYTES = 16;
/** Where the bytes of a UUID stand in its text, and where the engine wants them: each half as a little-endian number. */
const DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const PLACES = [7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8];
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

export class RowBinary {
  #bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** What was written so far; valid until something else is written. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  uint8(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  bool(value: boolean): void {
    this.uint8(value ? 1 : 0);
  }

  nullableBool(value: boolean | undefined): void {
    this.bool(value === undefined);
    if (value !== undefined) this.bool(value);
  }

  uint16(value: number): void {
    this.#room(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
  }

  uint32(value: number): void {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** A whole number as 64 bits, signed or not: also a DateTime64(3), in milliseconds since 1970 UTC. */
  int64(value: number): void {
    this.#room(8);
    const high = Math.floor(value / TWO_32);
    this.#view.setUint32(this.#length, value - high * TWO_32, true);
    this.#view.setInt32(this.#length + 4, high, true);
    this.#length += 8;
  }

  uint64(value: bigint): void {
    this.#room(8);
    this.#view.setBigUint64(this.#length, value, true);
    this.#length += 8;
  }

  /** An array of Float32. */
  float32s(values: ArrayLike<number>): void {
    this.#room(LENGTH_BYTES + 4 * values.length);
    this.#varint(values.length);
    for (let at = 0; at < values.length; at++) {
      this.#view.setFloat32(this.#length, values[at] ?? 0, true);
      this.#length += 4;
    }
  }

  /** A UUID as text with its dashes. */
  uuid(text: string): void {
    this.#room(UUID_BYTES);
    for (let byte = 0; byte < UUID_BYTES; byte++) {
      const at = DIGITS[byte] ?? 0;
      const value = ((NIBBLES[text.charCodeAt(at)] ?? 0) << 4) | (NIBBLES[text.charCodeAt(at + 1)] ?? 0);
      this.#bytes[this.#length + (PLACES[byte] ?? 0)] = value;
    }
    this.#length += UUID_BYTES;
  }

  text(value: string): void {
    // Three bytes a UTF-16 unit at most.
    this.#room(LENGTH_BYTES + 3 * value.length);
    if (value.length > SHORT || !this.#shortAscii(value)) this.#anyText(value);
  }

  #shortAscii(value: string): boolean {
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = value.length;
    for (let unit = 0; unit < value.length; unit++) {
      const code = value.charCodeAt(unit);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #anyText(value: string): void {
    this.#varint(Buffer.byteLength(value));
    this.#length += this.#bytes.write(value, this.#length);
  }

  #varint(value: number): void {
    let left = value;
    for (; left > SHORT; left >>>= 7) this.#bytes[this.#length++] = (left & SHORT) | 0x80;
    this.#bytes[this.#length++] = left;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

const viewOf = ({ buffer, byteOffset, byteLength }: Buffer): DataView => new DataView(buffer, byteOffset, byteLength);

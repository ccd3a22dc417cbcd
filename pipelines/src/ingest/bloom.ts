/**
 * A Bloom filter over event keys: "surely new" or "ask the warehouse". Keys are hashes already, so their own words serve
 * as its hash functions. Ten bits a key leave about 1 % to ask about.
 */
const BITS_A_KEY = 10;
const PROBES = 7;

export class KeyFilter {
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly capacity: number;
  #size = 0;

  /** Room for `capacity` keys; memory is `capacity` x 10 bits, rounded up to a power of two. */
  constructor(capacity: number) {
    const bits = 2 ** Math.min(32, Math.max(16, Math.ceil(Math.log2(capacity * BITS_A_KEY))));
    this.#words = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
    this.capacity = Math.floor(bits / BITS_A_KEY);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a key in the form of a UUID. */
  add(key: string): void {
    this.#add(word(key, 0), word(key, 9));
  }

  /** Adds keys (16 bytes each) as the engine stores them: two little-endian 64-bit halves. */
  addStored(keys: Buffer): void {
    for (let at = 0; at + 16 <= keys.length; at += 16) {
      const high = keys.readUInt32LE(at + 4);
      const low = keys.readUInt32LE(at);
      this.#add(high, low);
    }
  }

  has(key: string): boolean {
    const base = word(key, 0);
    const step = word(key, 9) | 1;
    for (let probe = 0, at = base; probe < PROBES; probe++, at = (at + step) >>> 0) {
      const bit = (at & this.#mask) >>> 0;
      if ((((this.#words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) return false;
    }
    return true;
  }

  #add(base: number, second: number): void {
    const step = second | 1;
    for (let probe = 0, at = base; probe < PROBES; probe++, at = (at + step) >>> 0) {
      const bit = (at & this.#mask) >>> 0;
      this.#words[bit >>> 5] = (this.#words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
    this.#size++;
  }
}

/** 32 bits of a UUID's first half: characters 0-7 are its upper word, 9-12 and 14-17 its lower one. */
const word = (key: string, at: 0 | 9): number =>
  Number.parseInt(at === 0 ? key.slice(0, 8) : key.slice(9, 13) + key.slice(14, 18), 16) >>> 0;

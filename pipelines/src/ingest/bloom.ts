/**
 * A Bloom filter over event keys: "surely new" or "ask the warehouse". Keys are hashes already, so their own words serve
 * as its hash functions. Ten bits a key leave about 1 % to ask about. A layer that is full is followed by a larger one, so
 * that no key is ever read again; memory is bounded, and beyond it ever more keys are asked about.
 */
const BITS_A_KEY = 10;
const PROBES = 7;
const LEAST_BITS = 2 ** 16;
/** 128 MiB, for 107 million keys. All layers together have less than twice that. */
const MOST_BITS = 2 ** 30;
const GROWTH = 4;

export const MOST_FILTERED = Math.floor(MOST_BITS / BITS_A_KEY);

interface Layer {
  words: Uint32Array;
  mask: number;
  capacity: number;
  size: number;
}

function layerOf(bits: number): Layer {
  return { words: new Uint32Array(bits / 32), mask: bits - 1, capacity: Math.floor(bits / BITS_A_KEY), size: 0 };
}

export class KeyFilter {
  readonly #layers: Layer[];
  #newest: Layer;

  /** Room for `capacity` keys at first; memory is `capacity` x 10 bits, rounded up to a power of two. */
  constructor(capacity: number) {
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, capacity) * BITS_A_KEY));
    this.#newest = layerOf(Math.min(MOST_BITS, Math.max(LEAST_BITS, wanted)));
    this.#layers = [this.#newest];
  }

  get size(): number {
    return this.#layers.reduce((sum, { size }) => sum + size, 0);
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#layers.reduce((sum, { words }) => sum + words.byteLength, 0);
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
    return this.#layers.some((layer) => isIn(layer, base, step));
  }

  #add(base: number, second: number): void {
    const step = second | 1;
    const { words, mask } = this.#newest;
    for (let probe = 0, at = base; probe < PROBES; probe++, at = (at + step) >>> 0) {
      const bit = (at & mask) >>> 0;
      words[bit >>> 5] = (words[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
    this.#newest.size++;
    const bits = this.#newest.mask + 1;
    if (this.#newest.size < this.#newest.capacity || bits >= MOST_BITS) return;
    this.#newest = layerOf(Math.min(MOST_BITS, bits * GROWTH));
    this.#layers.push(this.#newest);
  }
}

function isIn({ words, mask }: Layer, base: number, step: number): boolean {
  for (let probe = 0, at = base; probe < PROBES; probe++, at = (at + step) >>> 0) {
    const bit = (at & mask) >>> 0;
    if ((((words[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 0) return false;
  }
  return true;
}

/** 32 bits of a UUID's first half: characters 0-7 are its upper word, 9-12 and 14-17 its lower one. */
const word = (key: string, at: 0 | 9): number =>
  Number.parseInt(at === 0 ? key.slice(0, 8) : key.slice(9, 13) + key.slice(14, 18), 16) >>> 0;

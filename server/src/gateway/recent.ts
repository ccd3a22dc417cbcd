/**
 * Keys of events that this process accepted lately and ingest may not have counted yet. Generations bound the memory; each is
 * a table of its keys' 128 bits, as strings in a map take seven times the room and the collector's time.
 */
const GENERATIONS = 4;
const WORDS = 4;
/** Where the digits of each word stand in a UUID's text: two runs of four. */
const DIGITS = [0, 4, 9, 14, 19, 24, 28, 32];
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

export class RecentKeys {
  readonly #perGeneration: number;
  /** The youngest first. */
  readonly #generations: KeyTable[] = [];
  /** The key in question, as words. */
  readonly #key = new Uint32Array(WORDS);

  constructor(capacity: number) {
    this.#perGeneration = Math.ceil(capacity / GENERATIONS);
  }

  /** Adds a key in the form of a UUID; whether its event is a correction comes back with it. */
  add(key: string, correction: boolean): void {
    let [young] = this.#generations;
    if (young === undefined || young.size >= this.#perGeneration) {
      young = new KeyTable(this.#perGeneration);
      this.#generations.unshift(young);
      this.#generations.length = Math.min(this.#generations.length, GENERATIONS);
    }
    young.set(this.#wordsOf(key), correction);
  }

  get(key: string): { correction: boolean } | undefined {
    const words = this.#wordsOf(key);
    for (const generation of this.#generations) {
      const correction = generation.get(words);
      if (correction !== undefined) return { correction };
    }
    return undefined;
  }

  #wordsOf(key: string): Uint32Array {
    for (let word = 0; word < WORDS; word++)
      this.#key[word] = (fourDigits(key, DIGITS[2 * word] ?? 0) << 16) | fourDigits(key, DIGITS[2 * word + 1] ?? 0);
    return this.#key;
  }
}

const nibble = (key: string, at: number): number => NIBBLES[key.charCodeAt(at)] ?? 0;

const fourDigits = (key: string, at: number): number =>
  (nibble(key, at) << 12) | (nibble(key, at + 1) << 8) | (nibble(key, at + 2) << 4) | nibble(key, at + 3);

const FREE = 0;
const ORIGINAL = 1;
const CORRECTION = 2;

/** Open addressing, at most half full: keys are hashes, so their first word says where to look. */
class KeyTable {
  readonly #words: Uint32Array;
  readonly #kinds: Uint8Array;
  readonly #mask: number;
  size = 0;

  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * capacity));
    this.#words = new Uint32Array(slots * WORDS);
    this.#kinds = new Uint8Array(slots);
    this.#mask = slots - 1;
  }

  set(key: Uint32Array, correction: boolean): void {
    const slot = this.#slotOf(key);
    if (this.#kinds[slot] === FREE) {
      this.#words.set(key, slot * WORDS);
      this.size++;
    }
    this.#kinds[slot] = correction ? CORRECTION : ORIGINAL;
  }

  get(key: Uint32Array): boolean | undefined {
    const kind = this.#kinds[this.#slotOf(key)];
    return kind === FREE ? undefined : kind === CORRECTION;
  }

  /** Where the key stands, or may stand. */
  #slotOf(key: Uint32Array): number {
    for (let slot = (key[0] ?? 0) & this.#mask; ; slot = (slot + 1) & this.#mask)
      if (this.#kinds[slot] === FREE || this.#isAt(slot, key)) return slot;
  }

  #isAt(slot: number, key: Uint32Array): boolean {
    for (let word = 0, at = slot * WORDS; word < WORDS; word++) if (this.#words[at + word] !== key[word]) return false;
    return true;
  }
}

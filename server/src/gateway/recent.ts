/**
 * Keys of events that stand in the log and that ingest may not have counted yet. Generations bound the memory; each is a table of
 * its keys' 128 bits, as strings in a map take three times the memory, twice the time, and the collector's.
 */
import type { Counted } from '@room/contract';

const GENERATIONS = 4;
const WORDS = 4;
/** Where the digits of each word stand in a UUID's text: two runs of four. */
const DIGITS = [0, 4, 9, 14, 19, 24, 28, 32];
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => Number.parseInt(String.fromCharCode(code), 16) || 0);

const KINDS = [undefined, 'submission', 'correction', 'backlog', 'link'] as const;

/** What is known of an event that stands in the log. */
export interface RecentEvent extends Required<Counted> {
  /** A gateway judged it; what none did, ingest may refuse. */
  isJudged: boolean;
  /** Of its place; 0 for a level of backlog and a report of a link. */
  mark: number;
}

export type Appended = Omit<RecentEvent, 'correction'>;

/** Where a record stands. */
interface LogPosition {
  partition: number;
  offset: number;
}

export interface RecentOptions {
  /** Keys kept; the oldest quarter of them goes at once. */
  capacity: number;
  /** The log is followed: what this process appended is to be met there again. */
  isFollowed: boolean;
}

interface Generation {
  keys: KeyTable;
  /** Behind the last record that a key of it stands in, by partition. */
  ends: Map<number, number>;
  /** Keys of this process's own that were not met in the log yet. */
  unmet: number;
}

export class RecentKeys {
  readonly #perGeneration: number;
  readonly #isFollowed: boolean;
  /** The youngest first. */
  readonly #generations: Generation[] = [];
  /** The key in question, as words. */
  readonly #key = new Uint32Array(WORDS);
  /** Keys of records before these offsets may be forgotten, by partition. */
  readonly floors = new Map<number, number>();
  /** Keys forgotten before anybody knew where they stand. */
  lost = 0;

  constructor({ capacity, isFollowed }: RecentOptions) {
    this.#perGeneration = Math.ceil(capacity / GENERATIONS);
    this.#isFollowed = isFollowed;
  }

  /** A key, in the form of a UUID, of an event that this process appended. */
  add(key: string, { kind, count, isJudged, mark }: Appended): void {
    const words = this.#wordsOf(key);
    if (this.#generations.some(({ keys }) => keys.has(words))) return;
    const young = this.#young();
    young.keys.set(words, KINDS.indexOf(kind) | (isJudged ? JUDGED : 0) | (this.#isFollowed ? UNMET : 0), count, mark);
    if (this.#isFollowed) young.unmet++;
  }

  /** A key of an event that was read in the log. */
  learn(key: string, { kind, count, isJudged, mark }: Appended, { partition, offset }: LogPosition): void {
    const words = this.#wordsOf(key);
    for (const generation of this.#generations) {
      if (!generation.keys.meet(words)) continue;
      generation.unmet--;
      extend(generation.ends, partition, offset + 1);
      return;
    }
    // Of equal ids the first counts.
    const first = this.#generations.find(({ keys }) => keys.has(words))?.keys;
    const young = this.#young();
    const judged = (first?.isJudged(words) ?? isJudged) ? JUDGED : 0;
    young.keys.set(
      words,
      (first?.get(words) ?? KINDS.indexOf(kind)) | judged,
      first?.countOf(words) ?? count,
      first?.markOf(words) ?? mark,
    );
    extend(young.ends, partition, offset + 1);
  }

  /** The event stands in the log and was refused: its id is free. */
  forget(key: string): void {
    const words = this.#wordsOf(key);
    for (const generation of this.#generations) if (generation.keys.forget(words)) generation.unmet--;
  }

  get(key: string): RecentEvent | undefined {
    const words = this.#wordsOf(key);
    for (const { keys } of this.#generations) {
      const kind = KINDS[keys.get(words)];
      if (kind !== undefined)
        return {
          correction: kind === 'correction',
          kind,
          count: keys.countOf(words),
          isJudged: keys.isJudged(words),
          mark: keys.markOf(words),
        };
    }
    return undefined;
  }

  #young(): Generation {
    const [young] = this.#generations;
    if (young !== undefined && young.keys.size < this.#perGeneration) return young;
    const next = { keys: new KeyTable(this.#perGeneration), ends: new Map<number, number>(), unmet: 0 };
    this.#generations.unshift(next);
    const forgotten = this.#generations[GENERATIONS];
    if (forgotten !== undefined) {
      for (const [partition, end] of forgotten.ends) extend(this.floors, partition, end);
      this.lost += forgotten.unmet;
      this.#generations.length = GENERATIONS;
    }
    return next;
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

const extend = (ends: Map<number, number>, partition: number, end: number): void =>
  void ends.set(partition, Math.max(ends.get(partition) ?? 0, end));

const FREE = 0;
const KIND = 7;
const UNMET = 8;
const JUDGED = 16;
/** Other keys are looked for behind its slot. */
const FORGOTTEN = 32;

/** Open addressing, at most half full: keys are hashes, so their first word says where to look. */
class KeyTable {
  readonly #words: Uint32Array;
  readonly #kinds: Uint8Array;
  /** A count is at most a billion, either way. */
  readonly #counts: Int32Array;
  readonly #marks: Uint32Array;
  readonly #mask: number;
  size = 0;

  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * capacity));
    this.#words = new Uint32Array(slots * WORDS);
    this.#kinds = new Uint8Array(slots);
    this.#counts = new Int32Array(slots);
    this.#marks = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  /** `kind` with what is to be known besides. */
  set(key: Uint32Array, kind: number, count: number, mark: number): void {
    const slot = this.#slotOf(key);
    if (this.#kinds[slot] === FREE) {
      this.#words.set(key, slot * WORDS);
      this.size++;
    }
    this.#kinds[slot] = kind;
    this.#counts[slot] = count;
    this.#marks[slot] = mark;
  }

  has(key: Uint32Array): boolean {
    return this.get(key) !== FREE;
  }

  /** 0 for a key that is not there. */
  get(key: Uint32Array): number {
    return (this.#kinds[this.#slotOf(key)] ?? FREE) & KIND;
  }

  countOf(key: Uint32Array): number {
    return this.#counts[this.#slotOf(key)] ?? 0;
  }

  markOf(key: Uint32Array): number {
    return this.#marks[this.#slotOf(key)] ?? 0;
  }

  /** Whether the key was to be met; afterwards it is met. */
  meet(key: Uint32Array): boolean {
    const slot = this.#slotOf(key);
    const kind = this.#kinds[slot] ?? FREE;
    this.#kinds[slot] = kind & ~UNMET;
    return (kind & UNMET) !== 0;
  }

  isJudged(key: Uint32Array): boolean {
    return ((this.#kinds[this.#slotOf(key)] ?? FREE) & JUDGED) !== 0;
  }

  /** Whether the key was to be met. */
  forget(key: Uint32Array): boolean {
    const slot = this.#slotOf(key);
    const kind = this.#kinds[slot] ?? FREE;
    if (kind !== FREE) this.#kinds[slot] = FORGOTTEN;
    return (kind & UNMET) !== 0;
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

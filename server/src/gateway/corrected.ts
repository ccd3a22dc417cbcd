/** A correction in the log. */
export interface Taken {
  readonly count: number;
  /** Of its place. */
  readonly mark: number;
  /** A gateway judged it; what none did, ingest may refuse. */
  readonly isJudged: boolean;
  /** An earlier look found it counted. Only the next one can rely on the sum: an insert shows the event a moment before that. */
  isSeen: boolean;
}

/** Corrections that stand in the log and may not be counted yet, by the original's key: what the warehouse cannot tell of it so far. */
export class Corrected {
  readonly #most: number;
  /** By the correction's key, by the original's; the original first corrected stands first. */
  readonly #byOriginal = new Map<string, Map<string, Taken>>();
  #size = 0;

  /** Keeps at least `most` corrections: what is older was counted by then. */
  constructor(most: number) {
    this.#most = most;
  }

  add(original: string, key: string, taken: Omit<Taken, 'isSeen'>): void {
    const known = this.#byOriginal.get(original) ?? new Map<string, Taken>();
    if (known.has(key)) return;
    known.set(key, { ...taken, isSeen: false });
    this.#byOriginal.set(original, known);
    this.#size++;
    for (const [oldest, { size }] of this.#byOriginal) {
      if (this.#size - size < this.#most) return;
      this.#byOriginal.delete(oldest);
      this.#size -= size;
    }
  }

  /** By the correction's key. */
  of(original: string): ReadonlyMap<string, Taken> {
    return this.#byOriginal.get(original) ?? NONE;
  }

  /** The warehouse has counted this correction, or ingest refused it. */
  forget(original: string, key: string): void {
    const known = this.#byOriginal.get(original);
    if (known === undefined || !known.delete(key)) return;
    this.#size--;
    if (known.size === 0) this.#byOriginal.delete(original);
  }
}

const NONE: ReadonlyMap<string, Taken> = new Map();

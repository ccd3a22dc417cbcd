/** Corrections that stand in the log and may not be counted yet, by the original's key: what the warehouse cannot tell of it so far. */
export class Corrected {
  readonly #most: number;
  /** Counts by the correction's key, by the original's; the original first corrected stands first. */
  readonly #byOriginal = new Map<string, Map<string, number>>();
  #size = 0;

  /** Keeps at least `most` corrections: what is older was counted by then. */
  constructor(most: number) {
    this.#most = most;
  }

  add(original: string, key: string, count: number): void {
    const known = this.#byOriginal.get(original) ?? new Map<string, number>();
    if (known.has(key)) return;
    known.set(key, count);
    this.#byOriginal.set(original, known);
    this.#size++;
    for (const [oldest, { size }] of this.#byOriginal) {
      if (this.#size - size < this.#most) return;
      this.#byOriginal.delete(oldest);
      this.#size -= size;
    }
  }

  /** Counts by the correction's key. */
  of(original: string): ReadonlyMap<string, number> {
    return this.#byOriginal.get(original) ?? NONE;
  }

  /** The warehouse has counted this correction. */
  forget(original: string, key: string): void {
    const known = this.#byOriginal.get(original);
    if (known === undefined || !known.delete(key)) return;
    this.#size--;
    if (known.size === 0) this.#byOriginal.delete(original);
  }
}

const NONE: ReadonlyMap<string, number> = new Map();

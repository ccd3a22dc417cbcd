/** What is read for all who ask at about the same time: told for so long after its reading was begun, and read anew in time for who asks next. */
export class Fresh<T> {
  readonly #read: () => Promise<T>;
  readonly #freshMs: number;
  #told: Reading<T> | undefined;
  /** Begun while what is told still is fresh. */
  #next: Reading<T> | undefined;

  /** Read for each who asks where `freshMs` is 0. */
  constructor(read: () => Promise<T>, freshMs: number) {
    this.#read = read;
    this.#freshMs = freshMs;
  }

  get(): Promise<T> {
    const age = this.#told === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.#told.at;
    if (this.#told !== undefined && age < this.#freshMs) {
      if (age > this.#freshMs / 2) this.#next ??= this.#begin();
      return this.#told.value;
    }
    const next = this.#next;
    const isFresh = next !== undefined && performance.now() - next.at < this.#freshMs;
    this.#told = isFresh ? next : this.#begin();
    this.#next = undefined;
    return this.#told.value;
  }

  #begin(): Reading<T> {
    const reading: Reading<T> = { at: performance.now(), value: this.#read() };
    reading.value.then(
      () => {
        if (this.#next !== reading) return;
        this.#told = reading;
        this.#next = undefined;
      },
      () => {
        // Whoever asks next asks the engine.
        if (this.#next === reading) this.#next = undefined;
        if (this.#told === reading) this.#told = undefined;
      },
    );
    return reading;
  }
}

interface Reading<T> {
  /** By the monotonic clock. */
  at: number;
  value: Promise<T>;
}

/** Keys of events that this process accepted lately and ingest may not have counted yet. Two generations bound the memory. */
export class RecentKeys {
  readonly #capacity: number;
  /** Value: whether the event is a correction. */
  #young = new Map<string, boolean>();
  #old = new Map<string, boolean>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(key: string, correction: boolean): void {
    if (this.#young.size >= this.#capacity / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, correction);
  }

  get(key: string): { correction: boolean } | undefined {
    const correction = this.#young.get(key) ?? this.#old.get(key);
    return correction === undefined ? undefined : { correction };
  }
}

/** One answer for all who ask the same within some time. */

/** Of so many scopes an answer is kept; beyond that all are asked anew. */
const MOST_KEPT = 1_000;

export class Shared<T> {
  readonly #ms: number;
  readonly #kept = new Map<string, { at: number; answer: Promise<T> }>();

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** What failed is asked for again. */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const known = this.#kept.get(key);
    if (known !== undefined && now - known.at < this.#ms) return known.answer;
    if (this.#kept.size > MOST_KEPT) this.#kept.clear();
    const answer = read();
    this.#kept.set(key, { at: now, answer });
    answer.catch(() => this.#kept.delete(key));
    return answer;
  }
}

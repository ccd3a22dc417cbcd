/**
 * How many files somebody may take along: each is an entry of the audit, which nothing is ever taken out of. Those without a name share
 * one allowance. Each server counts for itself.
 */
import { HttpError } from '../errors.ts';

/** At once, and then one after each wait. */
const AT_ONCE = 30;
const EACH_MS = 4_000;
/** Beyond it, those who took nothing for so long that they have all again are forgotten. */
const MOST_KEPT = 1_000;

export class Allowance {
  readonly #now: () => number;
  /** By whom, when all that they took will be there again; on the clock of `performance.now()`. */
  readonly #until = new Map<string, number>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** One more for this owner. Throws 429 where none is left. */
  take(owner: string): void {
    const now = this.#now();
    const until = Math.max(now, this.#until.get(owner) ?? 0) + EACH_MS;
    const over = until - now - AT_ONCE * EACH_MS;
    if (over > 0)
      throw new HttpError(
        429,
        'too_many_exports',
        `${AT_ONCE} files at once and ${60_000 / EACH_MS} a minute may be taken along; a program that reads numbers all the time asks /v1/query`,
        Math.ceil(over / 1_000),
      );
    if (this.#until.size >= MOST_KEPT) for (const [one, full] of this.#until) if (full <= now) this.#until.delete(one);
    this.#until.set(owner, until);
  }
}

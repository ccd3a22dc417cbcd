/**
 * How many files somebody may take along: each is an entry of the audit, which nothing is ever taken out of. Those without a name share
 * one allowance. Each server counts for itself.
 */
import { HttpError } from '../errors.ts';
import type { Asker } from '../questions.ts';

/** At once, and then one after each wait. */
const AT_ONCE = 30;
const EACH_MS = 4_000;
/** Of one owner, until they have all of it. */
const MOST_UNDER_WAY = 2;
/** A long file takes some tens of seconds. */
const LONG_SECONDS = 10;
/** Beyond it, those who took nothing for so long that they have all again are forgotten. */
const MOST_KEPT = 1_000;

export class Allowance {
  readonly #now: () => number;
  /** By whom, when all that they took will be there again; on the clock of `performance.now()`. */
  readonly #until = new Map<string, number>();
  readonly #underWay = new Map<Asker['owner'], number>();
  readonly #long = new Set<string>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** One more for `owner`, who asks until the signal is aborted. Throws 429 where none is left, or they have not taken others yet. */
  take(owner: string, asker: Asker): void {
    const underWay = this.#underWay.get(asker.owner) ?? 0;
    if (underWay >= MOST_UNDER_WAY)
      throw new HttpError(
        429,
        'too_many_exports',
        `${MOST_UNDER_WAY} files at a time are made for one person; wait for one`,
        1,
      );
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
    this.#underWay.set(asker.owner, underWay + 1);
    asker.signal?.addEventListener('abort', () => this.#end(asker.owner), { once: true });
  }

  /** The file turned out to be a long one, of which one at a time is made for one owner. Throws 429 where one is under way. */
  takeLong(owner: string, { signal }: Asker): void {
    if (this.#long.has(owner))
      throw new HttpError(
        429,
        'long_export',
        'one long file at a time is made for one person; wait until it is there, or cancel it',
        LONG_SECONDS,
      );
    signal?.throwIfAborted();
    this.#long.add(owner);
    signal?.addEventListener('abort', () => this.#long.delete(owner), { once: true });
  }

  #end(owner: Asker['owner']): void {
    const left = (this.#underWay.get(owner) ?? 1) - 1;
    if (left > 0) this.#underWay.set(owner, left);
    else this.#underWay.delete(owner);
  }
}

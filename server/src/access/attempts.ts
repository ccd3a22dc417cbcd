/**
 * Slows down whoever guesses passwords, and nobody else: failures count by name and device, where the device has been signed in with
 * that name before, and by name and address otherwise, so that a stranger's failures are no one's but theirs. Each server for itself.
 */
const FREE = 5;
/** Of one address with whatever names: an office may sit behind one. */
const FREE_AT_ADDRESS = 50;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 60 * 60_000;
const MOST = 20_000;

interface Failures {
  count: number;
  /** On the clock of `performance.now()`. */
  at: number;
  until: number;
}

export interface Attempt {
  login: string;
  address: string;
  /** Undefined where this browser never signed in with that name. */
  device: string | undefined;
}

export class Attempts {
  readonly #now: () => number;
  /** The one that failed last stands last. */
  readonly #failures = new Map<string, Failures>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds until this may be tried; 0: now. */
  wait(attempt: Attempt): number {
    return Math.max(0, ...keysOf(attempt).map(({ key }) => (this.#known(key)?.until ?? 0) - this.#now()));
  }

  /** Counts as a failure until it is known to be none: many at once are no way around. */
  begin(attempt: Attempt): void {
    for (const { key, free } of keysOf(attempt)) {
      const now = this.#now();
      const count = (this.#known(key)?.count ?? 0) + 1;
      const wait = count < free ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (count - free), LONGEST_WAIT_MS);
      this.#failures.delete(key);
      this.#failures.set(key, { count, at: now, until: now + wait });
    }
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MOST) break;
      this.#failures.delete(key);
    }
  }

  succeeded(attempt: Attempt): void {
    const [own, address] = keysOf(attempt);
    if (own !== undefined) this.#failures.delete(own.key);
    const known = address === undefined ? undefined : this.#failures.get(address.key);
    if (known !== undefined) known.count--;
  }

  #known(key: string): Failures | undefined {
    const found = this.#failures.get(key);
    return found !== undefined && this.#now() - found.at < FORGET_MS ? found : undefined;
  }
}

const keysOf = ({ login, address, device }: Attempt): { key: string; free: number }[] =>
  device === undefined
    ? [
        { key: `${login} at ${address}`, free: FREE },
        { key: address, free: FREE_AT_ADDRESS },
      ]
    : [{ key: `${login} on ${device}`, free: FREE }];

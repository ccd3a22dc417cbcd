/**
 * Slows down whoever guesses passwords, and nobody else: failures count by name and device, where the device has been signed in with
 * that name before, and by name and address otherwise, so that a stranger's failures are no one's but theirs. They are counted in
 * the database, for all servers together.
 */
import { createHash } from 'node:crypto';
import type { SignInFailureTable } from '@room/database';
import { networkOf } from './origins.ts';

const FREE = 5;
/** Of one address with whatever names: an office may sit behind one. */
const FREE_AT_ADDRESS = 50;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15 * 60_000;
const FORGET_MS = 60 * 60_000;
const MOST = 20_000;
const SWEEP_MS = 60_000;

export interface Attempt {
  login: string;
  address: string;
  /** It is the address of a proxy that nobody named, and so of everybody: it says nothing of who tries whatever names. */
  isOfMany?: boolean;
  /** What the room signed for it: nothing of it is the browser's to choose. Undefined where it never signed in with that name. */
  device: string | undefined;
}

interface Key {
  key: string;
  waitAfter: (failures: number) => number;
}

export class Attempts implements Disposable {
  readonly #table: Pick<SignInFailureTable, 'count' | 'takeBack' | 'sweep'>;
  readonly #now: () => number;
  /** Until when a key waits, as this server heard last: whoever asks all the same costs the database nothing. */
  readonly #waiting = new Map<string, number>();
  readonly #sweeping: NodeJS.Timeout;

  constructor(table: Pick<SignInFailureTable, 'count' | 'takeBack' | 'sweep'>, now = Date.now) {
    this.#table = table;
    this.#now = now;
    this.#sweeping = setInterval(() => void this.sweep().catch(() => undefined), SWEEP_MS).unref();
  }

  /**
   * Milliseconds until this may be tried; 0: now, and it counts as a failure until it is known to be none, so that many at once are no
   * way around.
   */
  async begin(attempt: Attempt): Promise<number> {
    const now = this.#now();
    const keys = keysOf(attempt);
    const known = Math.max(0, ...keys.map(({ key }) => this.#waiting.get(key) ?? 0));
    if (known > now) return known - now;
    for (const { key } of keys) this.#waiting.delete(key);
    const waiting = await this.#table.count(keys, { now, since: now - FORGET_MS });
    if (waiting === undefined) return 0;
    this.#waiting.set(waiting.key, waiting.freeAt);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MOST) break;
      this.#waiting.delete(oldest);
    }
    return waiting.freeAt - now;
  }

  async succeeded(attempt: Attempt): Promise<void> {
    const [own, address] = keysOf(attempt);
    if (own !== undefined) await this.#table.takeBack({ all: own.key, one: address?.key });
  }

  sweep(): Promise<void> {
    return this.#table.sweep(this.#now() - FORGET_MS, MOST);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#sweeping);
  }
}

function keysOf({ login, address, isOfMany = false, device }: Attempt): Key[] {
  if (device !== undefined) return [keyOf(['device', login, device], FREE)];
  const network = networkOf(address);
  const own = keyOf(['address', login, network], FREE);
  return isOfMany ? [own] : [own, keyOf(['address', network], FREE_AT_ADDRESS)];
}

/** Who tried what from where is nobody's business but this count's. */
const keyOf = (parts: readonly string[], free: number): Key => ({
  key: createHash('sha256').update(JSON.stringify(parts)).digest('base64url'),
  waitAfter: (failures) => (failures < free ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (failures - free), LONGEST_WAIT_MS)),
});

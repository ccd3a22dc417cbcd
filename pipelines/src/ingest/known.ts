/**
 * Which events were surely never counted, so that the warehouse need not be asked. Counting begins at once, when nothing is
 * known and every key is asked for; a filter is filled beside it, and serves once it holds every key.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { turn } from '@room/runtime';
import type { Ledger } from '@room/warehouse';
import { KeyFilter, MOST_FILTERED } from './bloom.ts';

export interface KnownKeysOptions {
  ledger: Pick<Ledger, 'keyCount' | 'keySlices' | 'keysOf'>;
  report: (level: 'debug' | 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
}

/** Room for so many keys at least, and for as many again as there are. */
const LEAST_KEYS = 2_000_000;
/** Keys that are read at once: 4 MB. */
const PIECE_KEYS = 250_000;
/** Bytes of stored keys that are added in one turn of the event loop. */
const TURN_BYTES = 256 * 1024;
const RETRY_MS = 2_000;

export class KnownKeys {
  readonly #options: KnownKeysOptions;
  #filter: KeyFilter | undefined;
  #isWhole = false;
  #filling: AbortController | undefined;

  constructor(options: KnownKeysOptions) {
    this.#options = options;
  }

  /** Others may have counted meanwhile: what was known is void, and is read anew in the background. */
  begin(): void {
    this.stop();
    this.#filling = new AbortController();
    this.#fill(this.#filling.signal).catch((error: unknown) => {
      if ((error as Error).name !== 'AbortError')
        this.#options.report(
          'warn',
          `each key is asked for, as no filter could be filled: ${(error as Error).message}`,
        );
    });
  }

  /** Nothing is known from now on. */
  stop(): void {
    this.#filling?.abort();
    this.#filling = undefined;
    this.#filter = undefined;
    this.#isWhole = false;
  }

  isNew(key: string): boolean {
    return this.#isWhole && this.#filter?.has(key) === false;
  }

  /** Keys that stand in the warehouse since just now. */
  add(keys: readonly string[]): void {
    for (const key of keys) this.#filter?.add(key);
  }

  async #fill(signal: AbortSignal): Promise<void> {
    const { ledger, report } = this.#options;
    const keys = await this.#patiently(() => ledger.keyCount(), signal);
    if (keys > MOST_FILTERED) {
      report('info', 'more keys than a filter holds: each one is asked for', { keys });
      return;
    }
    // From here on it hears of every new key; those from before stand where the slices are read.
    const filter = new KeyFilter(Math.max(LEAST_KEYS, 2 * keys));
    this.#filter = filter;
    const began = performance.now();
    for (const slice of await this.#patiently(() => ledger.keySlices(PIECE_KEYS), signal)) {
      const asked = performance.now();
      const stored = await this.#patiently(() => ledger.keysOf(slice), signal);
      for (let at = 0; at < stored.length; at += TURN_BYTES) {
        filter.addStored(stored.subarray(at, at + TURN_BYTES));
        await turn();
      }
      // As long at rest as at work: counting and walls need the engine too.
      await sleep(performance.now() - asked, undefined, { signal });
    }
    this.#isWhole = true;
    report('info', 'every counted key is known', { keys: filter.size, ms: Math.round(performance.now() - began) });
  }

  async #patiently<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const found = await read();
        signal.throwIfAborted();
        return found;
      } catch (error) {
        signal.throwIfAborted();
        this.#options.report('warn', `cannot read the counted keys yet: ${(error as Error).message}`);
        await sleep(RETRY_MS, undefined, { signal });
      }
    }
  }
}

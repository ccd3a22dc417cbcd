/** How much the warehouse may still write, measured all the time by one question at a time: the gateway, readiness and metrics share it. */
import { poll } from '@room/runtime';

export interface SpaceOptions {
  /** Bytes that may still be written. */
  read: () => Promise<number>;
  /** With less than this no more events are taken, so that what was taken can still be counted. */
  leastBytes: number;
  /** It became short, or is no longer. */
  turned: (isShort: boolean, spare: number) => void;
  everyMs?: number;
}

/** Of that: there is little left, but still some. */
const LOW = 3;

export class Space implements Disposable {
  readonly #options: SpaceOptions;
  readonly #poll: Disposable;
  #spare: number | undefined;

  constructor(options: SpaceOptions) {
    this.#options = options;
    this.#poll = poll(options.everyMs ?? 1_000, () => this.#measure());
  }

  async #measure(): Promise<void> {
    try {
      const wasShort = this.isShort;
      this.#spare = await this.#options.read();
      if (this.isShort !== wasShort) this.#options.turned(this.isShort, this.#spare);
    } catch {
      // A warehouse that does not answer writes nothing either, and says so elsewhere.
    }
  }

  /** Bytes, as last measured; undefined before the first answer. */
  get spare(): number | undefined {
    return this.#spare;
  }

  get isShort(): boolean {
    return this.#spare !== undefined && this.#spare < this.#options.leastBytes;
  }

  /** It will be short before long. */
  get isLow(): boolean {
    return this.#spare !== undefined && this.#spare < LOW * this.#options.leastBytes;
  }

  [Symbol.dispose](): void {
    this.#poll[Symbol.dispose]();
  }
}

/**
 * Whether something that the process needs worked when it was last used. It asks for itself only while it does not work,
 * or when nobody has used it for a while, so that a process at rest comes back, and notices, without a user's help.
 */
export interface DependencyOptions {
  /** Uses it in the cheapest way that fails when users' ways fail. */
  probe: () => Promise<unknown>;
  /** Asks after this long without use, in milliseconds; never where undefined. */
  idleMs?: number;
  /** How often it is asked while it fails, in milliseconds. */
  everyMs?: number;
}

/** A question without an answer is a failure after this long, though not yet over. */
const PATIENCE_MS = 10_000;

export class Dependency implements Disposable {
  readonly #options: DependencyOptions;
  readonly #timer: NodeJS.Timeout;
  #isFailing = false;
  #workedAt = performance.now();
  #askedAt: number | undefined;

  constructor(options: DependencyOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), options.everyMs ?? 2_000).unref();
  }

  get isFailing(): boolean {
    return this.#isFailing || (this.#askedAt !== undefined && performance.now() - this.#askedAt > PATIENCE_MS);
  }

  worked(): void {
    this.#isFailing = false;
    this.#workedAt = performance.now();
  }

  failed(): void {
    this.#isFailing = true;
  }

  /** Something failed that may be its user's fault: it is asked at once. */
  doubted(): void {
    void this.#ask();
  }

  #tick(): void {
    const { idleMs } = this.#options;
    if (this.#isFailing || (idleMs !== undefined && performance.now() - this.#workedAt > idleMs)) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#askedAt !== undefined) return;
    this.#askedAt = performance.now();
    try {
      await this.#options.probe();
      this.worked();
    } catch {
      this.failed();
    } finally {
      this.#askedAt = undefined;
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

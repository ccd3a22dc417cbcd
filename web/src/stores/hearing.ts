/** Whether the server is heard. A connection through which nothing comes any more looks as open as any other. */
import { TOLD_WITHIN_MS } from '@room/contract';

/** Milliseconds without a message, each on the clock of `performance.now()`. */
const SILENT_AFTER = TOLD_WITHIN_MS + 1_000;
export const LOOK_EVERY = 500;
/** Whoever looks so much later than meant to was held up, and what came meanwhile is still to be read. */
const HELD_UP = 4 * LOOK_EVERY;

export class Hearing {
  #heardAt: number;
  #lookedAt: number;

  constructor(at: number) {
    this.#heardAt = at;
    this.#lookedAt = at;
  }

  heard(at: number): void {
    this.#heardAt = at;
  }

  /** Looks at `at`, each `LOOK_EVERY`: when something was heard last, if that is too long ago. */
  silentSince(at: number): number | undefined {
    const isHeldUp = at - this.#lookedAt > HELD_UP;
    this.#lookedAt = at;
    return !isHeldUp && at - this.#heardAt > SILENT_AFTER ? this.#heardAt : undefined;
  }
}

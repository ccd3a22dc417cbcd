/** Whether the server is heard. A connection through which nothing comes any more looks as open as any other. */
import { TOLD_EACH_MS, TOLD_WITHIN_MS } from '@room/contract';

/** Milliseconds without a message, each on the clock of `performance.now()`. */
const SILENT_AFTER = TOLD_WITHIN_MS + 1_000;
/** A line may hang for a moment, which is said and judged nothing. */
const QUIET_AFTER = TOLD_EACH_MS + 400;
export const LOOK_EVERY = 200;
/** Whoever looks so much later than meant to was held up, and what came meanwhile is still to be read. */
const HELD_UP = 2_000;

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

  /** Looks at `at`, each `LOOK_EVERY`: whether nothing comes, and since when nothing was heard if that is too long ago. */
  look(at: number): { isQuiet: boolean; silentSince: number | undefined } {
    const passed = at - this.#lookedAt > HELD_UP ? 0 : at - this.#heardAt;
    this.#lookedAt = at;
    return { isQuiet: passed > QUIET_AFTER, silentSince: passed > SILENT_AFTER ? this.#heardAt : undefined };
  }
}

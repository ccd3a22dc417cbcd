/** Files are made one at a time, and between two of them whoever else waits has as long as the last one took. */
import { setTimeout as rest } from 'node:timers/promises';

const LONGEST_REST_MS = 2_000;

export class OneByOne {
  #last: Promise<void> = Promise.resolve();

  /** The same chunks: the first, with which the work is done, is made in turn. */
  async *chunks(made: AsyncIterable<string | Uint8Array>): AsyncGenerator<string | Uint8Array> {
    const iterator = made[Symbol.asyncIterator]();
    const first = await this.#inTurn(() => iterator.next());
    if (first.done === true) return;
    yield first.value;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    let took = 0;
    const done = this.#last.then(async () => {
      const began = performance.now();
      try {
        return await work();
      } finally {
        took = performance.now() - began;
      }
    });
    this.#last = done.then(
      () => rest(Math.min(took, LONGEST_REST_MS)),
      () => undefined,
    );
    return done;
  }
}

/** Papers are set in a thread of their own, one at a time, within a time: what serves portals and walls never waits for one. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HttpError } from '../../errors.ts';
import type { Paper } from './paper.ts';

export interface Order {
  paper: Paper;
  /** Milliseconds since 1970 UTC. */
  madeAt: number;
}
export type Printed = { bytes: Uint8Array<ArrayBuffer> } | { failure: string };

const THREAD = new URL('./thread.mjs', import.meta.url);
/** Forty pages take a tenth of a second. */
const LONGEST_MS = 15_000;
const MEMORY_MB = 256;
const MOST_WAITING = 8;

export class Press implements AsyncDisposable {
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #worker: Worker | undefined;

  /** The paper as PDF. Throws 503 where many wait, or it took too long. */
  async print(paper: Paper, signal?: AbortSignal): Promise<Uint8Array> {
    if (this.#waiting >= MOST_WAITING)
      throw new HttpError(503, 'busy', 'many papers wait to be set; ask again in some seconds', 5);
    this.#waiting++;
    const printed = this.#last.then(() => {
      signal?.throwIfAborted();
      return this.#set({ paper, madeAt: Date.now() });
    });
    this.#last = printed.catch(() => undefined).finally(() => this.#waiting--);
    return printed;
  }

  async #set(order: Order): Promise<Uint8Array> {
    const worker = this.#worker ?? this.#begin();
    worker.ref();
    worker.postMessage(order);
    try {
      const [printed] = (await once(worker, 'message', { signal: AbortSignal.timeout(LONGEST_MS) })) as [Printed];
      if ('failure' in printed) throw new Error(printed.failure);
      return printed.bytes;
    } catch (cause) {
      this.#worker = undefined;
      void worker.terminate();
      if ((cause as Error).name === 'AbortError')
        throw new HttpError(503, 'paper_slow', 'the paper was not set within its time; ask for less on it', 5, {
          cause,
        });
      throw cause;
    } finally {
      worker.unref();
    }
  }

  #begin(): Worker {
    const worker = new Worker(THREAD, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    worker.unref();
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    this.#worker = worker;
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }
}

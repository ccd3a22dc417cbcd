/** A refresh in a thread of its own: what serves portals and walls never waits for it. */
import { Worker } from 'node:worker_threads';
import type { HistoryBytes, Made, Order } from './refresh.ts';

const THREAD = new URL('./thread.mjs', import.meta.url);
/** A history of a few thousand series takes a tenth of this. */
const MEMORY_MB = 1_024;
/** A refresh of everything takes two minutes; one that takes so long will not end. */
const LONGEST_MS = 20 * 60_000;

export interface Computing extends AsyncDisposable {
  give(history: HistoryBytes): void;
  /** Everything was given: what is made of it, as it comes. Rejects when the thread failed or was stopped. */
  made(): AsyncGenerator<Made>;
}

export function startComputing(order: Order): Computing {
  const worker = new Worker(THREAD, {
    workerData: order,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  const made: Made[] = [];
  let failure: Error | undefined;
  let hasEnded = false;
  let wake: () => void = () => undefined;
  const timer = setTimeout(() => {
    failure = new Error(`the computing thread did not end within ${LONGEST_MS / 60_000} minutes`);
    void worker.terminate();
  }, LONGEST_MS).unref();
  worker.on('message', (message: Made) => {
    made.push(message);
    wake();
  });
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
    wake();
  });
  worker.on('exit', () => {
    hasEnded = true;
    wake();
  });
  return {
    give: (history) => {
      // An own copy is handed over: small reads share one buffer.
      const bytes = Uint8Array.from(history.bytes);
      worker.postMessage({ ...history, bytes }, [bytes.buffer]);
    },
    async *made() {
      worker.postMessage('go');
      for (;;) {
        const next = made.shift();
        if (next !== undefined) {
          yield next;
          if (next.kind === 'done') return;
        } else if (failure !== undefined) throw failure;
        else if (hasEnded) throw new Error('the computing thread ended early');
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
    [Symbol.asyncDispose]: async () => {
      clearTimeout(timer);
      await worker.terminate();
    },
  };
}

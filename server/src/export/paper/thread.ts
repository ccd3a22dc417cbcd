/** The thread that sets papers, one after the other. */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { Order, Printed } from './press.ts';
import { Typesetter } from './typeset.ts';

const LOW = 10;

// On Linux a priority is a thread's own; elsewhere it would be that of the whole process.
if (process.platform === 'linux') setPriority(0, LOW);

const typesetter = new Typesetter();
parentPort?.on('message', ({ paper, madeAt }: Order) => {
  let printed: Printed;
  try {
    printed = { bytes: Uint8Array.from(typesetter.set(paper, madeAt)) };
  } catch (error) {
    printed = { failure: (error as Error).message };
  }
  parentPort?.postMessage(printed, 'bytes' in printed ? [printed.bytes.buffer] : []);
});

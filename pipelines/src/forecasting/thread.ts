/** The computing thread: takes history in slices, then hands on what it made of it, piece by piece. Ends with its last piece. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { type HistoryBytes, type Order, refresh } from './refresh.ts';

const LOWEST = 19;
const order = workerData as Order;
const history: HistoryBytes[] = [];

// On Linux a priority is a thread's own; elsewhere it would be that of the whole process.
if (process.platform === 'linux') setPriority(0, LOWEST);

parentPort?.on('message', (message: HistoryBytes | 'go') => {
  if (message !== 'go') {
    history.push(message);
    return;
  }
  for (const made of refresh(order, history)) parentPort?.postMessage(made);
  parentPort?.close();
});

/** The test-only process that stands for a ClickHouse server: one data directory, one port, orders over the IPC channel. */
import { repairDedupLog } from '@room/warehouse';
import { Engine } from './engine.ts';
import { Faults, type Order } from './faults.ts';
import { createInterface } from './http.ts';

export interface Setup {
  directory: string;
  port: number;
  user: string;
  password: string;
}

const { directory, port, user, password } = JSON.parse(process.argv[2] ?? '') as Setup;
// Of a server whose tables are replicated, Keeper takes a block's id and its part in one transaction.
await repairDedupLog(directory);
const engine = new Engine(directory);
const faults = new Faults();
const server = createInterface({ engine, faults, credentials: { user, password } });

process.on('message', ({ number, order }: { number: number; order: Order }) => {
  process.send?.({ number, report: faults.take(order) });
});

process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void engine[Symbol.asyncDispose]().then(() => process.exit());
});

server.listen(port, '127.0.0.1', () => {
  process.stdout.write(
    `${JSON.stringify({ msg: 'listening', url: `http://127.0.0.1:${port}`, version: engine.version })}\n`,
  );
});

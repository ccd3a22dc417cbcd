/** Counts a topic as production does, in a process of its own. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { KafkaLog } from '@room/log';
import { SIZES, startPipelines } from '@room/pipelines';
import type { Access } from '@room/warehouse';
import { answering } from './child.ts';
import {
  type CounterOrders,
  type Counting,
  type Look,
  openWarehouse,
  Progress,
  standing,
  stock,
  Watcher,
} from './standing.ts';

const catalogue = await loadCatalogue(DEFAULT_CATALOGUE);
const progress = new Progress();
const report = (level: 'debug' | 'info' | 'warn', message: string): void => {
  if (level === 'warn') process.stderr.write(`counter: ${message}\n`);
};
let access: Access;
let watcher: Watcher;
let log: KafkaLog;
let pipelines: AsyncDisposable | undefined;

async function begin(): Promise<Look> {
  let given: (look: Look) => void = () => undefined;
  const assigned = new Promise<Look>((tell) => {
    given = tell;
  });
  pipelines = await startPipelines({
    catalogue,
    log,
    access,
    maxRange: SIZES.alone.maxRange,
    watchdogMs: 60_000,
    observer: {
      assigned: () => given(Progress.look(0)),
      pending: () => undefined,
      counted: ({ records }) => progress.at(progress.rows + records),
      refused: (error) => progress.fail(error),
      restarted: () => progress.fail(new Error('the watchdog started ingest again')),
    },
    report,
    fatal: (error) => progress.fail(error),
  });
  return assigned;
}

const handlers: Counting = {
  open: async ({ brokers, prefix, dir }: CounterOrders) => {
    access = await openWarehouse(dir, catalogue.catalogue.timeZone);
    watcher = new Watcher(access);
    log = new KafkaLog({
      brokers: [brokers],
      prefix,
      sessionTimeout: 10_000,
      replicationFactor: 1,
      fetchBytes: SIZES.alone.fetchBytes,
      report,
    });
  },
  begin,
  reached: (rows) => progress.reached(rows),
  stock: () => stock(access),
  look: async () => watcher.look(),
  seen: () => watcher.seen(),
  finish: async () => {
    await pipelines?.[Symbol.asyncDispose]();
    await log[Symbol.asyncDispose]();
    const found = await standing(access);
    await access[Symbol.asyncDispose]();
    return found;
  },
};
answering({ ...handlers });

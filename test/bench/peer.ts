/**
 * The peer of ingest, in a process of its own: the same engine with its Kafka table, filling the same base table and the
 * same rollups. It does less: no field is checked, no repeat is found, and a crash counts twice or not at all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { Access } from '@room/warehouse';
import { answering } from './child.ts';
import {
  type CounterOrders,
  type Counting,
  type Look,
  openWarehouse,
  Progress,
  standing,
  Watcher,
} from './standing.ts';

/** Which views the peer fills: all that the room has, or those by minute, hour and day. */
export type Views = 'all' | 'three';

export interface PeerOrders extends CounterOrders {
  /** Topic without prefix. */
  topic: string;
  group: string;
  views: Views;
  consumers: number;
  /** Milliseconds after which rows become visible at the latest. */
  flushMs: number;
}

const LOOK_MS = 25;
/** Of the room's views, those that three rollups need. */
const THREE = ['rollup_minute_from_submission', 'rollup_hour_from_minute', 'rollup_day_from_hour'];

const queue = ({ brokers, prefix, topic, group, consumers, flushMs }: PeerOrders): string => `CREATE TABLE queue (
  id String, source String, simulated Bool,
  data Tuple(procedure String, agency String, province String, channel UInt8, status UInt8, onTime Nullable(Bool),
    count Int64, occurredAt DateTime64(3, 'UTC'), corrects String)
) ENGINE = Kafka SETTINGS kafka_broker_list = '${brokers}', kafka_topic_list = '${prefix}${topic}',
  kafka_group_name = '${group}', kafka_format = 'JSONEachRow', kafka_num_consumers = ${consumers},
  kafka_thread_per_consumer = ${consumers > 1 ? 1 : 0}, kafka_flush_interval_ms = ${flushMs}`;

/** The columns of the base table, as far as an expression a column can tell them. */
const FILL = `CREATE MATERIALIZED VIEW submission_from_queue TO submission AS SELECT
  reinterpretAsUUID(sipHash128(source, id)) AS event_key, source, id, data.corrects AS corrects, data.occurredAt AS occurred_at,
  toUInt32(0) AS span_ms, data.procedure AS service, data.agency AS agency, concat('34-', data.province) AS province,
  data.channel AS channel, data.status AS status, data.onTime AS on_time, data.count AS count,
  if(data.status = 1, data.count, 0) AS submitted, if(data.status = 1 AND data.channel = 2, data.count, 0) AS submitted_online,
  assumeNotNull(_timestamp_ms) AS received_at, simulated, toUInt16(_partition) AS log_partition, _offset AS log_offset,
  toUInt64(0) AS range_id
FROM queue`;

async function prepare(access: Access, orders: PeerOrders): Promise<void> {
  const tables = await access.read<{ name: string; engine: string }>(
    `SELECT name, engine FROM system.tables WHERE database = currentDatabase()`,
  );
  for (const { name, engine } of tables) {
    if (engine === 'MaterializedView') {
      if (orders.views === 'three' && !THREE.includes(name)) await access.command(`DROP VIEW ${name}`);
    } else if (engine.endsWith('MergeTree') && name !== 'migration')
      // Nothing deduplicates here, so nothing should be paid for it.
      await access.command(`ALTER TABLE ${name} MODIFY SETTING non_replicated_deduplication_window = 0`);
  }
  await access.command(queue(orders));
}

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const progress = new Progress();
let access: Access;
let watcher: Watcher;
let running = true;
let watching: Promise<void> = Promise.resolve();

async function watch(assigned: (look: Look) => void): Promise<void> {
  let partitions = 0;
  for (; running; await sleep(LOOK_MS)) {
    const [row] = await access.read<{ rows: number; partitions: number }>(
      `SELECT (SELECT count() FROM submission) AS rows, (SELECT sum(length(assignments.topic)) FROM system.kafka_consumers) AS partitions`,
    );
    if (row === undefined) continue;
    if (partitions === 0 && row.partitions > 0) assigned(Progress.look(row.rows));
    partitions = row.partitions;
    if (row.rows !== progress.rows) progress.at(row.rows);
  }
}

const handlers: Omit<Counting, 'open' | 'stock'> & { open(orders: PeerOrders): Promise<void> } = {
  open: async (orders) => {
    access = await openWarehouse(orders.dir, catalogue.timeZone);
    watcher = new Watcher(access);
    await prepare(access, orders);
  },
  begin: async () => {
    await access.command(FILL);
    return new Promise((assigned, failed) => {
      watching = watch(assigned);
      watching.catch(failed);
    });
  },
  reached: (rows) => progress.reached(rows),
  look: async () => watcher.look(),
  seen: () => watcher.seen(),
  finish: async () => {
    running = false;
    await watching;
    await access.command('DROP VIEW submission_from_queue');
    await access.command('DROP TABLE queue');
    const found = await standing(access);
    await access[Symbol.asyncDispose]();
    return found;
  },
};
answering({ ...handlers });

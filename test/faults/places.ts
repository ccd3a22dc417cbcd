/** Where a scenario runs: a store and a log of its own. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { config } from '../harness/config.ts';
import { type TempDir, tempDir } from '../harness/temp.ts';
import { copyWarehouse } from '../harness/template.ts';
import { sharedBroker } from '../kafka/shared.ts';
import type { KafkaPlace, Orders } from './orders.ts';

/** Undefined: the embedded log. Otherwise a broker that may be shared. */
export type Where = { brokers: string; prefix: string } | undefined;

export interface Place extends AsyncDisposable {
  dataDir: string;
  kafka?: KafkaPlace;
}

/** Milliseconds until the partitions of a killed process are free: as short as our own brokers allow. */
export const SESSION_MS = config.kafkaBrokers === undefined ? 2_500 : 6_000;

export const embedded = async (): Promise<Where> => undefined;
export const kafka = (context: TestContext): Promise<Where> => sharedBroker(context);
export const LOGS = [
  ['embedded', embedded],
  ['Kafka', kafka],
] as const;

/** With a warehouse that is migrated already, or with none. */
export async function newPlace(where: Where, partitions = 1, isMigrated = true): Promise<Place> {
  const folder: TempDir = await tempDir('faults');
  if (isMigrated) await copyWarehouse(join(folder.path, 'warehouse'));
  const place: Place = { dataDir: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  if (where === undefined) return place;
  const prefix = `${where.prefix}${randomUUID().slice(0, 8)}.`;
  return { ...place, kafka: { brokers: where.brokers, prefix, partitions, sessionTimeout: SESSION_MS } };
}

/** The part of the orders that says where. */
export const at = ({ dataDir, kafka }: Place): Pick<Orders, 'dataDir' | 'kafka'> => ({
  dataDir,
  ...(kafka === undefined ? {} : { kafka }),
});

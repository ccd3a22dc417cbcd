/** Catalogue, log and warehouse of a process: open, its topics there, its tables up to date. */
import { type LoadedCatalogue, loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, roomTopics, TOPICS } from '@room/contract';
import type { EventLog } from '@room/log';
import { Lag, measureLag, type Owned, type Registry, type Telling } from '@room/operations';
import { type Dialect, openAccess, type Warehouse, type WarehouseOptions, withPatience } from '@room/warehouse';
import { upgradeWarehouse } from './ingest/upgrade.ts';

export interface StoresOptions<L extends EventLog> {
  config: {
    catalogueFolder: string;
    warehouse: WarehouseOptions;
    dialect: (timeZone: string) => Dialect;
    partitions: number;
    /** Milliseconds that counted submissions stay in the log. */
    keepLog: number;
  };
  openLog: () => L;
  registry: Registry;
  report: Telling['report'];
}

export interface Stores<L extends EventLog = EventLog> {
  loaded: LoadedCatalogue;
  log: L;
  /** How far counting is behind the log; measured. */
  lag: Lag;
  engine: Warehouse;
  dialect: Dialect;
}

export async function openStores<L extends EventLog>(options: StoresOptions<L>, owned: Owned): Promise<Stores<L>> {
  const { config, openLog, registry, report } = options;
  const loaded = await loadCatalogue(config.catalogueFolder);
  report('info', 'opening the warehouse', { warehouse: config.warehouse.kind });
  const engine = owned.own(await openAccess(config.warehouse));
  report('info', 'opening the event log');
  const log = owned.own(openLog());
  await log.prepare(roomTopics(config.partitions, config.keepLog));
  const dialect = config.dialect(loaded.catalogue.timeZone);
  report('info', 'bringing the warehouse up to date');
  await withPatience(config.warehouse, engine, (access) => upgradeWarehouse({ access, dialect, log, report }));
  const lag = owned.own(new Lag({ read: () => log.lag(TOPICS.submissions, INGEST_GROUP) }));
  measureLag(registry, lag);
  return { loaded, log, lag, engine, dialect };
}

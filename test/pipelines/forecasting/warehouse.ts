/** A warehouse and a log of a test's own, and the job on them under a clock of its own. */
import { join } from 'node:path';
import { type Catalogue, roomTopics } from '@room/contract';
import { EmbeddedLog } from '@room/log';
import { type Access, ForecastStore, HistoryQueries, OutcomeQueries, openAccess, WallQueries } from '@room/warehouse';
import { startForecasting } from '../../../pipelines/src/forecasting/job.ts';
import { tempDir } from '../../harness/temp.ts';
import { copyWarehouse } from '../../harness/template.ts';
import { HOUR } from './country.ts';

export interface Stores extends AsyncDisposable {
  access: Access;
  log: EmbeddedLog;
  store: ForecastStore;
}

export async function openStores({ timeZone }: Catalogue): Promise<Stores> {
  const folder = await tempDir('forecasting');
  const directory = join(folder.path, 'warehouse');
  await copyWarehouse(directory, timeZone);
  const access = await openAccess({ kind: 'embedded', directory, readers: 3, maxMemoryBytes: 2 ** 31 });
  const log = new EmbeddedLog(join(folder.path, 'log'), () => undefined);
  await log.prepare(roomTopics(1, 24 * HOUR));
  return {
    access,
    log,
    store: new ForecastStore(access, () => undefined),
    [Symbol.asyncDispose]: async () => {
      await log[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

export interface Running extends AsyncDisposable {
  said: string[];
  runs: number;
  /** Times that it looked whether there is more to know. */
  looks: number;
  /** Times that it found too little history. */
  lacks: number;
}

/** The job, looking for work all the time, at the instant `now` or by a clock. */
export async function startJob(stores: Stores, catalogue: Catalogue, now: number | (() => number)): Promise<Running> {
  const { access, log, store } = stores;
  const running = { said: [] as string[], runs: 0, looks: 0, lacks: 0 };
  const queries = new WallQueries(access, catalogue.timeZone);
  const job = await startForecasting({
    catalogue,
    log,
    queries: {
      span: () => queries.span(),
      sources: () => {
        running.looks++;
        return queries.sources();
      },
    },
    history: new HistoryQueries(access),
    outcomes: new OutcomeQueries(access),
    store,
    observer: {
      foretells: () => undefined,
      foretold: () => {
        running.runs++;
      },
      lacksHistory: () => {
        running.lacks++;
      },
      foretellingFailed: () => undefined,
    },
    report: (_level, message) => running.said.push(message),
    lookMs: 50,
    now: typeof now === 'number' ? () => now : now,
  });
  return Object.assign(running, { [Symbol.asyncDispose]: () => job[Symbol.asyncDispose]() });
}

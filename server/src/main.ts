/** The room's server process: composition only. Embedded parts live in this process, so then the pipelines run here too. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, type JoinAnswer, type Json, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import {
  createRegistry,
  Dependency,
  Desk,
  endWhenAsked,
  fileSystemOf,
  Lag,
  listen,
  measureLag,
  Space,
} from '@room/operations';
import { ForesightMetrics, PipelinesObserver, SIZES, startPipelines, upgradeWarehouse } from '@room/pipelines';
import { within } from '@room/runtime';
import {
  ForesightStore,
  Ledger,
  openAccess,
  Quarantine,
  spareBytes,
  startRetention,
  WallQueries,
  withPatience,
} from '@room/warehouse';
import pino from 'pino';
import { operatorsOnly, operatorToken } from './access/operator.ts';
import { Origins } from './access/origins.ts';
import { PortalKeys } from './access/portal-keys.ts';
import { Visitors } from './access/visitors.ts';
import { createApp, webBuild } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { foresightRoutes } from './foresight/routes.ts';
import { Gateway } from './gateway/gateway.ts';
import { Intake } from './gateway/intake.ts';
import { Pressure } from './gateway/pressure.ts';
import { contractRoutes, gatewayRoutes } from './gateway/routes.ts';
import { Tail } from './gateway/tail.ts';
import { Keeper } from './keeping/keeper.ts';
import { assertRestored } from './keeping/restore.ts';
import { keepingRoutes } from './keeping/routes.ts';
import { Listener } from './listener.ts';
import { Feed } from './live/feed.ts';
import { Rooms } from './live/rooms.ts';
import { liveRoutes } from './live/routes.ts';
import { Sockets } from './live/sockets.ts';
import { Watching } from './live/watching.ts';
import { lockDirectory } from './lock.ts';
import { causesOf } from './operations/causes.ts';
import { diskWarning } from './operations/disk.ts';
import { logAnswered } from './operations/log.ts';
import { ServerMetrics } from './operations/metrics.ts';
import { metricsRoutes } from './operations/routes.ts';
import { appendNothing, watchedAppends, watchedReads } from './operations/watched.ts';
import { operatorRoutes } from './operator/routes.ts';
import { type Asker, Questions } from './questions.ts';

/** A server reads back this far in the pulse topic; the pulse job repeats its full state more often. */
const PULSES_BACK = 120;
/** A warehouse that nobody read for so long is asked whether it is there. */
const IDLE_READS_MS = 10_000;
/** How long a server that starts waits to know what is not counted yet; from then on it turns portals away until it does. */
const CATCHING_UP_MS = 5_000;

/** What only says that time passed or that nothing happened may wait for company. */
const changesNumbers = (patch: Json): boolean =>
  typeof patch === 'object' && patch !== null && ('total' in patch || 'statuses' in patch);

const isEmbedded = ({ kafka, warehouse }: Config): boolean => kafka === undefined || warehouse.kind === 'embedded';

async function start(config: Config): Promise<AsyncDisposable> {
  const logger = pino({ level: config.logLevel, base: null }, pino.destination({ sync: false }));
  const opened: AsyncDisposable[] = [];
  const own = <T extends AsyncDisposable>(resource: T): T => {
    opened.push(resource);
    return resource;
  };
  const owns = (dispose: () => void | Promise<void>): void => {
    opened.push({ [Symbol.asyncDispose]: async () => dispose() });
  };
  const close = async (): Promise<void> => {
    for (let last = opened.pop(); last !== undefined; last = opened.pop()) {
      try {
        await last[Symbol.asyncDispose]();
      } catch (error) {
        logger.error({ err: error }, 'closing failed');
      }
    }
  };
  const report = (level: 'debug' | 'info' | 'warn', message: string, detail: Record<string, unknown> = {}): void =>
    logger[level](detail, message);

  try {
    prepareDirectory(config.dataDirectory);
    own(await lockDirectory(config.dataDirectory));
    assertRestored(config.dataDirectory);
    const warning = diskWarning(config, await fileSystemOf(config.dataDirectory));
    if (warning !== undefined) report('warn', warning);
    const registry = createRegistry();
    const desk = new Desk(registry);
    // Listening comes before the slow parts, so that a taken port is told at once.
    const listener = own(new Listener({ answers: (request, response) => desk.answers(request, response) }));
    const { host } = config;
    const url = await listen(listener.http, { host, port: config.port, setting: 'PORT' });
    let operations: string | undefined;
    if (config.operationsPort !== undefined) {
      const http = createServer(desk.listener);
      operations = await listen(http, { host, port: config.operationsPort, setting: 'OPERATIONS_PORT' });
      owns(() => http.closeAllConnections());
    }

    const catalogue = await loadCatalogue(config.catalogueFolder);
    const engine = own(await openAccess(config.warehouse));
    const { timeZone } = catalogue.catalogue;
    const log: EventLog = own(
      config.kafka === undefined
        ? new EmbeddedLog(join(config.dataDirectory, 'log'), (message) => report('warn', message))
        : new KafkaLog({ ...config.kafka, report }),
    );
    await log.prepare(roomTopics(config.partitions, config.keepLog));
    const dialect = config.dialect(timeZone);
    await withPatience(config.warehouse, engine, (patient) =>
      upgradeWarehouse({ access: patient, dialect, log, report }),
    );

    const reads = new Dependency({ probe: () => new WallQueries(engine, timeZone).span(), idleMs: IDLE_READS_MS });
    owns(() => reads[Symbol.dispose]());
    const access = watchedReads(engine, reads);
    const appends = new Dependency({ probe: () => appendNothing(log) });
    owns(() => appends[Symbol.dispose]());
    const portalLog = watchedAppends(log, appends);
    const lag = new Lag({ read: () => log.lag(TOPICS.submissions, INGEST_GROUP) });
    owns(() => lag[Symbol.dispose]());
    measureLag(registry, lag);
    const { warehouse } = config;
    const space =
      warehouse.kind === 'embedded'
        ? new Space({
            read: () => spareBytes(engine),
            leastBytes: warehouse.spareBytes,
            turned: (isShort, spare) =>
              report(
                isShort ? 'warn' : 'info',
                isShort
                  ? `the disk of ${config.dataDirectory} is nearly full: portals are refused until there is space (KEEP_FREE_MB)`
                  : `there is space on the disk of ${config.dataDirectory} again`,
                { spare },
              ),
          })
        : undefined;
    owns(() => space?.[Symbol.dispose]());

    const fatal = (error: Error): void => {
      logger.fatal(error.message);
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    };
    const { watchdogMs } = config;
    const isOneProcess = isEmbedded(config);
    const { retention } = config;
    if (isOneProcess)
      own(await startRetention({ access: engine, dialect, retention, quarantine: new Quarantine(engine), report }));
    let keeper: Keeper | undefined;
    let openSockets = (): number => 0;
    const watching = new Watching({ sockets: () => openSockets() });
    const observer = isOneProcess ? new PipelinesObserver(registry, { lag, stuckMs: watchdogMs }) : undefined;
    if (observer !== undefined) {
      const pipelines = own(
        await startPipelines({
          catalogue,
          log,
          access,
          maxRange: SIZES.beside.maxRange,
          watchdogMs,
          // All walls are served here where the pipelines are.
          watch: watching,
          ...(config.kafka === undefined ? {} : { pending: () => lag.pending }),
          observer,
          pulseObserver: observer,
          foresightObserver: new ForesightMetrics(registry),
          report,
          fatal,
        }),
      );
      if (log instanceof EmbeddedLog && config.warehouse.kind === 'embedded')
        keeper = own(
          new Keeper({
            directory: config.warehouse.backups,
            access: engine,
            log,
            logDirectory: join(config.dataDirectory, 'log'),
            keysFile: config.keysFile,
            catalogueHash: catalogue.hash,
            pause: () => pipelines.pause(),
            keepFreeBytes: config.warehouse.keepFreeBytes + config.warehouse.spareBytes,
            report,
          }),
        );
    }

    const metrics: ServerMetrics = new ServerMetrics(registry, {
      current: () => feed.current,
      pulseAgeMs: () => feed.ageMs,
      audience: () => sockets.audience(),
      spare: () => space?.spare,
    });
    const origins = new Origins({ host, publicUrls: config.publicUrls });
    const open = async (room: string, asker?: Asker): Promise<JoinAnswer> => {
      await watching.seen();
      return rooms.open(room, asker);
    };
    const sockets: Sockets = new Sockets({
      http: listener.http,
      build: webBuild(),
      open,
      refused: ({ headers }) => origins.socketRefused(headers.origin, headers.host),
      resynced: () => metrics.resynced(),
      dropped: (deltas) => metrics.dropped(deltas),
    });
    const feed: Feed = new Feed(
      (delta) => {
        sockets.broadcast(delta);
        if (feed.current === undefined) return;
        metrics.delivered(feed.current.state, watching.isSettled && changesNumbers(delta.patch));
        watching.heard(feed.current.state);
      },
      (days) => rooms.changed(days),
      () => rooms.changedAll(),
      report,
    );
    const questions = new Questions();
    const rooms: Rooms = new Rooms({
      catalogue: catalogue.catalogue,
      queries: new WallQueries(access.strangers, timeZone),
      questions,
      current: () => feed.current,
      broadcast: (delta) => sockets.broadcast(delta),
      viewers: (room) => sockets.viewers(room),
      report: (message) => report('warn', message),
    });
    owns(() => rooms[Symbol.dispose]());
    own(sockets);
    const { maxPending } = config;
    const isShared = config.kafka !== undefined;
    const tail = new Tail({ log, catalogue: catalogue.catalogue, maxPending, isShared, report });
    // Not awaited, like the next one: the log waits for its readers, and brokers that are away would cost their time twice.
    owns(() => void tail[Symbol.asyncDispose]());
    const caughtUp = tail.start();

    openSockets = () => sockets.size;
    const following = await log.tail(TOPICS.pulse, PULSES_BACK, (record) => feed.read(record));
    owns(() => void following[Symbol.asyncDispose]());

    const intake = new Intake();
    owns(() => intake[Symbol.dispose]());
    const keys = new PortalKeys({ file: config.keysFile, report: (message) => report('warn', message) });
    const token = await operatorToken(config.operatorToken, config.operatorTokenFile);
    const app = createApp({
      keyed: [
        gatewayRoutes(
          new Gateway({ catalogue: catalogue.catalogue, log: portalLog, ledger: new Ledger(access), intake, tail }),
          keys,
          new Pressure(lag, maxPending, space),
          intake,
        ),
        operatorRoutes({
          quarantine: new Quarantine(access),
          log: portalLog,
          catalogue: catalogue.catalogue,
          token,
          tail,
        }),
        keepingRoutes(
          keeper ?? { kafka: config.kafka !== undefined, clickhouse: config.warehouse.kind === 'server' },
          operatorsOnly(token),
        ),
        ...(config.operationsPort === undefined ? [metricsRoutes(desk, operatorsOnly(token))] : []),
      ],
      open: [
        contractRoutes(),
        liveRoutes({ open }, catalogue),
        foresightRoutes({
          store: new ForesightStore(access, access.strangers),
          catalogue: catalogue.catalogue,
          questions,
        }),
      ],
      gate: new Visitors(origins).gate,
      answered: (request) => {
        metrics.answered(request);
        logAnswered(logger, request);
      },
    });
    // Mostly little is to be read: then no portal is turned away for it.
    await within(caughtUp, CATCHING_UP_MS);
    listener.open(app);
    desk.open({
      health: () => ({ pulseAgeMs: feed.ageMs ?? null, pending: lag.pending ?? null }),
      causes: () => {
        const facts = {
          pending: lag.pending,
          maxPending,
          isLogSilent: lag.isSilent,
          isCatchingUp: !tail.isCovered,
          isAppendFailing: appends.isFailing,
          pulseAgeMs: feed.ageMs,
          isReadFailing: reads.isFailing,
          isSpaceShort: space?.isShort ?? false,
        };
        return [...causesOf(facts), ...(observer?.causes() ?? [])];
      },
    });
    // Opened last, closed first: what came in is answered while everything behind it still works.
    owns(async () => {
      desk.close();
      await listener.drain();
    });
    logger.info(
      { url, operations, log: config.kafka === undefined ? 'embedded' : 'kafka', warehouse: config.warehouse.kind },
      'listening',
    );
    return { [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function prepareDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (cause) {
    throw new Error(
      `cannot write to ${directory} (${(cause as Error).message}); give this user write permission or set DATA_DIR`,
      { cause },
    );
  }
}

async function main(): Promise<void> {
  // Garbage of a busy minute would grow to twice what lives before it is collected.
  setFlagsFromString('--heap-growing-percent=30');
  const room = await start(readConfig());
  endWhenAsked({ name: 'the room', close: async () => room[Symbol.asyncDispose]() });
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exit(1);
});

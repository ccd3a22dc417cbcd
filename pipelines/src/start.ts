/** The pipelines as a process of their own, beside servers: log and warehouse are both remote then. Composition only. */
import { createServer } from 'node:http';
import { loadCatalogue } from '@room/catalogue';
import { INGEST_GROUP, roomTopics, TOPICS } from '@room/contract';
import { KafkaLog } from '@room/log';
import { type Cause, createRegistry, Desk, endWhenAsked, Lag, listen, measureLag } from '@room/operations';
import { openAccess, Quarantine, startRetention, withPatience } from '@room/warehouse';
import pino from 'pino';
import { readConfig } from './config.ts';
import { ForesightMetrics, PipelinesObserver, SIZES, startPipelines, upgradeWarehouse } from './main.ts';

const LOG_SILENT: Cause = {
  code: 'log',
  reason: 'the event log does not answer',
  remedy: 'look at the brokers; nothing is lost, counting goes on by itself once they are back',
};

async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino({ level: config.logLevel, base: null });
  const report = (level: 'debug' | 'info' | 'warn', message: string, detail: Record<string, unknown> = {}): void =>
    logger[level](detail, message);
  const registry = createRegistry();
  const desk = new Desk(registry);
  const http = createServer(desk.listener);
  const address = await listen(http, { host: config.host, port: config.healthPort, setting: 'HEALTH_PORT' });

  const catalogue = await loadCatalogue(config.catalogueFolder);
  report('info', 'opening the warehouse');
  const access = await openAccess(config.warehouse);
  report('info', 'opening the event log');
  const log = new KafkaLog({ ...config.kafka, fetchBytes: SIZES.alone.fetchBytes, report });
  await log.prepare(roomTopics(config.partitions, config.keepLog));
  const dialect = config.dialect(catalogue.catalogue.timeZone);
  report('info', 'bringing the warehouse up to date');
  await withPatience(config.warehouse, access, (patient) =>
    upgradeWarehouse({ access: patient, dialect, log, report }),
  );
  const { retention } = config;
  const keeping = await startRetention({ access, dialect, retention, quarantine: new Quarantine(access), report });

  const lag = new Lag({ read: () => log.lag(TOPICS.submissions, INGEST_GROUP) });
  measureLag(registry, lag);
  const observer = new PipelinesObserver(registry, { lag, stuckMs: config.watchdogMs });
  const fatal = (error: Error): void => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  };
  const pipelines = await startPipelines({
    catalogue,
    log,
    access,
    maxRange: SIZES.alone.maxRange,
    watchdogMs: config.watchdogMs,
    pending: () => lag.pending,
    observer,
    pulseObserver: observer,
    foresightObserver: new ForesightMetrics(registry),
    report,
    fatal,
  });
  desk.open({
    health: () => ({ pending: lag.pending ?? null }),
    causes: () => [...(lag.isSilent ? [LOG_SILENT] : []), ...observer.causes()],
  });
  endWhenAsked({
    name: 'the pipelines',
    close: async () => {
      desk.close();
      await pipelines[Symbol.asyncDispose]();
      await keeping[Symbol.asyncDispose]();
      lag[Symbol.dispose]();
      await log[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      http.closeAllConnections();
    },
  });
  logger.info({ health: `${address}/healthz` }, 'listening');
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exit(1);
});

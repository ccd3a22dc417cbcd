/** The pipelines as a process of their own, beside servers: log and warehouse are both remote then. Composition only. */
import { createServer } from 'node:http';
import { loadCatalogue } from '@room/catalogue';
import { roomTopics } from '@room/contract';
import { KafkaLog } from '@room/log';
import { migrate, openAccess } from '@room/warehouse';
import pino from 'pino';
import { readConfig } from './config.ts';
import { startPipelines } from './main.ts';

const STOP_MS = 10_000;

async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino({ level: config.logLevel, base: null });
  const report = (level: 'debug' | 'info' | 'warn', message: string, detail: Record<string, unknown> = {}): void =>
    logger[level](detail, message);
  const catalogue = await loadCatalogue(config.catalogueFolder);
  const access = await openAccess(config.warehouse);
  for (const name of await migrate(access, config.dialect(catalogue.catalogue.timeZone)))
    logger.info({ name }, 'migration applied');
  const log = new KafkaLog({ ...config.kafka, report });
  await log.prepare(roomTopics(config.partitions, config.keepLog));

  const fatal = (error: Error): void => {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  };
  const pipelines = await startPipelines({ catalogue, log, access, watchdogMs: config.watchdogMs, report, fatal });
  const health = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end('{"ok":true}');
  }).listen(config.healthPort, config.host);
  logger.info({ health: `http://${config.host}:${config.healthPort}/healthz` }, 'listening');

  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      process.stderr.write(
        'error: the pipelines did not stop within 10 s; they were ended, and go on where they were when started again\n',
      );
      process.exit(1);
    }, STOP_MS).unref();
    void (async () => {
      health.close();
      await pipelines[Symbol.asyncDispose]();
      await log[Symbol.asyncDispose]();
      await access[Symbol.asyncDispose]();
      process.exit();
    })();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exit(1);
});

/** The room's server process: composition only. Embedded parts live in this process, so then the pipelines run here too. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadCatalogue } from '@room/catalogue';
import { type Pulse, roomTopics, TOPICS } from '@room/contract';
import { EmbeddedLog, type EventLog, KafkaLog } from '@room/log';
import { startPipelines } from '@room/pipelines';
import { Ledger, migrate, openAccess, Quarantine, WallQueries } from '@room/warehouse';
import { Router } from 'express';
import pino from 'pino';
import { operatorToken } from './access/operator.ts';
import { PortalKeys } from './access/portal-keys.ts';
import { createApp, webBuild } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { Gateway } from './gateway/gateway.ts';
import { Pressure } from './gateway/pressure.ts';
import { gatewayRoutes } from './gateway/routes.ts';
import { Feed } from './live/feed.ts';
import { Rooms } from './live/rooms.ts';
import { liveRoutes } from './live/routes.ts';
import { Sockets } from './live/sockets.ts';
import { lockDirectory } from './lock.ts';
import { operatorRoutes } from './operator/routes.ts';

/** A server reads back this far in the pulse topic; the pulse job repeats its full state more often. */
const PULSES_BACK = 120;
const STOP_MS = 10_000;

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
    // Listening comes before the slow parts, so that a taken port is told at once.
    // Until then requests are answered: a browser whose request hangs would try again only after half a minute.
    let handler: RequestListener = starting;
    const http = createServer((request, response) => handler(request, response));
    const address = await listen(http, config);
    owns(() => new Promise<void>((resolve) => void http.close(() => resolve())));

    const catalogue = await loadCatalogue(config.catalogueFolder);
    const access = own(await openAccess(config.warehouse));
    const dialect = config.dialect(catalogue.catalogue.timeZone);
    for (const name of await migrate(access, dialect)) logger.info({ name }, 'migration applied');
    const log: EventLog = own(
      config.kafka === undefined
        ? new EmbeddedLog(join(config.dataDirectory, 'log'), (message) => report('warn', message))
        : new KafkaLog({ ...config.kafka, report }),
    );
    const queries = new WallQueries(access, catalogue.catalogue.timeZone);

    await log.prepare(roomTopics(config.partitions, config.keepLog));
    const fatal = (error: Error): void => {
      logger.fatal(error.message);
      process.stderr.write(`error: ${error.message}\n`);
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    };
    if (config.kafka === undefined || config.warehouse.kind === 'embedded')
      own(await startPipelines({ catalogue, log, access, watchdogMs: config.watchdogMs, report, fatal }));

    const sockets: Sockets = new Sockets({ http, build: webBuild(), open: (room) => rooms.open(room) });
    const feed = new Feed(
      (delta) => sockets.broadcast(delta),
      (days) => rooms.changed(days),
    );
    const rooms: Rooms = new Rooms({
      catalogue: catalogue.catalogue,
      queries,
      current: () => feed.current,
      broadcast: (delta) => sockets.broadcast(delta),
      viewers: (room) => sockets.viewers(room),
      report: (message) => report('warn', message),
    });
    owns(() => rooms[Symbol.dispose]());
    own(sockets);
    own(
      await log.tail(TOPICS.pulse, PULSES_BACK, (record) => feed.receive(JSON.parse(record.value.toString()) as Pulse)),
    );

    const pressure = new Pressure(log, config.maxPending);
    owns(() => pressure[Symbol.dispose]());
    const token = await operatorToken(config.operatorToken, config.operatorTokenFile);
    const health = Router().get('/healthz', (_request, response) => {
      const current = feed.current;
      const age = current === undefined ? undefined : Date.now() - current.state.computedAt;
      response.json({ ok: true, pulseAgeMs: age ?? null, pending: pressure.pending });
    });
    handler = createApp(
      [
        health,
        gatewayRoutes(
          new Gateway({ catalogue: catalogue.catalogue, log, ledger: new Ledger(access) }),
          new PortalKeys(config.keysFile),
          pressure,
        ),
        operatorRoutes(new Quarantine(access), log, token),
        liveRoutes(rooms, catalogue),
      ],
      (message, error) => logger.error({ err: error }, message),
    );
    logger.info(
      { url: address, log: config.kafka === undefined ? 'embedded' : 'kafka', warehouse: config.warehouse.kind },
      'listening',
    );
    return { [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

const starting: RequestListener = (_request, response) => {
  response
    .writeHead(503, { 'content-type': 'application/json', 'retry-after': '1' })
    .end(JSON.stringify({ error: { code: 'starting', reason: 'the room is starting; try again in a second' } }));
};

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

const listen = (http: Server, { host, port }: Config): Promise<string> =>
  new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} on ${host} is taken; stop what listens there, or set PORT to another one`)
          : new Error(`cannot listen on ${host}:${port}: ${error.message}`),
      ),
    );
    http.listen(port, host, () => {
      const { address, port: taken, family } = http.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
    });
  });

async function main(): Promise<void> {
  const room = await start(readConfig());
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      process.stderr.write(
        'error: the room did not stop within 10 s; it was ended, and goes on where it was when started again\n',
      );
      process.exit(1);
    }, STOP_MS).unref();
    void room[Symbol.asyncDispose]().then(() => process.exit());
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A parent that dies takes its end of the channel with it.
  process.on('disconnect', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exit(1);
});

/** The pipelines as a process of their own, beside servers: log and warehouse are both remote then. Composition only. */
import { KafkaLog } from '@room/log';
import {
  type Cause,
  createRegistry,
  HealthEndpoint,
  listen,
  type Owned,
  operatorsServer,
  runProgram,
  type Telling,
} from '@room/operations';
import { type Config, readConfig } from './config.ts';
import { openStores, SIZES, startCounting } from './main.ts';

const LOG_SILENT: Cause = {
  code: 'log',
  reason: 'the event log does not answer',
  remedy: 'look at the brokers; nothing is lost, counting goes on by itself once they are back',
};

async function start(config: Config, { logger, report, fatal }: Telling, owned: Owned): Promise<void> {
  const registry = createRegistry();
  const health = new HealthEndpoint(registry);
  const http = operatorsServer(health.listener);
  const address = await listen(http, { host: config.host, port: config.healthPort, setting: 'HEALTH_PORT' });
  owned.defer(() => http.closeAllConnections());
  const openLog = (): KafkaLog => new KafkaLog({ ...config.kafka, fetchBytes: SIZES.alone.fetchBytes, report });
  const stores = await openStores({ config, openLog, registry, report }, owned);
  const { lag } = stores;
  const counting = await startCounting(
    {
      stores,
      registry,
      retention: config.retention,
      maxRange: SIZES.alone.maxRange,
      watchdogMs: config.watchdogMs,
      pending: () => lag.pending,
      report,
      fatal,
    },
    owned,
  );
  health.open({
    health: () => ({ pending: lag.pending ?? null }),
    causes: () => [...(lag.isSilent ? [LOG_SILENT] : []), ...counting.causes()],
  });
  owned.defer(() => health.close());
  logger.info({ health: `${address}/healthz` }, 'listening');
}

runProgram('the pipelines', readConfig, start);

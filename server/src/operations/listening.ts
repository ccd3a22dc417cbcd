/** The room's addresses: up before its slow parts, so that a taken port is told at once. */
import { createServer } from 'node:http';
import { HealthEndpoint, listen, type Owned, type Registry } from '@room/operations';
import type { Config } from '../config.ts';
import { HttpListener } from '../listener.ts';

export interface Listening {
  health: HealthEndpoint;
  listener: HttpListener;
  url: string;
  /** Where operators ask; undefined: at `url` too. */
  operations: string | undefined;
}

type Addresses = Pick<Config, 'host' | 'port' | 'operationsPort'>;

export async function startListening(addresses: Addresses, registry: Registry, owned: Owned): Promise<Listening> {
  const { host, port, operationsPort } = addresses;
  const health = new HealthEndpoint(registry);
  const listener = owned.own(new HttpListener({ answers: (request, response) => health.answers(request, response) }));
  const url = await listen(listener.http, { host, port, setting: 'PORT' });
  if (operationsPort === undefined) return { health, listener, url, operations: undefined };
  const http = createServer(health.listener);
  const operations = await listen(http, { host, port: operationsPort, setting: 'OPERATIONS_PORT' });
  owned.defer(() => http.closeAllConnections());
  return { health, listener, url, operations };
}

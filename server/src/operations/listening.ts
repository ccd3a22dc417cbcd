/** The room's addresses: up before its slow parts, so that a taken port is told at once. */
import { createServer } from 'node:http';
import { Desk, listen, type Owned, type Registry } from '@room/operations';
import type { Config } from '../config.ts';
import { Listener } from '../listener.ts';

export interface Listening {
  desk: Desk;
  listener: Listener;
  url: string;
  /** Where operators ask; undefined: at `url` too. */
  operations: string | undefined;
}

type Addresses = Pick<Config, 'host' | 'port' | 'operationsPort'>;

export async function startListening(addresses: Addresses, registry: Registry, owned: Owned): Promise<Listening> {
  const { host, port, operationsPort } = addresses;
  const desk = new Desk(registry);
  const listener = owned.own(new Listener({ answers: (request, response) => desk.answers(request, response) }));
  const url = await listen(listener.http, { host, port, setting: 'PORT' });
  if (operationsPort === undefined) return { desk, listener, url, operations: undefined };
  const http = createServer(desk.listener);
  const operations = await listen(http, { host, port: operationsPort, setting: 'OPERATIONS_PORT' });
  owned.defer(() => http.closeAllConnections());
  return { desk, listener, url, operations };
}

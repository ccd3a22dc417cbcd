/** The room's addresses: up before its slow parts, so that a taken port is told at once. */
import { HealthEndpoint, listen, type Owned, operatorsServer, type Registry } from '@room/operations';
import { Gauge } from 'prom-client';
import type { Config } from '../config.ts';
import { HttpListener } from '../listener.ts';
import { Certificate } from './certificate.ts';

export interface Listening {
  health: HealthEndpoint;
  listener: HttpListener;
  url: string;
  /** Where operators ask; undefined: at `url` too. */
  operations: string | undefined;
}

export interface ListeningOptions {
  addresses: Pick<Config, 'host' | 'port' | 'operationsHost' | 'operationsPort' | 'tls'>;
  registry: Registry;
  report: (level: 'info' | 'warn', message: string) => void;
}

export async function startListening(options: ListeningOptions, owned: Owned): Promise<Listening> {
  const { addresses, registry, report } = options;
  const { host, port, operationsHost, operationsPort, tls } = addresses;
  const certificate = tls === undefined ? undefined : await Certificate.open(tls, report);
  if (certificate !== undefined) measureCertificate(registry, certificate);
  const health = new HealthEndpoint(registry);
  const listener = owned.own(
    new HttpListener({ answers: (request, response) => health.answers(request, response), tls: certificate?.pair }),
  );
  const scheme = certificate === undefined ? 'http' : 'https';
  const url = await listen(listener.http, { host, port, setting: 'PORT', scheme });
  if (certificate !== undefined) owned.own(certificate.follow((pair) => listener.renew(pair)));
  if (operationsPort === undefined) return { health, listener, url, operations: undefined };
  const http = operatorsServer(health.listener);
  const operations = await listen(http, { host: operationsHost, port: operationsPort, setting: 'OPERATIONS_PORT' });
  owned.defer(() => http.closeAllConnections());
  return { health, listener, url, operations };
}

/** There from the start on, and only where there is a certificate: an alarm on what is absent would ring for every proxy. */
function measureCertificate(registry: Registry, certificate: Pick<Certificate, 'validTo'>): void {
  new Gauge({
    name: 'room_tls_certificate_expires_seconds',
    help: 'Time until the certificate of TLS_CERT ends, below 0 after it; absent where the room speaks no TLS itself',
    registers: [registry],
    collect() {
      this.set((certificate.validTo - Date.now()) / 1_000);
    },
  });
}

import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Address {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The setting that holds the port, for whoever must change it. */
  setting: string;
  /** `http` without it. */
  scheme?: 'http' | 'https';
}

/** Of a port that a few programs of operators ask now and then. */
const MOST_CONNECTIONS = 100;
const HEAD_MS = 5_000;
const REQUEST_MS = 10_000;

/** A server for operators' questions: whoever opens connections to it and does not ask is cut off. */
export function operatorsServer(listener: RequestListener): Server {
  const bounds = { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1_000 };
  const http = createServer(bounds, listener);
  http.maxConnections = MOST_CONNECTIONS;
  return http;
}

/** Resolves with the server's URL; rejects with the remedy where the address cannot be had. */
export const listen = (http: Server, { host, port, setting, scheme = 'http' }: Address): Promise<string> =>
  new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} on ${host} is taken; stop what listens there, or set ${setting} to another one`)
          : new Error(`cannot listen on ${host}:${port}: ${error.message}`),
      ),
    );
    http.listen(port, host, () => {
      const { address, port: taken, family } = http.address() as AddressInfo;
      resolve(`${scheme}://${family === 'IPv6' ? `[${address}]` : address}:${taken}`);
    });
  });

/**
 * Requests with an `Upgrade`. Node hands every one of them to whoever takes WebSockets, and answers none itself; clients offer
 * other protocols too (`h2c` of curl and of Java), which a server may pass over (RFC 9110, 7.8), and their requests are
 * answered as any other.
 */
import { type IncomingMessage, Server, type ServerOptions, type ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';

/** Where Socket.IO answers, and the only transport that is an upgrade. */
const PATH = '/socket.io/';
const TRANSPORT = 'websocket';

const isForSockets = ({ url = '', headers }: IncomingMessage): boolean =>
  url.startsWith(PATH) &&
  headers.upgrade?.toLowerCase() === 'websocket' &&
  new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('transport') === TRANSPORT;

type ServerClass = new (options: ServerOptions & TlsOptions) => Server;

/**
 * Hands on what asks for a WebSocket of the room, and takes every other request as if it asked for no upgrade. `arrives`: by which
 * event the server takes a connection on which HTTP is spoken.
 */
const upgrading = (Base: ServerClass, arrives: string): ServerClass =>
  class extends Base {
    override emit(event: string, ...args: unknown[]): boolean {
      if (event === 'upgrade') {
        const [request, connection, head] = args as [IncomingMessage, Duplex, Buffer];
        if (!isForSockets(request)) return this.#again(request, connection, head);
      }
      return super.emit(event, ...args);
    }

    /** Node took its parser from the connection: it begins anew, with the same request without what asked for the upgrade. */
    #again({ method, url, httpVersion, rawHeaders }: IncomingMessage, connection: Duplex, head: Buffer): boolean {
      // An answer before it that is not complete has nobody any more who would let the next one go.
      if (answerOf(connection) !== undefined) return connection.destroy() !== undefined;
      const lines = [`${method} ${url} HTTP/${httpVersion}`];
      for (let i = 0; i < rawHeaders.length; i += 2) {
        const name = rawHeaders[i] as string;
        const value = rawHeaders[i + 1] as string;
        if (/^(?:upgrade|http2-settings)$/i.test(name)) continue;
        lines.push(`${name}: ${/^connection$/i.test(name) ? withoutUpgrade(value) : value}`);
      }
      connection.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
      return super.emit(arrives, connection);
    }
  };

export const ARRIVES = { plain: 'connection', secure: 'secureConnection' } as const;
export const UpgradeServer = upgrading(Server, ARRIVES.plain);
/** The same behind TLS. */
export const SecureUpgradeServer = upgrading(SecureServer, ARRIVES.secure);

const withoutUpgrade = (connection: string): string =>
  connection
    .split(',')
    .filter((option) => !/^\s*(?:upgrade|http2-settings)\s*$/i.test(option))
    .join(',');

/** The answer that a connection is writing. */
export const answerOf = (connection: Duplex): ServerResponse | undefined =>
  (connection as Duplex & { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;

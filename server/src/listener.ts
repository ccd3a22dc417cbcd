/**
 * The HTTP server from the first moment to the last: answers while the room starts, and finishes what is under way when it
 * ends. Whoever opens connections and does not use them, or speaks no HTTP, is answered or cut off here.
 */

import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onceClosed } from './closed.ts';
import { ARRIVES, answerOf, SecureUpgradeServer, UpgradeServer } from './upgrades.ts';

const said = (code: string, reason: string): string => JSON.stringify({ error: { code, reason } });
const STARTING = said('starting', 'the room is starting; try again in a second');

export interface ListenerOptions {
  /** Answers what is asked of the process itself, whether or not the room has started; false for anything else. */
  answers: (...exchange: Parameters<RequestListener>) => boolean;
  /** Where TLS is spoken here. */
  tls?: KeyPair | undefined;
  bounds?: Partial<Bounds>;
}

/** A certificate with its chain, and its key, in PEM. */
export interface KeyPair {
  cert: Buffer;
  key: Buffer;
}

export interface Bounds {
  /** Longest time for a request's head, and for the whole request, milliseconds; and for one that its route lets take longer. */
  headMs: number;
  requestMs: number;
  longestMs: number;
  /** Connections at once, and of them those without a request under way: beyond that, the one idle for longest is cut off. */
  connections: number;
  idle: number;
}

// A portal's body has a bound of its own, below that of the whole request.
const BOUNDS: Bounds = { headMs: 10_000, requestMs: 20_000, longestMs: 200_000, connections: 10_000, idle: 2_000 };
const LOOK_AT_CONNECTIONS_MS = 1_000;
/**
 * A connection rests for longer than proxies and programs keep one (60 s): they close it, and no request of theirs meets one that is
 * closed here at that moment. How many rest is bounded besides.
 */
const KEPT_MS = 75_000;
/** More than any client or proxy sends; Node's parser leaves headers out without a word beyond 2,000. */
const MOST_HEADERS = 200;
/** Requests of one connection that wait for their answers. */
const MOST_PIPELINED = 32;

/** A sender that does not finish its body by then has no answer, and sends it again. */
const FINISH_MS = 2_000;
const LOOK_MS = 50;
/** A sender in the middle of a refused body reads its answer first where the connection stays for a moment. */
const LINGER_MS = 500;
/** So many at once; more than that is cut off. */
const MOST_LINGERING = 32;
let lingering = 0;

/** By request under way, what gives it more time. */
const patience = new WeakMap<IncomingMessage, (ms: number) => void>();

/** So long from now on a request may still take to come in whole; others have the bound of all. */
export const letTakeTime = (request: IncomingMessage, ms: number): void => patience.get(request)?.(ms);

export class HttpListener implements AsyncDisposable {
  readonly http: Server;
  // A browser whose request hangs would try again only after half a minute.
  #serve: RequestListener = unavailable(STARTING);
  readonly #underWay = new Set<ServerResponse>();
  /** Connections without a request under way, the one idle for longest first. */
  readonly #idle = new Set<Duplex>();
  /** Connections that are HTTP no more. */
  readonly #upgraded = new Set<Duplex>();
  /** Requests by connection that are not answered: the one under way, and those that wait for it. */
  readonly #asked = new WeakMap<Duplex, (() => void)[]>();
  readonly #mostIdle: number;

  constructor({ answers, tls, bounds = {} }: ListenerOptions) {
    const { headMs, requestMs, longestMs, connections, idle } = { ...BOUNDS, ...bounds };
    this.#mostIdle = idle;
    const options: ServerOptions = {
      // Answered here, with a reason.
      requireHostHeader: false,
      headersTimeout: headMs,
      // Node knows one bound for all requests.
      requestTimeout: Math.max(requestMs, longestMs),
      keepAliveTimeout: KEPT_MS,
      connectionsCheckingInterval: Math.min(LOOK_AT_CONNECTIONS_MS, headMs),
    };
    this.http =
      tls === undefined
        ? new UpgradeServer(options)
        : new SecureUpgradeServer({ ...options, ...tls, handshakeTimeout: headMs });
    if (tls !== undefined) this.#boundHandshakes();
    this.http.maxConnections = connections;
    const take: RequestListener = (request, response) =>
      this.#inTurn(request, response, () => {
        this.#underWay.add(response);
        onceClosed(response, () => this.#underWay.delete(response));
        this.#bound(request, response, requestMs);
        if (request.rawHeaders.length > 2 * MOST_HEADERS)
          refuse(request, response, 431, 'too_many_headers', `a request has at most ${MOST_HEADERS} headers`);
        else if (request.httpVersion === '1.1' ? hosts(request) !== 1 : hosts(request) > 1)
          refuse(request, response, 400, 'bad_request', 'a request of HTTP/1.1 names its Host, once');
        else if (!answers(request, response)) this.#serve(request, response);
      });
    this.http.on('request', take);
    // Who asks first whether to send its body is told by whoever reads it.
    this.http.on('checkContinue', take);
    this.http.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.#inTurn(request, response, () =>
        refuse(request, response, 417, 'bad_request', 'of expectations only 100-continue is known'),
      ),
    );
    this.http.on(tls === undefined ? ARRIVES.plain : ARRIVES.secure, (connection: Duplex) => {
      // One whose upgrade was passed over is told again.
      if (!this.#asked.has(connection)) {
        this.#asked.set(connection, []);
        connection.once('close', () => this.#idle.delete(connection));
      }
      this.#rests(connection);
    });
    this.http.prependListener('upgrade', (_request: IncomingMessage, connection: Duplex) => {
      this.#idle.delete(connection);
      // Nobody would answer, and whoever asked would wait for as long as it has patience.
      if (this.http.listenerCount('upgrade') === 1) return answerAndEnd(connection, 503, STARTING);
      this.#upgraded.add(connection);
      connection.once('close', () => this.#upgraded.delete(connection));
    });
    this.http.on('clientError', answerBadly);
  }

  /**
   * Answers the requests of a connection one after the other, as they are sent on anyway: who does not read its answers is
   * given no work. A connection with too many is cut off.
   */
  #inTurn({ socket }: IncomingMessage, response: ServerResponse, answer: () => void): void {
    const asked = this.#asked.get(socket);
    if (asked === undefined) return void socket.destroy();
    this.#idle.delete(socket);
    onceClosed(response, () => {
      asked.shift();
      if (socket.destroyed) return;
      if (asked[0] === undefined) this.#rests(socket);
      else asked[0]();
    });
    asked.push(answer);
    if (asked.length === 1) answer();
    else if (asked.length > MOST_PIPELINED) socket.destroy();
  }

  /** Ends a request whose body is not there in time. */
  #bound(request: IncomingMessage, response: ServerResponse, ms: number): void {
    const { 'content-length': length = '0', 'transfer-encoding': coding } = request.headers;
    if (length === '0' && coding === undefined) return;
    const end = (): void => {
      if (request.complete || request.socket.destroyed) return;
      const late = Object.assign(new Error('the request was not complete in time'), {
        code: 'ERR_HTTP_REQUEST_TIMEOUT',
      });
      this.http.emit('clientError', late, request.socket);
    };
    let timer = setTimeout(end, ms);
    patience.set(request, (more) => {
      clearTimeout(timer);
      timer = setTimeout(end, more);
    });
    onceClosed(response, () => clearTimeout(timer));
  }

  #rests(connection: Duplex): void {
    this.#idle.add(connection);
    for (const longest of this.#idle) {
      if (this.#idle.size <= this.#mostIdle) return;
      this.#idle.delete(longest);
      longest.destroy();
    }
  }

  /** Connections that have not said what they want yet are idle, until the same one comes decrypted. */
  #boundHandshakes(): void {
    const raw = new Map<string, Socket>();
    const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
    this.http.on(ARRIVES.plain, (connection: Socket) => {
      const name = nameOf(connection);
      raw.set(name, connection);
      connection.once('close', () => {
        this.#idle.delete(connection);
        if (raw.get(name) === connection) raw.delete(name);
      });
      this.#rests(connection);
    });
    this.http.prependListener(ARRIVES.secure, (connection: Socket) => {
      const before = raw.get(nameOf(connection));
      if (before !== undefined) this.#idle.delete(before);
    });
    // It could not read an answer.
    this.http.removeAllListeners('tlsClientError');
    this.http.on('tlsClientError', (_error: Error, connection: Duplex) => connection.destroy());
  }

  /** From now on new connections are served with this certificate. */
  renew(tls: KeyPair): void {
    (this.http as SecureServer).setSecureContext(tls);
  }

  /** The room has started: from now on this serves. */
  open(serve: RequestListener): void {
    this.#serve = serve;
  }

  /** Takes no further request, and resolves once those under way are answered. Sockets of walls are not its business. */
  async drain(): Promise<void> {
    this.#serve = unavailable(said('stopping', 'the room is stopping; try again in a few seconds'));
    this.http.close();
    for (const response of this.#underWay) if (!response.headersSent) response.setHeader('connection', 'close');
    const until = performance.now() + FINISH_MS;
    do {
      this.http.closeIdleConnections();
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    } while (this.#underWay.size > 0 && performance.now() < until);
    this.http.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => void this.http.close(() => resolve()));
    this.http.closeAllConnections();
    // Who froze does not say goodbye.
    for (const connection of this.#upgraded) connection.destroy();
    await closed;
  }
}

/** Tells a sender that asked whether to send its body to do so. */
export function goOn(request: IncomingMessage, response: ServerResponse): void {
  if (/^100-continue$/i.test(request.headers.expect ?? '')) response.writeContinue();
}

/**
 * Answers a request whose body nobody reads. What of it is there already is let go; where there is more, the connection is
 * closed, a moment after the answer.
 */
export function answerUnread(request: IncomingMessage, response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'application/json; charset=utf-8');
  response.setHeader('content-length', Buffer.byteLength(body));
  // A small body came with its head.
  setImmediate(() => {
    if (response.destroyed) return;
    request.resume();
    if (request.complete) return void response.end(body);
    response.setHeader('connection', 'close');
    if (lingering >= MOST_LINGERING) return void response.end(body);
    lingering++;
    response.write(body);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      lingering--;
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(end, LINGER_MS);
    request.once('end', end).once('close', end);
  });
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  code: string,
  reason: string,
): void {
  response.statusCode = status;
  answerUnread(request, response, said(code, reason));
}

const hosts = ({ rawHeaders }: IncomingMessage): number =>
  rawHeaders.filter((name, i) => i % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host').length;

const BAD: Readonly<Record<string, [number, string, string] | undefined>> = {
  HPE_HEADER_OVERFLOW: [431, 'head_too_large', 'the head of a request has at most 16 KiB'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'too_large', 'the extensions of a chunk are too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'too_slow', 'the request was not complete in time'],
};

/** What is no HTTP, or not in time. Nothing is told to a connection that is gone, or in the middle of an answer. */
function answerBadly(error: NodeJS.ErrnoException, connection: Duplex): void {
  if (error.code === 'ECONNRESET' || !connection.writable || answerOf(connection)?.headersSent === true)
    return void connection.destroy();
  const [status, code, reason] = BAD[error.code ?? ''] ?? [
    400,
    'bad_request',
    'this is no HTTP request that can be read',
  ];
  answerAndEnd(connection, status, said(code, reason));
}

/** Answers a connection that no request of Node's HTTP server holds. */
function answerAndEnd(connection: Duplex, status: number, body: string): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json; charset=utf-8',
    ...(status === 503 ? ['retry-after: 1'] : []),
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  connection.on('error', () => connection.destroy());
  connection.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => connection.destroy());
}

const unavailable =
  (body: string): RequestListener =>
  (request, response) =>
    response
      .writeHead(503, {
        'content-type': 'application/json',
        ...again(request),
        'retry-after': '1',
        connection: 'close',
      })
      .end(body);

/** A wall that opens its page in such a moment has nobody who would do it again. */
export const again = ({ headers: { accept } }: Pick<IncomingMessage, 'headers'>): { refresh?: string } =>
  accept?.includes('text/html') === true ? { refresh: '3' } : {};

/**
 * ClickHouse's HTTP interface over the embedded engine. A body is read whole before it is executed (an insert whose body
 * is cut leaves nothing behind, as on a server for less than a block), and bounded; a SELECT's rows go out as they come.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuse, send, setHeaders } from './answer.ts';
import type { Engine, Statement } from './engine.ts';
import { report, ServerException } from './exceptions.ts';
import type { Fault, Faults } from './faults.ts';
import { type Asked, askedBy, type Credentials, credentialsOf, unpacked } from './request.ts';
import { formatOf, type Insert, insertOf, isSelect } from './statement.ts';

const KEEP_ALIVE_MS = 10_000;
const MAX_BODY_BYTES = 256 * 1024 * 1024;
const MAX_URL_BYTES = 1024 * 1024;
const OK = new Set(['/', '/ping', '/replicas_status']);

export interface Interface {
  engine: Engine;
  faults: Faults;
  /** The only user there is. */
  credentials: Credentials;
}

interface Read {
  sql: string;
  rows: Buffer | undefined;
  insert: Insert | undefined;
  fault: Fault | undefined;
}

/** The connection was reset on purpose: there is nobody to answer. */
class Cut extends Error {}

export function createInterface(options: Interface): Server {
  const server = createServer({ maxHeaderSize: MAX_URL_BYTES }, (request, response) => {
    void new Exchange(options, request, response).run();
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  // A statement takes the time it takes.
  server.requestTimeout = 0;
  return server;
}

class Exchange {
  readonly #options: Interface;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(options: Interface, request: IncomingMessage, response: ServerResponse) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
  }

  async run(): Promise<void> {
    const { engine, faults } = this.#options;
    if (faults.isHangingUp()) return this.#reset();
    if (faults.isRefusing()) return void this.#response.writeHead(503).end('not now\n');
    const url = new URL(this.#request.url ?? '/', 'http://server');
    if (OK.has(url.pathname) && this.#request.method === 'GET' && !url.searchParams.has('query'))
      return void this.#response.end('Ok.\n');
    try {
      setHeaders(this.#response, url.searchParams.get('query_id') ?? randomUUID());
      this.#authenticate(url);
      await this.#execute(askedBy(this.#request, url));
    } catch (error) {
      if (error instanceof Cut || this.#response.headersSent || this.#response.destroyed) return;
      refuse(this.#response, report(error, engine.version));
    }
  }

  #reset(): void {
    this.#request.socket.resetAndDestroy();
  }

  #authenticate(url: URL): void {
    const { credentials } = this.#options;
    const given = credentialsOf(this.#request, url);
    if (given.user === credentials.user && given.password === credentials.password) return;
    throw new ServerException(
      516,
      'AUTHENTICATION_FAILED',
      `${given.user}: Authentication failed: password is incorrect, or there is no user with such name.`,
    );
  }

  async #execute(asked: Asked): Promise<void> {
    const { engine } = this.#options;
    const { sql, rows, insert, fault } = await this.#read(asked);
    const format = formatOf(sql) ?? asked.format ?? 'TabSeparated';
    const statement: Statement = {
      sql,
      rows,
      database: asked.database,
      settings: asked.settings,
      params: asked.params,
      format,
    };
    if (insert !== undefined) return this.#insert(statement, insert, fault);
    const explain = (error: unknown) => report(error, engine.version);
    if (isSelect(sql) && !asked.waitsForEnd)
      return send(this.#request, this.#response, asked, format, engine.stream(statement), explain);
    const result = await engine.run(statement);
    this.#summarise(result);
    const whole = (async function* () {
      if (result.bytes().length > 0) yield result.bytes();
    })();
    await send(this.#request, this.#response, asked, format, whole, explain);
  }

  /** The whole text, and what befalls it if it is an insert. */
  async #read(asked: Asked): Promise<Read> {
    const { faults } = this.#options;
    const pieces: Buffer[] = [];
    let size = 0;
    let insert: Insert | undefined;
    let fault: Fault | undefined;
    for await (const piece of unpacked(this.#request) as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > MAX_BODY_BYTES)
        throw new ServerException(229, 'QUERY_IS_TOO_LARGE', `the body is larger than ${MAX_BODY_BYTES} bytes`);
      if (size === piece.length) {
        insert = insertOf(asked.query === '' ? piece.toString() : asked.query);
        fault = insert && faults.begin(insert);
      } else if (fault?.kind === 'cut') {
        faults.happened(fault);
        this.#reset();
        throw new Cut();
      }
      pieces.push(piece);
    }
    if (insert !== undefined && fault?.kind === 'cut') {
      faults.giveBack(insert, fault);
      fault = undefined;
    }
    const body = Buffer.concat(pieces);
    const found = { insert: insert ?? insertOf(asked.query), fault };
    if (found.insert !== undefined && formatOf(asked.query) !== undefined)
      return { sql: asked.query, rows: body, ...found };
    const sql = asked.query === '' ? text(body) : `${asked.query}\n${text(body)}`;
    return { sql, rows: undefined, ...found };
  }

  async #insert(statement: Statement, insert: Insert, fault: Fault | undefined): Promise<void> {
    const { engine, faults } = this.#options;
    if (fault?.kind === 'abandoned') this.#reset();
    const result = await faults.executing(insert, async () => {
      if (fault?.kind === 'abandoned' || fault?.kind === 'slow') await sleep(fault.ms);
      return engine.run(statement);
    });
    if (fault !== undefined) faults.happened(fault);
    if (fault?.kind === 'unanswered') return this.#reset();
    if (fault?.kind === 'abandoned') return;
    this.#summarise(result);
    this.#response.setHeader('X-ClickHouse-Format', statement.format);
    this.#response.end();
  }

  /** Only what the embedded engine tells: it does not say how many rows it wrote. */
  #summarise({ rowsRead, bytesRead, elapsed }: { rowsRead: number; bytesRead: number; elapsed: number }): void {
    const summary = { read_rows: rowsRead, read_bytes: bytesRead, elapsed_ns: Math.round(elapsed * 1e9) };
    const strings = Object.fromEntries(Object.entries(summary).map(([name, value]) => [name, String(value)]));
    this.#response.setHeader('X-ClickHouse-Summary', JSON.stringify(strings));
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function text(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new ServerException(
      48,
      'NOT_IMPLEMENTED',
      'binary rows behind a text are not read by this server; send the text as a parameter',
    );
  }
}

/** How the answer goes out: headers as the server sets them, compressed if wanted, and what went wrong in mid-stream. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import type { Reported } from './exceptions.ts';
import type { Asked } from './request.ts';

const TYPES: readonly [RegExp, string][] = [
  [/^JSON.*EachRow|^JSONLines|^NDJSON/, 'application/x-ndjson; charset=UTF-8'],
  [/^JSON/, 'application/json; charset=UTF-8'],
  [/^CSV/, 'text/csv; charset=UTF-8'],
  [/^(TabSeparated|TSV)/, 'text/tab-separated-values; charset=UTF-8'],
  [/^(RowBinary|Native)/, 'application/octet-stream'],
];

const ENCODERS: readonly [name: string, make: () => NodeJS.ReadWriteStream][] = [
  ['br', zlib.createBrotliCompress],
  ['gzip', zlib.createGzip],
  ['deflate', zlib.createDeflate],
];

/** What every answer carries. */
export function setHeaders(response: ServerResponse, queryId: string): void {
  response.setHeader('X-ClickHouse-Server-Display-Name', 'embedded');
  response.setHeader('X-ClickHouse-Query-Id', queryId);
  response.setHeader('X-ClickHouse-Timezone', 'UTC');
}

export function refuse(response: ServerResponse, { status, code, body }: Reported): void {
  response.statusCode = status;
  response.setHeader('X-ClickHouse-Exception-Code', String(code));
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="ClickHouse server HTTP API"');
  response.end(`${body}\n`);
}

/** Sends `pieces`; an error before the first one is thrown, a later one is written behind the rows, marked by a tag. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  asked: Asked,
  format: string,
  pieces: AsyncIterator<Uint8Array>,
  explain: (error: unknown) => Reported,
): Promise<void> {
  let piece = await pieces.next();
  const tag = randomBytes(8).toString('hex');
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('X-ClickHouse-Exception-Tag', tag);
  response.setHeader('Content-Type', TYPES.find(([name]) => name.test(format))?.[1] ?? 'text/plain; charset=UTF-8');
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (; piece.done !== true; piece = await pieces.next()) yield piece.value;
    } catch (error) {
      const message = `${explain(error).body}\n`;
      const size = Buffer.byteLength(message);
      yield Buffer.from(`\r\n__exception__\r\n${tag}\r\n${message}${size} ${tag}\r\n__exception__\r\n`);
    } finally {
      await pieces.return?.();
    }
  }
  const encoder = encoderFor(request, asked);
  if (encoder === undefined) return pipeline(Readable.from(body()), response);
  response.setHeader('Content-Encoding', encoder[0]);
  await pipeline(Readable.from(body()), encoder[1](), response);
}

function encoderFor(request: IncomingMessage, asked: Asked): (typeof ENCODERS)[number] | undefined {
  if (asked.settings.get('enable_http_compression') !== '1') return undefined;
  const accepted = (request.headers['accept-encoding'] ?? '').toString().split(/\s*,\s*/);
  return ENCODERS.find(([name]) => accepted.includes(name));
}

/** What an HTTP request asks for: credentials, statement, settings, values, and its body unpacked. */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { ServerException } from './exceptions.ts';

export interface Credentials {
  user: string;
  password: string;
}

export interface Asked {
  /** The `query` parameter; the body follows it. */
  query: string;
  queryId: string | undefined;
  database: string | undefined;
  settings: ReadonlyMap<string, string>;
  params: ReadonlyMap<string, string>;
  format: string | undefined;
  /** The answer must not begin before the statement has ended. */
  waitsForEnd: boolean;
}

/** Parameters of the interface itself; sessions, roles and quotas are taken for granted. */
const OF_HTTP = new Set(
  'query query_id database default_format user password wait_end_of_query buffer_size session_id session_timeout session_check close_session quota_key role stacktrace client_protocol_version'.split(
    ' ',
  ),
);
/** The engine's own compressed blocks, which only native clients speak. */
const NATIVE_BLOCKS = ['compress', 'decompress'];

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

/** By ClickHouse's own headers, by HTTP's, or in the URL; without any it is the default user. */
export function credentialsOf(request: IncomingMessage, url: URL): Credentials {
  const authorization = header(request, 'authorization');
  const ownUser = header(request, 'x-clickhouse-user');
  const ownKey = header(request, 'x-clickhouse-key');
  if (ownUser !== undefined || ownKey !== undefined) {
    if (authorization !== undefined)
      throw new ServerException(
        516,
        'AUTHENTICATION_FAILED',
        'Invalid authentication: it is not allowed to use X-ClickHouse HTTP headers and Authorization HTTP header simultaneously.',
      );
    return { user: ownUser ?? 'default', password: ownKey ?? '' };
  }
  const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1];
  if (basic !== undefined) {
    const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString()) ?? [];
    return { user, password };
  }
  return { user: url.searchParams.get('user') ?? 'default', password: url.searchParams.get('password') ?? '' };
}

export function askedBy(request: IncomingMessage, url: URL): Asked {
  const settings = new Map<string, string>();
  const params = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    if (OF_HTTP.has(name)) continue;
    if (NATIVE_BLOCKS.includes(name))
      throw new ServerException(48, 'NOT_IMPLEMENTED', `${name}: use HTTP compression with this server`);
    if (!/^\w+$/.test(name))
      throw new ServerException(115, 'UNKNOWN_SETTING', `Setting ${name} is neither a builtin setting`);
    if (name.startsWith('param_')) params.set(name.slice('param_'.length), value);
    else settings.set(name, value);
  }
  if (header(request, 'content-type')?.startsWith('multipart/') === true)
    throw new ServerException(48, 'NOT_IMPLEMENTED', 'multipart bodies are not read by this server');
  // What comes by GET may only read.
  if (request.method === 'GET' && !settings.has('readonly')) settings.set('readonly', '2');
  return {
    query: url.searchParams.get('query') ?? '',
    queryId: url.searchParams.get('query_id') ?? header(request, 'x-clickhouse-query-id'),
    database: url.searchParams.get('database') ?? header(request, 'x-clickhouse-database'),
    settings,
    params,
    format: url.searchParams.get('default_format') ?? header(request, 'x-clickhouse-format'),
    waitsForEnd: ['1', 'true'].includes(url.searchParams.get('wait_end_of_query') ?? ''),
  };
}

const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream>> = {
  gzip: zlib.createGunzip,
  deflate: zlib.createInflate,
  br: zlib.createBrotliDecompress,
};

/** The body as it was before it was compressed. */
export function unpacked(request: IncomingMessage): Readable {
  const encoding = header(request, 'content-encoding') ?? 'identity';
  if (encoding === 'identity') return request;
  const decoder = DECODERS[encoding];
  if (decoder === undefined)
    throw new ServerException(48, 'NOT_IMPLEMENTED', `Unknown compression method: ${encoding}`);
  const stream = decoder() as zlib.Gunzip;
  // A body that ends early ends what reads it, too.
  request.once('error', (error) => stream.destroy(error));
  request.once('close', () => {
    if (!request.complete) stream.destroy(new Error('the connection ended in the middle of the body'));
  });
  return request.pipe(stream);
}

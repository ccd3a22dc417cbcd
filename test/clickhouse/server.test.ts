/** The process that stands for a ClickHouse server keeps the interface that the official client expects of one. */
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClickHouseClient, ClickHouseError, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouse, startClickHouse } from './start.ts';

const USER = { username: 'room', password: "it's secret:1" };

let server: ClickHouse;
let client: ClickHouseClient;
const clients: ClickHouseClient[] = [];
const connect = (settings: Parameters<typeof createClient>[0] = {}): ClickHouseClient => {
  const made = createClient({ url: server.url, ...USER, log: { level: 127 }, ...settings });
  clients.push(made);
  return made;
};
const rows = async <T>(query: string, of = client, more: object = {}): Promise<T[]> =>
  (await of.query({ query, format: 'JSONEachRow', ...more })).json<T>();
const count = async (table: string): Promise<number> =>
  Number((await rows<{ n: string }>(`SELECT count() AS n FROM ${table}`))[0]?.n);
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

beforeAll(async () => {
  server = await startClickHouse({ user: USER.username, password: USER.password });
  client = connect();
  await client.command({ query: 'CREATE TABLE thing (id UInt32, name String) ENGINE = MergeTree ORDER BY id' });
});
afterAll(async () => {
  for (const made of clients) await made.close();
  await server[Symbol.asyncDispose]();
});

it('answers a ping, with and without a query', async () => {
  expect(await client.ping()).toEqual({ success: true });
  expect(await client.ping({ select: true })).toEqual({ success: true });
});

it('takes objects, a stream, and rows behind the statement', async () => {
  await client.command({ query: 'CREATE TABLE taken (id UInt32, name String) ENGINE = MergeTree ORDER BY id' });
  const values = [
    { id: 1, name: 'một; SELECT 2' },
    { id: 2, name: "it's \\ \n two" },
  ];
  await client.insert({ table: 'taken', format: 'JSONEachRow', values });
  const many = Readable.from(Array.from({ length: 20_000 }, (_, n) => ({ id: 10 + n, name: 'x'.repeat(50) })));
  await client.insert({ table: 'taken', format: 'JSONEachRow', values: many });
  await client.command({
    query: 'INSERT INTO taken SETTINGS async_insert = 0 FORMAT JSONEachRow\n{"id":3,"name":"ba"}',
  });
  expect(await rows('SELECT id, name FROM taken WHERE id < 10 ORDER BY id')).toEqual([
    ...values,
    { id: 3, name: 'ba' },
  ]);
  expect(await count('taken')).toBe(20_003);
});

it('streams the rows of a SELECT, which may be ended early', async () => {
  const whole = await client.query({ query: 'SELECT number FROM numbers(300000)', format: 'JSONEachRow' });
  let seen = 0;
  for await (const batch of whole.stream<{ number: string }>()) seen += batch.length;
  expect(seen).toBe(300_000);
  const endless = await client.query({ query: 'SELECT number FROM system.numbers', format: 'JSONEachRow' });
  for await (const batch of endless.stream()) {
    expect(batch.length).toBeGreaterThan(0);
    break;
  }
  expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('takes and gives binary formats byte for byte', async () => {
  await client.command({ query: 'CREATE TABLE bytes (id UInt16, at UInt32) ENGINE = MergeTree ORDER BY at' });
  // The second one looks like an empty line, the third is no UTF-8.
  const sent = Buffer.from([1, 0, 0, 0, 0, 0, 0x0a, 0x0a, 1, 0, 0, 0, 0xff, 0xfe, 2, 0, 0, 0]);
  const query = 'INSERT INTO bytes (id, at) SETTINGS async_insert = 0 FORMAT RowBinary';
  const inserted = await client.exec({ query, values: Readable.from([sent], { objectMode: false }) });
  for await (const _ of inserted.stream);
  const back = await client.exec({ query: 'SELECT id, at FROM bytes ORDER BY at FORMAT RowBinary' });
  const found: Buffer[] = [];
  for await (const piece of back.stream) found.push(piece as Buffer);
  expect(Buffer.concat(found)).toEqual(sent);

  const { stream } = await client.exec({ query: 'SELECT toUInt16(number) FROM numbers(3) FORMAT RowBinary' });
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  expect(Buffer.concat(pieces)).toEqual(Buffer.from([0, 0, 1, 0, 2, 0]));
});

it('binds values of any type, and never reads them as SQL', async () => {
  const values = { text: `a'b"c\\d\n\t{x}; DROP TABLE thing`, list: ['x', "y'z"], nothing: null, number: 5, yes: true };
  const query = `SELECT {text:String} AS text, {list:Array(String)} AS list, {nothing:Nullable(String)} AS nothing,
    {number:UInt32} AS number, {yes:Bool} AS yes`;
  expect(await rows(query, client, { query_params: values })).toEqual([values]);
  expect(await count('thing')).toBe(0);
});

describe('compresses both ways', () => {
  it.each(['gzip', 'br'] as const)('%s', async (codec) => {
    const packed = connect({ compression: { request: { codec }, response: { codec } } });
    await client.command({ query: `CREATE TABLE ${codec} (id UInt32) ENGINE = MergeTree ORDER BY id` });
    const values = Array.from({ length: 5_000 }, (_, id) => ({ id }));
    await packed.insert({ table: codec, format: 'JSONEachRow', values });
    const result = await packed.query({ query: `SELECT id FROM ${codec} ORDER BY id`, format: 'JSONEachRow' });
    expect(result.response_headers['content-encoding']).toBe(codec);
    expect(await result.json()).toEqual(values);
  });
});

describe('reports exceptions as the server does', () => {
  it.each([
    ['UNKNOWN_TABLE', '60', 404, 'SELECT * FROM nowhere'],
    ['SYNTAX_ERROR', '62', 400, 'SELECT (1'],
    ['FUNCTION_THROW_IF_VALUE_IS_NON_ZERO', '395', 500, 'SELECT throwIf(1)'],
    ['UNKNOWN_SETTING', '115', 404, 'SELECT 1 SETTINGS no_such = 1'],
    ['SYNTAX_ERROR', '62', 400, `SELECT 1 IN (${Array.from({ length: 60_000 }, (_, n) => n)})`],
  ])('%s %s %i', async (type, code, status, query) => {
    const error = await failure(rows(query));
    expect(error).toBeInstanceOf(ClickHouseError);
    expect(error).toMatchObject({ code, type });
    const answer = await fetch(server.url, {
      method: 'POST',
      body: `${query} FORMAT JSONEachRow`,
      headers: basic(USER),
    });
    expect([answer.status, answer.headers.get('x-clickhouse-exception-code')]).toEqual([status, code]);
    expect(await answer.text()).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: [^]*\\(${type}\\) \\(version [\\d.]+ `),
    );
  });

  it('a row that does not fit', async () => {
    const values = [{ id: 'x', name: 1 }];
    expect(await failure(client.insert({ table: 'thing', format: 'JSONEachRow', values }))).toMatchObject({
      code: '27',
    });
    expect(await count('thing')).toBe(0);
  });

  it('after rows have gone out, behind them', async () => {
    const query = 'SELECT throwIf(number = 200000) AS t, number FROM numbers(300000) SETTINGS max_block_size = 10000';
    const result = await client.query({ query, format: 'JSONEachRow' });
    expect(result.response_headers['x-clickhouse-exception-code']).toBeUndefined();
    expect(await failure(result.json())).toMatchObject({ code: '395' });
    // Who waits for the end is told by the status.
    expect(await failure(rows(query, client, { clickhouse_settings: { wait_end_of_query: 1 } }))).toMatchObject({
      code: '395',
    });
  });
});

const basic = ({ username, password }: typeof USER): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});

it('lets nobody in without the right password, however it comes', async () => {
  const wrong = connect({ password: 'wrong' });
  expect(await failure(rows('SELECT 1', wrong))).toMatchObject({ code: '516', type: 'AUTHENTICATION_FAILED' });
  const ask = async (query: string, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(`${server.url}/?query=SELECT+1${query}`, { headers })).status;
  const { username, password } = USER;
  expect(await ask('')).toBe(403);
  expect(await ask('', basic({ username, password: '' }))).toBe(403);
  expect(await ask('', basic(USER))).toBe(200);
  expect(await ask(`&user=${username}&password=${encodeURIComponent(password)}`)).toBe(200);
  const own = { 'x-clickhouse-user': username, 'x-clickhouse-key': password };
  expect(await ask('', own)).toBe(200);
  expect(await ask('', { ...own, ...basic(USER) })).toBe(403);
});

it('keeps settings, database and values to the query they came with', async () => {
  await client.command({ query: 'CREATE DATABASE IF NOT EXISTS other' });
  const what = `SELECT currentDatabase() AS database, toString(getSetting('max_threads')) AS threads,
    toString(getSetting('insert_deduplication_token')) AS token`;
  const before = await rows(what);
  const settings = { max_threads: 1, insert_deduplication_token: 'once' };
  const elsewhere = connect({ database: 'other', clickhouse_settings: settings });
  expect(await rows(what, elsewhere)).toEqual([{ database: 'other', threads: '1', token: 'once' }]);
  expect(await rows(what)).toEqual(before);
  expect(await failure(rows('SELECT 1', connect({ database: 'nowhere' })))).toMatchObject({ code: '81' });
  expect(await failure(rows('SELECT {text:String}'))).toMatchObject({ code: '456' });
});

it('does not write for who may only read', async () => {
  const reader = connect({ clickhouse_settings: { readonly: '1' } });
  const insert = reader.command({ query: "INSERT INTO thing VALUES (1, 'a')" });
  expect(await failure(insert)).toMatchObject({ code: '164', type: 'READONLY' });
  const byGet = await fetch(`${server.url}/?query=${encodeURIComponent('DROP TABLE thing')}`, { headers: basic(USER) });
  expect([byGet.status, byGet.headers.get('x-clickhouse-exception-code')]).toEqual([500, '164']);
  expect(await count('thing')).toBe(0);
});

it('runs several queries at a time', async () => {
  const slow = 'SELECT sleep(2)';
  let running = true;
  const long = Promise.all([1, 2, 3, 4].map(() => rows(slow))).finally(() => {
    running = false;
  });
  for (let n = 0; n < 5; n++) await rows('SELECT 1');
  expect(running).toBe(true);
  await long;
});

it('takes 100 inserts by 20 connections at once, none lost', async () => {
  await client.command({ query: 'CREATE TABLE busy (id UInt32) ENGINE = MergeTree ORDER BY id' });
  const one = connect({ max_open_connections: 20 });
  const inserts = Array.from({ length: 100 }, (_, id) =>
    one.insert({ table: 'busy', format: 'JSONEachRow', values: [{ id }] }),
  );
  await Promise.all(inserts);
  expect(await count('busy')).toBe(100);
});

describe('fails as it is told', () => {
  /** Some hundred kilobytes: more than one read of a socket. */
  const big = (from: number): string =>
    `INSERT INTO thing SETTINGS insert_deduplication_token = 't-${from}' FORMAT JSONEachRow\n${Array.from(
      { length: 5_000 },
      (_, n) => JSON.stringify({ id: from + n, name: 'y'.repeat(60) }),
    ).join('\n')}`;

  it('resets a connection in the middle of a body, and executes nothing of it', async () => {
    const before = await server.report();
    await server.arm('thing', { kind: 'cut' });
    expect(await failure(client.command({ query: big(0) }))).toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    expect(await count('thing')).toBe(0);
    const after = await server.report();
    expect([after.cut - before.cut, after.executed - before.executed, after.armed]).toEqual([1, 0, 0]);
  });

  it('executes and does not answer', async () => {
    await server.arm('thing', { kind: 'unanswered' });
    expect(await failure(client.command({ query: big(10_000) }))).toBeInstanceOf(Error);
    expect(await count('thing')).toBe(5_000);
    const { unanswered, repeated } = await server.report();
    await client.command({ query: big(10_000) });
    expect(unanswered).toBe(1);
    expect((await server.report()).repeated).toBe(repeated + 1);
  });

  it('executes what it was left alone with, later', async () => {
    const before = await count('thing');
    await server.arm('thing', { kind: 'abandoned', ms: 300 });
    expect(await failure(client.command({ query: big(20_000) }))).toBeInstanceOf(Error);
    expect(await count('thing')).toBe(before);
    await expect.poll(() => count('thing'), { timeout: 20_000 }).toBe(before + 5_000);
  });

  it('takes its time', async () => {
    await server.arm('thing', { kind: 'slow', ms: 500 });
    const began = performance.now();
    await client.command({ query: "INSERT INTO thing VALUES (1, 'a')" });
    expect(performance.now() - began).toBeGreaterThanOrEqual(490);
  });

  it('refuses everything for a while, and hangs up on kept connections', async () => {
    await server.refuse(500);
    expect(await failure(rows('SELECT 1'))).toMatchObject({ message: expect.stringContaining('not now') });
    await expect.poll(() => failure(rows('SELECT 1')), { timeout: 20_000 }).toBeUndefined();
    await server.hangUp(1);
    expect(await failure(rows('SELECT 1'))).toMatchObject({ code: 'ECONNRESET' });
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

it('is killed in the middle of inserts, and comes back with what it had acknowledged', async () => {
  await client.command({ query: 'CREATE TABLE kept (id UInt32) ENGINE = MergeTree ORDER BY id' });
  const acknowledged: number[] = [];
  let alive = true;
  const writing = (async () => {
    for (let id = 0; alive; id++) {
      const done = await failure(client.insert({ table: 'kept', format: 'JSONEachRow', values: [{ id }] }));
      if (done === undefined) acknowledged.push(id);
    }
  })();
  while (acknowledged.length < 20) await sleep(10);
  await server.kill();
  alive = false;
  await writing;
  await server.restart();
  const found = (await rows<{ id: number }>('SELECT id FROM kept ORDER BY id')).map(({ id }) => id);
  expect(found).toEqual(expect.arrayContaining(acknowledged));
  expect(new Set(found).size).toBe(found.length);
});

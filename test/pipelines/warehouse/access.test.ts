/** The warehouse as a server behind HTTP: what holds for the embedded engine must hold there, and what HTTP adds as well. */
import {
  type Access,
  createDatabase,
  Ledger,
  migrate,
  migrations,
  openAccess,
  type RangeRows,
  WarehouseUnavailable,
  withPatience,
} from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ClickHouse, startClickHouse } from '../../clickhouse/start.ts';
import { freePort } from '../../harness/process.ts';
import { rows, submission } from './rows.ts';

let server: ClickHouse;
let access: Access;
const USER = { username: 'room', password: 'secret' };

beforeAll(async () => {
  server = await startClickHouse({ user: USER.username, password: USER.password });
  access = await openAccess({ kind: 'server', url: server.url, ...USER, database: 'of_the_room', readers: 6 });
  await migrate(access, { timeZone: 'Asia/Ho_Chi_Minh' });
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const rangeOf = (from: number, count: number): RangeRows =>
  rows(
    Array.from({ length: count }, (_, n) => submission(`${from + n}`.padStart(200, 'x'), '2026-11-19T03:00:00Z')),
    String(from + 1),
  );
const count = async (): Promise<number> =>
  (await access.read<{ n: number }>('SELECT count() AS n FROM submission'))[0]?.n ?? 0;

it('makes its database, and works in it alone', async () => {
  expect(await access.read('SELECT currentDatabase() AS name')).toEqual([{ name: 'of_the_room' }]);
  expect(await access.readBound('SELECT {name:String} AS name', { name: "'; DROP" })).toEqual([{ name: "'; DROP" }]);
});

it('makes it on the whole cluster where there is one', () => {
  expect(createDatabase('room')).toBe('CREATE DATABASE IF NOT EXISTS `room`');
  expect(createDatabase('room', 'main')).toBe("CREATE DATABASE IF NOT EXISTS `room` ON CLUSTER 'main'");
});

it('says what to check when it cannot be opened', async () => {
  const open = (url: string, password: string) =>
    openAccess({ kind: 'server', url, username: 'room', password, database: 'of_the_room', readers: 1 });
  await expect(open(server.url, 'wrong')).rejects.toThrow(/password is incorrect.*CLICKHOUSE_PASSWORD/);
  await expect(open(`http://127.0.0.1:${await freePort()}`, '')).rejects.toThrow(/ECONNREFUSED.*CLICKHOUSE_URL/);
});

it('takes an insert of 15 MB, fifty times what a query may have', async () => {
  const ledger = new Ledger(access);
  const before = await count();
  const range = rangeOf(0, 50_000);
  expect(range.submission.length).toBeGreaterThanOrEqual(15e6);
  await ledger.insertRange('big', range);
  await ledger.insertRange('big', range);
  expect(await count()).toBe(before + 50_000);
});

it('gives all bytes of an answer or none, also when the server fails in the middle of it', async () => {
  const numbers = 'SELECT number FROM numbers(300000)';
  expect((await access.bytes(numbers, 'RowBinary')).length).toBe(300_000 * 8);
  const failing = 'SELECT number, throwIf(number = 200000) FROM numbers(300000) SETTINGS max_block_size = 10000';
  await expect(access.bytes(failing, 'RowBinary').then(({ length }) => length)).rejects.toThrow(WarehouseUnavailable);
  await expect(access.read('SELECT throwIf(number = 200000), number FROM numbers(300000)')).rejects.toThrow(
    WarehouseUnavailable,
  );
});

it.each([
  ['is cut in its body', { kind: 'cut' }],
  ['is executed and not answered', { kind: 'unanswered' }],
  ['overtakes its own repeat', { kind: 'abandoned', ms: 300 }],
] as const)('an insert that %s fails, and its repeat under the token counts once', async (_, fault) => {
  const ledger = new Ledger(access);
  const before = await count();
  const range = rangeOf(1_000_000 + before, 1_000);
  await server.arm('submission', fault);
  await expect(ledger.insertRange(`t-${fault.kind}`, range)).rejects.toThrow(WarehouseUnavailable);
  await ledger.insertRange(`t-${fault.kind}`, range);
  await expect.poll(async () => (await server.report()).underWay, { timeout: 20_000 }).toBe(0);
  await expect.poll(async () => (await server.report())[fault.kind], { timeout: 20_000 }).toBe(1);
  expect(await count()).toBe(before + 1_000);
});

it('a kept connection that the server closed is an error that can be tried again', async () => {
  await count();
  await server.hangUp(1);
  await expect(count()).rejects.toMatchObject({ canRetry: true });
  expect(await count()).toBeGreaterThan(0);
});

it('works again once the server is back', async () => {
  const before = await count();
  await server.kill();
  await expect(count()).rejects.toThrow(WarehouseUnavailable);
  await expect(new Ledger(access).insertRange('away', rangeOf(0, 1))).rejects.toThrow(WarehouseUnavailable);
  await server.restart();
  expect(await count()).toBe(before);
});

it('an upgrade is not given up after seconds, and ends what one that died left behind', async () => {
  const options = { kind: 'server', url: server.url, ...USER, database: 'upgraded', readers: 1 } as const;
  await using other = await openAccess(options);
  await migrate(other, { timeZone: 'Asia/Ho_Chi_Minh' }, { known: (await migrations()).slice(0, 2) });
  await other.command('CREATE TABLE filled (n UInt64) ENGINE = MergeTree ORDER BY n');
  const leftBehind = other.command(
    `INSERT INTO filled SELECT number FROM numbers(600) WHERE sleepEachRow(0.1) = 0
     SETTINGS max_block_size = 1, function_sleep_max_microseconds_per_block = 100000000 /* upgrade of the room */`,
  );
  const ended = expect(leftBehind).rejects.toThrow(/cancel/i);
  const isRunning = async () =>
    (await other.read("SELECT 1 FROM system.processes WHERE query LIKE 'INSERT INTO filled%'")).length > 0;
  await expect.poll(isRunning).toBe(true);
  await withPatience(options, other, async (patient) => {
    const began = performance.now();
    await migrate(patient, { timeZone: 'Asia/Ho_Chi_Minh' }, { unsettled: async () => [] });
    expect(performance.now() - began).toBeLessThan(30_000);
  });
  await ended;
  expect(await isRunning()).toBe(false);
}, 60_000);

/** Copies of the embedded warehouse: whole and of one moment, or refused. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Access,
  applyRetention,
  copyWarehouse,
  Ledger,
  migrate,
  openAccess,
  restoreWarehouse,
  warehouseBytes,
} from '@room/warehouse';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mountSmallDisk } from '../../harness/disk.ts';
import { orSkip } from '../../harness/need.ts';
import { tempDir } from '../../harness/temp.ts';
import { FOR_EVER, rows, submission } from './rows.ts';

const DIALECT = { timeZone: 'Asia/Ho_Chi_Minh' };
const EVENTS = 30_000;
const MEMORY = 2 ** 31;
const GOING_ON = new AbortController().signal;

let folder: Awaited<ReturnType<typeof tempDir>>;
let access: Access;
let ranges = 0;

const insert = async (count: number): Promise<void> => {
  const range = String(++ranges);
  const now = Date.now();
  const events = Array.from({ length: count }, (_, n) => submission(`${range}-${n}`, new Date(now).toISOString()));
  await new Ledger(access).insertRange(`t:0:${range}`, rows(events, range, now));
};
const target = (name: string): string => join(folder.path, 'backups', name);
const open = (name: string): Promise<Access> =>
  openAccess({
    kind: 'embedded',
    directory: join(folder.path, name),
    readers: 2,
    maxMemoryBytes: MEMORY,
    backups: join(folder.path, 'backups'),
  });

beforeAll(async () => {
  folder = await tempDir('copies');
  access = await open('warehouse');
  await migrate(access, DIALECT);
  await applyRetention(access, DIALECT, FOR_EVER);
  for (let at = 0; at < EVENTS; at += 5_000) await insert(5_000);
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** An access that does something else just before the engine settles what it copies. */
const meddled = (meddle: () => Promise<void>): Access => ({
  read: (sql) => access.read(sql),
  readBound: (sql, values) => access.readBound(sql, values),
  bytes: (sql, format) => access.bytes(sql, format),
  command: async (sql, inserted) => {
    if (sql.startsWith('BACKUP')) await meddle();
    await access.command(sql, inserted);
  },
  [Symbol.asyncDispose]: async () => undefined,
});

it('is refused when something was counted while it was being settled', async () => {
  const copying = await copyWarehouse(
    meddled(() => insert(10)),
    target('changed'),
    GOING_ON,
  );
  await expect(copying.finish()).rejects.toThrow(/changed while its copy was being settled.*try again/);
});

it('is refused when the disk was too small for it, though the engine says that it is there', async (context) => {
  expect(await warehouseBytes(access)).toBeGreaterThan(1_200_000);
  await using _small = await orSkip(context, mountSmallDisk(target('small'), 1));
  const copied = copyWarehouse(access, join(target('small'), 'copy'), GOING_ON).then((copying) => copying.finish());
  await expect(copied).rejects.toThrow(/is incomplete: of .* it has \d+ of \d+ bytes|list of files is cut off/);
});

it('holds what was counted before, not what is counted while it is written, and is the same when restored', async () => {
  const before = ranges;
  const copying = await copyWarehouse(access, target('good'), GOING_ON);
  await insert(5_000);
  await copying.finish();
  expect(ranges).toBe(before + 1);
  const { content } = copying;
  expect(content.rows).toMatchObject({ submission: EVENTS + 10, event_seen: EVENTS + 10 });
  expect(content.counted).toEqual({ events: EVENTS + 10, reached: EVENTS + 10, submitted: EVENTS + 10 });
  // Merges go on.
  await access.command('OPTIMIZE TABLE submission FINAL');

  await access[Symbol.asyncDispose]();
  const restored = await open('restored');
  try {
    expect(await restoreWarehouse(restored, target('good'), () => undefined)).toEqual(content);
  } finally {
    await restored[Symbol.asyncDispose]();
    access = await open('warehouse');
    await rm(target('good'), { recursive: true });
  }
});

/** Portal keys as a server knows them, on both databases: taken at once, ended at once, and kept while the database is away. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, DatabaseAway, PortalKeyTable } from '@room/database';
import { afterEach, describe, expect, it, type TestContext, vi } from 'vitest';
import { takeOverKeysFile } from '../../../server/src/access/keys-file.ts';
import { createKeys, PortalKeys } from '../../../server/src/access/portal-keys.ts';
import { tempDir } from '../../harness/temp.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const [ONE, TWO] = ['urn:portal:one', 'urn:portal:two'];
const ANN = { who: 'person:ann' };
afterEach(() => void vi.restoreAllMocks());

describe.each(KINDS)('portal keys in %s', (kind) => {
  /** A server, and an operator's command beside it. */
  const keyed = async (context: TestContext) => {
    const fresh = await freshDatabase(kind, context);
    const [database, commands] = await Promise.all([fresh.open(), fresh.open()]);
    const table = new PortalKeyTable(database);
    const server = (prepare = async (): Promise<void> => undefined): PortalKeys =>
      new PortalKeys({ table, changes: database.changes, prepare });
    const keys = server();
    await keys.start();
    const elsewhere = new PortalKeyTable(commands);
    const make = async (source: string, expiresAt?: string): Promise<string> => {
      const [made] = await createKeys(elsewhere, { cause: ANN, sources: [source], expiresAt });
      return made?.key ?? '';
    };
    const sourceOf = async (key: string): Promise<string | undefined> => (await keys.find(key))?.source;
    return {
      database,
      table,
      sourceOf,
      keys,
      elsewhere,
      make,
      server,
      [Symbol.asyncDispose]: async () => {
        await keys[Symbol.asyncDispose]();
        await fresh[Symbol.asyncDispose]();
      },
    };
  };

  it('a key that was made this moment is taken, for its source alone', async (context) => {
    await using it = await keyed(context);
    const key = await it.make(ONE);
    expect([await it.sourceOf(key), await it.sourceOf(`${key}x`)]).toEqual([ONE, undefined]);
    expect([it.keys.isAtHand(key), it.keys.isAtHand(`${key}x`)]).toEqual([true, false]);
  });

  it('a revoked key ends within a second and a new one works, though the clock was set back', async (context) => {
    await using it = await keyed(context);
    const key = await it.make(ONE);
    expect(await it.sourceOf(key)).toBe(ONE);
    const before = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => before - 600_000);
    expect(await it.elsewhere.revoke(ANN, ONE)).toBe(1);
    const next = await it.make(TWO);
    const began = performance.now();
    await vi.waitFor(async () => expect(await it.sourceOf(key)).toBeUndefined(), { timeout: 5_000, interval: 10 });
    await vi.waitFor(async () => expect(await it.sourceOf(next)).toBe(TWO), { timeout: 5_000, interval: 10 });
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('a key ends when it expires, without anybody doing anything', async (context) => {
    await using it = await keyed(context);
    const key = await it.make(ONE, new Date(Date.now() + 60_000).toISOString());
    expect(await it.sourceOf(key)).toBe(ONE);
    const then = Date.now() + 60_001;
    vi.spyOn(Date, 'now').mockImplementation(() => then);
    expect(await it.sourceOf(key)).toBeUndefined();
  });

  it('when it was used last is noted, and never goes back', async (context) => {
    await using it = await keyed(context);
    const key = await it.make(ONE);
    expect(await it.table.list(ONE)).toMatchObject([{ last_used_at: null }]);
    await it.sourceOf(key);
    await it.keys[Symbol.asyncDispose]();
    const [used] = await it.table.list(ONE);
    expect(Date.now() - Date.parse(used?.last_used_at ?? '')).toBeLessThan(60_000);
    await it.table.used(new Map([[used?.id ?? '', '2020-01-01T00:00:00.000Z']]));
    expect(await it.table.list(ONE)).toEqual([used]);
  });

  it('keys made at once are all there, each with its entry in the audit', async (context) => {
    await using it = await keyed(context);
    const made = await Promise.all(Array.from({ length: 8 }, () => it.make(ONE)));
    for (const key of made) expect(await it.sourceOf(key)).toBe(ONE);
    const entries = await it.database.read((query) => query.selectFrom('audit').selectAll().execute());
    expect(entries.map(({ action }) => action)).toEqual(made.map(() => 'portal_key.created'));
    const told = JSON.stringify(entries);
    for (const key of made) expect(told).not.toContain(createHash('sha256').update(key).digest('hex'));
  });

  it('keys as read last stay while the database is away; before the first reading nobody is called unknown', async (context) => {
    await using it = await keyed(context);
    const key = await it.make(ONE);
    expect(await it.sourceOf(key)).toBe(ONE);
    const fails = async (): Promise<never> => {
      throw new DatabaseAway('away');
    };
    await using never = it.server(fails);
    await never.start();
    await expect(never.find(key)).rejects.toMatchObject({ status: 503, code: 'keys_unknown' });
    vi.spyOn(it.database, 'read').mockImplementation(fails);
    expect([await it.sourceOf(key), await it.sourceOf('room_other')]).toEqual([ONE, undefined]);
  });

  describe('of a file of an earlier version', () => {
    const taking = async (database: Database, text: string) => {
      const folder = await tempDir('keys');
      const file = join(folder.path, 'portal-keys.json');
      await writeFile(file, text);
      const said: string[] = [];
      const table = new PortalKeyTable(database);
      const take = () => takeOverKeysFile({ file, table, report: (message) => said.push(message) });
      return { file, said, take, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
    };
    const stored = (key: string) => ({
      hash: createHash('sha256').update(key).digest('hex'),
      source: ONE,
      createdAt: '2026-01-02T03:04:05.000Z',
    });

    it('are taken over once, and what was revoked since does not come back', async (context) => {
      await using it = await keyed(context);
      await using file = await taking(it.database, JSON.stringify([stored('a'), stored('b')]));
      await Promise.all([file.take(), file.take()]);
      expect(file.said).toEqual([expect.stringContaining('2 portal keys were taken over')]);
      expect(await it.sourceOf('a')).toBe(ONE);
      expect(await it.table.list()).toMatchObject([{ created_at: '2026-01-02T03:04:05.000Z' }, {}]);
      await it.table.revoke(ANN, ONE);
      await file.take();
      expect(await it.table.valid()).toEqual([]);
      await writeFile(file.file, JSON.stringify([stored('c')]));
      await file.take();
      expect(file.said.slice(1)).toEqual([expect.stringContaining('was changed and is not read any more')]);
      expect(await it.sourceOf('c')).toBeUndefined();
    });

    it.for([
      ['half written', '[{"hash": "ab'],
      ['empty', ''],
      ['no list', '{"hash": 1}'],
      ['a list of something else', '[null]'],
    ] as const)('one that is %s changes nothing, and is told', async ([, text], context) => {
      await using it = await keyed(context);
      await using file = await taking(it.database, text);
      await file.take();
      expect(file.said).toEqual([expect.stringContaining('are not taken over')]);
      expect(await it.table.list()).toEqual([]);
      await writeFile(file.file, JSON.stringify([stored('a')]));
      await file.take();
      expect(await it.sourceOf('a')).toBe(ONE);
    });
  });
});

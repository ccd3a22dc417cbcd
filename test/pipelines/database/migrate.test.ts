/** Upgrades of the database: by whoever is first, once, and never a changed one. */
import { Documents, type Migration, migrationOf, migrations } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const ANN = { who: 'person:ann' };
const schema = { parse: (value: unknown): unknown => value };
const NEXT = migrationOf(
  '9001_next.sql',
  "CREATE TABLE next_table (id text PRIMARY KEY);\nINSERT INTO next_table (id) VALUES ('a');\n",
);
const BROKEN = migrationOf(
  '9002_broken.sql',
  'CREATE TABLE other_table (id text PRIMARY KEY);\nINSERT INTO nowhere (id) VALUES (1);\n',
);

describe.each(KINDS)('migrations in %s', (kind) => {
  it('run once, where several processes start at once', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const databases = await Promise.all(Array.from({ length: 5 }, () => fresh.open()));
    const [first] = databases;
    const applied = await first?.read((query) =>
      query.selectFrom('migration').select('name').orderBy('name').execute(),
    );
    expect(applied?.map(({ name }) => name)).toEqual((await migrations()).map(({ name }) => name));
    expect(fresh.said.filter((message) => message.includes('brought up to date'))).toHaveLength(1);
  });

  it('keep what the version before wrote', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const known = await migrations();
    const before = await fresh.open({ known: known.slice(0, 1) });
    await new Documents({ database: before, kind: 'view', schema }).create(ANN, 'v', { name: 'a' });
    await before[Symbol.asyncDispose]();
    const after = await fresh.open({ known: [...known, NEXT] });
    expect(await new Documents({ database: after, kind: 'view', schema }).get('v')).toMatchObject({
      body: { name: 'a' },
    });
    const rows = await after.read((query) => query.selectFrom('migration').select('name').execute());
    expect(rows).toHaveLength(known.length + 1);
  });

  it('leave nothing where one of them fails, and say so', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const known = await migrations();
    await expect(fresh.open({ known: [...known, NEXT, BROKEN] })).rejects.toThrow(/nowhere/);
    const database = await fresh.open({ known: [...known, NEXT] });
    expect(await database.read((query) => query.selectFrom('migration').selectAll().execute())).toHaveLength(
      known.length + 1,
    );
  });

  it.for([
    [
      'was changed after it had run',
      ([first, ...rest]: Migration[]) => [{ ...first, hash: 'x' } as Migration, ...rest],
      /was changed/,
    ],
    ['is of a newer version', (known: Migration[]) => known.slice(0, -1), /a newer version of the room has upgraded/],
  ] as const)('refuse a database where one %s', async ([, change, reason], context) => {
    await using fresh = await freshDatabase(kind, context);
    await (await fresh.open())[Symbol.asyncDispose]();
    await expect(fresh.open({ known: change(await migrations()) })).rejects.toThrow(reason);
  });
});

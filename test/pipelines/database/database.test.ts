/** What holds for every edited thing, on both databases. */
import { Conflict, type Database, Documents, searchAudit, verifyAudit } from '@room/database';
import { describe, expect, it, type TestContext } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const ANN = { who: 'person:ann', why: 'a better name' };
const BEN = { who: 'person:ben' };

interface View {
  name: string;
}
const schema = { parse: (value: unknown): View => value as View };
const viewsOf = (database: Database): Documents<View> => new Documents({ database, kind: 'view', schema });

const chainOf = (database: Database) => database.read((query) => verifyAudit(query));

describe.each(KINDS)('a database in %s', (kind) => {
  const opened = async (context: TestContext, servers: number) => {
    const fresh = await freshDatabase(kind, context);
    const databases = await Promise.all(Array.from({ length: servers }, () => fresh.open()));
    return { fresh, databases, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() };
  };

  it('keeps what was edited, with its version and its history', async (context) => {
    await using it = await opened(context, 1);
    const [database] = it.databases as [Database];
    const views = viewsOf(database);
    await views.create(ANN, 'v', { name: 'Đúng hạn' });
    await views.update(BEN, 'v', 1, { name: 'on time' });
    expect(await views.get('v')).toMatchObject({ version: 2, body: { name: 'on time' }, who: 'person:ben' });
    expect(await views.history('v')).toMatchObject([
      {
        action: 'view.changed',
        who: 'person:ben',
        version: 2,
        before: { name: 'Đúng hạn' },
        after: { name: 'on time' },
      },
      { action: 'view.created', who: 'person:ann', why: 'a better name', version: 1, after: { name: 'Đúng hạn' } },
    ]);
  });

  it('of two servers that edit one version, one is told who was faster', async (context) => {
    await using it = await opened(context, 2);
    const [one, two] = it.databases.map(viewsOf) as [Documents<View>, Documents<View>];
    await one.create(ANN, 'v', { name: 'a' });
    const outcomes = await Promise.allSettled([
      one.update(ANN, 'v', 1, { name: 'b' }),
      two.update(BEN, 'v', 1, { name: 'c' }),
    ]);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(1);
    const conflict: unknown = refused[0]?.reason;
    expect(conflict).toBeInstanceOf(Conflict);
    const kept = await one.get('v');
    expect(conflict).toMatchObject({ edited: 1, newest: { version: 2, who: kept?.who } });
    expect(await one.history('v')).toHaveLength(2);
  });

  it('where servers count first and add then, no more are there than each of them allows', async (context) => {
    await using it = await opened(context, 2);
    const add = (database: Database, n: number): Promise<boolean> =>
      database.write(ANN, async (edit) => {
        const views = viewsOf(database);
        if ((await views.hold(edit)).length >= 3) return false;
        await views.createIn(edit, `v${n}`, { name: String(n) });
        return true;
      });
    const added = await Promise.all(Array.from({ length: 12 }, (_, n) => add(it.databases[n % 2] as Database, n)));
    expect(added.filter(Boolean)).toHaveLength(3);
    expect(await viewsOf(it.databases[0] as Database).list()).toHaveLength(3);
  });

  it('undoes a change, a removal and a creation, and nothing that is not the newest', async (context) => {
    await using it = await opened(context, 1);
    const views = viewsOf(it.databases[0] as Database);
    await views.create(ANN, 'v', { name: 'a' });
    await views.update(ANN, 'v', 1, { name: 'b' });
    await expect(views.undo(BEN, 'v', 1)).rejects.toThrow('version 1 was edited');
    expect(await views.undo(BEN, 'v', 2)).toMatchObject({ version: 3, body: { name: 'a' } });
    await views.remove(ANN, 'v', 3);
    expect([await views.get('v'), await views.list()]).toEqual([undefined, []]);
    await views.undo(BEN, 'v', 4);
    expect(await views.list()).toMatchObject([{ version: 5, body: { name: 'a' } }]);
    await views.create(ANN, 'w', { name: 'w' });
    await views.undo(ANN, 'w', 1);
    expect(await views.get('w')).toBeUndefined();
  });

  it('tells every server of a change within a second', async (context) => {
    await using it = await opened(context, 2);
    const [one, two] = it.databases as [Database, Database];
    const heard = new Promise<unknown>((done) => {
      two.changes.follow(['view'], (changes) => {
        if (changes !== undefined) done(changes);
      });
    });
    await two.changes.look();
    const began = performance.now();
    await viewsOf(one).create(ANN, 'v', { name: 'a' });
    expect(await heard).toMatchObject([{ action: 'view.created', kind: 'view', subject: 'v', version: 1 }]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it('chains what two servers write at once, each entry once, in the order of the commits', async (context) => {
    await using it = await opened(context, 2);
    const [one, two] = it.databases as [Database, Database];
    const heard: number[] = [];
    two.changes.follow(['view'], (changes) => void heard.push(...(changes ?? []).map(({ sequence }) => sequence)));
    await two.changes.look();
    await Promise.all(
      [one, two].flatMap((database, at) =>
        Array.from({ length: 40 }, (_, n) => viewsOf(database).create(ANN, `${at}-${n}`, { name: 'a' })),
      ),
    );
    expect(await chainOf(one)).toMatchObject({ ok: true, head: { sequence: 80 } });
    await two.changes.look();
    expect(heard).toEqual(Array.from({ length: 80 }, (_, n) => n + 1));
  });

  it('leaves nothing of a transaction that failed, neither the change nor the word of it', async (context) => {
    await using it = await opened(context, 1);
    const [database] = it.databases as [Database];
    const failing = database.write(ANN, async (edit) => {
      const row = { kind: 'view', id: 'v', version: 1, body: '{}', who: 'x', at: 'y' };
      await edit.query.insertInto('document').values(row).execute();
      edit.record({ action: 'view.created', kind: 'view', subject: 'v' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await viewsOf(database).list()).toEqual([]);
    expect(await chainOf(database)).toEqual({ ok: true, head: { sequence: 0, hash: '' } });
  });

  it('finds entries by who, what and when, a page at a time', async (context) => {
    await using it = await opened(context, 1);
    const [database] = it.databases as [Database];
    const views = viewsOf(database);
    for (const [n, cause] of [ANN, BEN, ANN, BEN, ANN].entries()) await views.create(cause, `v${n}`, { name: 'a' });
    const search = (filter: Partial<Parameters<typeof searchAudit>[1]>) =>
      database.read((query) => searchAudit(query, { limit: 10, ...filter }));
    const subjects = async (filter: Parameters<typeof search>[0]) =>
      (await search(filter)).entries.map((it) => it.subject);
    expect(await subjects({ who: 'person:ann' })).toEqual(['v4', 'v2', 'v0']);
    expect(await subjects({ who: 'person:ann', limit: 2, before: 5 })).toEqual(['v2', 'v0']);
    expect(await subjects({ kind: 'view', subject: 'v3', action: 'view.created' })).toEqual(['v3']);
    const [newest] = (await search({})).entries;
    expect(await subjects({ until: '2026-01-01T00:00:00.000Z' })).toEqual([]);
    expect(await subjects({ from: newest?.at ?? '', until: '9' })).toContain('v4');
  });
});

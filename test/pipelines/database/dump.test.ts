/** The whole database at one moment, from either kind into either. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  beginDump,
  type Database,
  Documents,
  loadDump,
  migrations,
  openDatabase,
  PortalKeyTable,
  verifyAudit,
} from '@room/database';
import { describe, expect, it, type TestContext } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const ANN = { who: 'person:ann', why: 'đúng hạn "1"\n' };
const schema = { parse: (value: unknown): unknown => value };
const viewsOf = (database: Database) => new Documents({ database, kind: 'view', schema });
const COUNT = 450;

const filled = async (database: Database): Promise<void> => {
  await viewsOf(database).create(ANN, 'v', { name: 'Bộ Công an \u{1f600}' });
  await new PortalKeyTable(database).create(ANN, [{ hash: 'h', source: 's', name: 'n' }]);
  await database.write(ANN, async (edit) => {
    for (let n = 0; n < COUNT; n++) await edit.send('mail', { n });
  });
};
describe.each(KINDS)('a dump of %s', (kind) => {
  const dumped = async (context: TestContext) => {
    const fresh = await freshDatabase(kind, context);
    const folder = await tempDir('dump');
    const database = await fresh.open();
    await filled(database);
    const file = join(folder.path, 'database.jsonl');
    return {
      fresh,
      database,
      file,
      [Symbol.asyncDispose]: async () => {
        await fresh[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  };

  it.for(KINDS)('goes into an empty one of %s, whole and with its chain', async (into, context) => {
    await using it = await dumped(context);
    await using dumping = await beginDump(it.fresh.settings);
    // What comes later is not in it.
    await viewsOf(it.database).create(ANN, 'later', {});
    await dumping.write(it.file);
    await using target = await freshDatabase(into, context);
    expect(await loadDump(it.file, target.settings)).toEqual(dumping.content);
    const restored = await target.open();
    expect(await viewsOf(restored).list()).toMatchObject([{ id: 'v', body: { name: 'Bộ Công an \u{1f600}' } }]);
    expect(await viewsOf(restored).history('v')).toMatchObject([{ why: ANN.why }]);
    const letters = await restored.read((query) => query.selectFrom('outbox').select('id').execute());
    expect(letters).toHaveLength(COUNT);
    expect(await restored.read((query) => verifyAudit(query))).toEqual({ ok: true, head: dumping.content.head });
    // It goes on where it was.
    await viewsOf(restored).update(ANN, 'v', 1, {});
    expect(await restored.read((query) => verifyAudit(query))).toMatchObject({ ok: true });
  });

  it('of an earlier version is brought up to date by the next start', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    await using folder = await tempDir('dump');
    const known = await migrations();
    const before = await fresh.open({ known: known.slice(0, 1) });
    await viewsOf(before).create(ANN, 'v', { name: 'a' });
    const file = join(folder.path, 'database.jsonl');
    await using dumping = await beginDump(fresh.settings);
    await dumping.write(file);
    await using target = await freshDatabase(kind, context);
    await loadDump(file, target.settings);
    const restored = await target.open();
    expect(await viewsOf(restored).get('v')).toMatchObject({ body: { name: 'a' } });
    expect(await new PortalKeyTable(restored).list()).toEqual([]);
  });

  it('is refused where it is not whole, not known, or there is something already', async (context) => {
    await using it = await dumped(context);
    await using dumping = await beginDump(it.fresh.settings);
    await dumping.write(it.file);
    await expect(loadDump(it.file, it.fresh.settings)).rejects.toThrow(/already|not empty/);
    const whole = await readFile(it.file, 'utf8');
    const lines = whole.split('\n');
    const damages: [text: string, said: RegExp][] = [
      [lines.filter((line) => !line.startsWith('["audit_head"')).join('\n'), /no result/],
      [whole.replace('0001_foundation', '0099_later'), /does not know.*0099_later/],
      ['', /no dump/],
      [whole.replace('"format":1', '"format":2'), /no dump/],
    ];
    for (const [text, said] of damages) {
      await writeFile(it.file, text);
      await using target = await freshDatabase(kind, context);
      await expect(loadDump(it.file, target.settings)).rejects.toThrow(said);
    }
    await writeFile(it.file, whole);
    await appendFile(it.file, '{"cut');
    await using target = await freshDatabase(kind, context);
    await expect(loadDump(it.file, target.settings)).rejects.toThrow();
    // Nothing of it is there.
    const database = await openDatabase({ settings: target.settings, report: () => undefined });
    expect(await viewsOf(database).list()).toEqual([]);
    await database[Symbol.asyncDispose]();
  });
});

/** Files that show what was told, in real databases of both kinds: kept once, attached with what they show, gone where nothing was. */
import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  beginDump,
  type Database,
  EVIDENCE_FILE,
  EvidenceFileTable,
  type EvidenceUse,
  lastAudit,
  loadDump,
  openDatabase,
} from '@room/database';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const POLICE = { who: 'person:police' };
const OTHER = { who: 'person:other' };
const FAR = '2000-01-01T00:00:00.000Z';
const BOUNDS = { since: FAR, files: 10, bytes: 5_000_000, roomBytes: 10_000_000 };
/** An instant after everything that was kept. */
const later = (): string => new Date(Date.now() + 1).toISOString();

const bytesOf = (length: number, seed = 7): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * seed + (at >> 8)) % 251;
  return bytes;
};
const given = (bytes: Buffer, name = 'report.pdf') => ({
  id: randomUUID(),
  sha256: createHash('sha256').update(bytes).digest('hex'),
  type: 'application/pdf',
  name,
});
async function keep(table: EvidenceFileTable, bytes: Buffer, cause = POLICE, bounds = BOUNDS, name?: string) {
  const kept = await table.create(cause, given(bytes, name), bytes, bounds);
  if (typeof kept === 'string') throw new Error(`the bound of ${kept} is reached`);
  return kept;
}
async function contentOf(table: EvidenceFileTable, row: { sha256: string; size: number }): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of table.content(row)) pieces.push(piece);
  return Buffer.concat(pieces);
}
const attach = (database: Database, table: EvidenceFileTable, id: string, subject = 'EID 2026-01'): Promise<boolean> =>
  database.write(POLICE, (edit) => table.attachIn(edit, id, { kind: 'reported_value', subject }));
async function usesOf(table: EvidenceFileTable, id: string): Promise<EvidenceUse[]> {
  const uses: EvidenceUse[] = [];
  for await (const use of table.uses(id)) uses.push(use);
  return uses;
}
const contents = (database: Database): Promise<number> =>
  database.read(async (query) => (await query.selectFrom('evidence_content').selectAll().execute()).length);

describe.each(KINDS)('%s', (kind) => {
  it.for([1, 49_151, 49_152, 49_153, 2_000_001])('gives %i bytes back as they came', async (length, context) => {
    await using fresh = await freshDatabase(kind, context);
    const table = new EvidenceFileTable(await fresh.open());
    const bytes = bytesOf(length);
    const row = await keep(table, bytes);
    expect(row.size).toBe(length);
    expect((await contentOf(table, row)).equals(bytes)).toBe(true);
  });

  it('keeps the same bytes once, whoever brings them, until nobody has them', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new EvidenceFileTable(database);
    const bytes = bytesOf(100_000);
    const one = await keep(table, bytes);
    // Brought again after an answer was lost it is the one that waits.
    expect((await keep(table, bytes)).id).toBe(one.id);
    const other = await keep(table, bytes, OTHER);
    expect(other.id).not.toBe(one.id);
    expect(await contents(database)).toBe(1);
    expect(await attach(database, table, one.id)).toBe(true);
    expect(await table.sweep({ who: 'room' }, later())).toBe(1);
    expect(await table.get(other.id)).toBeUndefined();
    expect((await contentOf(table, one)).equals(bytes)).toBe(true);
    // Once it shows something, the same bytes are brought as another file.
    expect((await keep(table, bytes)).id).not.toBe(one.id);
  });

  it('takes away what nothing was told with, and says so in the audit by its sum', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new EvidenceFileTable(database);
    const row = await keep(table, bytesOf(10));
    expect(await table.sweep({ who: 'room' }, row.at)).toBe(0);
    expect(await table.sweep({ who: 'room' }, later())).toBe(1);
    expect(await contents(database)).toBe(0);
    expect(await attach(database, table, row.id)).toBe(false);
    const last = await database.read((query) => lastAudit(query, EVIDENCE_FILE));
    expect(last).toMatchObject({
      action: 'evidence_file.removed',
      subject: row.id,
      before: { name: 'report.pdf', size: 10, sha256: row.sha256 },
    });
  });

  it('attaches a file in the transaction of what it shows, or not at all', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new EvidenceFileTable(database);
    const row = await keep(table, bytesOf(10));
    const failing = database.write(POLICE, async (edit) => {
      await table.attachIn(edit, row.id, { kind: 'directive', subject: 'one' });
      throw new Error('what it shows was not told');
    });
    await expect(failing).rejects.toThrow('was not told');
    expect(await usesOf(table, row.id)).toEqual([]);
    await attach(database, table, row.id);
    await attach(database, table, row.id);
    await attach(database, table, row.id, 'EID HN 2026-02');
    expect(await usesOf(table, row.id)).toEqual([
      { kind: 'reported_value', subject: 'EID 2026-01' },
      { kind: 'reported_value', subject: 'EID HN 2026-02' },
    ]);
    const last = await database.read((query) => lastAudit(query, EVIDENCE_FILE));
    expect(last).toMatchObject({ action: 'evidence_file.attached', after: { subject: 'EID HN 2026-02' } });
    expect(await table.sweep({ who: 'room' }, later())).toBe(0);
  });

  it('is swept or attached, never both, where both happen at once', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const [one, other] = [await fresh.open(), await fresh.open()];
    const table = new EvidenceFileTable(one);
    for (let round = 0; round < 8; round++) {
      const row = await keep(table, bytesOf(60_000, 3 + round));
      const [swept, attached] = await Promise.all([
        new EvidenceFileTable(other).sweep({ who: 'room' }, later()),
        attach(one, table, row.id),
      ]);
      expect([round, swept + Number(attached)]).toEqual([round, 1]);
      if (attached) expect((await contentOf(table, row)).byteLength).toBe(60_000);
    }
  });

  it('keeps no more than its bounds, to the byte', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const table = new EvidenceFileTable(await fresh.open());
    const full = (bytes: Buffer, bounds: object, cause = POLICE) =>
      table.create(cause, given(bytes), bytes, { ...BOUNDS, ...bounds });
    await keep(table, bytesOf(1_000));
    expect(await full(bytesOf(10, 3), { files: 1 })).toBe('files');
    expect(await full(bytesOf(10, 3), { files: 1, since: later() })).toMatchObject({ size: 10 });
    expect(await full(bytesOf(991, 5), { bytes: 2_000 })).toBe('bytes');
    expect(await full(bytesOf(990, 5), { bytes: 2_000 })).toMatchObject({ size: 990 });
    expect(await full(bytesOf(1, 11), { roomBytes: 2_000 }, OTHER)).toBe('roomBytes');
    // Bytes that are there already take no room.
    expect(await full(bytesOf(1_000), { roomBytes: 2_000 }, OTHER)).toMatchObject({ size: 1_000 });
    expect(await table.bound(POLICE.who, 1, { ...BOUNDS, bytes: 2_000 })).toBe('bytes');
    expect(await table.bound(OTHER.who, 1, BOUNDS)).toBeUndefined();
  });

  it('counts one at a time of those who bring the last file that there is room for', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const tables = [new EvidenceFileTable(await fresh.open()), new EvidenceFileTable(await fresh.open())];
    const done = await Promise.all(
      tables.map((table, at) => {
        const bytes = bytesOf(100, 3 + at);
        return table.create(at === 0 ? POLICE : OTHER, given(bytes), bytes, { ...BOUNDS, roomBytes: 150 });
      }),
    );
    expect(done.filter((one) => one === 'roomBytes')).toHaveLength(1);
  });

  it('names all that it belongs to, each once, however much that is', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new EvidenceFileTable(database);
    const row = await keep(table, bytesOf(10));
    const uses = Array.from({ length: 410 }, (_, n) => ({
      kind: n % 3 === 0 ? 'directive' : 'reported_value',
      subject: `EID 34-${n % 60} ${n}`,
    }));
    await database.write(POLICE, async (edit) => {
      for (const use of uses) await table.attachIn(edit, row.id, use);
    });
    const named = (all: readonly EvidenceUse[]): string[] => all.map((use) => `${use.kind} ${use.subject}`).sort();
    expect(named(await usesOf(table, row.id))).toEqual(named(uses));
  });

  it('loses its content where that should not have been given, and nothing else', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new EvidenceFileTable(database);
    const bytes = bytesOf(100_000);
    const one = await keep(table, bytes);
    await attach(database, table, one.id);
    const again = await keep(table, bytes, POLICE, BOUNDS, 'again.pdf');
    const other = await keep(table, bytes, OTHER);
    const why = { ...POLICE, why: 'names of people' };
    expect(await table.removeContent(why, randomUUID(), POLICE.who)).toBe(0);
    expect(await table.removeContent(why, other.id, POLICE.who)).toBe(0);
    expect(await table.removeContent(why, one.id, POLICE.who)).toBe(2);
    expect(await table.removeContent(why, one.id, POLICE.who)).toBe(0);
    // Who else brought the same has theirs.
    expect((await contentOf(table, other)).equals(bytes)).toBe(true);
    expect(
      (await table.removals([one.id, again.id, other.id])).map(({ file, who, why: said }) => [file, who, said]),
    ).toEqual([one.id, again.id].sort().map((id) => [id, POLICE.who, 'names of people']));
    expect(await table.removeContent({ who: 'person:admin', why: 'the same' }, other.id, 'anybody')).toBe(1);
    await expect(contentOf(table, one)).rejects.toThrow('are missing');
    expect(await table.get(one.id)).toMatchObject({ name: 'report.pdf', size: 100_000, sha256: one.sha256 });
    const parts = await database.read((query) => query.selectFrom('evidence_part').select('part').execute());
    expect(parts).toEqual([]);
    // It shows what it showed, and nothing more: not even on the same subject.
    expect(await attach(database, table, one.id)).toBe(false);
    expect(await attach(database, table, one.id, 'EID 2026-02')).toBe(false);
    const last = await database.read((query) => lastAudit(query, EVIDENCE_FILE));
    expect(last).toMatchObject({
      action: 'evidence_file.content_removed',
      who: 'person:admin',
      why: 'the same',
      before: { sha256: one.sha256 },
    });
    // Those that nothing was told with go, and the same bytes may be brought once more.
    expect(await table.sweep({ who: 'room' }, later())).toBe(2);
    const anew = await keep(table, bytes);
    expect((await contentOf(table, anew)).equals(bytes)).toBe(true);
    expect((await table.removals([anew.id, one.id])).map(({ file }) => file)).toEqual([one.id]);
  });

  it('is in a dump, with its bytes and what it belongs to', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    await using folder = await tempDir('evidence');
    const database = await fresh.open();
    const table = new EvidenceFileTable(database);
    const bytes = bytesOf(300_000);
    const row = await keep(table, bytes);
    await attach(database, table, row.id);
    const file = join(folder.path, 'dump.jsonl');
    await using dumping = await beginDump(fresh.settings);
    await dumping.write(file);
    const settings = { kind: 'sqlite', file: join(folder.path, 'restored.db') } as const;
    await loadDump(file, settings);
    await using restored = await openDatabase({ settings, report: () => undefined });
    const there = new EvidenceFileTable(restored);
    expect(await there.get(row.id)).toEqual({ ...row, attached_at: expect.any(String) });
    expect(await usesOf(there, row.id)).toEqual([{ kind: 'reported_value', subject: 'EID 2026-01' }]);
    expect((await contentOf(there, row)).equals(bytes)).toBe(true);
  });
});

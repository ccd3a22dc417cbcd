/** Answers that are kept as they were given: so many of one owner, and so much. */
import { randomUUID } from 'node:crypto';
import { type Database, FrozenAnswerTable } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const keep = (database: Database, owner: string, answer: string): Promise<boolean> =>
  new FrozenAnswerTable(database).create(
    { who: owner },
    { id: randomUUID(), owner, at: new Date().toISOString(), scope: 'all', question: '{}', answer },
    { answers: 3, characters: 100 },
  );

describe.each(KINDS)('%s', (kind) => {
  it('one owner keeps so many answers and so much, whatever others keep', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    expect(await keep(database, 'person:a', 'x'.repeat(60))).toBe(true);
    expect(await keep(database, 'person:a', 'x'.repeat(41))).toBe(false);
    expect(await keep(database, 'person:a', 'x'.repeat(40))).toBe(true);
    expect(await keep(database, 'person:b', 'x'.repeat(101))).toBe(false);
    for (let n = 0; n < 3; n++) expect(await keep(database, 'person:b', '{}')).toBe(true);
    expect(await keep(database, 'person:b', '')).toBe(false);
  });

  it('nor more where two servers keep them at once', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const servers = [await fresh.open(), await fresh.open()];
    const kept = await Promise.all(
      servers.flatMap((database) => Array.from({ length: 6 }, () => keep(database, 'person:a', '{}'))),
    );
    expect(kept.filter(Boolean)).toHaveLength(3);
  });
});

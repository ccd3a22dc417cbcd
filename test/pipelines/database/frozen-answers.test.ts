/** Answers that are kept as they were given: so many of one owner, and so much. */
import { randomUUID } from 'node:crypto';
import { databaseFrom, FrozenAnswerTable, openDatabase } from '@room/database';
import { expect, it } from 'vitest';
import { tempDir } from '../../harness/temp.ts';

it('one owner keeps so many answers and so much, whatever others keep', async () => {
  await using folder = await tempDir('frozen');
  await using database = await openDatabase({ settings: databaseFrom({}, folder.path), report: () => undefined });
  const table = new FrozenAnswerTable(database);
  const keep = (owner: string, answer: string): Promise<boolean> =>
    table.create(
      { who: owner },
      { id: randomUUID(), owner, at: new Date().toISOString(), scope: 'all', question: '{}', answer },
      { answers: 3, characters: 100 },
    );
  expect(await keep('person:a', 'x'.repeat(60))).toBe(true);
  expect(await keep('person:a', 'x'.repeat(41))).toBe(false);
  expect(await keep('person:a', 'x'.repeat(40))).toBe(true);
  expect(await keep('person:b', 'x'.repeat(101))).toBe(false);
  for (let n = 0; n < 3; n++) expect(await keep('person:b', '{}')).toBe(true);
  expect(await keep('person:b', '')).toBe(false);
});

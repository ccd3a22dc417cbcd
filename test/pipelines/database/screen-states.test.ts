/** What screens told of themselves, in a database of either kind. */
import { ScreenStateTable } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const at = (second: number): string => new Date(Date.UTC(2026, 10, 19, 3, 0, second)).toISOString();

describe.each(KINDS)('in %s', (kind) => {
  it('keeps the last word of each screen, whichever server brings it first, and nothing in the audit', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const [table, other] = [new ScreenStateTable(database), new ScreenStateTable(await fresh.open())];
    await table.put([]);
    await table.put([
      { screen: 'b', at: at(5), body: '"b"' },
      { screen: 'a', at: at(5), body: '"first"' },
    ]);
    await other.put([{ screen: 'a', at: at(9), body: '"newest"' }]);
    await table.put([{ screen: 'a', at: at(7), body: '"late"' }]);
    expect((await table.list()).map(({ screen, body }) => `${screen} ${body}`)).toEqual(['a "newest"', 'b "b"']);
    const audit = await database.read((query) => query.selectFrom('audit').selectAll().execute());
    expect(audit).toEqual([]);
  });
});

/** What wall displays told of themselves last: one row each, and no word of it in the audit. */
import type { Database } from './database.ts';
import type { ScreenStateRow } from './tables.ts';

export class ScreenStateTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  async put(rows: readonly ScreenStateRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.#database.write({ who: 'room' }, async ({ query }) => {
      for (const row of rows)
        await query
          .insertInto('screen_state')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .column('screen')
              .doUpdateSet({ at: row.at, body: row.body })
              // Another server may have heard of it later.
              .where('screen_state.at', '<', row.at),
          )
          .execute();
    });
  }

  list(): Promise<ScreenStateRow[]> {
    return this.#database.read((query) => query.selectFrom('screen_state').selectAll().orderBy('screen').execute());
  }
}

/** What was reported of indicators: rows are added, and none is ever changed. */
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import { Conflict } from './errors.ts';
import type { ReportedValueRow } from './tables.ts';

export const REPORTED_VALUE = 'reported_value';

export class ReportedValueTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** All of them, or none. Throws `Conflict` where the revision is there, or the one before it is not. */
  add(cause: Cause, rows: readonly Omit<ReportedValueRow, 'who' | 'at'>[]): Promise<ReportedValueRow[]> {
    return this.#database.write(cause, async (edit) => {
      const added: ReportedValueRow[] = [];
      for (const given of rows) {
        const row = { ...given, who: edit.cause.who, at: new Date().toISOString() };
        const { indicator, period, revision } = row;
        const newest = await edit.query
          .selectFrom('reported_value')
          .selectAll()
          .where('indicator', '=', indicator)
          .where('period', '=', period)
          .orderBy('revision', 'desc')
          .limit(1)
          .executeTakeFirst();
        const { numInsertedOrUpdatedRows: n } =
          (newest?.revision ?? 0) + 1 === revision
            ? await edit.query
                .insertInto('reported_value')
                .values(row)
                .onConflict((conflict) => conflict.columns(['indicator', 'period', 'revision']).doNothing())
                .executeTakeFirst()
            : { numInsertedOrUpdatedRows: 0n };
        if (n !== 1n)
          throw new Conflict(REPORTED_VALUE, `${indicator} ${period}`, revision - 1, {
            version: newest?.revision ?? 0,
            who: newest?.who ?? '',
            at: newest?.at ?? '',
          });
        edit.record({
          action: revision === 1 ? 'reported_value.reported' : 'reported_value.corrected',
          kind: REPORTED_VALUE,
          subject: `${indicator} ${period}`,
          version: revision,
          ...(newest === undefined ? {} : { before: told(newest) }),
          after: told(row),
        });
        added.push(row);
      }
      return added;
    });
  }

  /** Of one indicator, or of all: by indicator, period and revision. */
  list(indicator?: string): Promise<ReportedValueRow[]> {
    return this.#database.read((query) => {
      const all = query.selectFrom('reported_value').selectAll();
      return (indicator === undefined ? all : all.where('indicator', '=', indicator))
        .orderBy('indicator')
        .orderBy('period')
        .orderBy('revision')
        .execute();
    });
  }
}

const told = ({ period, revision, value, evidence, note, why }: ReportedValueRow): Record<string, unknown> => ({
  period,
  revision,
  value: JSON.parse(value) as unknown,
  evidence: JSON.parse(evidence) as unknown,
  note,
  why,
});

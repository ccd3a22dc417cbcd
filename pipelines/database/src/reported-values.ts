/** What was reported of indicators: rows are added, and none is ever changed. */
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import { Conflict } from './errors.ts';
import type { ReportedValueRow } from './tables.ts';

export const REPORTED_VALUE = 'reported_value';

export class ReportedValueTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /**
   * All of them, or none. Throws `Conflict` where the revision is there, or the one before it is not. Each is of now; a simulated
   * year alone says itself when it was told. `also`: what is written with each, by its name in the audit.
   */
  add(
    cause: Cause,
    rows: readonly AddedValue[],
    also?: (edit: Edit, row: ReportedValueRow, subject: string) => Promise<void>,
  ): Promise<ReportedValueRow[]> {
    return this.#database.write(cause, async (edit) => {
      const added: ReportedValueRow[] = [];
      for (const given of rows) {
        const row = { at: new Date().toISOString(), ...given, who: edit.cause.who };
        const { indicator, by_unit, period, revision } = row;
        const subject = [indicator, by_unit, period].filter((part) => part !== '').join(' ');
        const newest = await edit.query
          .selectFrom('reported_value')
          .selectAll()
          .where('indicator', '=', indicator)
          .where('by_unit', '=', by_unit)
          .where('period', '=', period)
          .orderBy('revision', 'desc')
          .limit(1)
          .executeTakeFirst();
        const { numInsertedOrUpdatedRows: n } =
          (newest?.revision ?? 0) + 1 === revision
            ? await edit.query
                .insertInto('reported_value')
                .values(row)
                .onConflict((conflict) => conflict.columns(['indicator', 'by_unit', 'period', 'revision']).doNothing())
                .executeTakeFirst()
            : { numInsertedOrUpdatedRows: 0n };
        if (n !== 1n)
          throw new Conflict(REPORTED_VALUE, subject, revision - 1, {
            version: newest?.revision ?? 0,
            who: newest?.who ?? '',
            at: newest?.at ?? '',
          });
        edit.record({
          action: actionOf(row),
          kind: REPORTED_VALUE,
          subject,
          version: revision,
          ...(newest === undefined ? {} : { before: told(newest) }),
          after: told(row),
        });
        await also?.(edit, row, subject);
        added.push(row);
      }
      return added;
    });
  }

  /** Of one indicator, or of all: by indicator, unit, period and revision. */
  list(indicator?: string): Promise<ReportedValueRow[]> {
    return this.#database.read((query) => {
      const all = query.selectFrom('reported_value').selectAll();
      return (indicator === undefined ? all : all.where('indicator', '=', indicator))
        .orderBy('indicator')
        .orderBy('by_unit')
        .orderBy('period')
        .orderBy('revision')
        .execute();
    });
  }
}

/** As it is added: of whom and when is said by its cause. */
export type AddedValue = Omit<ReportedValueRow, 'who' | 'at'> & { at?: string };

const actionOf = ({ revision, value }: ReportedValueRow): string =>
  `reported_value.${value === 'null' ? 'taken_back' : revision === 1 ? 'reported' : 'corrected'}`;

const told = ({ period, revision, value, evidence, note, why }: ReportedValueRow): Record<string, unknown> => ({
  period,
  revision,
  value: JSON.parse(value) as unknown,
  evidence: JSON.parse(evidence) as unknown,
  note,
  why,
});

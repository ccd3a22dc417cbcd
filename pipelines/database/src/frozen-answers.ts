/** Answers that are kept as they were given. */
import { sql } from 'kysely';
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { FrozenAnswerRow } from './tables.ts';

export const FROZEN_ANSWER = 'frozen_answer';

export class FrozenAnswerTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** False where its owner would have more than `most`: then it is not kept. */
  create(cause: Cause, row: FrozenAnswerRow, most: { answers: number; characters: number }): Promise<boolean> {
    return this.#database.write(cause, async (edit) => {
      await edit.alone(`${FROZEN_ANSWER} ${row.owner}`);
      const { n, characters } = await edit.query
        .selectFrom('frozen_answer')
        .select(({ fn }) => [fn.countAll().as('n'), sql<number | null>`sum(length(answer))`.as('characters')])
        .where('owner', '=', row.owner)
        .executeTakeFirstOrThrow();
      if (Number(n) >= most.answers || Number(characters ?? 0) + row.answer.length > most.characters) return false;
      await edit.query.insertInto('frozen_answer').values(row).execute();
      const { id, question } = row;
      // What it answers stands in the row alone: the chain of the audit need not carry it.
      edit.record({
        action: 'frozen_answer.created',
        kind: FROZEN_ANSWER,
        subject: id,
        after: { question: JSON.parse(question) as unknown },
      });
      return true;
    });
  }

  get(id: string): Promise<FrozenAnswerRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('frozen_answer').selectAll().where('id', '=', id).executeTakeFirst(),
    );
  }
}

/** Changes of people, each decided and done in one transaction: the room never has nobody who may administer. */
import type { Person } from '@room/contract';
import type { Cause, Database, Document, Edit } from '@room/database';
import { HttpError } from '../errors.ts';
import type { Accounts } from './accounts.ts';

export interface PeopleOptions {
  accounts: Pick<Accounts, 'documents' | 'table' | 'administrators'>;
  database: Pick<Database, 'write'>;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Throws `Conflict`, and 409 where nobody would be left; whoever is disabled is signed out with it. */
  change(cause: Cause, id: string, version: number, person: Person): Promise<Document<Person>> {
    const { documents, table } = this.#options.accounts;
    return this.#kept(cause, async (edit) => {
      const changed = await documents.updateIn(edit, id, version, person);
      // Whoever is let in again later signs in anew.
      if (person.isDisabled) await table.endAllIn(edit, id);
      return changed;
    });
  }

  /** Takes the change back that made `version`. Throws as `change` does. */
  undo(cause: Cause, id: string, version: number): Promise<Document<Person | undefined>> {
    return this.#kept(cause, (edit) => this.#options.accounts.documents.undoIn(edit, id, version));
  }

  #kept<T>(cause: Cause, work: (edit: Edit) => Promise<T>): Promise<T> {
    const { accounts, database } = this.#options;
    const { documents } = accounts;
    return database.write(cause, async (edit) => {
      // Of two who remove each other at once the second waits here, and sees what the first has done.
      const before = accounts.administrators(await documents.hold(edit));
      const done = await work(edit);
      if (before.length > 0 && accounts.administrators(await documents.hold(edit)).length === 0)
        throw new HttpError(409, 'last_administrator', 'give somebody else the right to administer everything first');
      return done;
    });
  }
}

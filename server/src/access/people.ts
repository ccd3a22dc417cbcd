/** Changes of people, each decided and done in one transaction: the room never has nobody who may administer. */
import type { Person } from '@room/contract';
import type { Cause, Database, Document, Edit } from '@room/database';
import { HttpError } from '../errors.ts';
import type { Accounts } from './accounts.ts';

export interface PeopleOptions {
  accounts: Pick<Accounts, 'documents' | 'table'>;
  database: Pick<Database, 'write'>;
}

export class People {
  readonly #options: PeopleOptions;

  constructor(options: PeopleOptions) {
    this.#options = options;
  }

  /** Throws `Conflict`, and 409 where nobody would be left; whoever is disabled is signed out with it. */
  change(cause: Cause, id: string, version: number, person: Person): Promise<Document<Person>> {
    return this.#kept(cause, (edit) => this.#options.accounts.documents.updateIn(edit, id, version, person));
  }

  /** Takes the change back that made `version`. Throws as `change` does. */
  undo(cause: Cause, id: string, version: number): Promise<Document<Person | undefined>> {
    return this.#kept(cause, (edit) => this.#options.accounts.documents.undoIn(edit, id, version));
  }

  #kept<B extends Person | undefined>(cause: Cause, work: (edit: Edit) => Promise<Document<B>>): Promise<Document<B>> {
    const {
      accounts: { documents, table },
      database,
    } = this.#options;
    const isKept = async (edit: Edit): Promise<boolean> => (await documents.hold(edit)).some(mayAdminister);
    return database.write(cause, async (edit) => {
      // Of two who remove each other at once the second waits here, and sees what the first has done.
      const wasKept = await isKept(edit);
      const done = await work(edit);
      // Whoever is let in again later signs in anew.
      if (done.body === undefined || done.body.isDisabled) await table.endEverythingIn(edit, done.id);
      if (wasKept && !(await isKept(edit)))
        throw new HttpError(409, 'last_administrator', 'give somebody else the right to administer everything first');
      return done;
    });
  }
}

/** Everything, without limits: of those there is always one. */
export const mayAdminister = ({ body: { rights, scope, isDisabled } }: Pick<Document<Person>, 'body'>): boolean =>
  !isDisabled && scope === 'all' && rights.includes('administer');

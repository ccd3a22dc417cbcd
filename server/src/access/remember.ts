/** What somebody did, for the audit: who, and why they say they did. */
import type { Cause, Database, Entry } from '@room/database';
import type { Actor } from './principal.ts';

export function causeOf({ kind, id, name, owner }: Pick<Actor, 'kind' | 'id' | 'name' | 'owner'>, why?: string): Cause {
  // What a program does is its owner's.
  if (owner !== undefined) return { who: `person:${owner}`, why: `by the token ${name ?? id}` };
  return {
    who: kind === 'operator' ? 'operator' : `${kind}:${id}`,
    ...(why === undefined || why === '' ? {} : { why }),
  };
}

/** Writes it down, of what is done outside of the database. Rejects with `DatabaseAway`: what is not written down is not to be done. */
export type Remember = (actor: Actor, entry: Entry, why?: string) => Promise<void>;

export const rememberIn =
  (database: Pick<Database, 'write'>): Remember =>
  (actor, entry, why) =>
    database.write(causeOf(actor, why), async (edit) => edit.record(entry));

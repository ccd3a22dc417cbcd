/** Passwords, invitations, identities and sessions. Our own tokens come here as hashes only; a person is known by the id of their document. */
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import { endReadingTokensIn } from './reading-tokens.ts';
import type { SessionRow } from './tables.ts';

/** Changes of how somebody signs in are followed by these names; the subject is the person. */
export const PASSWORD = 'password';
export const INVITATION = 'invitation';
export const SESSION = 'session';

/** Of an invitation that makes the first administrator. */
export const NOBODY = '';

export interface Invitation {
  person: string;
  expiresAt: string;
}

/** Whom an identity provider means: its subjects are unique within the issuer. */
export interface Identity {
  issuer: string;
  subject: string;
}

export class AccountTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** The hash of a person's password. */
  async password(person: string): Promise<string | undefined> {
    const row = await this.#database.read((query) =>
      query.selectFrom('password').select('hash').where('person', '=', person).executeTakeFirst(),
    );
    return row?.hash;
  }

  /** Those who have a password. */
  async withPassword(): Promise<Set<string>> {
    const rows = await this.#database.read((query) => query.selectFrom('password').select('person').execute());
    return new Set(rows.map(({ person }) => person));
  }

  /** Takes the place of the person's earlier one. `hash` is of the token. */
  invite(cause: Cause, { person, expiresAt, hash }: Invitation & { hash: string }): Promise<void> {
    return this.#database.write(cause, async (edit) => {
      await edit.query.deleteFrom('invitation').where('person', '=', person).execute();
      await edit.query.insertInto('invitation').values({ hash, person, expires_at: expiresAt }).execute();
      edit.record({ action: 'invitation.created', kind: INVITATION, subject: person, after: { expiresAt } });
    });
  }

  async invitation(hash: string): Promise<Invitation | undefined> {
    const row = await this.#database.read((query) =>
      query.selectFrom('invitation').selectAll().where('hash', '=', hash).executeTakeFirst(),
    );
    return row === undefined ? undefined : { person: row.person, expiresAt: row.expires_at };
  }

  /** All that are open, by person. */
  async invitations(): Promise<Map<string, string>> {
    const rows = await this.#database.read((query) => query.selectFrom('invitation').selectAll().execute());
    return new Map(rows.map(({ person, expires_at }) => [person, expires_at]));
  }

  /**
   * Sets the password of `person` and uses the invitation up; ends their sessions and reading tokens. False where it was used before, or
   * is too old. `first` is done in the same transaction: whoever comes second by one link leaves nothing behind.
   */
  accept(
    cause: Cause,
    invitationHash: string,
    person: string,
    passwordHash: string,
    first?: (edit: Edit) => Promise<unknown>,
  ): Promise<boolean> {
    return this.#database.write(cause, async (edit) => {
      const used = await edit.query
        .deleteFrom('invitation')
        .where('hash', '=', invitationHash)
        .where('expires_at', '>', new Date().toISOString())
        .executeTakeFirst();
      if (used.numDeletedRows !== 1n) return false;
      await first?.(edit);
      const row = { person, hash: passwordHash, set_at: new Date().toISOString() };
      await edit.query
        .insertInto('password')
        .values(row)
        .onConflict((conflict) => conflict.column('person').doUpdateSet({ hash: row.hash, set_at: row.set_at }))
        .execute();
      edit.record({ action: 'password.set', kind: PASSWORD, subject: person });
      await endEverything(edit, person);
      return true;
    });
  }

  /**
   * Puts another password in the place of the person's own, and ends their sessions. False where `before`, the hash that they showed
   * to know, is not the one any more.
   */
  changePassword(cause: Cause, person: string, before: string, hash: string): Promise<boolean> {
    return this.#database.write(cause, async (edit) => {
      const changed = await edit.query
        .updateTable('password')
        .set({ hash, set_at: new Date().toISOString() })
        .where('person', '=', person)
        .where('hash', '=', before)
        .executeTakeFirst();
      if (changed.numUpdatedRows !== 1n) return false;
      edit.record({ action: 'password.changed', kind: PASSWORD, subject: person });
      await endSessions(edit, person);
      return true;
    });
  }

  /** Those whom a provider vouches for, by person; since when one of them keeps a right that it gives no more. */
  async identities(): Promise<Map<string, Identity & { keptAt?: string }>> {
    const rows = await this.#database.read((query) => query.selectFrom('identity').selectAll().execute());
    return new Map(
      rows.map(({ person, kept_at, ...identity }) => [
        person,
        { ...identity, ...(kept_at === null ? {} : { keptAt: kept_at }) },
      ]),
    );
  }

  async identity(person: string): Promise<Identity | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('identity').select(['issuer', 'subject']).where('person', '=', person).executeTakeFirst(),
    );
  }

  async personIn({ query }: Edit, { issuer, subject }: Identity): Promise<string | undefined> {
    const row = await query
      .selectFrom('identity')
      .select('person')
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .executeTakeFirst();
    return row?.person;
  }

  async linkIn({ query }: Edit, identity: Identity, person: string): Promise<void> {
    await query
      .insertInto('identity')
      .values({ ...identity, person, kept_at: null })
      .execute();
  }

  /** Notes that somebody keeps a right that their provider gives no more, or does not any more. Returns whether that is new. */
  async keepIn({ query }: Edit, person: string, isKept: boolean): Promise<boolean> {
    const done = await query
      .updateTable('identity')
      .set({ kept_at: isKept ? new Date().toISOString() : null })
      .where('person', '=', person)
      .where('kept_at', isKept ? 'is' : 'is not', null)
      .executeTakeFirst();
    return done.numUpdatedRows === 1n;
  }

  begin(cause: Cause, session: SessionRow): Promise<void> {
    return this.#database.write(cause, async (edit) => {
      await edit.query.insertInto('session').values(session).execute();
      edit.record({ action: 'session.began', kind: SESSION, subject: session.person });
    });
  }

  session(hash: string): Promise<SessionRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('session').selectAll().where('hash', '=', hash).executeTakeFirst(),
    );
  }

  /** Notes that it was used; no word of it goes into the audit. */
  async seen(hash: string, seen_at: string): Promise<void> {
    await this.#database.write({ who: 'room' }, ({ query }) =>
      query.updateTable('session').set({ seen_at }).where('hash', '=', hash).where('seen_at', '<', seen_at).execute(),
    );
  }

  /** A person's, the newest first. */
  sessions(person: string): Promise<SessionRow[]> {
    return this.#database.read((query) =>
      query.selectFrom('session').selectAll().where('person', '=', person).orderBy('began_at', 'desc').execute(),
    );
  }

  /** False where there is none of this person and hash any more. */
  end(cause: Cause, { hash, person }: Pick<SessionRow, 'hash' | 'person'>): Promise<boolean> {
    return this.#database.write(cause, async (edit) => {
      const ended = await edit.query
        .deleteFrom('session')
        .where('hash', '=', hash)
        .where('person', '=', person)
        .executeTakeFirst();
      if (ended.numDeletedRows === 0n) return false;
      edit.record({ action: 'session.ended', kind: SESSION, subject: person });
      return true;
    });
  }

  /** All of a person's sessions. Returns how many there were. */
  endAll(cause: Cause, person: string): Promise<number> {
    return this.#database.write(cause, (edit) => endSessions(edit, person));
  }

  /** All of a person's sessions and reading tokens. Returns how many sessions there were. */
  endEverything(cause: Cause, person: string): Promise<number> {
    return this.#database.write(cause, (edit) => endEverything(edit, person));
  }

  /** The same as a part of a larger transaction. */
  endEverythingIn(edit: Edit, person: string): Promise<number> {
    return endEverything(edit, person);
  }

  /** Takes away those that are over by themselves. */
  async sweep(now: string, seenBefore: string): Promise<void> {
    await this.#database.write({ who: 'room' }, ({ query }) =>
      query
        .deleteFrom('session')
        .where((or) => or.or([or('expires_at', '<', now), or('seen_at', '<', seenBefore)]))
        .execute(),
    );
  }

  /** Somebody was not let in. `subject` is whom they said they are. */
  refused(cause: Cause, subject: string): Promise<void> {
    return this.#database.write(cause, async (edit) => {
      edit.record({ action: 'session.refused', kind: 'sign_in', subject });
    });
  }
}

async function endEverything(edit: Edit, person: string): Promise<number> {
  await endReadingTokensIn(edit, person);
  return endSessions(edit, person);
}

async function endSessions(edit: Edit, person: string): Promise<number> {
  const ended = await edit.query.deleteFrom('session').where('person', '=', person).executeTakeFirst();
  const sessions = Number(ended.numDeletedRows);
  if (sessions > 0) edit.record({ action: 'session.ended', kind: SESSION, subject: person, before: { sessions } });
  return sessions;
}

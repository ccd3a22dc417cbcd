/**
 * Wall displays as rows: who wait to be let in, by what credential the others come, and when they were seen. Credentials come here
 * as hashes only; name and scope of a screen are a document of the same id.
 */
import type { Cause } from './audit.ts';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import type { ScreenCredentialRow, ScreenPairingRow, ScreenRow } from './tables.ts';

/** Changes of how a screen comes in are followed by this name; the subject is the screen. */
export const SCREEN_CREDENTIAL = 'screen_credential';

export class ScreenTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** All that were ever let in, by id. */
  async all(): Promise<Map<string, ScreenRow>> {
    const rows = await this.#database.read((query) => query.selectFrom('screen').selectAll().execute());
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Of all screens, also of those that were revoked lately; by hash. */
  async credentials(): Promise<Map<string, ScreenCredentialRow>> {
    const rows = await this.#database.read((query) => query.selectFrom('screen_credential').selectAll().execute());
    return new Map(rows.map((row) => [row.hash, row]));
  }

  /** Those whose code is good at `now`, oldest first. */
  waiting(now: string): Promise<ScreenPairingRow[]> {
    return this.#database.read((query) =>
      query.selectFrom('screen_pairing').selectAll().where('expires_at', '>', now).orderBy('asked_at').execute(),
    );
  }

  pairing(hash: string): Promise<ScreenPairingRow | undefined> {
    return this.#database.read((query) =>
      query.selectFrom('screen_pairing').selectAll().where('hash', '=', hash).executeTakeFirst(),
    );
  }

  /** Who waited by this gives way to another. */
  async forget(hash: string): Promise<void> {
    await this.#database.write({ who: 'visitor' }, ({ query }) =>
      query.deleteFrom('screen_pairing').where('hash', '=', hash).execute(),
    );
  }

  /**
   * Notes who waits, in the place of what the same display showed before; whose code is over is forgotten. False where another display
   * shows this code.
   */
  ask(pairing: ScreenPairingRow): Promise<boolean> {
    const { asked_at: now, hash } = pairing;
    return this.#database.write({ who: 'visitor' }, async ({ query }) => {
      await query
        .deleteFrom('screen_pairing')
        .where((or) => or.or([or('expires_at', '<=', now), or('hash', '=', hash)]))
        .execute();
      const asked = await query
        .insertInto('screen_pairing')
        .values(pairing)
        .onConflict((conflict) => conflict.column('code').doNothing())
        .executeTakeFirst();
      return asked.numInsertedOrUpdatedRows === 1n;
    });
  }

  /**
   * Lets in whoever shows `code`: what it holds is the credential of `screen` from now on. `first` is done in the same transaction.
   * Undefined where nobody shows this code any more.
   */
  pair<T>(
    cause: Cause,
    { code, screen, now }: { code: string; screen: string; now: string },
    first: (edit: Edit) => Promise<T>,
  ): Promise<T | undefined> {
    return this.#database.write(cause, async (edit) => {
      const { query } = edit;
      const found = await query
        .selectFrom('screen_pairing')
        .selectAll()
        .where('code', '=', code)
        .where('expires_at', '>', now)
        .executeTakeFirst();
      if (found === undefined) return undefined;
      const { hash, asked_from, asked_at } = found;
      const taken = await query.deleteFrom('screen_pairing').where('hash', '=', hash).executeTakeFirst();
      if (taken.numDeletedRows !== 1n) return undefined;
      const done = await first(edit);
      await query
        .insertInto('screen')
        .values({
          id: screen,
          paired_by: cause.who,
          paired_at: now,
          paired_from: asked_from,
          seen_at: null,
          seen_from: null,
        })
        .execute();
      const credential = { screen, made_at: now, replaces: null, replaced_at: null };
      await query
        .insertInto('screen_credential')
        .values({ hash, ...credential })
        // One that was revoked is let in anew by what it still holds.
        .onConflict((conflict) => conflict.column('hash').doUpdateSet(credential))
        .execute();
      edit.record({
        action: 'screen.paired',
        kind: SCREEN_CREDENTIAL,
        subject: screen,
        after: { from: asked_from, askedAt: asked_at },
      });
      return done;
    });
  }

  /** Offers `hash` in the place of `replaces`, which is good until that is used. An earlier offer that nobody used is void. */
  async offer(credential: ScreenCredentialRow): Promise<void> {
    const { screen } = credential;
    await this.#database.write({ who: `screen:${screen}` }, async ({ query }) => {
      await query
        .deleteFrom('screen_credential')
        .where('screen', '=', screen)
        .where('replaces', '=', credential.replaces)
        .execute();
      await query.insertInto('screen_credential').values(credential).execute();
    });
  }

  /**
   * What was offered has reached its wall: what it was in the place of is replaced. Where that had been replaced before, two hold what one
   * was given: each has one of its own then, and the audit says so. Those replaced before `replacedBefore` are over, as are those made before
   * `madeBefore`, which nobody can hold and not have renewed.
   */
  async taken(
    { hash, screen, replaces }: ScreenCredentialRow,
    { now, replacedBefore, madeBefore }: { now: string; replacedBefore: string; madeBefore: string },
  ): Promise<void> {
    if (replaces === null) return;
    await this.#database.write({ who: `screen:${screen}` }, async (edit) => {
      const { query } = edit;
      const taken = await query
        .updateTable('screen_credential')
        .set({ replaces: null })
        .where('hash', '=', hash)
        .where('replaces', '=', replaces)
        .executeTakeFirst();
      if (taken.numUpdatedRows !== 1n) return;
      const former = await query
        .updateTable('screen_credential')
        .set({ replaced_at: now })
        .where('hash', '=', replaces)
        .where('replaced_at', 'is', null)
        .executeTakeFirst();
      const isTwice = former.numUpdatedRows !== 1n;
      await query
        .deleteFrom('screen_credential')
        .where('screen', '=', screen)
        .where('hash', '!=', hash)
        .where((or) =>
          or.or([
            or('replaces', '=', replaces),
            or('replaced_at', '<', replacedBefore),
            or.and([or('made_at', '<', madeBefore), or('replaced_at', 'is', null)]),
            ...(isTwice ? [or('hash', '=', replaces)] : []),
          ]),
        )
        .execute();
      edit.record({ action: isTwice ? 'screen.twice' : 'screen.renewed', kind: SCREEN_CREDENTIAL, subject: screen });
    });
  }

  /** Notes when screens were seen, and from where where that is known; no word of it goes into the audit. */
  async seen(screens: ReadonlyMap<string, { at: string; from: string | undefined }>): Promise<void> {
    if (screens.size === 0) return;
    await this.#database.write({ who: 'room' }, async ({ query }) => {
      for (const [id, { at, from }] of screens)
        await query
          .updateTable('screen')
          .set({ seen_at: at, ...(from === undefined ? {} : { seen_from: from }) })
          .where('id', '=', id)
          // Another server may have seen it later.
          .where((or) => or.or([or('seen_at', 'is', null), or('seen_at', '<', at)]))
          .execute();
    });
  }

  /** Takes away credentials of screens that were revoked before `revokedBefore`: from then on that cannot be undone. */
  async sweep(kind: string, revokedBefore: string): Promise<void> {
    await this.#database.write({ who: 'room' }, ({ query }) =>
      query
        .deleteFrom('screen_credential')
        .where('screen', 'in', (from) =>
          from
            .selectFrom('document')
            .select('id')
            .where('kind', '=', kind)
            .where('body', 'is', null)
            .where('at', '<', revokedBefore),
        )
        .execute(),
    );
  }
}

/** Failures to sign in, counted by a key for all servers together. No word of them goes into the audit. */
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';

export interface CountedKey {
  key: string;
  /** Milliseconds to wait after so many failures. */
  waitAfter: (failures: number) => number;
}

export interface CountOptions {
  /** Milliseconds since 1970 UTC, here and below. */
  now: number;
  /** What failed last before it is forgotten. */
  since: number;
}

export interface Waiting {
  key: string;
  /** From when on it may be tried again, milliseconds since 1970 UTC. */
  freeAt: number;
}

/** Ends the transaction: what it counted already is counted no more. */
class MustWait extends Error {
  readonly waiting: Waiting;

  constructor(waiting: Waiting) {
    super('it must wait');
    this.waiting = waiting;
  }
}

export class SignInFailureTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /**
   * Counts one more of each key, unless one of them has to wait: then nothing is counted, and that one is returned. Of many at once,
   * on whichever servers, one is counted after the other.
   */
  async count(keys: readonly CountedKey[], options: CountOptions): Promise<Waiting | undefined> {
    // In one order: of two transactions that wait for each other one would fail.
    const ordered = [...keys].sort((a, b) => (a.key < b.key ? -1 : 1));
    try {
      await this.#database.write({ who: 'room' }, async (edit) => {
        for (const each of ordered) await countIn(edit, each, options);
      });
      return undefined;
    } catch (error) {
      if (error instanceof MustWait) return error.waiting;
      throw error;
    }
  }

  /** They were none after all: of `all` none is left, of `one` one less. */
  async takeBack({ all, one }: { all: string; one: string | undefined }): Promise<void> {
    await this.#database.write({ who: 'room' }, async ({ query }) => {
      await query.deleteFrom('sign_in_failure').where('key', '=', all).execute();
      if (one === undefined) return;
      await query
        .updateTable('sign_in_failure')
        .set((row) => ({ failures: row('failures', '-', 1) }))
        .where('key', '=', one)
        .where('failures', '>', 0)
        .execute();
    });
  }

  /** Forgets those before `since`, and the oldest of those beyond `most`. */
  async sweep(since: number, most: number): Promise<void> {
    await this.#database.write({ who: 'room' }, async ({ query }) => {
      await query.deleteFrom('sign_in_failure').where('failed_at', '<', instant(since)).execute();
      const newest = await query
        .selectFrom('sign_in_failure')
        .select('failed_at')
        .orderBy('failed_at', 'desc')
        .offset(most)
        .limit(1)
        .executeTakeFirst();
      if (newest !== undefined)
        await query.deleteFrom('sign_in_failure').where('failed_at', '<=', newest.failed_at).execute();
    });
  }
}

async function countIn({ query }: Edit, { key, waitAfter }: CountedKey, { now, since }: CountOptions): Promise<void> {
  const at = instant(now);
  // From here on the row is this transaction's.
  const row = await query
    .insertInto('sign_in_failure')
    .values({ key, failures: 1, failed_at: at, free_at: at })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet((old) => ({
        failures: old
          .case()
          .when('sign_in_failure.failed_at', '<', instant(since))
          .then(1)
          .else(old('sign_in_failure.failures', '+', 1))
          .end(),
        failed_at: at,
      })),
    )
    .returning(['failures', 'free_at'])
    .executeTakeFirstOrThrow();
  // A clock that was ahead holds nobody for longer than it would have by ours.
  const freeAt = Math.min(Date.parse(row.free_at), now + waitAfter(row.failures));
  if (freeAt > now) throw new MustWait({ key, freeAt });
  await query
    .updateTable('sign_in_failure')
    .set({ free_at: instant(now + waitAfter(row.failures)) })
    .where('key', '=', key)
    .execute();
}

const instant = (at: number): string => new Date(at).toISOString();

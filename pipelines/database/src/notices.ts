/** What somebody is to be told and is not yet, and by what webhooks are signed. */
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import type { NoticeRow, OutboxRow } from './tables.ts';

/** Rows of one statement, whose values databases count. */
const AT_ONCE = 500;

export class NoticeTable {
  readonly #database: Pick<Database, 'read' | 'write'>;

  constructor(database: Pick<Database, 'read' | 'write'>) {
    this.#database = database;
  }

  /** Joins a group that waits already: it goes when that does. */
  async add({ query }: Edit, row: NoticeRow): Promise<void> {
    const { receiver, grouping, step, due_at } = row;
    const waiting = await query
      .selectFrom('notice')
      .select('due_at')
      .where('receiver', '=', receiver)
      .where('grouping', '=', grouping)
      .where('step', '=', step)
      .orderBy('due_at')
      .limit(1)
      .executeTakeFirst();
    const joins = step === 0 && waiting !== undefined && waiting.due_at < due_at;
    await query
      .insertInto('notice')
      .values(joins ? { ...row, due_at: waiting.due_at } : row)
      .onConflict((conflict) => conflict.columns(['event', 'receiver', 'step']).doNothing())
      .execute();
  }

  /** The oldest that are due. */
  due(now: string): Promise<NoticeRow[]> {
    return this.#database.read((query) =>
      query
        .selectFrom('notice')
        .selectAll()
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .orderBy('event')
        .limit(AT_ONCE)
        .execute(),
    );
  }

  /** Takes one away, as it is told or is not to be any more. False where somebody else did. */
  async take({ query }: Edit, { event, receiver, step }: NoticeRow): Promise<boolean> {
    const done = await query
      .deleteFrom('notice')
      .where('event', '=', event)
      .where('receiver', '=', receiver)
      .where('step', '=', step)
      .executeTakeFirst();
    return done.numDeletedRows === 1n;
  }

  async later({ query }: Edit, { event, receiver, step }: NoticeRow, due_at: string): Promise<void> {
    await query
      .updateTable('notice')
      .set({ due_at })
      .where('event', '=', event)
      .where('receiver', '=', receiver)
      .where('step', '=', step)
      .execute();
  }

  /** Messages of these channels that were not delivered, those that were given up first. */
  outgoing(channels: readonly string[], limit: number): Promise<OutboxRow[]> {
    return this.#database.read((query) =>
      query
        .selectFrom('outbox')
        .selectAll()
        .where('channel', 'in', channels)
        .orderBy('is_dead', 'desc')
        .orderBy('created_at')
        .limit(limit)
        .execute(),
    );
  }

  /** How many were given up, how many wait, and since when the oldest of these does. */
  async counts(channels: readonly string[]): Promise<{ dead: number; waiting: number; oldest?: string }> {
    const rows = await this.#database.read((query) =>
      query
        .selectFrom('outbox')
        .select(({ fn }) => [
          'is_dead',
          fn.countAll<number | string>().as('n'),
          fn.min<string>('created_at').as('oldest'),
        ])
        .where('channel', 'in', channels)
        .groupBy('is_dead')
        .execute(),
    );
    const of = (dead: number): number => Number(rows.find(({ is_dead }) => Number(is_dead) === dead)?.n ?? 0);
    const oldest = rows.find(({ is_dead }) => Number(is_dead) === 0)?.oldest;
    return { dead: of(1), waiting: of(0), ...(oldest === undefined ? {} : { oldest }) };
  }

  async secret(receiver: string): Promise<string | undefined> {
    const row = await this.#database.read((query) =>
      query.selectFrom('webhook_secret').select('secret').where('receiver', '=', receiver).executeTakeFirst(),
    );
    return row?.secret;
  }

  async setSecret({ query }: Edit, receiver: string, secret: string): Promise<void> {
    await query
      .insertInto('webhook_secret')
      .values({ receiver, secret })
      .onConflict((conflict) => conflict.column('receiver').doUpdateSet({ secret }))
      .execute();
  }
}

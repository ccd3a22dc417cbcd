/** One transaction: what it changes, and what is said of it in the same moment. */
import { sql, type Transaction } from 'kysely';
import { append, type Cause, type Entry } from './audit.ts';
import { messageOf } from './message.ts';
import type { Opened } from './opened.ts';

import type { Tables } from './tables.ts';

/** Where PostgreSQL tells its listeners that something was changed. */
export const CHANNEL = 'room_changes';

export class Edit {
  readonly query: Transaction<Tables>;
  readonly cause: Cause;
  /** Channels with a message of this transaction. */
  readonly sent = new Set<string>();
  readonly #kind: Opened['kind'];
  readonly #entries: Entry[] = [];

  constructor(query: Transaction<Tables>, kind: Opened['kind'], cause: Cause) {
    this.query = query;
    this.cause = cause;
    this.#kind = kind;
  }

  /** Others may write at the same time: what must not change is to be held. A writer of SQLite is alone. */
  get isShared(): boolean {
    return this.#kind === 'postgres';
  }

  /**
   * Until this transaction ends no other one is alone under this name: for what is counted before it is added to. Others that do not
   * ask for it go on.
   */
  async alone(name: string): Promise<void> {
    if (this.isShared) await sql`SELECT pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(this.query);
  }

  /** Into the audit, and to everybody who follows this kind of thing. */
  record(entry: Entry): void {
    this.#entries.push(entry);
  }

  /**
   * Leaves the room once this is committed, through whoever delivers this channel. Few messages of one `lane` are delivered at a
   * time. Returns the message's id.
   */
  async send(channel: string, body: unknown, lane?: string): Promise<string> {
    const row = messageOf(channel, body, lane ?? null);
    await this.query.insertInto('outbox').values(row).execute();
    this.sent.add(channel);
    return row.id;
  }

  /** The last words of the transaction: the end of the chain is everybody's, so it is held as shortly as can be. */
  async settle(): Promise<{ changed: boolean }> {
    if (this.#entries.length === 0) return { changed: false };
    const { sequence } = await append(this.query, this.#kind, this.cause, this.#entries);
    if (this.#kind === 'postgres') await sql`SELECT pg_notify(${CHANNEL}, ${String(sequence)})`.execute(this.query);
    return { changed: true };
  }
}

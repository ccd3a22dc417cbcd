/**
 * What leaves the room: mails, webhooks, facts. A message is written in the transaction of its cause (`edit.send`), so that neither
 * is without the other, and delivered at least once: its id tells a receiver that it had it before.
 */
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Edit } from './edit.ts';
import { Lanes } from './lanes.ts';
import type { OutboxRow, Tables } from './tables.ts';

export interface Message {
  id: string;
  body: unknown;
  createdAt: string;
  /** Counts from 1. */
  attempt: number;
}

/** What became of one attempt. */
export type Attempted<T> = { ok: true; answer: T } | { ok: false; reason: string; isDead: boolean };

export interface DeliveryOptions<T = unknown> {
  database: Pick<Database, 'read' | 'write' | 'kind' | 'sent'>;
  /** Each has deliveries of its own: one that fails or is slow holds up no other. */
  channel: string;
  /** Resolves with what it answered once the receiver has it. Where it rejects, or takes too long, it is tried again. */
  deliver: (message: Message, signal: AbortSignal) => Promise<T>;
  /** Writes down what became of it, in the transaction that notes it. */
  settle?: (edit: Edit, message: Message, attempted: Attempted<T>) => Promise<void>;
  report: (level: 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Deliveries at a time. */
  width?: number;
  /** Of those, to one receiver. */
  laneWidth?: number;
  /** The longest that one may take, in milliseconds: another server takes it over after that. */
  patienceMs?: number;
  /** Waits between attempts, in milliseconds; after the last one the message is dead. */
  waits?: readonly number[];
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** A day in all: a receiver that was repaired by then gets it, at the latest after as long again as it was away, or eight hours. */
const WAITS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  120 * MINUTE,
  240 * MINUTE,
  480 * MINUTE,
  480 * MINUTE,
];
const LOOK_MS = 1_000;

const at = (ms: number): string => new Date(ms).toISOString();

/** Delivers the messages of one channel, beside other servers that do the same, until it is disposed. */
export class Delivery<T = unknown> implements AsyncDisposable {
  readonly #options: DeliveryOptions<T>;
  readonly #lanes: Lanes;
  readonly #patienceMs: number;
  readonly #waits: readonly number[];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #unfollow: Disposable;
  #wake: () => void = () => undefined;

  constructor(options: DeliveryOptions<T>) {
    this.#options = options;
    const { width = 4, laneWidth = width } = options;
    this.#lanes = new Lanes({ width, laneWidth });
    this.#patienceMs = options.patienceMs ?? 30 * SECOND;
    this.#waits = options.waits ?? WAITS;
    this.#unfollow = options.database.sent(options.channel, () => this.#wake());
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    const under = new Set<Promise<void>>();
    while (!this.#stop.signal.aborted) {
      const woken = this.#rest();
      // While the database is away nothing can be taken, nor said to be delivered.
      const claimed = await this.#claim().catch(() => []);
      for (const row of claimed) {
        const place = this.#lanes.begin(row.lane);
        const one = this.#deliver(row).then((isDelivered) => {
          under.delete(one);
          this.#lanes.end(place, isDelivered);
          this.#wake();
        });
        under.add(one);
      }
      if (claimed.length === 0 || this.#lanes.free === 0) await woken;
    }
    await Promise.all(under);
  }

  /** Until something was sent or delivered, or for a while: others' messages, and those that are due again, are found by looking. */
  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Takes messages that are due: for as long as a delivery may take they are nobody else's. */
  async #claim(): Promise<OutboxRow[]> {
    const { database, channel } = this.#options;
    const most = this.#lanes.free;
    if (most === 0) return [];
    // A look that finds nothing is no transaction.
    const now = at(Date.now());
    const busy = this.#lanes.busy();
    if ((await database.read((query) => due(query, channel, now, busy).select('id').limit(1).execute())).length === 0)
      return [];
    return database.write({ who: 'room' }, async ({ query }) => {
      const found = due(query, channel, now, busy).selectAll().orderBy('due_at').limit(most);
      const rows = this.#lanes.fitting(
        await (database.kind === 'postgres' ? found.forUpdate().skipLocked() : found).execute(),
      );
      const due_at = at(Date.now() + this.#patienceMs);
      const ids = rows.map(({ id }) => id);
      if (ids.length > 0)
        await query.updateTable('outbox').set({ due_at, attempts: sql`attempts + 1` }).where('id', 'in', ids).execute();
      return rows.map((row) => ({ ...row, due_at, attempts: row.attempts + 1 }));
    });
  }

  /** Whether it was. */
  async #deliver(row: OutboxRow): Promise<boolean> {
    const { id, body, created_at, attempts } = row;
    const message = { id, body: JSON.parse(body) as unknown, createdAt: created_at, attempt: attempts };
    let answer: T;
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(this.#patienceMs)]);
      answer = await orAborted(this.#options.deliver(message, signal), signal);
    } catch (error) {
      // Asked to end: it is delivered by whoever is next.
      if (!this.#stop.signal.aborted) await this.#failed(row, message, error as Error);
      return false;
    }
    await this.#settle(() =>
      this.#options.database.write({ who: 'room' }, async (edit) => {
        const done = await edit.query.deleteFrom('outbox').where('id', '=', id).executeTakeFirst();
        // Where it took so long that somebody else had it, that one noted it.
        if (done.numDeletedRows === 1n) await this.#options.settle?.(edit, message, { ok: true, answer });
      }),
    );
    return true;
  }

  async #failed({ id, channel, attempts, due_at }: OutboxRow, told: Message, { message }: Error): Promise<void> {
    const wait = this.#waits[attempts - 1];
    const next =
      wait === undefined
        ? { is_dead: 1, error: message }
        : // Those that failed together do not come again together.
          { due_at: at(Date.now() + wait * (1 + Math.random() / 4)), error: message };
    const detail = { channel, id, attempts, reason: message };
    if (wait === undefined)
      this.#options.report(
        'warn',
        'a message could not be delivered and is not tried again; see the dead letters',
        detail,
      );
    await this.#settle(() =>
      this.#options.database.write({ who: 'room' }, async (edit) => {
        // Not where it took so long that somebody else has it now.
        const done = await edit.query
          .updateTable('outbox')
          .set(next)
          .where('id', '=', id)
          .where('due_at', '=', due_at)
          .executeTakeFirst();
        if (done.numUpdatedRows !== 1n) return;
        await this.#options.settle?.(edit, told, { ok: false, reason: message, isDead: wait === undefined });
      }),
    );
  }

  /** What became of it is forgotten while the database is away: it comes again. */
  async #settle(write: () => Promise<void>): Promise<void> {
    await write().catch((error: Error) =>
      this.#options.report('warn', 'it is not noted what became of a message, which will come again', {
        reason: error.message,
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unfollow[Symbol.dispose]();
    this.#stop.abort();
    this.#wake();
    await this.#running;
  }
}

async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it took too long')), { signal: over.signal });
  });
  work.catch(() => undefined);
  return await Promise.race([work, aborted]).finally(() => over.abort());
}

function due(query: Kysely<Tables>, channel: string, now: string, busy: readonly string[]) {
  const all = query.selectFrom('outbox').where('channel', '=', channel).where('is_dead', '=', 0);
  const free = all.where('due_at', '<=', now);
  if (busy.length === 0) return free;
  return free.where((where) => where.or([where('lane', 'is', null), where('lane', 'not in', busy)]));
}

/** Messages that were given up, oldest first. */
export const deadLetters = (query: Kysely<Tables>, limit: number): Promise<OutboxRow[]> =>
  query.selectFrom('outbox').selectAll().where('is_dead', '=', 1).orderBy('created_at').limit(limit).execute();

/** Has a message that was given up tried once more from the start, at once. False where there is none of this id. */
export async function revive(query: Kysely<Tables>, id: string): Promise<boolean> {
  const done = await query
    .updateTable('outbox')
    .set({ is_dead: 0, attempts: 0, due_at: at(Date.now()) })
    .where('id', '=', id)
    .where('is_dead', '=', 1)
    .executeTakeFirst();
  return done.numUpdatedRows === 1n;
}

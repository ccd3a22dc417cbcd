/**
 * The one safe place of what people decide: accounts, keys, screens, rules, views. Reads and transactions with their audit, and
 * what was changed elsewhere. While the database is away each of them says so, and nothing else stands still.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { within } from '@room/runtime';
import type { Kysely } from 'kysely';
import type { Cause } from './audit.ts';
import { Changes } from './changes.ts';
import { Edit } from './edit.ts';
import type { DatabaseSettings } from './environment.ts';
import { DatabaseAway, isAway, isContended, reasonOf } from './errors.ts';
import { listen } from './listening.ts';
import { type Migration, migrate, migrations } from './migrate.ts';
import type { Opened } from './opened.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';
import type { Tables } from './tables.ts';

export interface DatabaseOptions {
  settings: DatabaseSettings;
  report: (level: 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
  /** Told where a database that was away at the start comes back as one that cannot be used. */
  fatal?: (error: Error) => void;
  /** Instead of all migrations that this version knows. */
  known?: readonly Migration[];
}

/** The longest a statement takes, or a writer waits for others. */
const PATIENCE_MS = 5_000;
const MIGRATION_MS = 60_000;
const AGAIN_MS = 1_000;
const RETRY_MS = 10;
/** The longest that a writer waits until this process has taken its change over. */
const FOLLOWED_MS = 1_000;

const open = (settings: DatabaseSettings, patienceMs: number, isMigrating: boolean): Opened =>
  settings.kind === 'sqlite'
    ? openSqlite(settings.file, patienceMs)
    : openPostgres(settings.url, isMigrating ? 0 : patienceMs);

/**
 * Opens it and brings its tables up to date. Throws where it cannot be used; a server that does not answer yet is no such case:
 * then it is tried again until it does.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const known = options.known ?? (await migrations());
  const { settings } = options;
  const database = new Database(options, open(settings, PATIENCE_MS, false), async () => {
    const migrating = open(settings, MIGRATION_MS, true);
    try {
      const applied = await migrate(migrating, known);
      if (applied.length > 0) options.report('info', 'the database was brought up to date', { applied });
    } finally {
      await migrating.close();
    }
  });
  try {
    await database.start();
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw error;
  }
  return database;
}

export class Database implements AsyncDisposable {
  readonly #options: DatabaseOptions;
  readonly #opened: Opened;
  readonly #migrate: () => Promise<void>;
  readonly #stop = new AbortController();
  readonly #deliveries = new Map<string, Set<() => void>>();
  readonly changes: Changes;
  #isReady = false;
  #trouble: string | undefined;
  #starting: Promise<void> = Promise.resolve();
  #listening: AsyncDisposable | undefined;

  constructor(options: DatabaseOptions, opened: Opened, migrate: () => Promise<void>) {
    this.#options = options;
    this.#opened = opened;
    this.#migrate = migrate;
    this.changes = new Changes({ read: (work) => this.read(work), report: options.report });
  }

  get kind(): Opened['kind'] {
    return this.#opened.kind;
  }

  /** Why it cannot be used now; undefined while it can. For the log: it may name an address. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  async start(): Promise<void> {
    try {
      await this.#prepare();
    } catch (error) {
      if (!this.#isAwayNow(error)) throw error;
      this.#starting = this.#prepareLater();
    }
  }

  async #prepare(): Promise<void> {
    await this.#migrate();
    this.#isReady = true;
    this.#back();
    this.changes.start();
    const { settings } = this.#options;
    const look = (): void => void this.changes.look().catch(() => undefined);
    if (settings.kind === 'postgres') this.#listening = listen(settings.url, look);
  }

  async #prepareLater(): Promise<void> {
    while (!this.#isReady && !this.#stop.signal.aborted) {
      await sleep(AGAIN_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      if (this.#stop.signal.aborted) return;
      try {
        await this.#prepare();
      } catch (error) {
        if (this.#isAwayNow(error)) continue;
        return this.#options.fatal?.(error as Error);
      }
    }
  }

  /** Reads. Rejects with `DatabaseAway` while it does not answer. */
  async read<T>(work: (query: Kysely<Tables>) => Promise<T>): Promise<T> {
    return this.#asked(() => work(this.#opened.reader));
  }

  /**
   * One transaction: all of what `work` writes and records, or nothing. It may run again where another transaction was in its
   * way, so it does nothing else, and waits for nothing else. Rejects with `DatabaseAway`; then it may have been done or not.
   */
  async write<T>(cause: Cause, work: (edit: Edit) => Promise<T>): Promise<T> {
    const { kind, writer } = this.#opened;
    const { result, changed, sent } = await this.#asked(() =>
      againWhenContended(() =>
        writer.transaction().execute(async (query) => {
          const edit = new Edit(query, kind, cause);
          const result = await work(edit);
          return { result, sent: edit.sent, ...(await edit.settle()) };
        }),
      ),
    );
    for (const channel of sent) for (const wake of this.#deliveries.get(channel) ?? []) wake();
    // A follower that writes would wait for itself.
    if (changed) await within(this.changes.look(), FOLLOWED_MS).catch(() => undefined);
    return result;
  }

  /** `wake` is called when this process has sent a message to the channel. */
  sent(channel: string, wake: () => void): Disposable {
    const all = this.#deliveries.get(channel) ?? new Set();
    this.#deliveries.set(channel, all.add(wake));
    return { [Symbol.dispose]: () => void all.delete(wake) };
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    if (!this.#isReady)
      throw new DatabaseAway(`the database does not answer (${this.#trouble ?? 'it is being opened'})`);
    try {
      const answer = await ask();
      this.#back();
      return answer;
    } catch (error) {
      if (!this.#isAwayNow(error)) throw error;
      throw new DatabaseAway(`the database does not answer (${reasonOf(error)})`, { cause: error });
    }
  }

  #isAwayNow(error: unknown): boolean {
    if (!isAway(error)) return false;
    const reason = reasonOf(error);
    if (this.#trouble === undefined)
      this.#options.report('warn', 'the database does not answer; what was read last stays, edits are refused', {
        reason,
      });
    this.#trouble = reason;
    return true;
  }

  #back(): void {
    if (this.#trouble !== undefined) this.#options.report('info', 'the database answers again');
    this.#trouble = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    this.changes[Symbol.dispose]();
    await this.#starting;
    await this.#listening?.[Symbol.asyncDispose]();
    await this.#opened.close();
  }
}

async function againWhenContended<T>(work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isContended(error) || performance.now() - began > PATIENCE_MS) throw error;
      await sleep(RETRY_MS * tries * Math.random());
    }
  }
}

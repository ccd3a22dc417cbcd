/**
 * Tells this process what was changed, by whichever process: at once where PostgreSQL says so or the change is its own, at the
 * next look otherwise. The audit's sequence has the order of commits and no gaps, so that nothing is passed over.
 */
import { poll } from '@room/runtime';
import type { Kysely } from 'kysely';
import { headOf } from './audit.ts';
import { DatabaseAway } from './errors.ts';
import type { AuditRow, Tables } from './tables.ts';

export type Changed = Pick<AuditRow, 'sequence' | 'action' | 'kind' | 'subject' | 'version'>;

/**
 * What was changed, oldest first; undefined: anything may have been, so that all is to be read: at first, after a backup was
 * restored under a running room, and where it threw the last time.
 */
export type Hear = (changes: readonly Changed[] | undefined) => void | Promise<void>;

export interface ChangesOptions {
  read: <T>(work: (query: Kysely<Tables>) => Promise<T>) => Promise<T>;
  report: (level: 'info' | 'warn', message: string, detail?: Record<string, unknown>) => void;
}

interface Follower {
  kinds: ReadonlySet<string>;
  hear: Hear;
  /** What it knows is not known to be the newest. */
  isBehind: boolean;
}

const LOOK_MS = 500;
/** More are told as "anything". */
const MOST = 1_000;

export class Changes implements Disposable {
  readonly #options: ChangesOptions;
  readonly #followers = new Set<Follower>();
  #last: Pick<AuditRow, 'sequence' | 'hash'> | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #polling: Disposable | undefined;
  #told = '';

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#polling ??= poll(LOOK_MS, () => this.look().catch((error: Error) => this.#failed(error)));
  }

  /** That it is away its owner says; anything else is told once. */
  #failed(error: Error): void {
    if (error instanceof DatabaseAway || error.message === this.#told) return;
    this.#told = error.message;
    this.#options.report('warn', 'it is not known what was changed in the database', { reason: error.message });
  }

  /** From the next look on `hear` is told of changes to things of these kinds, at first that all is to be read. */
  follow(kinds: readonly string[], hear: Hear): Disposable {
    const follower = { kinds: new Set(kinds), hear, isBehind: true };
    this.#followers.add(follower);
    return { [Symbol.dispose]: () => void this.#followers.delete(follower) };
  }

  /** Looks now. Where it resolves, everybody has heard of what was committed before the call; rejects while the database is away. */
  look(): Promise<void> {
    // One that is under way may have read too early.
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#running = this.#look();
        return this.#running;
      });
    return this.#next;
  }

  async #look(): Promise<void> {
    const last = this.#last;
    if (last === undefined) {
      this.#last = await this.#options.read(headOf);
      return this.#tell(undefined);
    }
    const [before, ...rows] = await this.#options.read((query) =>
      query
        .selectFrom('audit')
        .select(['sequence', 'hash', 'action', 'kind', 'subject', 'version'])
        .where('sequence', '>=', last.sequence)
        .orderBy('sequence')
        .limit(MOST + 1)
        .execute(),
    );
    // The first entry of all has nothing before it.
    const found = last.sequence === 0 && before !== undefined ? [before, ...rows] : rows;
    const isOther = last.sequence > 0 && before?.hash !== last.hash;
    if (isOther || found.length >= MOST) {
      this.#last = await this.#options.read(headOf);
      return this.#tell(undefined);
    }
    const newest = found.at(-1);
    if (newest !== undefined) this.#last = { sequence: newest.sequence, hash: newest.hash };
    await this.#tell(found.map(({ hash: _, ...changed }) => changed));
  }

  async #tell(changes: readonly Changed[] | undefined): Promise<void> {
    await Promise.all(
      [...this.#followers].map(async (follower) => {
        const theirs = follower.isBehind ? undefined : changes?.filter(({ kind }) => follower.kinds.has(kind));
        if (theirs?.length === 0) return;
        follower.isBehind = true;
        try {
          await follower.hear(theirs);
          follower.isBehind = false;
        } catch (error) {
          // The next look tells it again.
          if (error instanceof DatabaseAway) return;
          this.#options.report('warn', 'a change was not taken over yet; what it was about stays as it was before', {
            reason: (error as Error).message,
          });
        }
      }),
    );
  }

  [Symbol.dispose](): void {
    this.#polling?.[Symbol.dispose]();
    this.#followers.clear();
  }
}

/** Portal keys: which source a key may write. Only hashes are stored; a key is 256 random bits, so one fast hash is enough. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cause, type Changes, PORTAL_KEY, type PortalKeyRow, type PortalKeyTable } from '@room/database';
import { poll, within } from '@room/runtime';
import { HttpError } from '../errors.ts';

/** A key that is not known may have been made just now; guessing must not turn into asking the database all the time. */
const RECHECK_UNKNOWN_MS = 50;
/** How old the last use may be that the list shows. */
const NOTE_USE_MS = 30_000;
const AWAY_SECONDS = 2;
const GOODBYE_MS = 1_000;

const hashOf = (key: string): string => createHash('sha256').update(key).digest('hex');

interface Known {
  id: string;
  source: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** Events a second, where it has a limit of its own. */
  rate: number | undefined;
}

export interface PortalKeysOptions {
  table: Pick<PortalKeyTable, 'valid' | 'used'>;
  changes: Pick<Changes, 'follow' | 'look'>;
  /** What must be done before keys are read. Rejects with `DatabaseAway` where it is to be tried again. */
  prepare: () => Promise<void>;
}

export class PortalKeys implements AsyncDisposable {
  readonly #options: PortalKeysOptions;
  /** By hash, as last read: a database that is away locks nobody out. Undefined where it never was there. */
  #known: ReadonlyMap<string, Known> | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  /** The next look for a key that is not known, for all who wait for it. */
  #next: Promise<void> | undefined;
  /** Instants by id, not yet noted. */
  #used = new Map<string, string>();
  #following: Disposable | undefined;
  #noting: Disposable | undefined;

  constructor(options: PortalKeysOptions) {
    this.#options = options;
  }

  /** Reads the keys and hears of changes from then on. Where the database is away, they are read when it is back. */
  async start(): Promise<void> {
    this.#following = this.#options.changes.follow([PORTAL_KEY], () => this.#read());
    await this.#look();
    this.#noting = poll(NOTE_USE_MS, () => this.#noteUse());
  }

  /** Whether this is a key without looking for it, as last read. */
  isAtHand(key: string): boolean {
    return (this.#known?.get(hashOf(key))?.expiresAt ?? 0) > Date.now();
  }

  /** Which key this is, and the source that it may write; undefined where it is none. Rejects with 503 where none could be read yet. */
  async find(key: string): Promise<Pick<Known, 'id' | 'source' | 'rate'> | undefined> {
    const hash = hashOf(key);
    if (this.#known?.has(hash) !== true) await this.#lookAgain();
    if (this.#known === undefined)
      throw new HttpError(
        503,
        'keys_unknown',
        'the database with the portal keys does not answer; send it again later',
        AWAY_SECONDS,
      );
    const known = this.#known.get(hash);
    const now = Date.now();
    if (known === undefined || known.expiresAt <= now) return undefined;
    this.#used.set(known.id, new Date(now).toISOString());
    return known;
  }

  async #read(): Promise<void> {
    const { table, prepare } = this.#options;
    await prepare();
    const rows = await table.valid();
    this.#known = new Map(
      rows.map(({ hash, id, source, expires_at, rate }) => {
        const expiresAt = expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at);
        return [hash, { id, source, expiresAt, rate: rate ?? undefined }];
      }),
    );
  }

  /** A look that begins from now on, not sooner after the last one than it may: what was made before is seen by it. */
  #lookAgain(): Promise<void> {
    this.#next ??= (async () => {
      await sleep(Math.max(0, this.#checkedAt + RECHECK_UNKNOWN_MS - performance.now()));
      this.#next = undefined;
      this.#checkedAt = performance.now();
      await this.#look();
    })();
    return this.#next;
  }

  /** Where it fails, keys stay as they are; the database's owner says why. */
  async #look(): Promise<void> {
    await this.#options.changes.look().catch(() => undefined);
  }

  async #noteUse(): Promise<void> {
    const used = this.#used;
    this.#used = new Map();
    await this.#options.table.used(used).catch(() => {
      // Later uses are the later ones.
      this.#used = new Map([...used, ...this.#used]);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const opened of [this.#following, this.#noting]) opened?.[Symbol.dispose]();
    // A server that ends does not wait for a database that is silent.
    await within(this.#noteUse(), GOODBYE_MS);
  }
}

export interface CreateKeysOptions {
  cause: Cause;
  sources: readonly string[];
  /** What people call it; its number among those of its source where undefined. */
  name?: string | undefined;
  /** An instant; never where undefined. */
  expiresAt?: string | undefined;
  /** Events a second; the room's own limit where undefined. */
  rate?: number | undefined;
}

/** Makes one key for each of `sources` and returns them: the only time that they can be read. */
export async function createKeys(
  table: Pick<PortalKeyTable, 'create' | 'list'>,
  { cause, sources, name, expiresAt, rate }: CreateKeysOptions,
): Promise<{ source: string; key: string; row: PortalKeyRow }[]> {
  const made = sources.map((source) => ({ source, key: `room_${randomBytes(32).toString('base64url')}` }));
  const numberOf = async (source: string): Promise<number> => (await table.list(source)).length + 1;
  const named = await Promise.all(
    made.map(async ({ source, key }) => ({
      hash: hashOf(key),
      source,
      name: name ?? `key ${await numberOf(source)}`,
      expiresAt,
      rate,
    })),
  );
  const rows = await table.create(cause, named);
  return rows.map((row, at) => ({ source: row.source, key: made[at]?.key ?? '', row }));
}

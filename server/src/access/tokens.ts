/**
 * Reading tokens: programs of a person read by them, within what the token was given and what the person has now. They change
 * nothing, but where one was made to bring rows of files those are taken as its owner's. As this server knows them: looked up once, and again when the database says that they changed.
 */
import { randomUUID } from 'node:crypto';
import {
  type Catalogue,
  commonGrant,
  IMPORT_RIGHTS,
  IMPORTS,
  type ImportKind,
  isWithin,
  MOST_READING_TOKENS,
  type Person,
  READING_RIGHTS,
  type ReadingRight,
  type ReadingToken,
  type ScopeGrant,
  scopeOf,
} from '@room/contract';
import { type Changed, type Database, READING_TOKEN, type ReadingTokenRow, ReadingTokenTable } from '@room/database';
import { HttpError } from '../errors.ts';
import type { Accounts } from './accounts.ts';
import { newToken, tokenHash } from './passwords.ts';
import type { Actor } from './principal.ts';
import { causeOf } from './remember.ts';

const DAY_MS = 86_400_000;
/** A provider says only at a sign-in what somebody may do: their programs ask for a new token as often as that. */
export const MOST_DAYS = { ours: 366, vouched: 30 } as const;
/** Of one that changes something: a quarter's reports, and then its owner is asked anew. */
export const MOST_IMPORT_DAYS = 92;
const USED_EVERY_MS = 5 * 60_000;

/** What is shown first of one, for people and for whatever looks for secrets in places where none belong. */
const PREFIXES = { reads: 'reading_', imports: 'import_' } as const;
const TOKEN = /^(?:reading|import)_[\w-]{43}$/;

/** Whether this is meant to be one. */
export const isReadingToken = (bearer: string | undefined): bearer is string =>
  bearer !== undefined && Object.values(PREFIXES).some((prefix) => bearer.startsWith(prefix));

interface Known {
  row: ReadingTokenRow;
  expiresAt: number;
  usedAt: number;
  /** As whom it reads, of its owner as they were then. */
  as?: { person: Person; actor: Actor };
}

export interface TokensOptions {
  database: Pick<Database, 'read' | 'write' | 'changes'>;
  accounts: Pick<Accounts, 'person'>;
  catalogue: Catalogue;
}

export interface NewReadingToken {
  name: string;
  rights: readonly ReadingRight[];
  imports: readonly ImportKind[];
  scope: ScopeGrant;
  days: number;
}

export class Tokens implements Disposable {
  readonly #options: TokensOptions;
  readonly table: ReadingTokenTable;
  /** By hash. */
  readonly #known = new Map<string, Known>();
  /** Changes heard of: what was read before one may be over with it. */
  #heard = 0;
  readonly #following: Disposable;

  constructor(options: TokensOptions) {
    this.#options = options;
    this.table = new ReadingTokenTable(options.database);
    this.#following = options.database.changes.follow([READING_TOKEN], async (changes) => this.#changed(changes));
  }

  #changed(changes: readonly Changed[] | undefined): void {
    this.#heard++;
    const people = changes && new Set(changes.map(({ subject }) => subject));
    for (const [hash, { row }] of this.#known) if (people?.has(row.person) !== false) this.#known.delete(hash);
  }

  /** Whether it is known without asking the database whose this is. */
  isAtHand(token: string): boolean {
    return !TOKEN.test(token) || this.#known.has(tokenHash(token));
  }

  /** Who reads by it; undefined where it is none, or not any more. Rejects while the database is away and it is not known. */
  async actorOf(token: string): Promise<Actor | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const hash = tokenHash(token);
    const known = this.#known.get(hash) ?? (await this.#find(hash));
    const now = Date.now();
    if (known === undefined || known.expiresAt <= now) return undefined;
    const person = this.#options.accounts.person(known.row.person);
    if (person === undefined) return undefined;
    if (now - known.usedAt > USED_EVERY_MS) {
      known.usedAt = now;
      this.table.used(known.row.id, new Date(now).toISOString()).catch(() => undefined);
    }
    // What the owner loses their programs lose with them.
    if (known.as?.person !== person) known.as = { person, actor: this.#actorOf(known.row, person) };
    return known.as.actor;
  }

  async #find(hash: string): Promise<Known | undefined> {
    const heard = this.#heard;
    const row = await this.table.find(hash);
    if (row === undefined) return undefined;
    const known = { row, expiresAt: Date.parse(row.expires_at), usedAt: Date.parse(row.used_at ?? '') || 0 };
    if (heard === this.#heard) this.#known.set(hash, known);
    return known;
  }

  #actorOf({ id, name, person: owner, rights, imports, scope }: ReadingTokenRow, person: Person): Actor {
    const given = JSON.parse(rights) as ReadingRight[];
    const brings = JSON.parse(imports) as ImportKind[];
    const grant = commonGrant(person.scope, JSON.parse(scope) as ScopeGrant);
    return {
      kind: 'token',
      id,
      name,
      owner,
      rights: new Set(given.filter((right) => person.rights.includes(right))),
      imports: new Set(brings.filter((kind) => person.rights.includes(IMPORT_RIGHTS[kind]))),
      grant,
      scope: this.#scopeOf(grant),
    };
  }

  /** A unit that the catalogue no longer has gives nothing. */
  #scopeOf(grant: ScopeGrant): Actor['scope'] {
    const { catalogue } = this.#options;
    try {
      return scopeOf(grant, catalogue);
    } catch {
      return scopeOf({ agencies: [], provinces: [] }, catalogue);
    }
  }

  /** Makes one, of at most what its owner has. `secret` is told this once. Throws 400, 403 and 409. */
  async create(
    owner: Actor,
    { name, rights, imports, scope, days }: NewReadingToken,
    mostDays: number,
  ): Promise<{ token: ReadingToken; secret: string }> {
    const wanted = [...rights, ...imports.map((kind) => IMPORT_RIGHTS[kind])];
    const lacking = wanted.find((right) => !owner.rights.has(right));
    if (lacking !== undefined)
      throw new HttpError(403, 'no_right', `rights: you have no right to ${lacking}, so no token of yours has it`);
    if (!isWithin(scope, owner.grant))
      throw new HttpError(403, 'outside_scope', 'scope: it names what you yourself do not see in full');
    try {
      scopeOf(scope, this.#options.catalogue);
    } catch (error) {
      throw new HttpError(400, 'bad_request', `scope: ${(error as Error).message}`);
    }
    const most = mostDaysOf(imports, mostDays);
    if (days > most)
      throw new HttpError(
        400,
        'bad_request',
        `days: a token of yours is good for ${most} days at most${most < mostDays ? ' where it brings rows' : ''}`,
      );
    if (imports.includes('tasks') && scope !== 'all')
      throw new HttpError(
        400,
        'bad_request',
        'scope: tasks are given by who sees the whole room; give it that, or no tasks',
      );
    const secret = `${imports.length === 0 ? PREFIXES.reads : PREFIXES.imports}${newToken()}`;
    const now = Date.now();
    const row: ReadingTokenRow = {
      id: randomUUID(),
      hash: tokenHash(secret),
      person: owner.id,
      name,
      rights: JSON.stringify(READING_RIGHTS.filter((right) => rights.includes(right))),
      imports: JSON.stringify(IMPORTS.filter((kind) => imports.includes(kind))),
      scope: JSON.stringify(scope),
      created_at: new Date(now).toISOString(),
      expires_at: new Date(now + days * DAY_MS).toISOString(),
      used_at: null,
    };
    if (!(await this.table.create(causeOf(owner), row, MOST_READING_TOKENS)))
      throw new HttpError(
        409,
        'too_many_tokens',
        `you have ${MOST_READING_TOKENS} tokens, which is the most; revoke one that is not used`,
      );
    return { token: tokenOf(row), secret };
  }

  async list(person: string): Promise<ReadingToken[]> {
    return (await this.table.list(person)).map(tokenOf);
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }
}

export const mostDaysOf = (imports: readonly ImportKind[], mostDays: number): number =>
  imports.length === 0 ? mostDays : Math.min(mostDays, MOST_IMPORT_DAYS);

const tokenOf = ({
  id,
  name,
  rights,
  imports,
  scope,
  created_at,
  expires_at,
  used_at,
}: ReadingTokenRow): ReadingToken => ({
  id,
  name,
  rights: JSON.parse(rights) as ReadingRight[],
  imports: JSON.parse(imports) as ImportKind[],
  scope: JSON.parse(scope) as ScopeGrant,
  createdAt: Date.parse(created_at),
  expiresAt: Date.parse(expires_at),
  ...(used_at === null ? {} : { usedAt: Date.parse(used_at) }),
});

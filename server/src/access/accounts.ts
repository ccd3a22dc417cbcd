/**
 * People and their sessions as this server knows them: read once, and again when the database says that they changed. While it is
 * away what was read last stays.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { asKept, type Catalogue, type Person, personSchema, type Scope, scopeOf } from '@room/contract';
import {
  AccountTable,
  type Changed,
  type Database,
  Documents,
  NOBODY,
  PASSWORD,
  SESSION,
  type SessionRow,
} from '@room/database';
import { cut } from '../errors.ts';
import { newToken, Passwords, tokenHash } from './passwords.ts';
import type { Actor } from './principal.ts';

export const PERSON = 'person';
/** A session that nobody used for so long is over, and each after so long. */
export const IDLE_MS = 12 * 3_600_000;
export const ABSOLUTE_MS = 7 * 86_400_000;
const SEEN_EVERY_MS = 5 * 60_000;
const SWEEP_MS = 3_600_000;
const INVITED_MS = 3 * 86_400_000;

interface Session {
  hash: string;
  person: string;
  seenAt: number;
  expiresAt: number;
}

/** From where a session was begun, for its owner to know it by; by a provider, with what ends its session too. */
export interface SessionOrigin {
  address: string | undefined;
  /** What the browser says of itself. */
  browser: string | undefined;
  idToken?: string;
}

/** What `newToken` makes: nothing else is looked for. */
const TOKEN = /^[\w-]{43}$/;
/** What `deviceFor` makes: a nonce, and what signs it. */
const DEVICE = /^([\w-]{16})\.([\w-]{43})$/;
const LONGEST_BROWSER = 300;

export interface AccountsOptions {
  database: Pick<Database, 'read' | 'write' | 'changes'>;
  catalogue: Catalogue;
  report: (message: string) => void;
}

export class Accounts implements Disposable {
  readonly documents: Documents<Person>;
  readonly table: AccountTable;
  readonly passwords = new Passwords();
  readonly #options: AccountsOptions;
  #people: ReadonlyMap<string, { person: Person; scope: Scope }> | undefined;
  readonly #sessions = new Map<string, Session>();
  /** Changes heard of: what was read before one may be over with it. */
  #heard = 0;
  readonly #listeners = new Set<() => void>();
  readonly #owned: Disposable[] = [];

  constructor(options: AccountsOptions) {
    this.#options = options;
    const { database } = options;
    this.documents = new Documents({ database, kind: PERSON, schema: asKept(personSchema) });
    this.table = new AccountTable(database);
  }

  /** Reads what there is; where the database does not answer, as soon as it does. */
  async start(): Promise<void> {
    const { database, report } = this.#options;
    this.#owned.push(database.changes.follow([PERSON, PASSWORD, SESSION], (changes) => this.#changed(changes)));
    const sweeping = setInterval(() => {
      const now = Date.now();
      this.table.sweep(instant(now), instant(now - IDLE_MS)).catch(() => undefined);
    }, SWEEP_MS).unref();
    this.#owned.push({ [Symbol.dispose]: () => clearInterval(sweeping) });
    await this.#readPeople().catch((error: Error) => report(`accounts are not known yet: ${error.message}`));
  }

  /** Nobody has an account; undefined while that is not known. */
  get isEmpty(): boolean | undefined {
    return this.#people === undefined ? undefined : this.#people.size === 0;
  }

  /** Told when somebody's rights changed or a session ended. Returns the function that stops telling. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #changed(changes: readonly Changed[] | undefined): Promise<void> {
    // A session that began takes nothing from anybody.
    this.#heard++;
    const told = changes?.filter(({ action }) => action !== 'session.began');
    if (told?.length === 0) return;
    if (told === undefined) this.#sessions.clear();
    for (const { kind, subject } of told ?? [])
      if (kind !== PERSON)
        for (const [hash, { person }] of this.#sessions) if (person === subject) this.#sessions.delete(hash);
    await this.#readPeople();
    for (const listener of this.#listeners) listener();
  }

  async #readPeople(): Promise<void> {
    const { catalogue, report } = this.#options;
    const people = new Map<string, { person: Person; scope: Scope }>();
    for (const { id, body } of await this.documents.list())
      try {
        people.set(id, { person: body, scope: scopeOf(body.scope, catalogue) });
      } catch (error) {
        report(`${id} sees nothing in full: ${(error as Error).message}; give them another scope at /admin/people`);
        people.set(id, { person: body, scope: scopeOf({ agencies: [], provinces: [] }, catalogue) });
      }
    this.#people = people;
  }

  /** Whether it is known without asking the database whose session this is. */
  isAtHand(token: string): boolean {
    return !TOKEN.test(token) || this.#sessions.has(tokenHash(token));
  }

  /** Whose session this is; undefined where it is none, or is over. Rejects while the database is away and it is not known. */
  async actorOf(token: string): Promise<Actor | undefined> {
    if (!TOKEN.test(token)) return undefined;
    const hash = tokenHash(token);
    const session = this.#sessions.get(hash) ?? (await this.#find(hash));
    if (session === undefined) return undefined;
    const now = Date.now();
    if (now > session.expiresAt || now - session.seenAt > IDLE_MS) {
      this.#sessions.delete(hash);
      return undefined;
    }
    if (now - session.seenAt > SEEN_EVERY_MS) {
      session.seenAt = now;
      this.table.seen(hash, instant(now)).catch(() => undefined);
    }
    const known = this.#people?.get(session.person);
    if (known === undefined || known.person.isDisabled) return undefined;
    const { person, scope } = known;
    const { name, rights, scope: grant } = person;
    const until = Math.min(session.expiresAt, session.seenAt + IDLE_MS);
    return {
      kind: 'person',
      id: session.person,
      name,
      rights: new Set(rights),
      grant,
      scope,
      session: { token, until },
    };
  }

  /** Who may sign in under this id, as they are now. */
  person(id: string): Person | undefined {
    const person = this.#people?.get(id)?.person;
    return person?.isDisabled === true ? undefined : person;
  }

  async #find(hash: string): Promise<Session | undefined> {
    const heard = this.#heard;
    const row = await this.table.session(hash);
    if (row === undefined) return undefined;
    const { person, seen_at, expires_at } = row;
    const session = { hash, person, seenAt: Date.parse(seen_at), expiresAt: Date.parse(expires_at) };
    if (heard === this.#heard) this.#sessions.set(hash, session);
    return session;
  }

  /** The hash of a person's password, where this is it and they may sign in. */
  async check(id: string, password: string): Promise<string | undefined> {
    const known = this.#people?.get(id);
    const hash = await this.table.password(id);
    const isRight = await this.passwords.matches(password, hash);
    return isRight && known !== undefined && !known.person.isDisabled ? hash : undefined;
  }

  /** A session's token, new at each sign-in. */
  async begin(id: string, { address, browser, idToken }: SessionOrigin): Promise<string> {
    const token = newToken();
    const now = Date.now();
    const at = instant(now);
    const row = {
      hash: tokenHash(token),
      person: id,
      began_at: at,
      seen_at: at,
      expires_at: instant(now + ABSOLUTE_MS),
      address: address ?? null,
      browser: browser === undefined ? null : cut(browser, LONGEST_BROWSER),
      id_token: idToken ?? null,
    };
    await this.table.begin({ who: `person:${id}` }, row);
    return token;
  }

  /** Ends it. What its provider gave along is returned: with it the provider ends its own. */
  async end({ id, session }: Actor): Promise<{ idToken?: string }> {
    if (session === undefined) return {};
    const hash = tokenHash(session.token);
    const idToken = (await this.table.session(hash))?.id_token ?? undefined;
    await this.table.end({ who: `person:${id}` }, { hash, person: id });
    return idToken === undefined ? {} : { idToken };
  }

  /** A person's sessions that are not over, the newest first. */
  async sessionsOf(person: string): Promise<SessionRow[]> {
    const now = Date.now();
    const rows = await this.table.sessions(person);
    return rows.filter((row) => Date.parse(row.expires_at) > now && now - Date.parse(row.seen_at) <= IDLE_MS);
  }

  /** A link's token, which sets the password of a person, or of the first administrator. */
  async invite(who: string, person = NOBODY): Promise<{ token: string; expiresAt: number }> {
    const token = newToken();
    const expiresAt = Date.now() + INVITED_MS;
    await this.table.invite({ who }, { hash: tokenHash(token), person, expiresAt: instant(expiresAt) });
    return { token, expiresAt };
  }

  /** Whom an invitation is for; undefined where it is none, or not any more. */
  async invited(token: string): Promise<{ person: string; name?: string } | undefined> {
    const found = await this.table.invitation(tokenHash(token));
    if (found === undefined || Date.parse(found.expiresAt) < Date.now()) return undefined;
    if (found.person === NOBODY) return { person: found.person };
    const person = (await this.documents.get(found.person))?.body;
    return person === undefined || person.isDisabled ? undefined : { person: found.person, name: person.name };
  }

  /** What tells this browser from a stranger's, bound to the password: it says nothing once that was changed. */
  async deviceFor(id: string): Promise<string> {
    const nonce = randomBytes(12).toString('base64url');
    return `${nonce}.${signed(nonce, id, (await this.table.password(id)) ?? '')}`;
  }

  /** By what failures of a browser that signed in as `id` before are counted; undefined where this is none of what it was given. */
  async deviceOf(id: string, device: string): Promise<string | undefined> {
    const [, nonce, signature] = DEVICE.exec(device) ?? [];
    if (nonce === undefined || signature === undefined) return undefined;
    const hash = await this.table.password(id);
    return hash !== undefined && tokenHash(signature) === tokenHash(signed(nonce, id, hash)) ? nonce : undefined;
  }

  [Symbol.dispose](): void {
    for (const owned of this.#owned) owned[Symbol.dispose]();
  }
}

const instant = (at: number): string => new Date(at).toISOString();

const signed = (nonce: string, id: string, secret: string): string =>
  createHmac('sha256', secret).update(`device ${nonce} ${id}`).digest('base64url');

/**
 * Wall displays as this server knows them: which are let in, by what they hold, and when they were seen. While the database is away
 * those that were known stay.
 */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  asKept,
  type Catalogue,
  PAIRING_ALPHABET,
  PAIRING_CODE_LENGTH,
  type Pairing,
  type Right,
  type Scope,
  type Screen,
  scopeOf,
  screenSchema,
} from '@room/contract';
import {
  type Cause,
  type Changed,
  type Database,
  type Document,
  Documents,
  SCREEN_CREDENTIAL,
  type ScreenCredentialRow,
  type ScreenPairingRow,
  ScreenTable,
} from '@room/database';
import { poll, within } from '@room/runtime';
import { HttpError } from '../errors.ts';
import { networkOf, SITE } from './origins.ts';
import { newToken, tokenHash } from './passwords.ts';
import type { Actor } from './principal.ts';

export const SCREEN = 'screen';

/** How long a code is shown, and for how many displays at once: of all, and of one network, as all of an office may be. */
const CODE_MS = 10 * 60_000;
const MOST_WAITING = 256;
const MOST_OF_ONE_NETWORK = 16;
const FULL_SECONDS = 30;
/** A credential that is older is renewed when its wall asks, which it does each hour. */
export const RENEW_MS = 7 * 86_400_000;
/** What was replaced is good for so long: a wall asks each hour, and somebody with a copy of what it holds may have been first. */
const REPLACED_MS = 3 * 3_600_000;
/** By then whoever holds one has renewed it; a day later it says nothing of who is there, five weeks later it is over. */
const HELD_MS = RENEW_MS + 86_400_000;
const UNUSED_MS = 35 * 86_400_000;
/** Earlier ones that a wall keeps: a backup of four weeks ago knows one of them. */
const KEPT = 5;
/** So long a revoked screen can be taken back. */
const UNDO_MS = 86_400_000;
const SWEEP_MS = 3_600_000;
/** So often at most is looked for what is not known. */
const LOOK_MS = 50;
const NOTE_MS = 10_000;
/** A screen that was seen so long ago is there: it is noted more often. */
export const THERE_MS = 25_000;
const GOODBYE_MS = 1_000;
const TOKEN = /^[\w-]{43}$/;

const RIGHTS: ReadonlySet<Right> = new Set(['view']);

export interface ScreensOptions {
  database: Pick<Database, 'read' | 'write' | 'changes'>;
  catalogue: Catalogue;
  report: (message: string) => void;
}

export class Screens implements AsyncDisposable {
  readonly documents: Documents<Screen>;
  readonly table: ScreenTable;
  readonly #options: ScreensOptions;
  /** By id, as last read. */
  #actors: ReadonlyMap<string, Actor> | undefined;
  /** By hash, as last read. */
  #credentials = new Map<string, ScreenCredentialRow>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** The next look for what is not known, for all who wait for it. */
  #next: Promise<void> | undefined;
  readonly #listeners = new Set<() => void>();
  /** By this server: a first time is noted at once, later ones now and then. */
  readonly #noted = new Set<string>();
  /** Not yet noted. */
  #seen = new Map<string, { at: string; from: string | undefined }>();
  #connected: () => ReadonlySet<string> = () => new Set();
  readonly #owned: Disposable[] = [];

  constructor(options: ScreensOptions) {
    this.#options = options;
    const { database } = options;
    this.documents = new Documents({ database, kind: SCREEN, schema: asKept(screenSchema) });
    this.table = new ScreenTable(database);
  }

  /** Reads what there is; where the database does not answer, as soon as it does. */
  async start(): Promise<void> {
    const { database, report } = this.#options;
    const sweeping = setInterval(() => {
      this.table.sweep(SCREEN, instant(Date.now() - UNDO_MS)).catch(() => undefined);
    }, SWEEP_MS).unref();
    this.#owned.push(
      database.changes.follow([SCREEN, SCREEN_CREDENTIAL], (changes) => this.#changed(changes)),
      { [Symbol.dispose]: () => clearInterval(sweeping) },
      poll(NOTE_MS, () => this.#note()),
    );
    await this.#read().catch((error: Error) => report(`screens are not known yet: ${error.message}`));
  }

  /** From now on those that `connected` names are noted as seen. */
  follow(connected: () => ReadonlySet<string>): void {
    this.#connected = connected;
  }

  /** Told when a screen was revoked or sees something else. Returns the function that stops telling. */
  onChanged(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async #changed(changes: readonly Changed[] | undefined): Promise<void> {
    const concerns = (kind: string): boolean => changes === undefined || changes.some((each) => each.kind === kind);
    if (concerns(SCREEN_CREDENTIAL)) this.#credentials = await this.table.credentials();
    if (!concerns(SCREEN)) return;
    await this.#read();
    for (const listener of this.#listeners) listener();
  }

  async #read(): Promise<ReadonlyMap<string, Actor>> {
    const screens = await this.documents.list();
    this.#actors = new Map(screens.map((screen) => [screen.id, this.#actorOf(screen)]));
    return this.#actors;
  }

  #actorOf({ id, body: { name, scope: grant } }: Document<Screen>): Actor {
    return { kind: 'screen', id, name, rights: RIGHTS, grant, scope: this.#scopeOf(name, grant) };
  }

  #scopeOf(name: string, grant: Screen['scope']): Scope {
    const { catalogue, report } = this.#options;
    try {
      return scopeOf(grant, catalogue);
    } catch (error) {
      report(
        `the screen ${name} shows nothing in full: ${(error as Error).message}; give it another scope at /admin/screens`,
      );
      return scopeOf({ agencies: [], provinces: [] }, catalogue);
    }
  }

  /** The screen of this id; undefined where there is none, or it was revoked. */
  actor(id: string): Actor | undefined {
    return this.#actors?.get(id);
  }

  /** All that were let in. */
  all(): readonly Actor[] {
    return [...(this.#actors?.values() ?? [])];
  }

  /** Whether it is known without asking the database whose this is. */
  isAtHand(held: string): boolean {
    const [newest] = tokensOf(held);
    return newest === undefined || this.#credentials.has(tokenHash(newest));
  }

  /** Which screen holds this; undefined where it is none, or not any more. Rejects while the database is away and it is not known. */
  async actorOf(held: string): Promise<Actor | undefined> {
    const found = await this.#find(tokensOf(held));
    return found === undefined ? undefined : this.actor(found.row.screen);
  }

  /** The newest that is good, and how many newer ones this room does not know. */
  async #find(tokens: readonly string[]): Promise<{ row: ScreenCredentialRow; newer: number } | undefined> {
    if (tokens.length === 0) return undefined;
    const known = await this.#known(tokens);
    if (known.length === 0 || known[0]?.newer !== 0)
      // Another server may have made it this moment.
      await this.#lookAgain().catch((error: unknown) => {
        if (known.length === 0) throw error;
      });
    const [found] = await this.#known(tokens);
    if (found !== undefined && found.row.replaces !== null) this.#take(found.row);
    return found;
  }

  async #known(tokens: readonly string[]): Promise<{ row: ScreenCredentialRow; newer: number }[]> {
    const found: { row: ScreenCredentialRow; newer: number }[] = [];
    for (const [newer, token] of tokens.entries()) {
      const row = this.#credentials.get(tokenHash(token));
      if (row !== undefined && !isOver(row) && (await this.#isLetIn(row.screen))) found.push({ row, newer });
    }
    return found;
  }

  /** A look that begins from now on, not sooner after the last one than it may: guessing must not ask the database all the time. */
  #lookAgain(): Promise<void> {
    this.#next ??= (async () => {
      await sleep(Math.max(0, this.#lookedAt + LOOK_MS - performance.now()));
      this.#next = undefined;
      this.#lookedAt = performance.now();
      this.#credentials = await this.table.credentials();
    })();
    return this.#next;
  }

  async #isLetIn(screen: string): Promise<boolean> {
    if ((this.#actors ?? (await this.#read())).has(screen)) return true;
    // Another server may have let it in this moment.
    await this.#options.database.changes.look();
    return this.actor(screen) !== undefined;
  }

  /** What was offered has reached its wall. Where that cannot be noted now, both go on to be good. */
  #take(row: ScreenCredentialRow): void {
    this.#credentials.set(row.hash, { ...row, replaces: null });
    const now = Date.now();
    this.table
      .taken(row, {
        now: instant(now),
        replacedBefore: instant(now - REPLACED_MS),
        madeBefore: instant(now - UNUSED_MS),
      })
      .catch(() => this.#credentials.set(row.hash, row));
  }

  /**
   * Gives a wall another credential in the place of one that is old: `held` is what it is to hold then. The former stays good until some
   * hours after the new one was used: one that never arrives locks nobody out, nor does somebody with a copy who is first.
   */
  async renew(held: string | undefined): Promise<{ isPaired: boolean; held?: string }> {
    const tokens = tokensOf(held);
    const found = await this.#find(tokens);
    if (found === undefined) return { isPaired: false };
    const { hash, screen, made_at } = found.row;
    const now = Date.now();
    // What only an earlier backup knows is as old: whatever stands before it in what somebody holds is no reason to hurry.
    if (now - Date.parse(made_at) < RENEW_MS) return { isPaired: true };
    const token = newToken();
    await this.table.offer({
      hash: tokenHash(token),
      screen,
      made_at: instant(now),
      replaces: hash,
      replaced_at: null,
    });
    return { isPaired: true, held: [token, ...tokens].slice(0, KEPT).join('.') };
  }

  /**
   * The code that a display shows, and `held` where it is to hold something new: what an administrator's approval makes its credential.
   * Rejects with 429 where too many wait.
   */
  async ask(held: string | undefined, from: string): Promise<{ pairing: Pairing; held?: string }> {
    const tokens = tokensOf(held);
    if ((await this.#find(tokens)) !== undefined) return { pairing: { isPaired: true } };
    const now = Date.now();
    const [token = ''] = tokens;
    const known = await this.table.pairing(tokenHash(token));
    const left = known === undefined ? 0 : Date.parse(known.expires_at) - now;
    if (known !== undefined && left > 0) return { pairing: { isPaired: false, code: known.code, expiresInMs: left } };
    await this.#assertRoom(now, from);
    // What somebody else may have put there, or have a copy of, becomes no credential; what it was before is kept for an undo.
    const isOurs = known !== undefined;
    const kept = isOurs ? token : newToken();
    const code = await this.#newCode(tokenHash(kept), from, now);
    const before = tokens.filter((each) => this.#credentials.has(tokenHash(each)));
    const chain = [kept, ...before].slice(0, KEPT).join('.');
    return { pairing: { isPaired: false, code, expiresInMs: CODE_MS }, ...(isOurs ? {} : { held: chain }) };
  }

  async #assertRoom(now: number, from: string): Promise<void> {
    const waiting = await this.table.waiting(instant(now));
    const network = networkOf(from);
    const beside = waiting.filter(({ asked_from }) => networkOf(asked_from) === network).length;
    const isFull = waiting.length >= MOST_WAITING;
    // Where all are taken, the site with most gives its youngest to one with fewer: who has one keeps it while others have more.
    const most = isFull ? crowdIn(waiting) : [];
    const site = networkOf(from, SITE);
    const ours = waiting.filter(({ asked_from }) => networkOf(asked_from, SITE) === site).length;
    const youngest = most.length > ours + 1 ? most.at(-1) : undefined;
    if (youngest !== undefined && beside < MOST_OF_ONE_NETWORK) await this.table.forget(youngest.hash);
    else if (isFull || beside >= MOST_OF_ONE_NETWORK)
      throw new HttpError(
        429,
        'too_many_codes',
        'too many displays wait to be approved; approve those at /admin/screens, or wait ten minutes',
        FULL_SECONDS,
      );
  }

  async #newCode(hash: string, asked_from: string, now: number): Promise<string> {
    for (;;) {
      const code = newCode();
      const row = { hash, code, asked_from, asked_at: instant(now), expires_at: instant(now + CODE_MS) };
      if (await this.table.ask(row)) return code;
    }
  }

  /** Lets in whoever shows `code`. Undefined where nobody does, or not any more. */
  pair(cause: Cause, code: string, id: string, screen: Screen): Promise<Document<Screen> | undefined> {
    return this.table.pair(cause, { code, screen: id, now: instant(Date.now()) }, (edit) =>
      this.documents.createIn(edit, id, screen),
    );
  }

  /** Screens by whose credential more than one come in, or came a week ago. */
  async heldTwice(): Promise<Set<string>> {
    const since = instant(Date.now() - HELD_MS);
    const [once, twice] = [new Set<string>(), new Set<string>()];
    for (const { screen, replaces, replaced_at, made_at } of (await this.table.credentials()).values())
      if (replaces === null && replaced_at === null && made_at > since) (once.has(screen) ? twice : once).add(screen);
    return twice;
  }

  /** A screen asked for something, from this address. */
  seen(id: string, from: string | undefined): void {
    this.#seen.set(id, { at: instant(Date.now()), from: from ?? this.#seen.get(id)?.from });
    if (this.#noted.has(id)) return;
    this.#noted.add(id);
    void this.#note();
  }

  /** Shows the wall, by a socket of this server. */
  isConnected(id: string): boolean {
    return this.#connected().has(id);
  }

  async #note(): Promise<void> {
    for (const id of this.#connected()) this.seen(id, undefined);
    const seen = this.#seen;
    this.#seen = new Map();
    // What is not noted now is later.
    await this.table.seen(seen).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const owned of this.#owned) owned[Symbol.dispose]();
    // A server that ends does not wait for a database that is silent.
    await within(this.#note(), GOODBYE_MS);
  }
}

/** Those of the site with most of them, the oldest first. */
function crowdIn(waiting: readonly ScreenPairingRow[]): ScreenPairingRow[] {
  const sites = new Map<string, ScreenPairingRow[]>();
  for (const each of waiting) {
    const site = networkOf(each.asked_from, SITE);
    sites.set(site, [...(sites.get(site) ?? []), each]);
  }
  return [...sites.values()].reduce((most, each) => (each.length > most.length ? each : most), []);
}

const instant = (at: number): string => new Date(at).toISOString();

const isOver = ({ replaced_at }: ScreenCredentialRow): boolean =>
  replaced_at !== null && Date.now() - Date.parse(replaced_at) > REPLACED_MS;

/** What a wall holds: the newest first. */
const tokensOf = (held: string | undefined): string[] =>
  (held ?? '')
    .split('.')
    .filter((token) => TOKEN.test(token))
    .slice(0, KEPT);

const newCode = (): string =>
  Array.from({ length: PAIRING_CODE_LENGTH }, () => PAIRING_ALPHABET[randomInt(PAIRING_ALPHABET.length)]).join('');

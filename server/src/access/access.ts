/** Who may do what: the only place that decides. A right that nobody was given is refused. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Dimension, EVERYTHING, type ImportKind, owns, type Scope } from '@room/contract';
import type { Route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import type { Accounts } from './accounts.ts';
import { cookiesOf } from './cookies.ts';
import type { Looks } from './looks.ts';
import { bearer, isOperator } from './operator.ts';
import type { Origins } from './origins.ts';
import type { PortalKeys } from './portal-keys.ts';
import {
  type Actor,
  OPERATOR,
  type Portal,
  type PrincipalOf,
  type RouteRight,
  STRANGER,
  VISITOR,
} from './principal.ts';
import type { Screens } from './screens.ts';
import { isReadingToken, type Tokens } from './tokens.ts';

export interface AccessOptions {
  origins: Pick<Origins, 'hostRefused' | 'socketRefused'>;
  keys: Pick<PortalKeys, 'find' | 'isAtHand'>;
  operatorTokens: readonly string[];
  looks: Pick<Looks, 'actor'>;
  accounts: Pick<Accounts, 'actorOf' | 'isAtHand'>;
  screens: Pick<Screens, 'actor' | 'actorOf' | 'isAtHand'>;
  tokens: Pick<Tokens, 'actorOf' | 'isAtHand'>;
  /** Whether whoever asks with these headers sees what walls show without a credential. */
  isOpenTo: (headers: IncomingHttpHeaders) => boolean;
  /** Whether browsers reach the room by TLS. */
  isSecure: boolean;
}

export type Asked = Pick<IncomingMessage, 'headers' | 'method'>;

/** Methods that change nothing. */
const SAFE = new Set(['GET', 'HEAD']);
export const CSRF_HEADER = 'x-csrf-token';

export class Access {
  readonly #options: AccessOptions;

  constructor(options: AccessOptions) {
    this.#options = options;
  }

  /** Who asks, where they have this right. Rejects with 401, 403 or 421 and the remedy where they do not. */
  async admit<R extends RouteRight>(
    right: R,
    asked: Asked,
    isReading?: boolean,
    imports?: ImportKind,
  ): Promise<PrincipalOf<R>>;
  async admit(
    right: RouteRight,
    asked: Asked,
    isReading = SAFE.has(asked.method ?? 'GET'),
    imports?: ImportKind,
  ): Promise<Portal | Actor> {
    const portal = right === 'submit' || right === 'codes' ? await this.#portal(asked) : undefined;
    if (portal !== undefined) return portal;
    if (right === 'submit') throw unknownKey();
    const actor = await this.actor(asked);
    const isBringing = brings(actor, imports);
    if (!isBringing) assertMay(right, actor);
    if (actor.kind === 'operator') return actor;
    // What was given is no credential: its program would take what walls show to anybody for what it may see.
    if (actor.kind === 'visitor' && right !== 'public' && bearer(asked.headers.authorization) !== undefined)
      throw notReading();
    this.assertHost(asked);
    // It comes with no cookie, which a page of another site could make a browser send.
    if (isBringing) this.#assertNoOther(asked);
    else if (!isReading) this.#assertOurs(asked, actor);
    else if (!SAFE.has(asked.method ?? 'GET')) this.#assertNoOther(asked);
    if (right === 'administer' && actor.kind === 'look' && !isReading)
      throw new HttpError(
        403,
        'demonstration',
        'nobody of a demonstration changes who may come in; make the first administrator with npm run set-up',
      );
    return actor;
  }

  /** Who opens a socket, which shows what walls show. Rejects with the reason where it is refused. */
  async admitSocket(asked: Asked): Promise<Actor> {
    const refused = this.#options.origins.socketRefused(asked.headers.origin, asked.headers.host);
    if (refused !== undefined) throw new HttpError(403, 'other_origin', refused);
    const actor = await this.admit('view', asked);
    if (actor.kind === 'token')
      throw new HttpError(403, 'no_right', 'a reading token asks by HTTP; a socket is for walls and pages');
    return actor;
  }

  /** Who `before` is by now, whose socket was opened with `asked`: a screen's outlives what it held then, which it renews. */
  async admitAgain(asked: Asked, { kind, id }: Actor): Promise<Actor> {
    return (kind === 'screen' ? this.#options.screens.actor(id) : undefined) ?? this.admitSocket(asked);
  }

  /** Whoever it is, that they ask for the room by a name of its own. Throws 421. */
  assertHost({ headers: { host } }: Asked): void {
    const refused = this.#options.origins.hostRefused(host);
    if (refused !== undefined) throw new HttpError(421, 'other_host', refused);
  }

  /** Whether it is known without asking the database who that is. Of events, that it is a portal. */
  isAtHand({ headers }: Asked, right?: RouteRight): boolean {
    const { operatorTokens, keys, accounts, screens, tokens, isSecure } = this.#options;
    const given = bearer(headers.authorization);
    if (right !== 'submit' && isOperator(given, operatorTokens)) return true;
    if (right !== 'submit' && isReadingToken(given)) return tokens.isAtHand(given);
    if (given !== undefined && !keys.isAtHand(given)) return false;
    if (right === 'submit') return given !== undefined;
    const { session, screen } = cookiesOf(headers, isSecure);
    return (session === undefined || accounts.isAtHand(session)) && (screen === undefined || screens.isAtHand(screen));
  }

  /** Whoever it is; nothing is decided yet. Rejects while the database that knows is away, and with 401 where a token is none any more. */
  async actor({ headers }: Asked): Promise<Actor> {
    const { operatorTokens, accounts, screens, tokens, looks, isOpenTo, isSecure } = this.#options;
    const given = bearer(headers.authorization);
    if (isOperator(given, operatorTokens)) return OPERATOR;
    // A program hears that its token is over, rather than to be told what anybody may see.
    if (isReadingToken(given)) {
      const reader = await tokens.actorOf(given);
      if (reader === undefined) throw unknownToken();
      return reader;
    }
    const { session, look, screen: held } = cookiesOf(headers, isSecure);
    const person = session === undefined ? undefined : await accounts.actorOf(session);
    const other = look === undefined ? undefined : looks.actor(look);
    const somebody = person ?? other;
    if (somebody !== undefined) return somebody;
    const screen = held === undefined ? undefined : await screens.actorOf(held);
    return screen ?? (isOpenTo(headers) ? VISITOR : STRANGER);
  }

  /** A program names no origin; a page of another site does. Throws 403. */
  #assertNoOther({ headers: { origin, host } }: Asked): void {
    if (origin !== undefined && this.#options.origins.socketRefused(origin, host) !== undefined)
      throw new HttpError(403, 'other_origin', "only programs and the room's own pages may ask for this");
  }

  /** A cookie comes with whatever a page of another site makes this browser send. Throws 403. */
  #assertOurs({ headers }: Asked, { session }: Actor): void {
    const { host, origin } = headers;
    if (origin === undefined || this.#options.origins.socketRefused(origin, host) !== undefined)
      throw new HttpError(403, 'other_origin', "only the room's own pages may ask for this");
    if (session === undefined) return;
    const given = headers[CSRF_HEADER];
    const isGiven = typeof given === 'string' && timingSafeEqual(digest(given), digest(csrfToken(session)));
    if (!isGiven)
      throw new HttpError(403, 'no_csrf_token', `send csrfToken of /v1/session in the header ${CSRF_HEADER}`);
  }

  async #portal({ headers: { authorization } }: Asked): Promise<Portal | undefined> {
    const key = bearer(authorization);
    if (key === undefined || isReadingToken(key) || isOperator(key, this.#options.operatorTokens)) return undefined;
    const found = await this.#options.keys.find(key);
    if (found === undefined) return undefined;
    const { id, source, rate } = found;
    return { kind: 'portal', source, key: { id, rate } };
  }
}

const unknownKey = (): HttpError =>
  new HttpError(
    401,
    'unknown_key',
    'give a portal key as "Authorization: Bearer …"; an administrator makes one at /admin/portals, or with the portal-key command',
  );

const unknownToken = (): HttpError =>
  new HttpError(
    401,
    'unknown_token',
    'this token was revoked, is too old, or never was one; its owner makes another at /account',
  );

const notReading = (): HttpError =>
  new HttpError(
    401,
    'unknown_token',
    'what was given as "Authorization: Bearer …" is no reading token; make one at /account, or leave the header out to see what walls show',
  );

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What only a page of the room can know of a session: no page of another site reads an answer. */
export const csrfToken = ({ token }: { token: string }): string => digest(`csrf ${token}`).toString('base64url');

function isAllowed(right: Exclude<RouteRight, 'submit'>, { kind, rights }: Actor): boolean {
  // Every page names units by them: of people, keys and alerts too.
  if (right === 'codes') return rights.size > 0;
  if (right === 'self') return kind === 'person';
  return right === 'public' || rights.has(right);
}

/** Throws 401 or 403 with the remedy where they have not this right. */
export function assertMay(right: Exclude<RouteRight, 'submit'>, actor: Actor): void {
  if (!isAllowed(right, actor)) throw refusal(actor, right);
}

function refusal({ kind }: Actor, right: RouteRight): HttpError {
  if (right === 'self')
    return kind === 'visitor'
      ? notSignedIn('sign in at /sign-in')
      : new HttpError(403, 'no_right', 'this is for people who have signed in, about their own account');
  if (kind === 'token' && right !== 'codes')
    return new HttpError(
      403,
      'no_right',
      `this asks for the right to ${right}, which the token, or whoever made it, does not have; another is made at /account`,
    );
  if (kind !== 'visitor')
    return new HttpError(
      403,
      'no_right',
      `this asks for ${right === 'codes' ? 'any right' : `the right to ${right}`}, which an administrator gives`,
    );
  return right === 'operate'
    ? new HttpError(
        401,
        'not_operator',
        'give the operator\'s token as "Authorization: Bearer …"; it stands in DATA_DIR/operator-token or OPERATOR_TOKEN',
      )
    : notSignedIn(
        right === 'codes'
          ? 'give a portal key or a reading token as "Authorization: Bearer …", or sign in at /sign-in'
          : `sign in as somebody who has the right to ${right}, at /sign-in`,
      );
}

const notSignedIn = (reason: string): HttpError => new HttpError(401, 'not_signed_in', reason);

/** What a wall display may ask for beside what anybody may. Throws 403. */
export function assertOnWalls(
  { kind }: Pick<Actor, 'kind'>,
  { right, isOnWalls }: Pick<Route, 'right' | 'isOnWalls'>,
): void {
  if (kind === 'screen' && right !== 'public' && isOnWalls !== true)
    throw new HttpError(403, 'no_right', 'a wall display is told what a wall shows, and no more; sign in at /sign-in');
}

/** A token of somebody who still may bring such rows, and that was made for them. */
const brings = ({ imports }: { imports?: Actor['imports'] | undefined }, kind: ImportKind | undefined): boolean =>
  kind !== undefined && imports?.has(kind) === true;

/** A token reads, and changes nothing but what it was made to bring. Throws 403. */
export function assertReads(
  { kind, imports }: Pick<Actor, 'kind' | 'imports'>,
  { method, isReading, imports: brought }: Pick<Route, 'method' | 'isReading' | 'imports'>,
): void {
  if (kind === 'token' && method !== 'get' && isReading !== true && !brings({ imports }, brought))
    throw new HttpError(403, 'reads_only', 'this token changes nothing of that kind; sign in at /sign-in to do that');
}

/** What is of the room as a whole, as a backup, is for those alone who may see everything. Throws 403. */
export function assertEverything({ scope }: Pick<Actor, 'scope'>): void {
  if (scope.key !== EVERYTHING.key)
    throw new HttpError(403, 'outside_scope', 'this is of the whole room, of which you may see a part');
}

/** Of a member that is not theirs nobody sees more than the wall shows; of the whole country it shows all. Throws 403. */
export function assertSeen(scope: Scope, dim: 'all' | Dimension, code: string): void {
  if (dim !== 'all' && !owns(scope, dim, code))
    throw new HttpError(403, 'outside_scope', `${dim} ${code} is outside of what you may see in full`);
}

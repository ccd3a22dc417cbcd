/** What the room tells whoever asks of themselves. */
import type { Label } from './catalogue.ts';
import type { ImportKind, ReadingRight, Right } from './rights.ts';
import type { ScopeGrant } from './scope.ts';

interface Given {
  rights: readonly Right[];
  /** Whose numbers are seen in full. */
  scope: ScopeGrant;
}

/** As whom a demonstration may be looked at: `leadership`, `analyst`, `operator`, `administrator`, `agency:ID` or `province:ID`. */
export interface Look extends Given {
  id: string;
  /** Of a unit its name, and what such units are called. */
  unit?: { noun: Label; label: Label };
}

export interface Session extends Given {
  /**
   * `visitor`: whoever reaches the address; `look`: somebody of a demonstration; `operator`: whoever has the operator's token;
   * `screen`: a wall display; `token`: a program that reads on somebody's behalf.
   */
  kind: 'visitor' | 'look' | 'operator' | 'person' | 'screen' | 'token';
  /** Of the look, the person, the screen or the token. */
  id: string;
  /** Of the person, the screen or the token. */
  name?: string;
  /** This browser is a wall display that is not paired, or not any more: it shows a code, and no sign-in. */
  isUnpaired?: boolean;
  /** Of a person's session: what they change carries it in the header `x-csrf-token`. */
  csrfToken?: string;
  /** There where the room is a demonstration. */
  looks?: readonly Look[];
  /** Through which identity provider one may sign in, as people call it. */
  provider?: string;
  /** After signing out: where the provider ends its own session. */
  signOutAt?: string;
  /** Nobody has an account yet: the first administrator is made by a link that the room prints. */
  needsSetUp?: boolean;
}

/** What a person is told of their own account, beside the session. */
export interface OwnAccount {
  hasPassword: boolean;
  /** Who vouches for them where they have no password. */
  provider?: string;
  /** Where they are signed in, the newest first. */
  sessions: readonly OwnSession[];
}

export interface OwnSession {
  id: string;
  isThis: boolean;
  /** Milliseconds since 1970 UTC; the second to some minutes. */
  beganAt: number;
  seenAt: number;
  address?: string;
  /** As it calls itself. */
  browser?: string;
}

/** By which a program reads on somebody's behalf, as its owner sees it. Instants are milliseconds since 1970 UTC. */
export interface ReadingToken {
  id: string;
  name: string;
  rights: readonly ReadingRight[];
  /** Rows that it may bring. */
  imports: readonly ImportKind[];
  scope: ScopeGrant;
  createdAt: number;
  expiresAt: number;
  /** To some minutes; absent where it was not used yet. */
  usedAt?: number;
}

/** A person's own, and for how long they may make one: whoever a provider vouches for is to be heard of there now and then. */
export interface ReadingTokens {
  tokens: readonly ReadingToken[];
  mostDays: number;
  /** Of one that may bring rows. */
  mostImportDays: number;
}
export const MOST_READING_TOKENS = 20;

/** Characters of a password. */
export const PASSWORD_LENGTH = { least: 12, most: 200 } as const;

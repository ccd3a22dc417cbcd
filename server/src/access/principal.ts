/** Who asks, once that is known. */
import { EVERYTHING, type ImportKind, type Right, type Scope, type ScopeGrant } from '@room/contract';

/**
 * What a row of the table of routes may want: a right of people and screens, that of portals, what portals and whoever has any right
 * have in common (`codes`), to be a person (`self`), or nothing.
 */
export type RouteRight = 'public' | 'submit' | 'codes' | 'self' | Right;

export type { ImportKind };

export interface Portal {
  kind: 'portal';
  /** The only source that it may write. */
  source: string;
  /** Of several of that source, and how many events a second it may bring; as many as the room lets every key where undefined. */
  key: { id: string; rate: number | undefined };
}

/** Anybody but a portal. */
export interface Actor {
  /**
   * `visitor`: whoever reaches the address, without a credential; `look`: one of a demonstration; `screen`: a wall display;
   * `token`: a program that reads, or brings rows, on somebody's behalf.
   */
  kind: 'visitor' | 'look' | 'operator' | 'person' | 'screen' | 'token';
  /** Tells one from another of its kind. */
  id: string;
  name?: string;
  /** Of a token: the person whose it is. */
  owner?: string;
  /** Of a person: what the browser holds, and until when it is good without being used, milliseconds since 1970 UTC. */
  session?: { token: string; until: number };
  rights: ReadonlySet<Right>;
  /** Of a token: rows of files that it may bring, as its owner still may. */
  imports?: ReadonlySet<ImportKind>;
  /** As it was given, and as it is asked of. */
  grant: ScopeGrant;
  scope: Scope;
}

export type Principal = Portal | Actor;
export type PrincipalOf<R extends RouteRight> = R extends 'submit' ? Portal : R extends 'codes' ? Principal : Actor;

/** Where whoever reaches the address sees what walls show. */
export const VISITOR: Actor = {
  kind: 'visitor',
  id: '',
  rights: new Set<Right>(['view', 'analyse']),
  grant: 'all',
  scope: EVERYTHING,
};

/** Whoever has the operator's token. */
export const OPERATOR: Actor = {
  kind: 'operator',
  id: '',
  rights: new Set<Right>(['view', 'operate']),
  grant: 'all',
  scope: EVERYTHING,
};

/** Where they do not. */
export const STRANGER: Actor = {
  kind: 'visitor',
  id: '',
  rights: new Set<Right>(),
  grant: { agencies: [], provinces: [] },
  scope: { key: 'none', own: {} },
};

/** Two actors who may see and do the same, as the same. */
export const isSame = (one: Actor, other: Actor): boolean =>
  one.kind === other.kind &&
  one.id === other.id &&
  one.scope.key === other.scope.key &&
  one.rights.size === other.rights.size &&
  [...one.rights].every((right) => other.rights.has(right)) &&
  one.imports?.size === other.imports?.size &&
  [...(one.imports ?? [])].every((kind) => other.imports?.has(kind));

/** By what a person, with their programs, or a screen is known, by whatever connections they come; undefined for everybody else. */
export function nameOf({ kind, id, owner }: Pick<Actor, 'kind' | 'id' | 'owner'>): string | undefined {
  if (owner !== undefined) return `person ${owner}`;
  return kind === 'person' || kind === 'screen' ? `${kind} ${id}` : undefined;
}

/** Whose turn it is when they ask. */
export const ownerOf = (actor: Pick<Actor, 'kind' | 'id' | 'owner'>, connection: object): string | object =>
  nameOf(actor) ?? connection;

/** Sources and their keys, as an administrator sees them. Instants are milliseconds since 1970 UTC. */
import type { SourceState } from './wall.ts';

export interface PortalKey {
  id: string;
  source: string;
  name: string;
  createdAt: number;
  createdBy: string;
  /** Never, where absent. */
  expiresAt?: number;
  /** To half a minute. */
  lastUsedAt?: number;
  revokedAt?: number;
  /** Events a second; the room's own limit where absent. */
  rate?: number;
}

/** How a request of a portal was answered. */
export interface PortalAnswer {
  at: number;
  /** Of HTTP. */
  status: number;
  /** Of the refusal. */
  code?: string;
  events?: { accepted: number; duplicate: number; quarantined: number };
}

/** Refusals of one kind. */
export interface PortalRefusals {
  code: string;
  count: number;
  /** Of the last of them. */
  at: number;
}

export interface Portal {
  /** Of the catalogue, or of a key whose source is not in it any more. */
  source: string;
  /** As walls show it; absent while that is not known. */
  state?: SourceState;
  /** The last request with a key of it, and those refused, on the server that answers and since it started. */
  last?: PortalAnswer;
  refused: readonly PortalRefusals[];
  /** Newest first; of those that ended the last ones alone. */
  keys: readonly PortalKey[];
}

export interface Portals {
  /** Events a second that a key may bring without a limit of its own. */
  rate: number;
  portals: readonly Portal[];
}

export const PORTAL_RATE = { least: 1, most: 1_000_000 } as const;
/** How long a revoked key may be taken back, milliseconds. */
export const RESTORABLE_MS = 3_600_000;

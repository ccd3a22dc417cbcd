/** What was done, by whom and why, as an administrator sees it. Instants are texts of RFC 3339. */

export interface AuditEntry {
  /** In the order of the commits, without gaps. */
  sequence: number;
  at: string;
  /** As `person:ID`, `operator`, `command:USER`, `room`. */
  who: string;
  /** As `portal_key.revoked`. */
  action: string;
  /** To what kind of thing, and to which of them. */
  kind: string;
  subject: string;
  version: number | null;
  before?: unknown;
  after?: unknown;
  why: string | null;
  /** Over this entry and the hash of the one before. */
  hash: string;
}

export interface AuditPage {
  entries: readonly AuditEntry[];
  /** Where to go on, as `before`; absent at the beginning of the chain. */
  next?: number;
}

/** Why an entry is the first broken link. */
export type ChainFault = 'missing' | 'changed' | 'end' | 'noted';

/** What is known of the chain as a whole. */
export interface ChainState {
  /** Entries that there are. */
  entries: number;
  /** What the last verification found, and whose it was. */
  last?: { at: string; who: string; sequence: number; hash?: string; fault?: ChainFault };
  /** One that goes on, on the server that answers. */
  running?: { done: number; of: number };
}

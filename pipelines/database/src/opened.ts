import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** Connections to a database of one of two kinds. The statements are the same, but for how a writer keeps others out. */
export interface Opened {
  kind: 'sqlite' | 'postgres';
  writer: Kysely<Tables>;
  /** Never waits for a transaction of `writer`. */
  reader: Kysely<Tables>;
  close: () => Promise<void>;
}

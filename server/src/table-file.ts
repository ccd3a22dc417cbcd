/** A table of a page that people take along as CSV. */
import type { Language } from '@room/contract';
import type { Call } from './api/route.ts';
import type { Streamed } from './api/streamed.ts';

/** Undefined is not known, never 0. */
export type Cell = string | number | undefined;

export interface TableFile {
  /** First and last local day that it is of. */
  from: string;
  to: string;
  /** What it is about: names and values; a sentence is both. */
  about: [name: string, value: string][];
  columns: { name: string; kind: 'text' | 'count' | 'share' }[];
  rows: Cell[][];
}

/** The table that `make` gives, as a file named after what it is of: within what may be taken at once, and noted before it leaves. */
export type GiveTable = <Q extends { lang: Language }>(
  call: Pick<Call<'view', undefined, Q, undefined>, 'principal' | 'query' | 'asker' | 'request'>,
  of: string,
  make: () => Promise<TableFile>,
) => Promise<Streamed<string>>;

/** What such a route refuses besides. */
export const TAKEN = {
  429: 'too many files were taken along; try again after Retry-After',
  503: 'the database that notes what is taken does not answer, or the room is busy',
};

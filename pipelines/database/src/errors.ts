/** What a caller can do something about, told from what is a fault of ours. */

/** The database does not answer, or takes no writes. What was asked was not done, or it is not known whether it was. */
export class DatabaseAway extends Error {
  readonly code = 'database_away';
  readonly canRetry = true;
}

/** Somebody was faster: what was edited is not the newest version any more. */
export class Conflict extends Error {
  readonly code = 'conflict';
  readonly kind: string;
  readonly id: string;
  /** The version that the edit was made from, and the newest one with its author; 0 where there is none. */
  readonly edited: number;
  readonly newest: { version: number; who: string; at: string };

  constructor(kind: string, id: string, edited: number, newest: Conflict['newest']) {
    const { version, who, at } = newest;
    super(
      version === 0
        ? `${kind} ${id} is not there; version ${edited} of it was edited`
        : `${kind} ${id} is at version ${version}, by ${who} at ${at}; version ${edited} was edited. Look at it and edit again`,
    );
    this.kind = kind;
    this.id = id;
    this.edited = edited;
    this.newest = newest;
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown })?.code ?? '');

/** Two transactions were in each other's way: nothing of this one was done, and it may be done again. */
export const isContended = (error: unknown): boolean =>
  /^(40001|40P01|55P03|SQLITE_BUSY(_\w+)?|SQLITE_LOCKED(_\w+)?)$/.test(codeOf(error));

const NETWORK = /^(E(CONN\w+|HOST\w+|NET\w+|TIMEDOUT|PIPE|AI_AGAIN)|ENOTFOUND|ENOENT)$/;
/** Connection exceptions, shutting down, starting up, too many clients, a standby, no resources, cancelled as too slow. */
const POSTGRES = /^(08\w{3}|57P0[1-5]|57014|53\w{3}|25006|58\w{3})$/;
/** A damaged file is as good as none. */
const SQLITE = /^SQLITE_(BUSY|LOCKED|IOERR|FULL|READONLY|CANTOPEN|CORRUPT|NOTADB)(_\w+)?$/;
/** What the driver says without a code. */
const WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered)/;

/** It is no fault of the question that it failed. */
export function isAway(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true;
  const code = codeOf(error);
  return (
    NETWORK.test(code) ||
    POSTGRES.test(code) ||
    SQLITE.test(code) ||
    WORDS.test(String((error as Error)?.message ?? '')) ||
    (error instanceof AggregateError && error.errors.some(isAway))
  );
}

/** In words, without an address's parts that may be secret. */
export const reasonOf = (error: unknown): string =>
  error instanceof AggregateError ? error.errors.map(reasonOf).join('; ') : (error as Error).message;

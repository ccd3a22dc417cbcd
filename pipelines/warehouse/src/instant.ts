/** Milliseconds since 1970 UTC as the engine reads a DateTime64(3) in UTC, `2026-11-19 03:42:07.125`. */
export const instantText = (at: number): string => new Date(at).toISOString().slice(0, 23).replace('T', ' ');

/** The same as an expression. */
export const instantSql = (at: number): string => `toDateTime64('${instantText(at)}', 3, 'UTC')`;

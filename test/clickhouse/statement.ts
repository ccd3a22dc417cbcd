/** What can be told of a statement by its text alone. Pure. */

const COMMENTS = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/;
const INSERT = /^INSERT\s+INTO\s+(?:TABLE\s+)?(?:FUNCTION\s+)?((?:[\w`"]+\.)?[\w`"]+)/i;
const TOKEN = /\binsert_deduplication_token\s*=\s*'([^']*)'/i;
const ROWS = /^[(\s]*(?:SELECT|WITH|FROM)\b/i;
const FORMAT = /\bFORMAT\s+(\w+)\s*(?:SETTINGS\b[^']*(?:'[^']*'[^']*)*)?;?\s*$/i;

const withoutComments = (sql: string): string => sql.replace(COMMENTS, '');

export interface Insert {
  /** Without its database. */
  table: string;
  /** Empty where the statement names none. */
  token: string;
}

/** Undefined for any other statement. The beginning of the text will do, as long as it holds the settings. */
export function insertOf(sql: string): Insert | undefined {
  const text = withoutComments(sql);
  const name = INSERT.exec(text)?.[1];
  if (name === undefined) return undefined;
  return { table: name.split('.').at(-1)?.replaceAll(/[`"]/g, '') ?? name, token: TOKEN.exec(text)?.[1] ?? '' };
}

/** Whether it answers with rows that may be many. */
export const isSelect = (sql: string): boolean => ROWS.test(withoutComments(sql));

/** The format that the text itself asks for. */
export const formatOf = (sql: string): string | undefined => FORMAT.exec(sql)?.[1];

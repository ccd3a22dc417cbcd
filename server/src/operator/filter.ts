/** What an operator asks for of the quarantine: read strictly, as a filter that is misspelt would mean every case. */
import type { QuarantineFilter } from '@room/warehouse';
import { z } from 'zod';

const MOST_CHARACTERS = 200;
const text = z.string().min(1).max(MOST_CHARACTERS);
const narrowing = { source: text.optional(), code: text.optional(), quarantineId: text.optional() };

/** A query's values are texts. */
const listed = z.strictObject({ ...narrowing, all: z.literal('true').optional() });
const replayed = z.strictObject({ ...narrowing, all: z.literal([true, 'true']).optional() });

/** A filter, or in words what is wrong with it. */
export type Asked = { filter: QuarantineFilter } | { wrong: string };

export function listFilter(query: unknown): Asked {
  const read = listed.safeParse(query);
  if (!read.success) return { wrong: wordsOf(read.error) };
  const { all, ...narrowed } = read.data;
  return { filter: { ...given(narrowed), ...(all === undefined ? {} : { all: true }) } };
}

/** Replays only what is named: `all` adds what was replayed already, and is no filter by itself. */
export function replayFilter(body: unknown): Asked {
  const read = replayed.safeParse(body ?? {});
  if (!read.success) return { wrong: wordsOf(read.error) };
  const { all, ...narrowed } = read.data;
  const filter = given(narrowed);
  if (Object.keys(filter).length === 0) return { wrong: 'name at least one of quarantineId, source and code' };
  return { filter: { ...filter, ...(all === undefined ? {} : { all: true }) } };
}

/** Without members that are undefined. */
const given = (filter: { [Name in keyof QuarantineFilter]?: QuarantineFilter[Name] | undefined }): QuarantineFilter =>
  Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));

const wordsOf = (error: z.ZodError): string =>
  error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ')
    .slice(0, 500);

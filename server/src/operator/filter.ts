/** What an operator asks for of the quarantine: read strictly, as a filter that is misspelt would mean every case. */
import type { QuarantineFilter } from '@room/warehouse';
import { z } from 'zod';

const MOST_CHARACTERS = 200;
const text = z.string().min(1).max(MOST_CHARACTERS);
const narrowing = { source: text.optional(), code: text.optional(), quarantineId: text.optional() };

/** A query's values are texts. */
export const listedSchema = z.strictObject({ ...narrowing, all: z.literal('true').optional() });

/** Only what is named is replayed: `all` adds what was replayed already, and is no filter by itself. */
export const replayedSchema = z
  .strictObject({ ...narrowing, all: z.union([z.literal(true), z.literal('true')]).optional() })
  .refine(({ source, code, quarantineId }) => [source, code, quarantineId].some((given) => given !== undefined), {
    message: 'name at least one of quarantineId, source and code; nothing was replayed',
  });

/** Without members that are not there. */
export function filterOf(asked: z.output<typeof listedSchema> | z.output<typeof replayedSchema>): QuarantineFilter {
  const { all, ...narrowed } = asked;
  const given = Object.entries(narrowed).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(all === undefined ? {} : { all: true }) };
}

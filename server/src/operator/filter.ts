/** What an operator asks for of the quarantine: read strictly, as a filter that is misspelt would mean every case. */
import { plainText } from '@room/contract';
import type { QuarantineFilter } from '@room/warehouse';
import { z } from 'zod';

const MOST_CHARACTERS = 200;
const MOST_REASON = 500;
const text = z.string().min(1).max(MOST_CHARACTERS);
const narrowing = { source: text.optional(), code: text.optional(), quarantineId: text.optional() };

/** A query's values are texts. */
export const listedSchema = z.strictObject({ ...narrowing, all: z.literal('true').optional() });

const isNarrowed = ({ source, code, quarantineId }: Asked): boolean =>
  [source, code, quarantineId].some((given) => given !== undefined);
const nothing = (done: string): { message: string } => ({
  message: `name at least one of quarantineId, source and code; nothing was ${done}`,
});

/** Only what is named is replayed: `all` adds what is not open any more, and is no filter by itself. */
const all = z.union([z.literal(true), z.literal('true')]).optional();
export const replayedSchema = z.strictObject({ ...narrowing, all }).refine(isNarrowed, nothing('replayed'));

const why = plainText(MOST_REASON).meta({ description: 'stays with the case and in the audit' });
export const closedSchema = z.strictObject({ ...narrowing, why }).refine(isNarrowed, nothing('closed'));
export const reopenedSchema = z.strictObject({ ...narrowing }).refine(isNarrowed, nothing('opened'));
export const deletedSchema = z.strictObject({ ...narrowing, all, why }).refine(isNarrowed, nothing('deleted'));

type Asked = Partial<Record<keyof typeof narrowing, string | undefined>> & { all?: true | 'true' | undefined };

/** Without members that are not there. */
export function filterOf({ source, code, quarantineId, all }: Asked): QuarantineFilter {
  const given = Object.entries({ source, code, quarantineId }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(given), ...(all === undefined ? {} : { all: true }) };
}

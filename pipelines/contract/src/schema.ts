/** Parts of the schemas of what the room tells. Their types are inferred; a value that is not known is absent. */
import { z } from 'zod';

/** Absent, never undefined, which JSON does not know. The type says so; the generator of the API's description knows plain ones only. */
export const absentOr = <S extends z.ZodType>(schema: S): z.ZodExactOptional<S> =>
  schema.optional() as unknown as z.ZodExactOptional<S>;

export const number = z.number();
export const count = z.number().int();
/** Milliseconds since 1970 UTC. */
export const instant = count;
/**
 * What turns the text around it, or stands for nothing: control characters, marks of direction, halves of characters, blanks without a
 * width; and joiners where they join nothing. Those of emoji and of scripts that need them stay.
 */
const UNSEEN =
  /[\p{Cc}\p{Surrogate}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?<=^|[\p{Script=Latin}\p{N}\p{P}\s\u200b]|[\u0300-\u036f])(?:\u200c|\u200d)+/gu;
/** What is seen beside something only: joiners, fillers, marks and tags that choose a shape. */
const BLANK = /^(?:\s|[\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u200c|\u200d|[\ufe00-\ufe0f]|[\u{e0000}-\u{e01ef}])*$/u;
/** No script piles up more marks on a letter; as many as one likes draw over what stands beside it. */
const PILED = /(\p{M}{4})\p{M}+/gu;
/** What of a text is seen; empty where nothing is. */
function seenOf(text: string): string {
  const seen = text.replace(UNSEEN, '').replace(PILED, '$1').trim();
  return BLANK.test(seen) ? '' : seen;
}
const linesOf = (text: string): string =>
  text
    .split(/\r?\n/)
    .map(seenOf)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
const SOMETHING = { error: 'nothing of it is seen: write it in words' };
/**
 * What people write for others to read, on one line or several: as it is read it is kept, and what nobody sees is nothing. Characters,
 * from 1 on.
 */
export const plainText = (most: number) => z.string().overwrite(seenOf).min(1, SOMETHING).max(most);
export const plainLines = (most: number) => z.string().overwrite(linesOf).min(1, SOMETHING).max(most);
/** The same where nothing need be said. */
export const plainIfAny = (most: number) => z.string().overwrite(seenOf).max(most).optional();

/** What was kept before such texts were refused goes on to be read. */
const NOTHING_LEFT = '?';
/** Of nearly every text the first letter tells. */
const ORDINARY = /^[\p{L}\p{N}]/u;
const shown = (kept: unknown): unknown => {
  if (typeof kept === 'string')
    return ORDINARY.test(kept) || kept.trim() === '' || seenOf(kept) !== '' ? kept : NOTHING_LEFT;
  if (Array.isArray(kept)) return kept.map(shown);
  if (typeof kept !== 'object' || kept === null) return kept;
  return Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, shown(value)]));
};
/** Of what may have been written by an earlier form of its schema, where nothing of a text had to be seen. */
export const asKept = <S extends z.ZodType>(schema: S): z.ZodType<z.output<S>> =>
  z.preprocess(shown, schema) as unknown as z.ZodType<z.output<S>>;
/** Throws as the schema does. */
export const keptAs = <S extends z.ZodType>(schema: S, kept: unknown): z.output<S> => schema.parse(shown(kept));

/** A local day, `YYYY-MM-DD`. */
export const day = z.iso.date();

const FIRST_DAY = '1990-01-01';
const LAST_DAY = '2099-12-31';
/** A local day that somebody asks about: of years that the warehouse and every date know. */
export const askedDay = z.iso
  .date({ error: 'not a day of the calendar as 2026-11-19' })
  .refine((text) => FIRST_DAY <= text && text <= LAST_DAY, { error: `a day from ${FIRST_DAY} to ${LAST_DAY}` });

export const by = <S extends z.ZodType>(of: S, key: string): z.ZodRecord<z.ZodString, S> =>
  z.record(z.string(), of).meta({ description: `by ${key}` });

/** Parts of the schemas of what the room tells. Their types are inferred; a value that is not known is absent. */
import { z } from 'zod';

/** Absent, never undefined, which JSON does not know. The type says so; the generator of the API's description knows plain ones only. */
export const absentOr = <S extends z.ZodType>(schema: S): z.ZodExactOptional<S> =>
  schema.optional() as unknown as z.ZodExactOptional<S>;

export const number = z.number();
export const count = z.number().int();
/** Milliseconds since 1970 UTC. */
export const instant = count;
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

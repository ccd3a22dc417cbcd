/** Of a time to come nothing is known yet: answered as if it were now, it would be taken for what is not so. */
import { localDay } from '@room/contract';
import { HttpError } from './errors.ts';

/** Clocks of those who ask may be ahead by so much. */
const SKEW_MS = 60_000;

const toCome = (field: string): HttpError =>
  new HttpError(
    400,
    'not_begun',
    `${field}: lies in the future; ask for today or before, or leave it out for what is now`,
  );

/** Milliseconds since 1970 UTC. */
export function assertPast(field: string, at: number | undefined): void {
  if (at !== undefined && at > Date.now() + SKEW_MS) throw toCome(field);
}

/** A local day, `YYYY-MM-DD`. */
export function assertBegun(field: string, day: string | undefined, timeZone: string): void {
  if (day !== undefined && day > localDay(Date.now() + SKEW_MS, timeZone)) throw toCome(field);
}

/** Nothing is promised for a day that is over. */
import { type Catalogue, localDay } from '@room/contract';
import { HttpError } from '../errors.ts';

/** Of what a unit answers. Today is not over. */
export function assertToCome(until: string, { timeZone }: Pick<Catalogue, 'timeZone'>): void {
  if (until < localDay(Date.now(), timeZone))
    throw new HttpError(400, 'until_past', 'until: that day is over; say today or a later one');
}

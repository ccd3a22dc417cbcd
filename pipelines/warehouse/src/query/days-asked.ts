/** How many days a period has, of which kind, and how many are not over. Pure. */
import { type AskedPeriod, type Catalogue, dayTypeOf } from '@room/contract';

/** `days` are all that are read of it, `today` a local day. */
export function daysAsked(
  days: readonly string[],
  { calendar }: Pick<Catalogue, 'calendar'>,
  today: string,
): Pick<AskedPeriod, 'days' | 'workingDays' | 'openDays'> {
  const types = days.map((day) => dayTypeOf(calendar, day));
  const open = days.filter((day) => day >= today).length;
  return {
    days: days.length,
    ...(types.includes(undefined) ? {} : { workingDays: types.filter((type) => type === 'working').length }),
    ...(open === 0 ? {} : { openDays: open }),
  };
}

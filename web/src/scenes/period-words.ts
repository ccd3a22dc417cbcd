/** Of some whole days, how many and up to when, as it is said: nobody should have to reckon from dates on a wall. Pure. */
import { addDays, localDay } from '@room/contract';
import type { Speech } from '../messages/context.ts';

const DAY_MS = 86_400_000;

/** `from` and `to` are local days, both inclusive. */
export function periodWords(
  { from, to }: { from: string; to: string },
  { now, timeZone }: { now: number; timeZone: string },
  { t, format }: Pick<Speech, 't' | 'format'>,
): string {
  const n = 1 + Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
  const today = localDay(now, timeZone);
  const said = { n: format.count(n) };
  if (to === today) return t('daysToToday', said, n);
  if (to === addDays(today, -1)) return t('daysToYesterday', said, n);
  return t('daysTo', { ...said, day: format.day(to) }, n);
}

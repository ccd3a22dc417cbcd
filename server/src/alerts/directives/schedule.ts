/** When the unit of a directive is reminded of it. Pure. Instants are milliseconds since 1970 UTC. */
import { addDays, type Catalogue, daysBetween, localDay, startOfDay } from '@room/contract';

/** Days before it is due, and the day itself. */
const BEFORE = [-3, 0] as const;
/** Days after it was due; then each week. */
const FIRST_AFTER = 1;
const EVERY_AFTER = 7;
/** Local time of day. */
const AT_MS = 8 * 3_600_000;

/** The first one after an instant. */
export function nextReminder(due: string, after: number, { timeZone }: Pick<Catalogue, 'timeZone'>): number {
  const at = (days: number): number => startOfDay(addDays(due, days), timeZone) + AT_MS;
  for (const days of [...BEFORE, FIRST_AFTER]) if (at(days) > after) return at(days);
  const passed = daysBetween(due, localDay(after, timeZone)) - FIRST_AFTER;
  let weeks = Math.max(1, Math.floor(passed / EVERY_AFTER));
  while (at(FIRST_AFTER + weeks * EVERY_AFTER) <= after) weeks++;
  return at(FIRST_AFTER + weeks * EVERY_AFTER);
}

/** Local days that are left; 0 on the due day itself, below it is overdue. */
export const daysLeft = (due: string, now: number, { timeZone }: Pick<Catalogue, 'timeZone'>): number =>
  daysBetween(localDay(now, timeZone), due);

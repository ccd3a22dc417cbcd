/** Who is on duty: by week, from Monday's handover to that of the next. A roster stands wherever a receiver does. */
import { z } from 'zod';
import { addDays, localDay, startOfDay } from './calendar.ts';
import { isoWeekday } from './day-types.ts';
import { clockSchema, receiverIdSchema } from './notify.ts';
import { absentOr, day, plainText } from './schema.ts';

const MOST_WEEKS = 260;

export const rosterSchema = z.strictObject({
  name: plainText(200),
  handover: clockSchema.meta({ description: 'of Mondays, local: until then whoever had the week before is told' }),
  weeks: z
    .record(
      day.refine((date) => isoWeekday(date) === 1, 'a Monday'),
      receiverIdSchema,
    )
    .refine((weeks) => Object.keys(weeks).length <= MOST_WEEKS, `at most ${MOST_WEEKS} weeks`)
    .meta({ description: 'by the Monday that a week begins with, a receiver' }),
  otherwise: absentOr(receiverIdSchema).meta({
    description: 'told in weeks that nobody is named for; without it nobody is told then, and the ledger says so',
  }),
});
export type Roster = z.infer<typeof rosterSchema>;

export const keptRosterSchema = rosterSchema
  .extend({ id: receiverIdSchema, version: z.int().positive() })
  .meta({ id: 'Roster' });
export type KeptRoster = z.infer<typeof keptRosterSchema>;

const DAYS = 7;
const MINUTE_MS = 60_000;

/** Milliseconds from midnight to a time as 07:30. */
export function clockMs(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}

/** The Monday of the week of duty that an instant lies in. */
export function weekOf({ handover }: Pick<Roster, 'handover'>, at: number, timeZone: string): string {
  const today = localDay(at, timeZone);
  const monday = addDays(today, 1 - isoWeekday(today));
  return at < startOfDay(monday, timeZone) + clockMs(handover) ? addDays(monday, -DAYS) : monday;
}

export const weekAfter = (monday: string, weeks = 1): string => addDays(monday, DAYS * weeks);

/** When a week of duty ends, milliseconds since 1970 UTC. */
export const handoverAfter = ({ handover }: Pick<Roster, 'handover'>, monday: string, timeZone: string): number =>
  startOfDay(weekAfter(monday), timeZone) + clockMs(handover);

/** Who is told at an instant; undefined where nobody is on duty. */
export const onDuty = (roster: Roster, at: number, timeZone: string): string | undefined =>
  roster.weeks[weekOf(roster, at, timeZone)] ?? roster.otherwise;

/** What scenes ask beside the running day's state: shares on time over days, and who waits beyond the date. Shares 0..1. */
import { z } from 'zod';
import { absentOr, count, day, instant, number } from './schema.ts';

const by = z.enum(['agency', 'province']);
export const onTimeAskedSchema = z.strictObject({
  by: z.enum([...by.options, 'service']),
  days: z
    .string()
    .regex(/^\d{1,2}$/, { error: 'a whole number from 7 to 90' })
    .transform(Number)
    .pipe(z.int().min(7).max(90))
    .meta({ description: 'up to today, held against as many before them' }),
});

/** Whose numbers all of these are. */
const of = absentOr(z.array(z.string())).meta({
  description: 'ids of the units within the scope; absent: everybody’s',
});

const sure = { share: number, low: absentOr(number), high: absentOr(number) };
const onTimeValues = {
  onTime: count,
  late: count,
  now: absentOr(z.object(sure)),
  before: absentOr(z.object(sure)),
};
const onTimeUnitSchema = z.object({
  /** Of the catalogue. */
  id: z.string(),
  ...onTimeValues,
  /** Whether it is surely below or above the target. */
  verdict: z.enum(['below', 'unsure', 'above', 'few']),
  hasChanged: z.boolean().meta({ description: 'against the days before, by more than chance explains' }),
});
export const onTimeSchema = z
  .object({
    from: day,
    to: day,
    beforeFrom: day,
    target: number,
    asOf: absentOr(instant),
    coverage: absentOr(number),
    of,
    whole: z.object(onTimeValues),
    units: z.array(onTimeUnitSchema),
    simulated: z.boolean(),
  })
  .meta({ id: 'OnTimeOverDays' });
export type OnTimeOverDays = z.infer<typeof onTimeSchema>;
export type OnTimeUnit = OnTimeOverDays['units'][number];

export const waitingAskedSchema = z.strictObject({ by });
const level = {
  overdue: absentOr(count),
  open: absentOr(count),
  /** At the end of the last hour that is over, a week and four weeks before. */
  weekBefore: absentOr(count),
  monthBefore: absentOr(count),
  asOf: absentOr(instant),
};
export const waitingSchema = z
  .object({
    day,
    of,
    whole: z.object({
      ...level,
      /** At the end of each local day; absent where nobody told. */
      points: z.array(z.object({ day, overdue: absentOr(count) })),
    }),
    units: z.array(z.object({ id: z.string(), ...level })),
    simulated: z.boolean(),
  })
  .meta({ id: 'Waiting' });
export type Waiting = z.infer<typeof waitingSchema>;
export type WaitingUnit = Waiting['units'][number];

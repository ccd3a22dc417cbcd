/**
 * How long units took to acknowledge, to answer, and until the numbers were back, from the ledger of alerts. What goes on is counted
 * up to where it was looked at last, and not as if it were over. Spans are milliseconds.
 */
import { z } from 'zod';
import { absentOr, askedDay, count, day } from './schema.ts';

/** Of one unit, or of all of a scope together. */
export const timesUnitSchema = z.object({ dim: z.enum(['all', 'agency', 'province']), code: z.string() });
export const timesAskedSchema = z.strictObject({
  by: z.enum(['agency', 'province']).default('agency').meta({ description: 'ministries, or provinces' }),
  from: absentOr(askedDay).meta({
    description: 'first local day on which alerts began; 90 days before the last without it',
  }),
  to: absentOr(askedDay).meta({ description: 'last one; today without it' }),
});

const spanSchema = z
  .object({
    ended: count.meta({ description: 'alerts of which it is known how long it took' }),
    open: count.meta({ description: 'of which is known only that it took longer than until now, or until they ended' }),
    median: absentOr(count).meta({ description: 'Kaplan-Meier; absent where fewer than half of them came to it' }),
    low: absentOr(count).meta({ description: 'of the 95 % interval of the median (Brookmeyer-Crowley, log-log)' }),
    high: absentOr(count).meta({ description: 'absent where it has no end yet' }),
  })
  .meta({ id: 'ResponseSpan' });
export type ResponseSpan = z.infer<typeof spanSchema>;

export const MILESTONES = ['acknowledged', 'answered', 'recovered'] as const;
export type Milestone = (typeof MILESTONES)[number];

const rowSchema = z
  .object({
    unit: timesUnitSchema,
    alerts: count,
    open: count.meta({ description: 'of these that go on' }),
    acknowledged: spanSchema,
    answered: spanSchema,
    recovered: spanSchema,
  })
  .meta({ id: 'ResponseTimesRow' });
export type ResponseTimesRow = z.infer<typeof rowSchema>;

export const responseTimesSchema = z.object({
  from: day,
  to: day,
  /** When rules were looked at last: what goes on is known up to there. Absent before the first time. */
  asOf: absentOr(count),
  /** All of the scope together. */
  all: rowSchema,
  /** The unit with most alerts first. */
  rows: z.array(rowSchema),
});
export type ResponseTimes = z.infer<typeof responseTimesSchema>;

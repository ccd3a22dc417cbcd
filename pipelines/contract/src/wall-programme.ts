/**
 * What scenes ask of the programme: who owes what was ordered, how like units score by the index, essential services, who leads and who
 * lags. Within a scope; what ranks units against each other is told to whoever sees them all. Shares 0..1, days are local.
 */
import { z } from 'zod';
import { labelSchema } from './catalogue.ts';
import { DIRECTIVE_STATES, directedUnitSchema, taskSourceSchema } from './directives.ts';
import { USES } from './essential.ts';
import { MERITS, SIZES } from './leaders.ts';
import { absentOr, count, day, instant, number } from './schema.ts';
import { INDEX_SPANS, indexStandingSchema } from './service-index.ts';

/** Days within which what falls due is told one by one. */
export const DUE_DAYS = 7;
/** Of what falls due, and of what is overdue. */
export const MOST_NAMED = 50;

const earlierSchema = z.object({ day, overdue: absentOr(count) }).meta({
  id: 'TasksEarlier',
  description: 'at this time of that day; absent where nothing was known then, or too much moved since',
});
const dueSchema = z
  .object({
    id: z.string(),
    unit: directedUnitSchema,
    text: z.string(),
    of: absentOr(taskSourceSchema),
    head: absentOr(z.string()).meta({ description: 'who answers for it there' }),
    due: day,
    daysLeft: count,
    state: z.enum(DIRECTIVE_STATES),
  })
  .meta({ id: 'TaskDue' });
const lateSchema = dueSchema.omit({ daysLeft: true }).extend({ daysLate: count }).meta({ id: 'TaskLate' });
export const wallTasksSchema = z
  .object({
    day,
    open: count.meta({ description: 'not settled, overdue or not' }),
    overdue: count,
    ofUnit: count.meta({ description: 'of the overdue ones, those whose unit has to answer' }),
    ofOffice: count.meta({ description: 'of the open ones, those whose answer waits to be confirmed' }),
    /** A week and a quarter before. */
    week: earlierSchema,
    session: earlierSchema,
    /** Who owes most that is overdue first. */
    units: z.array(
      z
        .object({
          unit: directedUnitSchema,
          overdue: count,
          oldest: count.meta({ description: 'days that the longest overdue one is late' }),
          ofOffice: count.meta({ description: 'of the overdue ones, those whose answer waits to be confirmed' }),
        })
        .meta({ id: 'TasksOfUnit' }),
    ),
    /** Within seven days and not overdue, the next first. */
    due: z.array(dueSchema),
    dueMore: count,
    /** Overdue, the longest first, also those whose answer waits to be confirmed; what is beyond fifty is in `overdue` alone. */
    late: z.array(lateSchema),
    simulated: z.boolean(),
  })
  .meta({ id: 'WallTasks' });
export type WallTasks = z.infer<typeof wallTasksSchema>;
export type TaskDue = WallTasks['due'][number];
export type TaskLate = WallTasks['late'][number];

const by = z.enum(['agency', 'province']);
export const wallIndexAskedSchema = z.strictObject({
  by,
  span: z.enum(INDEX_SPANS).meta({ description: 'the running quarter, or the last whole month' }),
});
const asCounted = { from: day, to: day, asOf: absentOr(instant), coverage: absentOr(number), simulated: z.boolean() };
export const wallIndexSchema = z
  .object({
    title: labelSchema,
    decision: z.string(),
    period: z.string(),
    ...asCounted,
    isRanked: z.boolean().meta({ description: 'held against each other; only for whoever sees all of them' }),
    total: number.meta({ description: 'points of the whole index' }),
    measured: number.meta({ description: 'of them, those of what is measured' }),
    points: number.meta({ description: 'that all together reach of what is measured' }),
    /** Each part of the index: what nobody measures of it is no zero. */
    groups: z.array(z.object({ id: z.string(), label: labelSchema, total: number, measured: number, points: number })),
    units: z.array(indexStandingSchema.omit({ components: true }).meta({ id: 'WallIndexUnit' })),
  })
  .meta({ id: 'WallIndex' });
export type WallIndex = z.infer<typeof wallIndexSchema>;
export type WallIndexUnit = WallIndex['units'][number];

const sureSchema = z.object({ share: number, low: absentOr(number), high: absentOr(number) });
const shares = { online: absentOr(sureSchema), onTime: absentOr(sureSchema) };
export const wallEssentialSchema = z
  .object({
    of: absentOr(count).meta({ description: 'as many as were decided; absent for whoever sees a part of them' }),
    unnamed: absentOr(count).meta({ description: 'of them, those that no source gives a name of' }),
    listedAsOf: day,
    ...asCounted,
    named: count,
    sure: count.meta({ description: 'of those with a name, the ones that are surely among those decided' }),
    deployed: count,
    notDeployed: count,
    untold: count.meta({ description: 'nobody said whether they are deployed' }),
    uses: z.object({ used: count, unused: count, unmeasured: count, unknown: count }),
    submitted: count,
    ...shares,
    /** Those that nobody uses first, then those of which it is not known. */
    services: z.array(
      z
        .object({
          id: z.string(),
          label: labelSchema,
          agencies: z.array(z.string()),
          isSure: z.boolean(),
          use: z.enum(USES),
          isDeployed: absentOr(z.boolean()),
          submitted: absentOr(count),
          ...shares,
        })
        .meta({ id: 'WallService' }),
    ),
  })
  .meta({ id: 'WallEssential' });
export type WallEssential = z.infer<typeof wallEssentialSchema>;
export type WallService = WallEssential['services'][number];

export const wallLeadersAskedSchema = z.strictObject({ by, measure: z.enum(MERITS) });
const ledSchema = z.object({
  code: z.string(),
  value: number,
  low: number,
  high: number,
  change: absentOr(number).meta({ description: 'against as many days before, only where it exceeds chance' }),
});
export const wallLeadersSchema = z
  .object({
    ...asCounted,
    /** Units of like size; of each only who surely leads or lags is named. */
    groups: z.array(
      z.object({
        size: z.enum(SIZES),
        units: count,
        value: absentOr(number).meta({ description: 'of all in it together' }),
        least: absentOr(number).meta({ description: 'the lowest and the highest value of a unit in it' }),
        most: absentOr(number),
        leads: z.array(ledSchema),
        lags: z.array(ledSchema),
      }),
    ),
  })
  .meta({ id: 'WallLeaders' });
export type WallLeaders = z.infer<typeof wallLeadersSchema>;

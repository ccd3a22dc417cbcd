/**
 * What a wall shows: one state, computed once from one watermark, sent as a snapshot and then as numbered
 * JSON Merge Patches (RFC 7386). A value that is not known is absent, never 0 and never null.
 * Instants are milliseconds since 1970 UTC; counts are dossiers; shares are 0..1.
 */
import { z } from 'zod';
import { DIMENSIONS, dimensionsThat, type MembersOnWall } from './dimensions.ts';
import { forecastsSchema } from './forecasting.ts';
import { absentOr, by, count, day, instant, number } from './schema.ts';
import { perSum } from './sums.ts';

const usualSchema = z
  .object({
    low: number,
    median: number,
    high: number,
    /** Days that the range stands on. */
    days: count,
  })
  .meta({ id: 'Usual' });
/** What earlier days of the same type had by this time of day, over the sources that report today. */
export type Usual = z.infer<typeof usualSchema>;

/** Of a share on time, the worst first. */
const onTimeStanding = z.enum(['act', 'watch', 'ok']);
export type OnTimeStanding = z.infer<typeof onTimeStanding>;

/** Of a count against its own usual range; neutral within it, and near its edges. */
const usualStanding = z.enum(['farBelow', 'below', 'neutral', 'above', 'farAbove']);
export type UsualStanding = z.infer<typeof usualStanding>;

const measures = perSum(() => count);
/** Whoever may not see all of a unit's measures is shown those that the wall shows everybody. */
const unitSchema = z
  .object({
    ...perSum(() => absentOr(count)),
    usual: absentOr(usualSchema),
    /** How its share on time, and its count against its usual range, stand (`kind: now`). */
    onTimeStanding: absentOr(onTimeStanding),
    usualStanding: absentOr(usualStanding),
  })
  .meta({ id: 'Unit' });
export type UnitState = z.infer<typeof unitSchema>;

export const sourceStateSchema = z
  .object({
    status: z.enum(['reporting', 'late', 'silent', 'never']),
    /** Time up to which the portal has reported; of a running day it may have reported some seconds more. */
    reportedTo: absentOr(instant),
    /** When its last event became durable in the log. */
    receivedAt: absentOr(instant),
    /** Its usual share of the national volume. */
    weight: number,
  })
  .meta({ id: 'Source' });
export type SourceState = z.infer<typeof sourceStateSchema>;
export type SourceStatus = SourceState['status'];

const coverageSchema = z
  .object({
    /** Every source that reports in time has reported up to here. */
    asOf: instant,
    /** How much has been reported, of what `of` says. */
    share: number,
    /** Of the usual volume; of the sources, alike, where nothing is known of what is usual; or of the days on which sources were due. */
    of: absentOr(z.enum(['volume', 'sources', 'days'])),
  })
  .meta({ id: 'Coverage' });
export type Coverage = z.infer<typeof coverageSchema>;

/** Local days, both inclusive. */
const periodSchema = z.object({ from: day, to: day });
export type Period = z.infer<typeof periodSchema>;

type Members = MembersOnWall<UnitState>;
/** Of each dimension that a wall shows, under the name that its entry has. */
const members = Object.fromEntries(
  dimensionsThat(({ wall }) => wall !== undefined).flatMap((dimension) => {
    const { wall } = DIMENSIONS[dimension];
    if (wall === undefined) return [];
    const key = 'id or code of the catalogue';
    return [[wall.name, wall.holds === 'measures' ? by(unitSchema, key) : by(count, key)]];
  }),
) as unknown as { [Name in keyof Members]: z.ZodType<Members[Name]> };

export const wallStateSchema = z
  .object({
    period: periodSchema,
    /** `now`: the running day, patched live; `past`: any other period. */
    kind: z.enum(['now', 'past']),
    dayType: absentOr(z.enum(['working', 'rest', 'holiday'])),
    /** When the state was computed: what it knew. */
    computedAt: instant,
    simulated: z.boolean(),
    /** Events counted in the period; 0 tells "nothing yet" from a true zero. */
    events: count,
    total: z.object(measures),
    /** Of the period's totals; absent while nothing was ever reported. */
    coverage: absentOr(coverageSchema),
    /** Of the current minute. */
    coverageNow: absentOr(coverageSchema),
    /** Submitted in the last full 60 s before `coverageNow.asOf`, per minute. */
    perMinute: absentOr(number),
    /** Submitted per hour of the running day, or of the one day of a past period, reported with at most hourly grain. */
    hours: by(count, 'first instant of the hour, in epoch seconds'),
    /** Submitted per minute over the last 70 minutes, an hour of whole five minutes; reported with at most minute grain. */
    minutes: by(count, 'first instant of the minute, in epoch seconds'),
    /** Usual range of the five minutes that those lie in. */
    usualFives: absentOr(by(usualSchema, 'first instant of the five minutes, in epoch seconds')),
    /** Submitted per local day (`kind: past`). */
    days: by(count, 'local day'),
    /** The last comparable day: same day type, same weekday where one is within five weeks. */
    comparable: absentOr(
      z.object({
        day,
        /** Submitted there up to the same time of day as `coverage.asOf`, over the sources that report today. */
        toNow: number,
        total: number,
        /** Of the hour's start. */
        hours: by(number, 'seconds since local midnight'),
      }),
    ),
    /** Usual range of each hour, by its start. */
    usualHours: absentOr(by(usualSchema, 'seconds since local midnight')),
    usual: absentOr(usualSchema),
    /** How the total stands against its usual range, and whether too little is reported to judge (`kind: now`). */
    usualStanding: absentOr(usualStanding),
    isCoverageLow: absentOr(z.boolean()),
    ...members,
    sources: by(sourceStateSchema, 'id of the catalogue'),
    backlog: absentOr(
      z.object({
        open: count,
        overdue: count,
        oldest: instant,
        /** Overdue as it was known a week and four weeks ago. */
        weekBefore: absentOr(count),
        monthBefore: absentOr(count),
      }),
    ),
    /** Change of submitted of days before today that late or corrected events changed since today began. */
    lateChanges: by(count, 'local day'),
    /** What waits is of the running day, and of no period. */
    pipeline: z.object({
      /** Events durable in the log and not yet counted. */
      pending: absentOr(count),
      /** Events waiting in quarantine. */
      quarantined: absentOr(count),
      /** When the newest event of the period's counts became durable in the log: evidence of a number is asked as of it. Absent before the first. */
      receivedAt: absentOr(instant),
      /** While many events of days before today arrive, as in an import: how many did so far, since when. */
      filling: absentOr(z.object({ events: count, since: instant })),
    }),
    /** Last local day with any event: where to look when the period is empty. */
    lastDay: absentOr(day),
    /** What is expected of today and after, and what is out of the ordinary (`kind: now`). */
    forecasts: absentOr(forecastsSchema),
  })
  .meta({ id: 'WallState' });
export type WallState = z.infer<typeof wallStateSchema>;

export const snapshotSchema = z
  .object({
    room: z.templateLiteral([z.literal('past:'), z.string(), ':', z.string()]).or(z.literal('now')),
    epoch: z.string(),
    seq: count,
    state: wallStateSchema,
  })
  .meta({ id: 'Snapshot' });
export type Snapshot = z.infer<typeof snapshotSchema>;

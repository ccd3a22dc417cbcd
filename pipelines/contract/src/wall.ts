/**
 * What a wall shows: one state, computed once from one watermark, sent as a snapshot and then as numbered
 * JSON Merge Patches (RFC 7386). A value that is not known is absent, never 0 and never null.
 * Instants are milliseconds since 1970 UTC; counts are dossiers; shares are 0..1.
 */
import type { MembersOnWall } from './dimensions.ts';
import type { Forecasts } from './forecasting.ts';
import type { Measures } from './sums.ts';

/** What earlier days of the same type had by this time of day, over the sources that report today. */
export interface Usual {
  low: number;
  median: number;
  high: number;
  /** Days that the range stands on. */
  days: number;
}

export interface UnitState extends Measures {
  usual?: Usual;
}

export type SourceStatus = 'reporting' | 'late' | 'silent' | 'never';

export interface SourceState {
  status: SourceStatus;
  /** Time up to which the portal has reported; of a running day it may have reported some seconds more. */
  reportedTo?: number;
  /** When its last event became durable in the log. */
  receivedAt?: number;
  /** Its usual share of the national volume. */
  weight: number;
}

export interface Coverage {
  /** Every source that reports in time has reported up to here. */
  asOf: number;
  /** Share of the usual volume that has been reported (`kind: now`), or of the days on which sources were due (`past`). */
  share: number;
}

export interface Period {
  /** Local days, both inclusive. */
  from: string;
  to: string;
}

export interface WallState extends MembersOnWall<UnitState> {
  period: Period;
  /** `now`: the running day, patched live; `past`: any other period. */
  kind: 'now' | 'past';
  dayType?: 'working' | 'rest' | 'holiday';
  /** When the state was computed: what it knew. */
  computedAt: number;
  simulated: boolean;
  /** Events counted in the period; 0 tells "nothing yet" from a true zero. */
  events: number;
  total: Measures;
  /** Of the period's totals; absent while nothing was ever reported. */
  coverage?: Coverage;
  /** Of the current minute. */
  coverageNow?: Coverage;
  /** Submitted in the last full 60 s before `coverageNow.asOf`, per minute. */
  perMinute?: number;
  /** Submitted per hour, keyed by the hour's first instant in epoch seconds (`kind: now`), reported with at most hourly grain. */
  hours: Record<string, number>;
  /** Submitted per minute over the last 60 minutes, keyed by epoch seconds; reported with at most minute grain. */
  minutes: Record<string, number>;
  /** Submitted per local day, keyed `YYYY-MM-DD` (`kind: past`). */
  days: Record<string, number>;
  /** The last comparable day: same day type, same weekday where one is within five weeks. */
  comparable?: {
    day: string;
    /** Submitted there up to the same time of day as `coverage.asOf`, over the sources that report today. */
    toNow: number;
    total: number;
    /** Keyed by seconds since local midnight of the hour's start. */
    hours: Record<string, number>;
  };
  /** Usual range of each hour, keyed by seconds since local midnight. */
  usualHours?: Record<string, Usual>;
  usual?: Usual;
  /** Keyed by source id. */
  sources: Record<string, SourceState>;
  backlog?: { open: number; overdue: number; oldest: number };
  /** Days before today that late or corrected events changed since today began: day -> change of submitted. */
  lateChanges: Record<string, number>;
  /** Of the running day: what waits is of no period. */
  pipeline: {
    /** Events durable in the log and not yet counted. */
    pending?: number;
    /** Events waiting in quarantine. */
    quarantined?: number;
    /** When the newest event of today's counts became durable in the log; absent before the first. */
    receivedAt?: number;
  };
  /** Last local day with any event: where to look when the period is empty. */
  lastDay?: string;
  /** What is expected of today and after, and what is out of the ordinary (`kind: now`). */
  forecasts?: Forecasts;
}

/** A room is the running day, or a fixed period of local days. */
export type RoomName = 'now' | `past:${string}:${string}`;

export const pastRoom = (period: Period): RoomName => `past:${period.from}:${period.to}`;

/** The period of a past room's name, or undefined where it is none. */
export function periodOf(room: string): Period | undefined {
  const match = /^past:(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})$/.exec(room);
  return match?.[1] !== undefined &&
    match[2] !== undefined &&
    match[1] <= match[2] &&
    isDay(match[1]) &&
    isDay(match[2])
    ? { from: match[1], to: match[2] }
    : undefined;
}

/** Whether the calendar has this `YYYY-MM-DD`. */
const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

/** Rows of the rollups to what a wall shows. Pure: the same rows at the same instant give the same state. */
import {
  type Baseline,
  type Catalogue,
  DIMENSIONS,
  type Dimension,
  dayTypeOf,
  dimensionsThat,
  type Forecasts,
  localDay,
  type SourceState,
  sourceStatus,
  startOfDay,
  sumOf,
  type UnitState,
  type Usual,
  type WallState,
  Z_NATION,
  Z_UNIT,
} from '@room/contract';
import { type BucketRow, type DimRow, unitsOf } from '@room/warehouse';
import { besideCounts } from './forecasting.ts';

/** Of those that a wall shows, the ones whose members are compared with their own earlier days. */
const COMPARED = dimensionsThat(({ wall, hasUsual }) => wall?.holds === 'measures' && hasUsual);
const unitsIn = (state: WallState, dim: Dimension): Record<string, UnitState> => {
  const name = DIMENSIONS[dim].wall?.name;
  // Members that hold all measures are units.
  return name === undefined ? {} : (state[name] as Record<string, UnitState>);
};

const HOUR = 3_600;
const MINUTE = 60;
/** An hour of whole five minutes, the last of which ended up to ten minutes ago. */
export const LAST_MINUTES = 70;

export interface Reading {
  /** When the rows were read, milliseconds since 1970 UTC. */
  now: number;
  totals: readonly DimRow[];
  /** National, by minute, from the day's start (or the last minutes, where that is earlier). */
  minutes: readonly BucketRow[];
  /** National, by second, over the last minutes. */
  seconds: readonly { bucket: number; submitted: number }[];
  /** When each source reported last before today. */
  lastSeen: ReadonlyMap<string, { reportedTo: number; receivedAt: number }>;
  late: readonly { day: string; submitted: number }[];
  filling?: WallState['pipeline']['filling'];
  backlog: WallState['backlog'];
  baseline: Baseline;
  /** Usual range of five minutes, by their first instant in epoch seconds. */
  fives?: Readonly<Record<number, Usual>>;
  /** Whether anything that the wall shows of today is simulated. */
  isSimulated: boolean;
  lastDay: string | undefined;
  pending: number;
  quarantined: number;
  /** What of the newest forecasts is about today. */
  forecasts?: Forecasts | undefined;
}

/** What was counted of today decides; a day without any event yet is what the last one was. */
export function isSimulated(minutes: readonly BucketRow[], midnight: number, isLastSimulated: boolean): boolean {
  const today = minutes.filter((row) => row.bucket * 1_000 >= midnight);
  return today.length === 0 ? isLastSimulated : today.some((row) => row.simulated > 0);
}

export function runningState(reading: Reading, catalogue: Catalogue): WallState {
  const { now, baseline, totals } = reading;
  const day = localDay(now, catalogue.timeZone);
  const midnight = startOfDay(day, catalogue.timeZone);
  const today = reading.minutes.filter((row) => row.bucket * 1_000 >= midnight);
  const total = sumOf(today);
  const events = today.reduce((sum, row) => sum + row.events, 0);

  const sources = sourcesOf(reading, catalogue, now);
  const asOf = asOfSources(Object.values(sources), now);
  const dayType = dayTypeOf(catalogue.calendar, day);

  const state: WallState = {
    period: { from: day, to: day },
    kind: 'now',
    computedAt: now,
    simulated: reading.isSimulated,
    events,
    total,
    hours: hoursOf(today, midnight / 1_000, asOf),
    minutes: minutesOf(reading.minutes, now, asOf),
    days: {},
    ...unitsOf(totals),
    sources,
    lateChanges: Object.fromEntries(
      reading.late.filter((row) => row.submitted !== 0).map((row) => [row.day, row.submitted]),
    ),
    pipeline: { pending: reading.pending, quarantined: reading.quarantined },
  };
  if (today.length > 0) state.pipeline.receivedAt = Math.max(...today.map(({ receivedAt }) => receivedAt));
  if (reading.filling !== undefined) state.pipeline.filling = reading.filling;
  if (dayType !== undefined) state.dayType = dayType;
  if (reading.backlog !== undefined) state.backlog = untilFilled(reading.backlog, reading.filling);
  if (reading.lastDay !== undefined) state.lastDay = reading.lastDay;
  if (reading.forecasts !== undefined)
    state.forecasts = besideCounts(heardAgain(reading.forecasts, sources), {
      midnight,
      asOf: asOf ?? now,
      submitted: total.submitted,
      hours: state.hours,
    });

  const elapsed = ((asOf ?? now) - midnight) / 1_000;
  for (const dim of COMPARED)
    for (const [code, unit] of Object.entries(unitsIn(state, dim))) {
      const usual = baseline.usual((of) => baseline.upTo(dim, code, of, elapsed), Z_UNIT);
      if (usual !== undefined) unit.usual = usual;
    }

  // What was reported before today says nothing about today.
  if (asOf !== undefined && asOf >= midnight) {
    // Without history each source weighs the same, and nobody knows what volume is usual.
    const of = catalogue.sources.some(({ id }) => baseline.meanTotal('source', id) > 0) ? 'volume' : 'sources';
    state.coverage = { asOf, share: shareReported(sources, baseline, midnight, asOf), of };
    state.coverageNow = { asOf, share: shareNow(sources), of };
    // A rate of sources that all fell silent would be a zero that nobody reported.
    if (Object.values(sources).some(({ status }) => status === 'reporting' || status === 'late'))
      state.perMinute = perMinute(reading, asOf);
    compare(state, baseline, sources, midnight, asOf);
    const fives = Object.entries(reading.fives ?? {}).filter(([five]) => isLast(Number(five), now));
    if (fives.length > 0) state.usualFives = Object.fromEntries(fives);
  }
  return state;
}

/**
 * Up to when the numbers stand: every source that reports in time has reported up to here; late and silent ones are
 * missing from the share instead. Where none is in time, the numbers are as old as the latest report.
 */
function asOfSources(sources: readonly SourceState[], now: number): number | undefined {
  const inTime = sources.filter(({ status }) => status === 'reporting').map(({ reportedTo }) => reportedTo ?? now);
  if (inTime.length > 0) return Math.min(...inTime, now);
  const known = sources.flatMap(({ reportedTo }) => (reportedTo === undefined ? [] : [reportedTo]));
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Today against earlier days, each source only up to where it reported: silence must not look like a fall. */
function compare(
  state: WallState,
  baseline: Baseline,
  sources: WallState['sources'],
  midnight: number,
  asOf: number,
): void {
  const [nearest] = baseline.days;
  if (nearest === undefined) return;
  const upToReported = (day: string): number => {
    let sum = 0;
    for (const [id, source] of Object.entries(sources)) {
      const to = Math.min(source.reportedTo ?? 0, asOf);
      if (to > midnight) sum += baseline.upTo('source', id, day, (to - midnight) / 1_000);
    }
    return sum;
  };
  state.comparable = {
    day: nearest,
    toNow: Math.round(upToReported(nearest)),
    total: baseline.total('all', '', nearest),
    hours: baseline.hours(nearest),
  };
  const usual = baseline.usual(upToReported, Z_NATION);
  if (usual !== undefined) state.usual = usual;
  const hours = baseline.usualHours(Z_NATION);
  if (Object.keys(hours).length > 0) state.usualHours = hours;
}

function sourcesOf(reading: Reading, catalogue: Catalogue, now: number): Record<string, SourceState> {
  const today = new Map(reading.totals.filter((row) => row.dim === 'source').map((row) => [row.code, row]));
  const weights = new Map(catalogue.sources.map(({ id }) => [id, reading.baseline.meanTotal('source', id)]));
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(
    catalogue.sources.map((source) => {
      const seen = [today.get(source.id), reading.lastSeen.get(source.id)].filter((row) => row !== undefined);
      const reportedTo = seen.length === 0 ? undefined : Math.max(...seen.map((row) => row.reportedTo));
      const state: SourceState = {
        status: sourceStatus(source, reportedTo, now),
        weight: all === 0 ? 1 / catalogue.sources.length : (weights.get(source.id) ?? 0) / all,
      };
      if (reportedTo !== undefined) {
        state.reportedTo = reportedTo;
        state.receivedAt = Math.max(...seen.map((row) => row.receivedAt));
      }
      return [source.id, state];
    }),
  );
}

/** A silence is over once its source reports again, which is known sooner than the next forecasts are made. */
export const heardAgain = (forecasts: Forecasts, sources: WallState['sources']): Forecasts => ({
  ...forecasts,
  episodes: forecasts.episodes.map((episode) =>
    episode.kind === 'silence' && episode.end === undefined && sources[episode.code]?.status === 'reporting'
      ? { ...episode, end: forecasts.knownTo }
      : episode,
  ),
});

/** `fresh`, but as it was `shown` where a source's status and weight still are what they were. */
export const steadySources = (
  fresh: WallState['sources'],
  shown: Readonly<WallState['sources']>,
): WallState['sources'] =>
  Object.fromEntries(
    Object.entries(fresh).map(([id, source]) => {
      const before = shown[id];
      return [id, before?.status === source.status && before.weight === source.weight ? before : source];
    }),
  );

/** Share of the day's usual volume up to `asOf` that lies before each source's last report. */
function shareReported(
  sources: Record<string, SourceState>,
  baseline: Baseline,
  midnight: number,
  asOf: number,
): number {
  const elapsed = (asOf - midnight) / 1_000;
  let due = 0;
  let reported = 0;
  for (const [id, source] of Object.entries(sources)) {
    const to = Math.max(0, (Math.min(source.reportedTo ?? 0, asOf) - midnight) / 1_000);
    if (baseline.days.length > 0) {
      due += baseline.meanUpTo('source', id, elapsed);
      reported += baseline.meanUpTo('source', id, to);
    } else {
      due += source.weight * elapsed;
      reported += source.weight * to;
    }
  }
  return due === 0 ? shareNow(sources) : Math.min(1, reported / due);
}

function shareNow(sources: Record<string, SourceState>): number {
  const reporting = Object.values(sources).filter(({ status }) => status === 'reporting');
  return Math.min(
    1,
    reporting.reduce((sum, { weight }) => sum + weight, 0),
  );
}

/** Submitted in the 60 s before `asOf`; in the last whole minute where part of it was reported by the minute alone. */
function perMinute(reading: Reading, asOf: number): number {
  const end = Math.floor(asOf / 1_000);
  const fineOf = (from: number): number =>
    reading.seconds.reduce(
      (sum, row) => sum + (row.bucket >= from && row.bucket < from + MINUTE ? row.submitted : 0),
      0,
    );
  const minute = Math.floor(end / MINUTE) * MINUTE - MINUTE;
  const whole = reading.minutes
    .filter((row) => row.bucket === minute && row.grain === 0)
    .reduce((sum, row) => sum + row.submitted, 0);
  return whole > fineOf(minute) ? whole : fineOf(end - MINUTE);
}

function hoursOf(today: readonly BucketRow[], midnight: number, asOf: number | undefined): Record<string, number> {
  const hours: Record<string, number> = {};
  const fine = today.filter((row) => row.grain <= 1);
  const first = fine.reduce((least, row) => Math.min(least, row.bucket), Number.POSITIVE_INFINITY);
  if (asOf !== undefined)
    for (let hour = midnight; hour * 1_000 <= asOf; hour += HOUR) if (hour + HOUR > first) hours[hour] = 0;
  for (const row of fine) {
    const hour = midnight + Math.floor((row.bucket - midnight) / HOUR) * HOUR;
    hours[hour] = (hours[hour] ?? 0) + row.submitted;
  }
  return hours;
}

/** Of the last minutes that are shown, and of those that run. */
const firstMinute = (now: number): number => Math.floor(now / 1_000 / MINUTE) * MINUTE - LAST_MINUTES * MINUTE;
const isLast = (five: number, now: number): boolean => five >= firstMinute(now) && five * 1_000 <= now;

/** A minute in which sources reported and nobody submitted is a true zero; before the first report there is nothing. */
function minutesOf(rows: readonly BucketRow[], now: number, asOf: number | undefined): Record<string, number> {
  const minutes: Record<string, number> = {};
  const from = firstMinute(now);
  const shown = rows.filter((row) => row.grain === 0 && row.bucket >= from);
  const first = shown.reduce((least, row) => Math.min(least, row.bucket), Number.POSITIVE_INFINITY);
  if (asOf !== undefined)
    for (let minute = Math.max(first, from); minute * 1_000 <= asOf; minute += MINUTE) minutes[minute] = 0;
  for (const row of shown) minutes[row.bucket] = (minutes[row.bucket] ?? 0) + row.submitted;
  return minutes;
}

/** While history is coming in, what waited a week ago is told in part, and what waits now as well: neither is held against the other. */
function untilFilled(
  backlog: NonNullable<WallState['backlog']>,
  filling: Reading['filling'],
): NonNullable<WallState['backlog']> {
  if (filling === undefined) return backlog;
  const { weekBefore: _, monthBefore: __, ...level } = backlog;
  return level;
}

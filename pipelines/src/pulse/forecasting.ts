/** What of stored forecasts is about today. Pure. */
import { addDays, type Expected, type Forecasts, HORIZONS, startOfDay, type WallState } from '@room/contract';

/** Hours of `day`, periods that it belongs to, and episodes that reach into it; undefined where nothing was foreseen for it. */
export function forecastsOf(
  made: Forecasts | undefined,
  day: string,
  midnight: number,
  timeZone: string,
): Forecasts | undefined {
  if (made === undefined) return undefined;
  const end = startOfDay(addDays(day, 1), timeZone);
  const isToday = (hour: string): boolean => Number(hour) * 1_000 >= midnight && Number(hour) * 1_000 < end;
  const projections = Object.entries(made.projections).filter(
    ([, projection]) => !('to' in projection) || (projection.from <= day && day <= projection.to),
  );
  return {
    ...made,
    hours: Object.fromEntries(Object.entries(made.hours).filter(([hour]) => isToday(hour))),
    projections: Object.fromEntries(projections),
    episodes: made.episodes.filter((episode) => episode.end === undefined || episode.end > midnight),
  };
}

const HOUR_MS = 3_600_000;

/** Up to when today is counted, milliseconds since 1970 UTC; what it holds, and its hours. */
export interface CountedToday extends Pick<WallState, 'hours'> {
  midnight: number;
  asOf: number;
  submitted: number;
}

/**
 * Forecasts beside what was counted since they were made: no total and no hour is to end below what it holds already, and what today
 * brought more than was foreseen is on top of what is still to come. What it brought less may yet be reported: the next forecasts
 * tell.
 */
export function besideCounts(made: Forecasts, { midnight, asOf, submitted, hours }: CountedToday): Forecasts {
  const { day } = made.projections;
  // Of the day before it is not told what it held in the end.
  const before = made.knownTo <= midnight ? 0 : day !== undefined && 'counted' in day ? day.counted : submitted;
  const since = submitted - before;
  const foreseen = Object.entries(made.hours).reduce((sum, [hour, { mean }]) => {
    const passed = (asOf - Number(hour) * 1_000) / HOUR_MS;
    return sum + mean * Math.min(1, Math.max(0, passed));
  }, 0);
  const ahead = foreseen > 0 ? Math.max(0, since - foreseen) : 0;
  const projections = { ...made.projections };
  for (const horizon of HORIZONS) {
    const found = projections[horizon];
    if (found === undefined || !('mean' in found)) continue;
    const counted = Math.max(0, found.counted + since);
    projections[horizon] = { ...found, counted, ...atLeast(counted, found, ahead) };
  }
  return {
    ...made,
    hours: Object.fromEntries(
      Object.entries(made.hours).map(([hour, expected]) => [hour, atLeast(hours[hour] ?? 0, expected)]),
    ),
    projections,
  };
}

/** In whole dossiers where it was moved: a state is sent again for what changes in it. */
const atLeast = (counted: number, { mean, bands }: Expected, more = 0): Expected => {
  const moved = (value: number): number => Math.max(counted, more === 0 ? value : Math.round(value + more));
  return { mean: moved(mean), bands: bands.map(([low, high]) => [moved(low), moved(high)] as const) };
};

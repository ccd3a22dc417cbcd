/** What of stored forecasts is about today. Pure. */
import { addDays, type Forecasts, startOfDay } from '@room/contract';

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

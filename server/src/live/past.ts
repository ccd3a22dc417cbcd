/** The wall of a past period, from the daily rollups. */
import {
  addDays,
  type Catalogue,
  localDay,
  type Period,
  type SourceState,
  startOfDay,
  sumOf,
  type WallState,
} from '@room/contract';
import { unitsOf, type WallQueries } from '@room/warehouse';

/** Longest period that a wall shows by the day. */
export const MOST_DAYS = 800;

export const lengthOf = ({ from, to }: Period): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;

export type PastQueries = Pick<WallQueries, 'days' | 'hoursBetween' | 'span' | 'sources'>;

export async function pastState(
  queries: PastQueries,
  catalogue: Catalogue,
  period: Period,
  signal?: AbortSignal,
): Promise<WallState> {
  const computedAt = Date.now();
  const startOf = (day: string): number => startOfDay(day, catalogue.timeZone);
  const [{ totals, days, sourceDays }, hours, span, sources] = await Promise.all([
    queries.days(period.from, period.to, signal),
    period.from === period.to ? queries.hoursBetween(startOf(period.from), startOf(addDays(period.to, 1)), signal) : {},
    queries.span(signal),
    queries.sources(signal),
  ]);
  const seen = new Map(sources.map((row) => [row.code, row]));
  const state: WallState = {
    period,
    kind: 'past',
    computedAt,
    simulated: days.some((row) => row.simulated > 0),
    events: days.reduce((sum, row) => sum + row.events, 0),
    total: sumOf(days),
    hours,
    minutes: {},
    days: Object.fromEntries(days.map((row) => [row.day, row.submitted]).sort()),
    ...unitsOf(totals),
    sources: Object.fromEntries(
      catalogue.sources.map(({ id }) => {
        const last = seen.get(id);
        const weight = 1 / catalogue.sources.length;
        if (last === undefined) return [id, { status: 'never', weight } satisfies SourceState];
        const { reportedTo, receivedAt } = last;
        // Of the period: what a source does now is no news there.
        const status = (sourceDays[id] ?? 0) > 0 ? 'reporting' : 'silent';
        return [id, { status, reportedTo, receivedAt, weight } satisfies SourceState];
      }),
    ),
    lateChanges: {},
    pipeline: {},
  };
  if (days.length > 0) {
    state.pipeline.receivedAt = Math.max(...days.map(({ receivedAt }) => receivedAt));
    // Every source is due on every day that has begun, as on the wall of today: also on those without any event.
    const today = localDay(computedAt, catalogue.timeZone);
    const [until = today] = [period.to, today].sort();
    const due = catalogue.sources.length * lengthOf({ from: period.from, to: until });
    const reported = catalogue.sources.reduce((sum, { id }) => sum + (sourceDays[id] ?? 0), 0);
    state.coverage = {
      asOf: Math.max(...days.map((row) => row.reportedTo)),
      share: Math.min(1, reported / due),
      of: 'days',
    };
  }
  if (span !== undefined) state.lastDay = span.last;
  return state;
}

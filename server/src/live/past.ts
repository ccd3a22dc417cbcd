/** The wall of a past period, from the daily rollups. */
import { type Catalogue, type Period, sumOf, type WallState } from '@room/contract';
import { unitsOf, type WallQueries } from '@room/warehouse';

/** Longest period that a wall shows by the day. */
export const MOST_DAYS = 800;

export const lengthOf = ({ from, to }: Period): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;

export async function pastState(
  queries: Pick<WallQueries, 'days' | 'span' | 'sources'>,
  catalogue: Catalogue,
  period: Period,
  signal?: AbortSignal,
): Promise<WallState> {
  const computedAt = Date.now();
  const [{ totals, days, sourceDays }, span, sources] = await Promise.all([
    queries.days(period.from, period.to, signal),
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
    hours: {},
    minutes: {},
    days: Object.fromEntries(days.map((row) => [row.day, row.submitted]).sort()),
    ...unitsOf(totals),
    sources: Object.fromEntries(
      catalogue.sources.map(({ id }) => {
        const last = seen.get(id);
        const weight = 1 / catalogue.sources.length;
        return [
          id,
          last === undefined
            ? { status: 'never' as const, weight }
            : { status: 'reporting' as const, reportedTo: last.reportedTo, receivedAt: last.receivedAt, weight },
        ];
      }),
    ),
    lateChanges: {},
    pipeline: { pending: 0, quarantined: 0 },
  };
  if (days.length > 0) {
    // A source that reported at all in the period is due on each of its days up to the last one with any event.
    const reporting = new Set(totals.filter((row) => row.dim === 'source').map((row) => row.code)).size;
    const sorted = days.map(({ day }) => day).sort();
    const [firstDay = period.from, lastDay = period.to] = [sorted[0], sorted.at(-1)];
    const due = reporting * lengthOf({ from: firstDay, to: lastDay });
    state.coverage = { asOf: Math.max(...days.map((row) => row.reportedTo)), share: due === 0 ? 0 : sourceDays / due };
  }
  if (span !== undefined) state.lastDay = span.last;
  return state;
}

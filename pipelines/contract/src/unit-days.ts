/** What the index, and leaders and laggards, are counted from: each unit's days, by the map of the last one, so that what merged within a period is scored as what it became. */
import { type Query, querySchema } from './query.ts';

export const unitDaysQuestion = (
  { from, to }: { from: string; to: string },
  units: 'agency' | 'province',
  compare: 'none' | 'previous' = 'none',
): Query =>
  querySchema.parse({
    measures: 'submitted,submittedOnline,onTime,late',
    from,
    to,
    grain: 'day',
    split: units,
    boundaries: to,
    compare,
  });

/** How much of a curve is known: what is silent would be drawn as a fall. */
import type { WallState } from '@room/contract';

/** Share of the usual volume of those that have reported up to `second`; all of it where nothing is known of what is usual. */
export function reportedOf({ sources }: Pick<WallState, 'sources'>, second: number): number {
  const all = Object.values(sources);
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  const reported = all.reduce(
    (sum, { weight, reportedTo }) => sum + (reportedTo !== undefined && reportedTo >= second * 1_000 ? weight : 0),
    0,
  );
  return total === 0 ? 1 : reported / total;
}

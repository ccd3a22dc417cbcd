/** Points of a link's curve as they are drawn: a report of several hours over all of them, as high as it is on average. Pure. */
import type { LinkTrend } from '@room/contract';

export interface LinkSpan {
  at: number;
  /** Points that it covers. */
  points: number;
  /** Of all of it; absent where nobody reported. */
  requests?: number;
  failed?: number;
}

export function spansOf(points: LinkTrend['points']): LinkSpan[] {
  const spans: LinkSpan[] = [];
  for (const { at, requests, failed, isWithin } of points) {
    const before = spans.at(-1);
    if (isWithin === true && before?.requests !== undefined) before.points++;
    else
      spans.push({
        at,
        points: 1,
        ...(requests === undefined ? {} : { requests }),
        ...(failed === undefined ? {} : { failed }),
      });
  }
  return spans;
}

/** Of one point of it. */
export const heightOf = ({ requests = 0, points }: LinkSpan): number => requests / points;

/** From which longer periods one came to the one that is shown, as the address keeps it, so that it goes back, forward and along with it. Pure. */
import type { Period } from '@room/contract';
import { oneOf, type Query } from '../../app/addresses.ts';

const MOST = 4;
const SPAN = /^(\d{4}-\d{2}-\d{2}):(\d{4}-\d{2}-\d{2})$/;

const isWithin = (part: Period, whole: Period): boolean =>
  whole.from <= part.from && part.to <= whole.to && (whole.from !== part.from || whole.to !== part.to);

/** The longest first; those alone that each hold the next, and the last of them the period that is shown. */
export function trailIn(query: Query, period: Period): Period[] {
  const spans = (oneOf(query, 'within') ?? '').split(',').slice(-MOST);
  const all = spans.flatMap((text) => {
    const [, from = '', to = ''] = SPAN.exec(text) ?? [];
    return from === '' ? [] : [{ from, to }];
  });
  return all.filter((each, n) => isWithin(all[n + 1] ?? period, each) && isWithin(period, each));
}

/** What the address keeps of it; undefined where there is nothing to keep. */
export const trailText = (trail: readonly Period[]): string | undefined =>
  trail.length === 0
    ? undefined
    : trail
        .slice(-MOST)
        .map(({ from, to }) => `${from}:${to}`)
        .join(',');

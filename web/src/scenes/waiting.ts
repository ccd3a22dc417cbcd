/** What is said of who waits beyond the date: whether they become more, and since when. Pure. */
import { addDays, localDay, type Waiting } from '@room/contract';
import type { Speech } from '../messages/context.ts';

/** A change of so little is none that anybody would act upon. */
const NOTABLE = 0.005;

export interface Trend {
  direction: 'more' | 'less' | 'same';
  text: string;
}

export function trendOf(
  now: number | undefined,
  before: number | undefined,
  against: 'waitingWeek' | 'waitingMonth',
  { t, format, thresholds }: Speech,
): Trend | undefined {
  if (now === undefined || before === undefined) return undefined;
  const change = now - before;
  const words = t(against);
  if (change === 0 || (before > 0 && Math.abs(change / before) < NOTABLE))
    return { direction: 'same', text: t('waitingSame', { against: words }) };
  // A percentage of few says nothing.
  const size = before >= Math.max(1, thresholds.countEnough) ? format.size(change / before) : undefined;
  const n = format.count(Math.abs(change));
  const text = t(change > 0 ? 'waitingMore' : 'waitingLess', { n, size: size ?? '—', against: words });
  return {
    direction: change > 0 ? 'more' : 'less',
    text: size === undefined ? text.replace(' (—)', '') : text,
  };
}

/** The day of whose same hour what waits now is held against: days before may be known, and that hour not. */
export const weekAgo = (now: number, timeZone: string, { format }: Pick<Speech, 'format'>): string =>
  format.dayOfYear(addDays(localDay(now, timeZone), -7));

/** The same without what waited a week and four weeks before. */
export const withoutEarlier = ({ whole, units, ...rest }: Waiting): Waiting => {
  const without = <T extends { weekBefore?: number; monthBefore?: number }>(of: T) => {
    const { weekBefore: _, monthBefore: __, ...level } = of;
    return level;
  };
  return { ...rest, whole: without(whole), units: units.map(without) };
};

/** Points of a line in a box of 100 by 100, from the first day to the last, of which some may be unknown. */
export function lineOf({ points }: Waiting['whole'], top: number): string {
  const last = Math.max(1, points.length - 1);
  let isOn = false;
  return points
    .map(({ overdue }, n) => {
      if (overdue === undefined) {
        isOn = false;
        return '';
      }
      const step = `${isOn ? 'L' : 'M'}${((100 * n) / last).toFixed(2)} ${(100 - (100 * overdue) / top).toFixed(2)}`;
      isOn = true;
      return step;
    })
    .join('');
}

/** Days that an axis of these points names: the first, and each seventh before the last. */
export const ticksOf = (day: string): string[] => [28, 21, 14, 7].map((before) => addDays(day, -before));

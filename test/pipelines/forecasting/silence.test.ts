import { expect, it } from 'vitest';
import { type Buckets, silentBuckets } from '../../../pipelines/src/forecasting/silence.ts';

const HOUR = 3_600_000;
const DAYS = 28;
const HOURS: Buckets = {
  start: 0,
  step: HOUR,
  kindOf: (hour) => String(hour % 24),
  dayOf: (hour) => Math.floor(hour / 24),
};

/** What a source told by hour; undefined for an hour without a word. */
function told(size: (hour: number) => number | undefined, reportedTo = (hour: number) => (hour + 1) * HOUR) {
  const sizes = new Float64Array(DAYS * 24).fill(Number.NaN);
  const to = new Float64Array(DAYS * 24).fill(Number.NaN);
  for (let hour = 0; hour < sizes.length; hour++) {
    const found = size(hour);
    if (found === undefined) continue;
    sizes[hour] = found;
    to[hour] = reportedTo(hour);
  }
  return { sizes, reportedTo: to };
}
const silentHours = (of: ReturnType<typeof told>): number[] =>
  [...silentBuckets(of, HOURS)].flatMap((silent, hour) => (silent === 1 ? [hour] : []));
const isOffice = (hour: number): boolean => hour % 24 >= 8 && hour % 24 < 17;

it('hours in which a source always tells something and told nothing are silent; nights of an office are not', () => {
  const outage = [20 * 24 + 10, 20 * 24 + 11, 20 * 24 + 12];
  const office = told((hour) => (isOffice(hour) && !outage.includes(hour) ? 20 : undefined));
  expect(silentHours(office)).toEqual(outage);
});

it('whole days without a word are silent in the hours of its kind', () => {
  const office = told((hour) => (isOffice(hour) && Math.floor(hour / 24) !== 20 ? 20 : undefined));
  expect(silentHours(office)).toEqual(Array.from({ length: 9 }, (_, n) => 20 * 24 + 8 + n));
});

it('one that says "nothing happened" always is missed when it does not', () => {
  expect(silentHours(told((hour) => (hour === 333 ? undefined : 1)))).toEqual([333]);
});

it('one that rarely tells may have nothing to tell', () => {
  expect(silentHours(told((hour) => (hour % 7 === 0 ? 2 : undefined)))).toEqual([]);
  // A load of the whole day at any hour says nothing about the other hours.
  expect(silentHours(told((hour) => (hour % 24 === Math.floor(hour / 24) % 24 ? 500 : undefined)))).toEqual([]);
});

it('hours that are often empty are silent only when there are many of them in a row', () => {
  const isEmpty = (hour: number): boolean => (hour * 7919) % 3 === 0 || hour === 301;
  expect(silentHours(told((hour) => (isEmpty(hour) ? undefined : 30)))).toEqual([]);
  const outage = told((hour) => (isEmpty(hour) || (hour >= 300 && hour < 320) ? undefined : 30));
  expect(silentHours(outage).length).toBeGreaterThan(12);
  expect(silentHours(outage).every((hour) => hour >= 299 && hour <= 320)).toBe(true);
});

it('the hour in which it fell silent holds a part of its time only', () => {
  const fell = told(
    (hour) => (hour === 301 || hour === 302 ? undefined : 9),
    (hour) => (hour === 300 ? 300.4 * HOUR : (hour + 1) * HOUR),
  );
  expect(silentHours(fell)).toEqual([300, 301, 302]);
});

it('one that ended for good is missed for a week', () => {
  expect(silentHours(told((hour) => (hour < 14 * 24 ? 9 : undefined)))).toHaveLength(7 * 24);
});

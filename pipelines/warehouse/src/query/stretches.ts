/** A question whose answer is too long to be held at once, as questions of stretches of its time that follow each other. Pure. */
import { addDays, type Period, type Query } from '@room/contract';
import type { Known } from './plan.ts';
import { comparedWith, pointsOf } from './plan.ts';

const HOURS = 24;

export interface Stretch {
  query: Query;
  /** What is known beforehand of whoever answers it. */
  known: Known;
}

/**
 * Each has at most `most` points over so many `rows`, or one day; together they have every point once, in order, each beside the
 * point that it is held against in the whole: days that are held against their likes against those of the whole period. The
 * question itself where it has no points.
 */
export function stretchesOf(query: Query, rows: number, most: number): Stretch[] {
  const { grain, compare, from, to } = query;
  const whole: Period = { from, to };
  const known: Known = compare === 'day-types' ? { rows, likesOf: whole } : { rows };
  if (grain === 'total') return [{ query, known }];
  // A like stands beside each of its own points.
  const against = compare === 'day-types' ? whole : comparedWith(whole, compare);
  const now = pointsOf(whole, grain);
  const before = against === undefined ? [] : pointsOf(against, grain);
  const sides = against === undefined ? 1 : 2;
  const smallest = grain === 'hour' ? HOURS : 1;
  const size = smallest * Math.max(1, Math.floor(most / (Math.max(1, rows) * sides * smallest)));
  const stretches: Stretch[] = [];
  for (let at = 0; at < now.length; at += size) {
    const beside = against === undefined ? undefined : spanOf(before.slice(at, at + size), against);
    const held = compare === 'day-types' ? compare : (beside ?? 'none');
    stretches.push({ query: { ...query, ...spanOf(now.slice(at, at + size), whole), compare: held }, known });
  }
  return stretches;
}

/** The days of some points in a row, as far as they belong to the period. Undefined where there are none. */
function spanOf(points: readonly string[], { from, to }: Period): Period | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const begin = first.length === 7 ? `${first}-01` : first.slice(0, 10);
  const end = last.length === 7 ? lastOfMonth(last) : last.slice(0, 10);
  return { from: begin < from ? from : begin, to: end > to ? to : end };
}

const lastOfMonth = (month: string): string => addDays(`${addDays(`${month}-01`, 31).slice(0, 7)}-01`, -1);

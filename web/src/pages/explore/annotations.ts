/** What happened, beside what is asked: which of it belongs to a chart, where it stands there, and what was before and after. Pure. */
import {
  type Annotation,
  addDays,
  type Catalogue,
  type Happened,
  type Period,
  type Query as Question,
} from '@room/contract';

export { type Happened, happenedIn, type PointSpan as Span, spanOn, wordsOf } from '@room/contract';

const dayOf = (when: string): string => when.slice(0, 10);

/** The numbers, from 1, of those that a stretch of days is the first to show. */
export const begunIn = (happened: readonly Happened[], { from, to }: Period, isFirst: boolean): number[] =>
  happened.flatMap(({ body }, n) => {
    const first = dayOf(body.from);
    return (from <= first && first <= to) || (isFirst && first < from) ? [n + 1] : [];
  });

/** Whether any of them goes on in a stretch of days. */
export const isMeanwhile = (happened: readonly Happened[], { from, to }: Period): boolean =>
  happened.some(({ body }) => dayOf(body.from) <= to && dayOf(body.to) >= from);

/** Days off of the calendar within a period, those in a row together under the name of the first. */
export function daysOffIn(
  { calendar }: Pick<Catalogue, 'calendar'>,
  { from, to }: Period,
): (Period & { name: Catalogue['title'] })[] {
  const found: (Period & { name: Catalogue['title'] })[] = [];
  for (const { date, label } of [...calendar.daysOff].sort((a, b) => (a.date < b.date ? -1 : 1))) {
    if (date < from || date > to) continue;
    const last = found.at(-1);
    if (last !== undefined && addDays(last.to, 1) === date) last.to = date;
    else found.push({ from: date, to: date, name: label });
  }
  return found;
}

/** So many days after and before say what an event did; longer ones say what the year did. */
const LONGEST = 91;

/** As many days from its beginning on as are over, and as many before; where it began today, today. */
export function aroundEvent(
  { from }: Pick<Annotation, 'from'>,
  today: string,
): { after: Period; before: Period; days: number } | undefined {
  const first = dayOf(from);
  if (first > today) return undefined;
  const days = Math.min(LONGEST, Math.max(1, daysFrom(first, today)));
  return {
    after: { from: first, to: addDays(first, days - 1) },
    before: { from: addDays(first, -days), to: addDays(first, -1) },
    days,
  };
}

/** The event that a question's two periods stand around, where they do. */
export function eventOf(
  all: readonly Happened[],
  { from, to, compare }: Pick<Question, 'from' | 'to' | 'compare'>,
): Happened | undefined {
  if (typeof compare === 'string' || compare.to !== addDays(from, -1)) return undefined;
  const isAround = daysFrom(compare.from, compare.to) === daysFrom(from, to);
  return isAround ? all.find(({ body }) => dayOf(body.from) === from) : undefined;
}

const daysFrom = (first: string, last: string): number =>
  Math.round((Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / 86_400_000);

/** What happened, beside what is asked: which of it belongs to a chart, where it stands there, and what was before and after. Pure. */
import {
  type Annotation,
  addDays,
  type Catalogue,
  type CurvePoint,
  type Kept,
  type Language,
  type Period,
  type Query as Question,
} from '@room/contract';

export type Happened = Kept<Annotation>;

/** In the language of the page, or in the one that it was written in. */
export function wordsOf({ text }: Annotation, language: Language): { words: string; lang: Language } {
  const other = language === 'vi' ? 'en' : 'vi';
  const words = text[language];
  return words === undefined ? { words: text[other] ?? '', lang: other } : { words, lang: language };
}

const dayOf = (when: string): string => when.slice(0, 10);

/** Whether what is asked is, or holds, what it happened to: only a question that is narrowed to others leaves it out. */
function isOf(
  { of }: Annotation,
  asked: Pick<Question, 'agency' | 'province' | 'service'>,
  services: ReadonlyMap<string, string>,
): boolean {
  if (of.dim === 'all') return true;
  const only = asked[of.dim];
  if (only !== undefined) return only.includes(of.code);
  // A service that another ministry does not have.
  if (of.dim !== 'service' || asked.agency === undefined) return true;
  return asked.agency.includes(services.get(of.code) ?? '');
}

/** Those of a period that belong to a question, in the order of their beginnings. */
export function happenedIn(
  all: readonly Happened[],
  asked: Pick<Question, 'from' | 'to' | 'agency' | 'province' | 'service'>,
  { services }: Pick<Catalogue, 'services'>,
): Happened[] {
  const agencies = new Map(services.map(({ code, agency }) => [code, agency]));
  return all
    .filter(({ body }) => dayOf(body.from) <= asked.to && dayOf(body.to) >= asked.from && isOf(body, asked, agencies))
    .sort((a, b) => (a.body.from < b.body.from ? -1 : 1));
}

/** The numbers, from 1, of those that a stretch of days is the first to show. */
export const begunIn = (happened: readonly Happened[], { from, to }: Period, isFirst: boolean): number[] =>
  happened.flatMap(({ body }, n) => {
    const first = dayOf(body.from);
    return (from <= first && first <= to) || (isFirst && first < from) ? [n + 1] : [];
  });

/** Whether any of them goes on in a stretch of days. */
export const isMeanwhile = (happened: readonly Happened[], { from, to }: Period): boolean =>
  happened.some(({ body }) => dayOf(body.from) <= to && dayOf(body.to) >= from);

export interface Span {
  from: number;
  to: number;
}

/** The points of a curve that it stands over; undefined where it is between them or beyond. */
export function spanOn(
  points: readonly Pick<CurvePoint, 'at'>[],
  { from, to }: Pick<Annotation, 'from' | 'to'>,
): Span | undefined {
  const length = points[0]?.at.length ?? 0;
  const key = (when: string, time: string): string => (when.length === 10 ? `${when}${time}` : when).slice(0, length);
  const first = points.findIndex(({ at }) => at >= key(from, 'T00:00'));
  const until = points.findLastIndex(({ at }) => at <= key(to, 'T23:59'));
  if (first === -1 || until === -1) return undefined;
  // What is over before the next point begins stands where it began.
  return { from: Math.min(first, until), to: Math.max(first, until) };
}

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

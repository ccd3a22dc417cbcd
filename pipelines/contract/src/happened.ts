/** What happened, beside what is asked: which of it belongs to a chart, and where it stands there. Pure. */
import type { Annotation } from './annotations.ts';
import type { Catalogue } from './catalogue.ts';
import { type Grouped, ungrouped } from './groups.ts';
import type { Kept } from './kept.ts';
import type { Language } from './language.ts';
import type { CurvePoint, Query } from './query.ts';

export type Happened = Kept<Annotation>;

/** In the language of the page, or in the one that it was written in. */
export function wordsOf({ text }: Pick<Annotation, 'text'>, language: Language): { words: string; lang: Language } {
  const other = language === 'vi' ? 'en' : 'vi';
  const words = text[language];
  return words === undefined ? { words: text[other] ?? '', lang: other } : { words, lang: language };
}

const dayOf = (when: string): string => when.slice(0, 10);

/** Whether what is asked is, or holds, what it happened to: only a question that is narrowed to others leaves it out. */
function isOf(
  { of }: Annotation,
  asked: Pick<Query, 'agency' | 'province' | 'service'>,
  catalogue: Grouped,
  services: ReadonlyMap<string, string>,
): boolean {
  if (of.dim === 'all') return true;
  const only = asked[of.dim];
  if (only !== undefined) return ungrouped(of.dim, only, catalogue).includes(of.code);
  // A service that another ministry does not have.
  if (of.dim !== 'service' || asked.agency === undefined) return true;
  return asked.agency.includes(services.get(of.code) ?? '');
}

/** Those of a period that belong to a question, in the order of their beginnings. */
export function happenedIn(
  all: readonly Happened[],
  asked: Pick<Query, 'from' | 'to' | 'agency' | 'province' | 'service'>,
  catalogue: Pick<Catalogue, 'services' | 'groups'>,
): Happened[] {
  const agencies = new Map(catalogue.services.map(({ code, agency }) => [code, agency]));
  return all
    .filter(
      ({ body }) =>
        dayOf(body.from) <= asked.to && dayOf(body.to) >= asked.from && isOf(body, asked, catalogue, agencies),
    )
    .sort((a, b) => (a.body.from < b.body.from ? -1 : 1));
}

/** Numbers of points, both inclusive. */
export interface PointSpan {
  from: number;
  to: number;
}

/** The points of a curve that it stands over; undefined where it is between them or beyond. */
export function spanOn(
  points: readonly Pick<CurvePoint, 'at'>[],
  { from, to }: Pick<Annotation, 'from' | 'to'>,
): PointSpan | undefined {
  const length = points[0]?.at.length ?? 0;
  const key = (when: string, time: string): string => (when.length === 10 ? `${when}${time}` : when).slice(0, length);
  const first = points.findIndex(({ at }) => at >= key(from, 'T00:00'));
  const until = points.findLastIndex(({ at }) => at <= key(to, 'T23:59'));
  if (first === -1 || until === -1) return undefined;
  // What is over before the next point begins stands where it began.
  return { from: Math.min(first, until), to: Math.max(first, until) };
}

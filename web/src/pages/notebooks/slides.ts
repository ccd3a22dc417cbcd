/** What a page of a notebook asks the server, and how its pages are put in order. Pure. */
import { slideFields as fieldsOf, fixedOn, type NotebookPage, type QuestionFields } from '@room/contract';
import { type Asked, askedIn, type Fields } from '../explore/asked.ts';

/** Undefined where the question is none any more. */
export function askedOf(question: QuestionFields, today: string): Asked | undefined {
  const found = askedIn(question, today);
  return 'fault' in found ? undefined : found;
}

/** One answer holds all that is shown: the curve, and of a split the first rows. */
export const slideFields = ({ texts, measure }: Asked, today: string): Fields =>
  ({ ...fieldsOf(texts, today), measures: measure }) as Fields;

/** The same to be kept: its days no longer move. */
export function frozenFields(question: QuestionFields, today: string): QuestionFields | undefined {
  const asked = askedOf(fixedOn(question, today), today);
  if (asked === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(slideFields(asked, today)).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

/** `pages` with one of them a place further up or down; the same where there is none. */
export function moved(pages: readonly NotebookPage[], index: number, by: -1 | 1): NotebookPage[] {
  const to = index + by;
  const [one, other] = [pages[index], pages[to]];
  if (one === undefined || other === undefined) return [...pages];
  return pages.map((page, n) => (n === index ? other : n === to ? one : page));
}

/** Which page a key turns to; undefined where it turns none. */
export function turned(key: string, page: number, pages: number): number | undefined {
  const last = pages - 1;
  if (key === 'ArrowRight' || key === 'PageDown' || key === ' ') return Math.min(last, page + 1);
  if (key === 'ArrowLeft' || key === 'PageUp') return Math.max(0, page - 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

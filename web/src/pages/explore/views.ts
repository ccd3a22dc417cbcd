/** Saved views: what is kept of the question that is shown, and where one is opened. Pure. */
import { fixedOn, isMoving, type Kept, movingWith, type QuestionFields, STANDING, type View } from '@room/contract';
import { type Query, toExplore } from '../../app/addresses.ts';
import type { Asked } from './asked.ts';

/** Whether the days of a view move with the one that runs. */
export type ViewTime = 'moving' | 'fixed';

/** `today` is a local day. */
export function questionOf({ texts }: Pick<Asked, 'texts'>, time: ViewTime, today: string): QuestionFields {
  const fixed = fixedOn(texts, today);
  if (time === 'fixed') return fixed;
  const { from = '', to = '' } = fixed;
  return isMoving(texts) ? texts : { ...texts, ...movingWith({ from, to }, today) };
}

/** Which measures are asked for is the page's own choice, as is what stands where nothing is asked. */
const sorted = ({ measures: _, ...fields }: QuestionFields): string =>
  JSON.stringify(Object.entries({ ...STANDING, ...fields }).sort());

/** Whether what is shown is what was kept, on the same days of today or of any. */
export const isSame = ({ texts }: Pick<Asked, 'texts'>, question: QuestionFields, today: string): boolean =>
  sorted(fixedOn(texts, today)) === sorted(fixedOn(question, today));

/** `view` in the address says which one it is; the rest is the question itself. */
export const toView = (
  query: Query,
  { id, body }: Pick<Kept<View>, 'id' | 'body'>,
): { path: string; query: Record<string, string> } => {
  const { path, query: choices } = toExplore(query);
  return { path, query: { ...choices, ...body.question, view: id } };
};

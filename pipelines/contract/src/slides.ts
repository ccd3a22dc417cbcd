/** What a page of a notebook asks, shown or on paper: one measure over its time, and of a split the rows that have room beside it. Pure. */
import { STANDING } from './ask/standing.ts';
import { describedBy, isDerived, subjectOf } from './points.ts';
import type { Grain, Measure, Order } from './query.ts';

import { fixedOn, type QuestionFields } from './views.ts';
import type { Period } from './wall.ts';

/** Rows of a split that have room beside a curve. */
const SHOWN = '8';

/** Days of a curve that is cut by the hour, and by the day. */
const BY_HOUR = 3;
const BY_DAY = 186;

const lengthOf = ({ from, to }: Period): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000) + 1;

/** As finely as a curve of it can be read; tasks are known by the day. */
export const grainOf = (period: Period, measure: Measure = 'submitted'): Exclude<Grain, 'total'> => {
  const days = lengthOf(period);
  if (days <= BY_HOUR) return subjectOf(measure) === 'tasks' ? 'day' : 'hour';
  return days <= BY_DAY ? 'day' : 'month';
};

/** Which members come first where nobody says: of a share or points that should be high the lowest, whom somebody must look at. */
export const firstOf = (measure: Measure): Order =>
  isDerived(measure) && describedBy(measure).better === 'up' ? 'smallest' : 'largest';

/** Its days as they are on `today`, with what stands where it says nothing; its measures are those of whoever shows it. */
export function slideFields(question: QuestionFields, today: string): QuestionFields {
  const fields: QuestionFields = fixedOn({ ...STANDING, ...question }, today);
  const { from = today, to = today, split = '', sort = 'submitted', order, grain } = fields;
  const measure = sort as Measure;
  return {
    ...fields,
    sort,
    grain: grain === undefined || grain === 'total' ? grainOf({ from, to }, measure) : grain,
    ...(split === '' ? {} : { top: SHOWN, order: order ?? firstOf(measure) }),
  };
}

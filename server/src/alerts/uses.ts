/** What was filed of each service on the whole days before today, and how much of them was reported. */
import { addDays, type Catalogue, EVERYTHING, querySchema, startOfDay } from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import type { Uses } from './observe.ts';

/** `today`: a local day. */
export async function usesOf(
  store: Pick<QueryStore, 'answer'>,
  days: number,
  today: string,
  { timeZone }: Pick<Catalogue, 'timeZone'>,
): Promise<Uses> {
  const first = addDays(today, -days);
  const query = querySchema.parse({ measures: 'submitted', from: first, to: addDays(today, -1), split: 'service' });
  const { rows, periods } = await store.answer(query, EVERYTHING);
  return {
    from: startOfDay(first, timeZone),
    to: startOfDay(today, timeZone),
    coverage: periods.now.coverage,
    submitted: new Map(rows.map(({ key: [code = ''], now }) => [code, now?.submitted ?? 0])),
  };
}

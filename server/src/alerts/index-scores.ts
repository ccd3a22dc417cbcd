/** What units have of the index in the running quarter, as its page tells it. */
import {
  EVERYTHING,
  indexPeriod,
  type QueryAnswer,
  type ServiceIndex,
  standingsOf,
  unitDaysQuestion,
  type Values,
} from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import { overdueKey, type UnitScore } from './observe.ts';

/** By `overdueKey`, of those that have an interval; `today` is a local day. */
export async function indexScores(
  store: Pick<QueryStore, 'answer'>,
  index: ServiceIndex,
  units: 'agency' | 'province',
  today: string,
): Promise<Map<string, UnitScore>> {
  const quarter = Math.ceil(Number(today.slice(5, 7)) / 3);
  const query = unitDaysQuestion(indexPeriod(`${today.slice(0, 4)}-Q${quarter}`, today), units);
  const { total, rows } = await store.answer(query, EVERYTHING);
  const daysOf = ({ points = [] }: QueryAnswer['total']): Values[] => points.map(({ now = {} }) => now);
  const { units: scored } = standingsOf(
    index,
    daysOf(total),
    rows.flatMap((row) => {
      const [code] = row.key;
      return code === undefined ? [] : [{ code, now: daysOf(row), before: [] }];
    }),
  );
  return new Map(
    scored.flatMap(({ code, points, measured, high }): [string, UnitScore][] =>
      high === undefined || measured <= 0
        ? []
        : [[overdueKey(units, code), { reached: points / measured, most: high / measured }]],
    ),
  );
}

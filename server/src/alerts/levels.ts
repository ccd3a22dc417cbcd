/** What waits, by the members of a dimension: what the room answers whoever asks for it. */
import { type Dimension, EVERYTHING, LEVELS_REPORTED, querySchema } from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import type { Waiting } from './observe.ts';

/** By code, as it was last reported by now on `day`, the running local day. */
export async function levelsOf(
  store: Pick<QueryStore, 'answer'>,
  dim: 'all' | Dimension,
  day: string,
): Promise<ReadonlyMap<string, Waiting>> {
  const split = dim === 'all' ? '' : dim;
  const query = querySchema.parse({ measures: LEVELS_REPORTED.join(','), from: day, to: day, split });
  const { total, rows } = await store.answer(query, EVERYTHING);
  const found = dim === 'all' ? [{ ...total, key: [''] }] : rows;
  return new Map(
    found.flatMap(({ key: [code = ''], now, levelsAsOf }) =>
      now === undefined ? [] : [[code, { ...now, asOf: levelsAsOf?.now }] as const],
    ),
  );
}

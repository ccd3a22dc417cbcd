/** Units of earlier days as those that took over from them: exact where each has one successor. Pure. */
import type { Listing } from '@room/contract';

export interface Restated {
  /** Of each unit that ended, the one that has all of it today. */
  today: ReadonlyMap<string, string>;
  /** Ended, and divided among several: they stay what they were. */
  divided: readonly string[];
}

interface Ended {
  id: string;
  successors?: readonly string[] | undefined;
}

/** More steps than any unit was merged in; a list that goes in a circle ends. */
const MOST_STEPS = 16;

export function restated(units: readonly Ended[]): Restated {
  const next = new Map(units.map(({ id, successors = [] }) => [id, successors]));
  const today = new Map<string, string>();
  const divided: string[] = [];
  for (const { id } of units) {
    let at = id;
    for (let step = 0; step < MOST_STEPS; step++) {
      const successors = next.get(at) ?? [];
      if (successors.length !== 1) break;
      at = successors[0] ?? at;
    }
    if ((next.get(at)?.length ?? 0) > 1) divided.push(id);
    else if (at !== id) today.set(id, at);
  }
  return { today, divided };
}

/** Of the dimensions whose members are units with a time. */
export const restatedBy = ({ agencies, provinces }: Listing): { agency: Restated; province: Restated } => ({
  agency: restated(agencies),
  province: restated(provinces),
});

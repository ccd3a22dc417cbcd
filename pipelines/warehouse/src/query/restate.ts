/** Units as those of one day's map: exact where each became a part of one other, or was a part of one other, alone. Pure. */
import { type Listing, validOn } from '@room/contract';

export interface Restated {
  /** Of each unit that is not of that day, the one of that day that has all of it. */
  as: ReadonlyMap<string, string>;
  /** Not of that day, and divided among several, or made of several: they stay what they were. */
  divided: readonly string[];
}

interface Dated {
  id: string;
  validFrom?: string | undefined;
  validTo?: string | undefined;
  successors?: readonly string[] | undefined;
}

/** More steps than any unit was merged in; a list that goes in a circle ends. */
const MOST_STEPS = 16;

/** `day` is a local day. */
export function restated(units: readonly Dated[], day: string): Restated {
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const after = new Map(units.map(({ id, successors = [] }) => [id, successors]));
  const before = new Map<string, string[]>();
  for (const [id, successors] of after)
    for (const successor of successors) before.set(successor, [...(before.get(successor) ?? []), id]);
  const as = new Map<string, string>();
  const divided: string[] = [];
  for (const unit of units) {
    if (validOn(unit, day)) continue;
    const isOver = unit.validTo !== undefined && unit.validTo < day;
    const along = isOver ? after : before;
    let at = unit.id;
    let isWhole = true;
    for (let step = 0; step < MOST_STEPS && !validOn(byId.get(at) ?? unit, day); step++) {
      const next = along.get(at) ?? [];
      if (next.length === 0) break;
      isWhole &&= next.length === 1;
      [at = at] = next;
    }
    if (!isWhole) divided.push(unit.id);
    else if (at !== unit.id) as.set(unit.id, at);
  }
  return { as, divided };
}

/** Of the dimensions whose members are units with a time. */
export const restatedBy = (
  { agencies, provinces }: Listing,
  day: string,
): { agency: Restated; province: Restated } => ({
  agency: restated(agencies, day),
  province: restated(provinces, day),
});

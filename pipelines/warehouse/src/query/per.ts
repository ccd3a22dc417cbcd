/** What values are held against, where they are asked for per working day or per 1,000 people. Pure. */
import { addDays, type Catalogue, dayTypeOf, type Period, type Query, type Scope, validOn } from '@room/contract';
import { monthsOf } from './like-days.ts';
import type { Plan } from './plan.ts';

/** Which row, whole or at a point; `keys` are those of the rows that it is made of, empty for all that the question is narrowed to. */
export interface Place {
  side: 'now' | 'before';
  at?: string;
  keys: readonly (readonly string[])[];
}

/** By what a sum and a level are divided; undefined where it is not known, or nothing. */
export interface Divisors {
  sums: number | undefined;
  levels: number | undefined;
}
export type DivisorsOf = (place: Place) => Divisors;

const WHOLE: Divisors = { sums: 1, levels: 1 };
const THOUSAND = 1_000;

export function divisorsOf(
  { per, grain, split }: Query,
  plan: Pick<Plan, 'runs' | 'like' | 'provinces'>,
  catalogue: Pick<Catalogue, 'calendar' | 'provinces'>,
  { own }: Scope,
  today: string,
): DivisorsOf {
  if (per === 'period') return () => WHOLE;
  if (per === 'working-day') {
    const known = {
      now: workingDays(plan, 'now', catalogue, today),
      before: workingDays(plan, 'before', catalogue, today),
    };
    return ({ side, at }) => {
      if (at !== undefined && grain !== 'month') return WHOLE;
      return { sums: some(known[side].get(at ?? '')), levels: 1 };
    };
  }
  const people = peopleOf(catalogue);
  const all = (): readonly string[] | undefined => {
    if (plan.provinces !== undefined) return plan.provinces;
    const units = catalogue.provinces.filter((unit) => validOn(unit, today)).map(({ id }) => id);
    if (own === undefined) return units;
    const [agencies = 0, provinces = 0] = [own.agency?.size, own.province?.size];
    // What is theirs by agency is of the whole country, and what is by province is not.
    if (agencies > 0 && provinces > 0) return undefined;
    return agencies > 0 ? units : units.filter((id) => own.province?.has(id));
  };
  const among = split.indexOf('province');
  return ({ keys }) => {
    const ids = keys.length === 0 || among < 0 ? all() : [...new Set(keys.map((key) => key[among] ?? ''))];
    const each = ids?.map((id) => people.get(id)) ?? [undefined];
    const sum = each.every((one) => one !== undefined) ? each.reduce((total, one) => total + one, 0) : undefined;
    const divisor = some(sum === undefined ? undefined : sum / THOUSAND);
    return { sums: divisor, levels: divisor };
  };
}

const some = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

/** By month, or point of likes, and of all under an empty name; without those of which the calendar does not know each day. */
function workingDays(
  { runs, like }: Pick<Plan, 'runs' | 'like'>,
  side: 'now' | 'before',
  { calendar }: Pick<Catalogue, 'calendar'>,
  today: string,
): Map<string, number> {
  // On days to come nobody has worked yet.
  const days = runs[side].flatMap(daysIn).filter((day) => day <= today);
  const groups = new Map<string, string[]>([['', days]]);
  if (side === 'before' && like !== undefined) for (const [label, of] of monthsOf(like)) groups.set(label, of);
  else for (const day of days) groups.set(day.slice(0, 7), [...(groups.get(day.slice(0, 7)) ?? []), day]);
  return new Map(
    [...groups].flatMap(([label, of]): [string, number][] => {
      const types = of.map((day) => dayTypeOf(calendar, day));
      return types.includes(undefined) ? [] : [[label, types.filter((type) => type === 'working').length]];
    }),
  );
}

export const daysIn = ({ from, to }: Period): string[] => {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
};

/** Of each province; one that became exactly another, which came of it alone, has that one's people. */
function peopleOf({ provinces }: Pick<Catalogue, 'provinces'>): Map<string, number> {
  const known = new Map(provinces.flatMap(({ id, people }) => (people === undefined ? [] : [[id, people] as const])));
  const cameOf = new Map<string, number>();
  for (const { successors = [] } of provinces) for (const id of successors) cameOf.set(id, (cameOf.get(id) ?? 0) + 1);
  const all = new Map<string, number>(known);
  for (const { id, successors = [] } of provinces) {
    const [one = ''] = successors;
    const people = known.get(one);
    if (!all.has(id) && successors.length === 1 && cameOf.get(one) === 1 && people !== undefined) all.set(id, people);
  }
  return all;
}

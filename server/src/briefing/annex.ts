/** The annex of a review: every indicator, and every task that is open or was settled in its time. Pure. */
import type { BriefingAnnex, IndicatorList, Tasks } from '@room/contract';

/** What so few steps cannot bear is a bound: as a number alone it would be firmer than it is. Undefined is no bound. */
export function boundOf({ probability, low, high }: Chance): 'least' | 'most' | undefined {
  const percent = (of: number): number => Math.round(100 * of);
  if (percent(low) !== percent(high)) return undefined;
  return probability < 0.5 ? 'most' : 'least';
}
export const BOUNDS = {
  least: { vi: 'ít nhất', en: 'at least' },
  most: { vi: 'nhiều nhất', en: 'at most' },
} as const;
type Chance = NonNullable<IndicatorList['indicators'][number]['progress']['chance']>;
function chanceOf(chance: Chance): Pick<BriefingAnnex['indicators'][number], 'chance' | 'chanceBound'> {
  const bound = boundOf(chance);
  return { chance: chance.probability, ...(bound === undefined ? {} : { chanceBound: bound }) };
}

/** A page of A4 takes some forty. */
const MOST_TASKS = 400;

export function annexOf(indicators: IndicatorList | undefined, tasks: Tasks | undefined): BriefingAnnex {
  const all = tasks?.tasks ?? [];
  return {
    indicators: (indicators?.indicators ?? []).map(({ id, body, overdue, progress }) => {
      const { latest, target, isMet, chance } = progress;
      return {
        id,
        label: body.label,
        owner: body.owner.code,
        unit: body.unit,
        ...(latest === undefined ? {} : { latest: { on: latest.on, value: latest.value } }),
        ...(target === undefined ? {} : { target: { on: target.on, value: target.value } }),
        ...(isMet === undefined ? {} : { isMet }),
        ...(chance === undefined ? {} : chanceOf(chance)),
        overdue: overdue.length,
      };
    }),
    tasks: all.slice(0, MOST_TASKS).map(({ id, unit, order, of, state, daysLeft, isOverdue }) => ({
      id,
      unit: unit.code,
      text: order.text.replace(/\s+/g, ' ').slice(0, 200),
      ...(of === undefined ? {} : { plan: of.plan, item: of.item }),
      due: order.due,
      state,
      daysLate: isOverdue ? -daysLeft : 0,
    })),
    moreTasks: Math.max(0, all.length - MOST_TASKS),
  };
}

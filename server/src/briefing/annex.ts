/** The annex of a review: every indicator, and every task that is open or was settled in its time. Pure. */
import type { BriefingAnnex, IndicatorList, Tasks } from '@room/contract';

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
        ...(chance === undefined ? {} : { chance: chance.probability }),
        overdue: overdue.length,
      };
    }),
    tasks: all.slice(0, MOST_TASKS).map(({ id, unit, order, of, state, daysLeft }) => ({
      id,
      unit: unit.code,
      text: order.text.replace(/\s+/g, ' ').slice(0, 200),
      ...(of === undefined ? {} : { plan: of.plan, item: of.item }),
      due: order.due,
      state,
      daysLate: state === 'overdue' ? -daysLeft : 0,
    })),
    moreTasks: Math.max(0, all.length - MOST_TASKS),
  };
}

/** How far an indicator is from its next target, by plain arithmetic over what was told of it last: no chance is claimed of so few points. */
import { z } from 'zod';
import {
  type Indicator,
  type KeptReport,
  keptIndicator,
  keptReportSchema,
  periodsUntil,
  reportPeriod,
} from './indicators.ts';
import { absentOr, day, instant, number } from './schema.ts';

const dated = z.strictObject({ on: day, value: number });
export const progressSchema = z.strictObject({
  latest: absentOr(dated).meta({ description: 'what was told last, reported or published, and of which day' }),
  target: absentOr(dated).meta({ description: 'the next one; absent where no day is to come' }),
  isMet: absentOr(z.boolean()).meta({ description: 'whether the last value is there already' }),
  reportsLeft: absentOr(z.int()).meta({ description: 'reports between the last value and the day of the target' }),
  needed: absentOr(number).meta({ description: 'change from report to report by which it would be reached' }),
});
export type Progress = z.infer<typeof progressSchema>;

export const indicatorListSchema = z.strictObject({
  at: instant,
  indicators: z.array(
    z.strictObject({
      ...keptIndicator,
      known: z.array(keptReportSchema).meta({ description: 'by period, the newest report of each' }),
      progress: progressSchema,
      overdue: z.array(z.string()).meta({ description: 'periods that were not reported in time, nor since' }),
    }),
  ),
});
export type IndicatorList = z.infer<typeof indicatorListSchema>;

/** `today` is a local day; `known` is sorted by period. */
export function progressOf(indicator: Indicator, known: readonly KeptReport[], today: string): Progress {
  const { direction, targets } = indicator;
  const latest = latestOf(indicator, known, today);
  const next = targets.find(({ on }) => on >= today);
  const target = next === undefined ? undefined : { on: next.on, value: next.value };
  if (latest === undefined || target === undefined)
    return { ...(latest === undefined ? {} : { latest }), ...(target === undefined ? {} : { target }) };
  const isMet = direction === 'up' ? latest.value >= target.value : latest.value <= target.value;
  const reportsLeft = periodsUntil(indicator, target.on).filter(([, { to }]) => to > latest.on).length;
  return {
    latest,
    target,
    isMet,
    reportsLeft,
    ...(isMet || reportsLeft === 0 ? {} : { needed: (target.value - latest.value) / reportsLeft }),
  };
}

function latestOf({ published }: Indicator, known: readonly KeptReport[], today: string): Progress['latest'] {
  const reported = known.flatMap(({ period, value }) => {
    const on = reportPeriod(period)?.to;
    return on === undefined ? [] : [{ on, value }];
  });
  const told = [...published.map(({ on, value }) => ({ on, value })), ...reported].filter(({ on }) => on <= today);
  return told.sort((one, other) => (one.on < other.on ? -1 : 1)).at(-1);
}

/** How far an indicator is from its next target: where its path would have it, what reports to come must bring, and what chance so few points allow. */
import { z } from 'zod';
import type { Catalogue } from './catalogue.ts';
import { lastTurn, type Outlook, outlookOf } from './chance.ts';
import {
  type Indicator,
  isOwnValue,
  type KeptReport,
  type KnownReport,
  keptIndicator,
  keptReportSchema,
  knownAt,
  overduePeriods,
  periodNumber,
  periodsUntil,
  reportersOf,
  reportPeriod,
} from './indicators.ts';
import { absentOr, count, day, instant, number } from './schema.ts';
import type { Scope } from './scope.ts';

const dated = z.strictObject({ on: day, value: number });
const share = number.min(0).max(1);
const chanceSchema = z
  .strictObject({
    probability: share,
    low: share,
    high: share,
    steps: count.meta({ description: 'changes from report to report that it rests on' }),
    expected: z
      .strictObject({ value: number, low: number, high: number })
      .meta({ description: 'on the day of the target, with an 80 % interval' }),
  })
  .meta({ id: 'IndicatorChance' });
export const progressSchema = z.strictObject({
  latest: absentOr(dated).meta({ description: 'what was told last, reported or published, and of which day' }),
  target: absentOr(dated).meta({ description: 'the next one; absent where no day is to come' }),
  isMet: absentOr(z.boolean()).meta({ description: 'whether the last value is there already' }),
  planned: absentOr(number).meta({
    description: 'what a straight path to the target, from the target before or the first value, has on that day',
  }),
  reportsLeft: absentOr(z.int()).meta({ description: 'reports between the last value and the day of the target' }),
  needed: absentOr(number).meta({ description: 'change from report to report by which it would be reached' }),
  chance: absentOr(chanceSchema).meta({ description: 'to meet the target; absent where there are too few reports' }),
  recoverBy: absentOr(z.union([day, z.literal('past')])).meta({
    description:
      'until when the best pace so far, from then on, would still do; `past` where it would not any more; absent where the usual pace does, or too little is known',
  }),
});
export type Progress = z.infer<typeof progressSchema>;

const overdueSchema = z.array(z.string()).meta({ description: 'periods that were not reported in time, nor since' });
const ownUnitSchema = z.strictObject({ code: z.string(), progress: progressSchema, overdue: overdueSchema });
export const indicatorListSchema = z.strictObject({
  at: instant,
  indicators: z.array(
    z.strictObject({
      ...keptIndicator,
      known: z.array(keptReportSchema).meta({ description: 'of the value for all: by period, the newest of each' }),
      progress: progressSchema,
      overdue: overdueSchema,
      units: absentOr(z.array(ownUnitSchema)).meta({
        description: 'where units report their own: those within one’s scope',
      }),
    }),
  ),
});
export type IndicatorList = z.infer<typeof indicatorListSchema>;
export type IndicatorEntry = IndicatorList['indicators'][number];

interface Known {
  /** All that was ever reported of it. */
  reported: readonly KeptReport[];
  at: number;
  /** Local day of `at`. */
  today: string;
  scope: Scope;
  units: Pick<Catalogue, 'agencies' | 'provinces'>;
}

/** What was known of an indicator at an instant, as far as the scope reaches. */
export function standingOf(
  indicator: Indicator,
  { reported, at, today, scope, units }: Known,
): Pick<IndicatorEntry, 'known' | 'progress' | 'overdue' | 'units'> {
  const isWhole = isOwnValue(indicator, undefined, scope);
  const known = isWhole ? knownAt(reported, at) : [];
  const own = reportersOf(indicator, units, today).filter(({ id }) => isOwnValue(indicator, id, scope));
  return {
    known,
    progress: progressOf(isWhole ? indicator : { ...indicator, published: [] }, known, today),
    overdue: isWhole ? overduePeriods(indicator, known, today) : [],
    ...(indicator.by === undefined
      ? {}
      : {
          units: own.map((unit) => {
            const { id, validFrom } = unit;
            const itsOwn = knownAt(reported, at, id);
            // A unit owes what ended while it was there.
            const owes = { ...indicator, from: laterOf(indicator.from, validFrom) };
            return {
              code: id,
              progress: progressOf({ ...indicator, published: [] }, itsOwn, today),
              overdue: overduePeriods(owes, itsOwn, today),
            };
          }),
        }),
  };
}

const laterOf = (one: string, other: string | undefined): string => (other !== undefined && other > one ? other : one);

/** `today` is a local day; `known` is sorted by period. */
export function progressOf(indicator: Indicator, known: readonly KnownReport[], today: string): Progress {
  const { direction, targets } = indicator;
  const told = toldOf(indicator, known, today);
  const latest = told.at(-1);
  const next = targets.findIndex(({ on }) => on >= today);
  const { on, value } = targets[next] ?? {};
  const target = on === undefined || value === undefined ? undefined : { on, value };
  if (latest === undefined || target === undefined)
    return { ...(latest === undefined ? {} : { latest }), ...(target === undefined ? {} : { target }) };
  const isMet = direction === 'up' ? latest.value >= target.value : latest.value <= target.value;
  const reportsLeft = periodsUntil(indicator, target.on).filter(([, { to }]) => to > latest.on).length;
  const planned = plannedOn(latest.on, targets[next - 1] ?? told[0], target, direction);
  return {
    latest,
    target,
    isMet,
    ...(planned === undefined ? {} : { planned }),
    reportsLeft,
    ...(isMet || reportsLeft === 0 ? {} : { needed: (target.value - latest.value) / reportsLeft }),
    ...foreseen(indicator, known, { latest, target, reportsLeft }),
  };
}

type Dated = z.infer<typeof dated>;

/** In the order of their days; of two of one day the reported one stands last. */
function toldOf({ published }: Indicator, known: readonly KnownReport[], today: string): Dated[] {
  const reported = known.flatMap(({ period, value }) => {
    const on = reportPeriod(period)?.to;
    return on === undefined ? [] : [{ on, value }];
  });
  const told = [...published.map(({ on, value }) => ({ on, value })), ...reported].filter(({ on }) => on <= today);
  return told.sort((one, other) => (one.on < other.on ? -1 : one.on > other.on ? 1 : 0));
}

/** One who stood beyond the target already has to stay there, and not to come down to it. */
function plannedOn(
  on: string,
  from: Dated | undefined,
  to: Dated,
  direction: Indicator['direction'],
): number | undefined {
  if (from === undefined || from.on >= on || on > to.on) return undefined;
  const passed = (Date.parse(on) - Date.parse(from.on)) / (Date.parse(to.on) - Date.parse(from.on));
  const planned = from.value + passed * (to.value - from.value);
  return direction === 'up' ? Math.min(planned, to.value) : Math.max(planned, to.value);
}

/** What was published is too far apart, and too round, to say how values move: reports alone are looked at. */
function foreseen(
  indicator: Indicator,
  known: readonly KnownReport[],
  { latest, target, reportsLeft }: { latest: Dated; target: Dated; reportsLeft: number },
): Pick<Progress, 'chance' | 'recoverBy'> {
  const last = known.at(-1);
  if (last === undefined || reportPeriod(last.period)?.to !== latest.on) return {};
  const points = known.map(({ period, value }) => ({ at: periodNumber(period), value }));
  const asked = { target: target.value, direction: indicator.direction, ahead: reportsLeft };
  const found = outlookOf(points, asked);
  if (found === undefined) return {};
  const turn = lastTurn({ ...asked, value: latest.value }, found);
  const { probability, low, high, steps, expected } = found;
  const recoverBy = turn === undefined ? undefined : turn < 0 ? 'past' : dayAfter(indicator, latest.on, turn);
  return {
    chance: { probability, low, high, steps, expected: within(indicator, expected) },
    ...(recoverBy === undefined ? {} : { recoverBy }),
  };
}

/** The end of the period that is so many reports after a day. */
const dayAfter = (indicator: Indicator, on: string, reports: number): string | undefined =>
  reports === 0
    ? on
    : periodsUntil({ ...indicator, until: LAST }, LAST)
        .filter(([, { to }]) => to > on)
        .at(reports - 1)?.[1].to;
const LAST = '2099-12-31';

function within({ unit, of }: Indicator, expected: Outlook['expected']): Outlook['expected'] {
  const most = unit === 'share' ? 1 : (of ?? Number.POSITIVE_INFINITY);
  const least = unit === 'rank' ? 1 : 0;
  const into = (value: number): number => Math.min(most, Math.max(least, value));
  return { value: into(expected.value), low: into(expected.low), high: into(expected.high) };
}

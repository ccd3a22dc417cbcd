/**
 * The index by which a country scores how its units serve people: formulas are data of the catalogue, and what the room does not
 * count is not measured, its points apart, never zero. Shares 0..1, points as the index has them. Pure.
 */
import { z } from 'zod';
import { type Catalogue, labelSchema } from './catalogue.ts';
import { RATIO_MEASURES, type RatioMeasure } from './measures.ts';
import { pointsFor } from './points.ts';
import { absentOr, count, instant, day as localDay, number } from './schema.ts';
import { RATIOS } from './sums.ts';

const points = z.number().positive().max(1_000);
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/);

const indicatorSchema = z.strictObject({
  id,
  label: labelSchema,
  points,
  /** Its points were not published: they are this catalogue's own. */
  isConfigured: z.boolean().optional(),
  /** The share from which on all points are given; 1 without it. */
  fullFrom: z.number().positive().max(1).optional(),
  formula: z.strictObject({ part: z.string(), whole: z.string(), scoring: z.string() }),
  /** What the room counts of it, and how that differs from the formula; without it the indicator is not measured. */
  counted: z.strictObject({ ratio: z.enum(RATIOS), differs: labelSchema }).optional(),
});
export type IndexIndicator = z.infer<typeof indicatorSchema>;

const groupSchema = z
  .strictObject({ id, label: labelSchema, points, indicators: z.array(indicatorSchema).min(1) })
  .refine((group) => Math.abs(group.indicators.reduce((sum, each) => sum + each.points, 0) - group.points) < 1e-9, {
    path: ['points'],
    message: 'is not the sum of its indicators',
  });

export const serviceIndexSchema = z
  .strictObject({
    title: labelSchema,
    decision: z.string().min(1),
    date: localDay,
    asOf: localDay,
    source: labelSchema,
    licence: labelSchema,
    groups: z.array(groupSchema).min(1),
  })
  .refine(
    ({ groups }) => {
      const ids = groups.flatMap(({ indicators }) => indicators.map((indicator) => indicator.id));
      return new Set(ids).size === ids.length;
    },
    { path: ['groups'], message: 'an indicator stands twice' },
  );
export type ServiceIndex = z.infer<typeof serviceIndexSchema>;

export const indicatorsOf = (index: Pick<ServiceIndex, 'groups'>): IndexIndicator[] =>
  index.groups.flatMap(({ indicators }) => indicators);
export const pointsOfIndex = (index: Pick<ServiceIndex, 'groups'>): number =>
  indicatorsOf(index).reduce((sum, indicator) => sum + indicator.points, 0);

/** What of it is counted, as measures of points are worked out; undefined where nothing is. */
export function scoringOf(index: Pick<ServiceIndex, 'decision' | 'groups'>): Catalogue['scoring'] {
  const components = indicatorsOf(index).flatMap(({ id: of, label, points: most, fullFrom, counted }) =>
    counted === undefined
      ? []
      : [{ id: of, label, points: most, ...(fullFrom === undefined ? {} : { fullFrom }), ratio: counted.ratio }],
  );
  return components.length === 0 ? undefined : { decision: index.decision, points: pointsOfIndex(index), components };
}

const PERIOD = /^20\d{2}(-(0[1-9]|1[0-2])|-Q[1-4])?$/;
export const indexQuerySchema = z.strictObject({
  period: z
    .string()
    .max(8)
    .regex(PERIOD, { error: 'a month, quarter or year, as 2026-11, 2026-Q4 or 2026' })
    .meta({ description: 'a month, quarter or year, as 2026-11, 2026-Q4 or 2026' }),
  units: z.enum(['agency', 'province']).default('province').meta({ description: 'like is held against like' }),
});

/** What a wall shows of it: the running quarter, or the last whole month. */
export const INDEX_SPANS = ['quarter', 'month'] as const;
export type IndexSpan = (typeof INDEX_SPANS)[number];
/** The name of that period, `today` being a local day. */
export function indexSpan(span: IndexSpan, today: string): string {
  const [year = 0, month = 1] = today.split('-').map(Number);
  return span === 'quarter'
    ? `${year}-Q${Math.ceil(month / 3)}`
    : new Date(Date.UTC(year, month - 2, 1)).toISOString().slice(0, 7);
}

/** First and last local day of a month, quarter or year; of a running one up to `today`. */
export function indexPeriod(period: string, today: string): { from: string; to: string } {
  const year = Number(period.slice(0, 4));
  const quarter = period[5] === 'Q' ? Number(period[6]) : undefined;
  const month = quarter === undefined ? Number(period.slice(5, 7) || 1) : 3 * quarter - 2;
  const months = quarter !== undefined ? 3 : period.length === 4 ? 12 : 1;
  const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
  const last = day(Date.UTC(year, month - 1 + months, 0));
  return { from: day(Date.UTC(year, month - 1, 1)), to: last < today ? last : today };
}

const componentSchema = z
  .object({
    id: z.string(),
    points: absentOr(number),
    /** What was counted, and of how much. */
    part: absentOr(number),
    whole: absentOr(number),
  })
  .meta({ id: 'IndexComponent', description: 'without points it is not measured' });
export type IndexComponent = z.infer<typeof componentSchema>;

const scoreSchema = z
  .object({
    components: z.array(componentSchema),
    points: number,
    measured: number.meta({ description: 'points that could be had of what is measured' }),
    low: absentOr(number).meta({ description: 'of the 99 % interval of points, by day-to-day variation' }),
    high: absentOr(number),
  })
  .meta({ id: 'IndexScore' });
export type IndexScore = z.infer<typeof scoreSchema>;

const SIDES = ['below', 'unclear', 'above'] as const;
export const indexStandingSchema = scoreSchema
  .extend({
    code: z.string(),
    side: z.enum(SIDES).meta({ description: 'of what all together reach' }),
    best: absentOr(count).meta({ description: 'first rank that it may have' }),
    worst: absentOr(count),
    change: absentOr(number).meta({ description: 'points since as many days before, only where it exceeds chance' }),
  })
  .meta({ id: 'IndexStanding' });
export type IndexStanding = z.infer<typeof indexStandingSchema>;

export const indexAnswerSchema = z
  .object({
    index: serviceIndexSchema,
    from: localDay,
    to: localDay,
    asOf: absentOr(instant),
    coverage: absentOr(number),
    simulated: z.boolean(),
    all: scoreSchema,
    units: z.array(indexStandingSchema),
  })
  .meta({ id: 'IndexAnswer' });
export type IndexAnswer = z.infer<typeof indexAnswerSchema>;

/** What was counted on one day, absent what was not. */
export type DayCounts = Readonly<Partial<Record<string, number>>>;

/** Two-sided 99 %: some dozens are named at once. */
const Z = 2.576;
/** Fewer days say nothing about how days vary. */
const FEWEST_DAYS = 5;

interface Scored extends IndexScore {
  variance: number | undefined;
}

/**
 * Points by what was counted on each day. How sure they are is told by how the days differ: the delta method for a ratio of
 * sums, days as clusters (Cochran, Sampling Techniques, ch. 6), so that what moves two components together is not counted twice.
 */
function scored(index: ServiceIndex, days: readonly DayCounts[]): Scored {
  const residuals = days.map(() => 0);
  let variance: number | undefined;
  const seen = new Set<number>();
  const components = indicatorsOf(index).map((indicator): IndexComponent => {
    const { counted, points: most, fullFrom = 1 } = indicator;
    if (counted === undefined) return { id: indicator.id };
    const sums = days.map((day) => sumsOf(counted.ratio, day));
    const part = sums.reduce((sum, of) => sum + of.part, 0);
    const whole = sums.reduce((sum, of) => sum + of.whole, 0);
    if (whole <= 0) return { id: indicator.id };
    const ratio = part / whole;
    const own = sums.map((of) => (of.part - ratio * of.whole) / whole);
    const error = Math.sqrt(varianceOf(own, sums.filter((of) => of.whole !== 0).length) ?? 0);
    sums.forEach((of, day) => {
      if (of.whole !== 0) seen.add(day);
    });
    // Where all points are surely given, the share may vary as it likes.
    if (ratio - Z * error < fullFrom)
      for (const [day, residual] of own.entries())
        residuals[day] = (residuals[day] ?? 0) + (most / fullFrom) * residual;
    return { id: indicator.id, points: pointsFor(indicator, ratio), part, whole };
  });
  const measured = indicatorsOf(index).reduce(
    (sum, { points: most }, at) => (components[at]?.points === undefined ? sum : sum + most),
    0,
  );
  const reached = components.reduce((sum, component) => sum + (component.points ?? 0), 0);
  if (measured > 0) variance = varianceOf(residuals, seen.size);
  const half = variance === undefined ? undefined : Z * Math.sqrt(variance);
  return {
    components,
    points: reached,
    measured,
    variance,
    ...(half === undefined ? {} : { low: Math.max(0, reached - half), high: Math.min(measured, reached + half) }),
  };
}

const varianceOf = (residuals: readonly number[], days: number): number | undefined =>
  days < FEWEST_DAYS ? undefined : (days / (days - 1)) * residuals.reduce((sum, each) => sum + each * each, 0);

function sumsOf(ratio: RatioMeasure, day: DayCounts): { part: number; whole: number } {
  const { part, whole } = RATIO_MEASURES[ratio];
  return { part: day[part] ?? 0, whole: whole.reduce((sum, measure) => sum + (day[measure] ?? 0), 0) };
}

const plain = ({ variance: _, ...score }: Scored): IndexScore => score;

export interface UnitDays {
  code: string;
  now: readonly DayCounts[];
  before: readonly DayCounts[];
}

/**
 * Scores of like units, each beside what all reach together. Only those of which the same is measured are held against each
 * other, and only by intervals: a rank is the range of ranks that it may have.
 */
export function standingsOf(
  index: ServiceIndex,
  all: readonly DayCounts[],
  units: readonly UnitDays[],
): { all: IndexScore; units: IndexStanding[] } {
  const whole = scored(index, all);
  const each = units.map(({ code, now, before }) => ({ code, now: scored(index, now), before: scored(index, before) }));
  const isLike = (of: Scored): boolean => of.measured > 0 && of.measured === whole.measured && of.low !== undefined;
  const like = each.filter(({ now }) => isLike(now));
  const standings = each.map(({ code, now, before }): IndexStanding => {
    const { low, high } = now;
    if (!isLike(now) || low === undefined || high === undefined) return { ...plain(now), code, side: 'unclear' };
    const above = like.filter((other) => (other.now.low ?? 0) > high).length;
    const below = like.filter((other) => (other.now.high ?? Infinity) < low).length;
    const moved = now.points - before.points;
    const isSure =
      isLike(before) && Math.abs(moved) > Z * Math.sqrt((now.variance ?? Infinity) + (before.variance ?? Infinity));
    return {
      ...plain(now),
      code,
      side: high < whole.points ? 'below' : low > whole.points ? 'above' : 'unclear',
      best: 1 + above,
      worst: like.length - below,
      ...(isSure ? { change: moved } : {}),
    };
  });
  return { all: plain(whole), units: standings.toSorted((a, b) => b.points - a.points || (a.code < b.code ? -1 : 1)) };
}

export interface IndexGain {
  id: string;
  points: number;
  /** As many dossiers more would have to be counted for all of them; absent of what is not measured. */
  dossiers?: number;
}

/** What would raise a score, the most first: what is measured to its full points, and what is not by reporting it. */
export const gainsOf = (index: Pick<ServiceIndex, 'groups'>, score: Pick<IndexScore, 'components'>): IndexGain[] =>
  indicatorsOf(index)
    .map(({ id: of, points: most, fullFrom = 1 }): IndexGain => {
      const found = score.components.find((component) => component.id === of);
      if (found?.points === undefined) return { id: of, points: most };
      const missing = Math.ceil((found.whole ?? 0) * fullFrom - (found.part ?? 0) - 1e-9);
      return { id: of, points: most - found.points, dossiers: Math.max(0, missing) };
    })
    .filter((gain) => gain.points > 0)
    .toSorted((a, b) => Number(a.dossiers === undefined) - Number(b.dossiers === undefined) || b.points - a.points);

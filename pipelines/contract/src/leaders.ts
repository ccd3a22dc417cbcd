/**
 * Who leads and who lags, so that naming somebody stands up to questions: units of like size together, counts by working day and by
 * people, each value with its interval by how days vary, and a change only where it exceeds that. Pure but for its schemas.
 */
import { z } from 'zod';
import type { DayType } from './day-types.ts';
import { type Counts, type Estimate, FEWEST_DAYS, LED_Z, shareOfDays } from './days-vary.ts';
import { directedUnitSchema } from './directives.ts';
import { evidenceGivenSchema } from './indicators.ts';
import { absentOr, count, instant, day as localDay, number, plainLines, plainText } from './schema.ts';
import { indexQuerySchema } from './service-index.ts';

export const LED_MEASURES = ['shareOnTime', 'shareOnline', 'submitted'] as const;
export type LedMeasure = (typeof LED_MEASURES)[number];
/** Of which more is better: to be filed more is no merit of a unit. */
export const MERITS = ['shareOnTime', 'shareOnline'] as const;
export type Merit = (typeof MERITS)[number];
/** Units of like size: as many groups as hold at least `LEAST_IN_GROUP`, at most so many. */
export const SIZES = ['large', 'middle', 'small'] as const;
export type SizeGroup = (typeof SIZES)[number];
const LEAST_IN_GROUP = 4;

export interface LedDay extends Counts {
  /** Undefined outside of the calendar. */
  type?: DayType | undefined;
}
export interface LedUnit {
  code: string;
  /** Where it is known; then counts are of 1,000 people. */
  people?: number | undefined;
  now: readonly LedDay[];
  before: readonly LedDay[];
}

/** Dossiers by working day, of 1,000 people where so many are known; days vary among those of their own type. */
export function paceOfDays(days: readonly LedDay[], people?: number): Estimate | undefined {
  const worked = days.filter(({ type }) => type === 'working').length;
  const total = days.reduce((sum, { submitted = 0 }) => sum + submitted, 0);
  if (worked === 0 || total <= 0) return undefined;
  const scale = (people === undefined ? 1 : 1_000 / people) / worked;
  if (worked < FEWEST_DAYS) return { value: scale * total };
  const types = [...new Set(days.map(({ type }) => type))].map((type) => days.filter((day) => day.type === type));
  const variance = types.reduce((sum, own) => {
    const mean = own.reduce((all, { submitted = 0 }) => all + submitted, 0) / own.length;
    const squares = own.reduce((all, { submitted = 0 }) => all + (submitted - mean) ** 2, 0);
    // A type of a single day says nothing of how it varies: as if it were as large again.
    return sum + (own.length < 2 ? mean ** 2 : (own.length / (own.length - 1)) * squares);
  }, 0);
  return { value: scale * total, variance: scale * scale * variance };
}

export const estimateOf = (measure: LedMeasure, days: readonly LedDay[], people?: number): Estimate | undefined =>
  measure === 'submitted' ? paceOfDays(days, people) : shareOfDays(days, measure);

const SIDES = ['leads', 'between', 'lags'] as const;
const ledUnitSchema = z
  .object({
    code: z.string(),
    value: absentOr(number),
    low: absentOr(number).meta({ description: 'of the 99 % interval by how days vary' }),
    high: absentOr(number),
    side: z.enum(SIDES).meta({ description: 'of what its group reaches together, with its whole interval' }),
    best: absentOr(count).meta({ description: 'first rank in its group that it may have' }),
    worst: absentOr(count),
    change: absentOr(number).meta({ description: 'since as many days before, only where it exceeds chance' }),
  })
  .meta({ id: 'LedUnit' });
export type Led = z.infer<typeof ledUnitSchema>;
const groupSchema = z
  .object({
    size: z.enum(SIZES),
    /** Dossiers by working day of the smallest and the largest in it. */
    from: number,
    to: number,
    value: absentOr(number).meta({ description: 'of all in it together' }),
    units: z.array(ledUnitSchema),
  })
  .meta({ id: 'LedGroup' });
export type LedGroup = z.infer<typeof groupSchema>;

interface Sized extends LedUnit {
  pace: number;
}

/** Units that nothing was counted of are in no group. */
export function leadersOf(measure: LedMeasure, units: readonly LedUnit[]): LedGroup[] {
  const sized = units
    .flatMap((unit): Sized[] => {
      const pace = paceOfDays(unit.now)?.value;
      return pace === undefined ? [] : [{ ...unit, pace }];
    })
    .sort((one, other) => other.pace - one.pace || (one.code < other.code ? -1 : 1));
  const groups = Math.max(1, Math.min(SIZES.length, Math.floor(sized.length / LEAST_IN_GROUP)));
  return SIZES.slice(0, groups).flatMap((size, at): LedGroup[] => {
    const own = sized.slice(Math.round((at * sized.length) / groups), Math.round(((at + 1) * sized.length) / groups));
    return own.length === 0 ? [] : [groupOf(size, measure, own)];
  });
}

function groupOf(size: SizeGroup, measure: LedMeasure, own: readonly Sized[]): LedGroup {
  const value = togetherOf(measure, own);
  const each = own.map((unit) => ({
    code: unit.code,
    now: estimateOf(measure, unit.now, unit.people),
    before: estimateOf(measure, unit.before, unit.people),
  }));
  const bounds = each.flatMap(({ now }) => (now?.variance === undefined ? [] : [boundsOf(now, measure)]));
  const units = each.map(({ code, now, before }): Led => {
    if (now === undefined) return { code, side: 'between' };
    if (now.variance === undefined) return { code, value: now.value, side: 'between' };
    const { low, high } = boundsOf(now, measure);
    const moved = before === undefined ? 0 : now.value - before.value;
    const isSure =
      before?.variance !== undefined && Math.abs(moved) > LED_Z * Math.sqrt(now.variance + before.variance);
    return {
      code,
      value: now.value,
      low,
      high,
      side: value === undefined ? 'between' : low > value ? 'leads' : high < value ? 'lags' : 'between',
      best: 1 + bounds.filter((other) => other.low > high).length,
      worst: bounds.length - bounds.filter((other) => other.high < low).length,
      ...(isSure ? { change: moved } : {}),
    };
  });
  return {
    size,
    from: own.at(-1)?.pace ?? 0,
    to: own[0]?.pace ?? 0,
    ...(value === undefined ? {} : { value }),
    units: units.toSorted((one, other) => (other.value ?? -1) - (one.value ?? -1) || (one.code < other.code ? -1 : 1)),
  };
}

function boundsOf({ value, variance = 0 }: Estimate, measure: LedMeasure): { low: number; high: number } {
  const half = LED_Z * Math.sqrt(variance);
  const most = measure === 'submitted' ? Number.POSITIVE_INFINITY : 1;
  return { low: Math.max(0, value - half), high: Math.min(most, value + half) };
}

/** A share of all their dossiers; of counts the middle unit, as a sum would be no unit's. */
function togetherOf(measure: LedMeasure, own: readonly Sized[]): number | undefined {
  if (measure !== 'submitted')
    return shareOfDays(
      own.flatMap(({ now }) => now),
      measure,
    )?.value;
  const values = own
    .flatMap(({ now, people }) => paceOfDays(now, people)?.value ?? [])
    .toSorted((one, other) => one - other);
  const middle = Math.floor(values.length / 2);
  const upper = values[middle];
  if (upper === undefined) return undefined;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] ?? upper) + upper) / 2;
}

/** What a unit that leads did, for others to do too. */
export const goodModelSchema = z.strictObject({
  unit: directedUnitSchema,
  measure: z.enum(LED_MEASURES),
  title: plainText(200),
  did: plainLines(4_000).meta({ description: 'what was done, so that another can do it' }),
  evidence: evidenceGivenSchema,
});
export type GoodModel = z.infer<typeof goodModelSchema>;
const keptModelSchema = z
  .object({ id: z.string(), version: count, who: z.string(), at: instant, body: goodModelSchema })
  .meta({ id: 'KeptModel' });
export type KeptModel = z.infer<typeof keptModelSchema>;

export const leadersAskedSchema = indexQuerySchema.safeExtend({
  measure: z.enum(LED_MEASURES).default('shareOnTime').meta({
    description: 'a share, or dossiers by working day: of a ministry as they are, of a province by 1,000 people',
  }),
});
export const leadersSchema = z.object({
  from: localDay,
  to: localDay,
  asOf: absentOr(instant),
  coverage: absentOr(number),
  simulated: z.boolean(),
  peopleAsOf: absentOr(localDay),
  groups: z.array(groupSchema),
  models: z.array(keptModelSchema),
});
export type Leaders = z.infer<typeof leadersSchema>;

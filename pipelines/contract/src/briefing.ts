/** One page for a session or a morning: sentences that each say up to when and where their evidence is, frozen with their figures, and signed. */
import { z } from 'zod';
import { addDays } from './calendar.ts';
import { labelSchema } from './catalogue.ts';
import { tQuantile } from './chance.ts';
import { DIRECTIVE_STATES } from './directives.ts';
import { INDICATOR_UNITS } from './indicators.ts';
import { absentOr, count, day, instant, number } from './schema.ts';

/** Days that it looks back on: whole weeks, so that each day is held against its own weekday. */
export const BRIEFING_DAYS = { week: 7, month: 28, quarter: 91 } as const;
export const BRIEFING_PERIODS = ['week', 'month', 'quarter'] as const;
export type BriefingPeriod = (typeof BRIEFING_PERIODS)[number];

/** Of the last whole quarter, half-year and year: on several pages, with an annex. */
export const REVIEWS = ['reviewQuarter', 'reviewHalf', 'reviewYear'] as const;
export type Review = (typeof REVIEWS)[number];
export const BRIEFED = [...BRIEFING_PERIODS, ...REVIEWS] as const;
export type Briefed = (typeof BRIEFED)[number];
export const isReview = (of: Briefed): of is Review => (REVIEWS as readonly string[]).includes(of);

/** In their order on the page: what is not known stands first. */
export const BRIEFING_PARTS = [
  'unknown',
  'changed',
  'units',
  'forecast',
  'alerts',
  'overdue',
  'tasks',
  'indicators',
] as const;
export type BriefingPart = (typeof BRIEFING_PARTS)[number];
/** Of a review alone. */
export const ANNEXES = ['annexIndicators', 'annexTasks'] as const;
const MISSED = [...BRIEFING_PARTS, ...ANNEXES] as const;
export type BriefingMissed = (typeof MISSED)[number];

const figureSchema = z
  .strictObject({
    indicator: z.string(),
    by: absentOr(z.string()),
    period: z.string(),
    revision: z.int(),
    value: number,
    file: absentOr(z.string()).meta({ description: 'sum (sha256) of the file that the report shows as evidence' }),
  })
  .meta({ description: 'the report that the sentence rests on' });
const sentenceSchema = z.strictObject({
  code: z.string().meta({ description: 'by which its evidence is opened' }),
  asOf: instant,
  vi: z.string(),
  en: z.string(),
  path: z.string().meta({ description: 'address of its evidence in the room' }),
  figures: absentOr(z.array(figureSchema)),
});
export type BriefingSentence = z.infer<typeof sentenceSchema>;
export type BriefingFigure = z.infer<typeof figureSchema>;

const dated = z.strictObject({ on: day, value: number });
const annexSchema = z.strictObject({
  indicators: z.array(
    z.strictObject({
      id: z.string(),
      label: labelSchema,
      owner: z.string(),
      unit: z.enum(INDICATOR_UNITS),
      latest: absentOr(dated),
      target: absentOr(dated),
      isMet: absentOr(z.boolean()),
      chance: absentOr(number),
      /** Where so few reports bear no more than a bound of it. */
      chanceBound: absentOr(z.enum(['least', 'most'])),
      overdue: count,
    }),
  ),
  tasks: z.array(
    z.strictObject({
      id: z.string(),
      unit: z.string(),
      text: z.string(),
      plan: absentOr(z.string()),
      item: absentOr(z.string()),
      due: z.string(),
      state: z.enum(DIRECTIVE_STATES),
      daysLate: count,
    }),
  ),
  moreTasks: count.meta({ description: 'tasks that it has no room for' }),
});
export type BriefingAnnex = z.infer<typeof annexSchema>;

export const briefingSchema = z
  .strictObject({
    kind: z.literal('briefing'),
    id: z.uuid(),
    room: z.string(),
    period: z.enum(BRIEFED),
    from: day,
    to: day,
    madeAt: instant,
    madeBy: z.string(),
    simulated: z.boolean(),
    missing: z.array(z.enum(MISSED)).meta({ description: 'parts that could not be made' }),
    parts: z.array(
      z.strictObject({
        part: z.enum(BRIEFING_PARTS),
        sentences: z.array(sentenceSchema),
        more: count.meta({ description: 'what the page has no room for' }),
      }),
    ),
    annex: absentOr(annexSchema),
  })
  .meta({ id: 'Briefing' });
export type Briefing = z.infer<typeof briefingSchema>;

/** As it is taken along: the very text that was signed, by which key, and its signature. */
export const sealedSchema = z
  .strictObject({
    text: z.string().max(500_000),
    key: z.string().regex(/^[0-9a-f]{16}$/),
    signature: z.base64().max(200),
  })
  .meta({ id: 'SealedBriefing' });
export type Sealed = z.infer<typeof sealedSchema>;

export const briefingLineSchema = z.strictObject({
  id: z.uuid(),
  period: z.enum(BRIEFED),
  from: day,
  to: day,
  madeAt: instant,
  madeBy: z.string(),
});
export const briefingsSchema = z.strictObject({ briefings: z.array(briefingLineSchema) });

export const VERDICTS = ['genuine', 'unknownKey', 'changed', 'unreadable'] as const;
export const verifiedSchema = z
  .strictObject({
    verdict: z.enum(VERDICTS),
    id: absentOr(z.string()),
    madeAt: absentOr(instant),
    corrected: z
      .array(
        z.strictObject({
          code: z.string(),
          indicator: z.string(),
          by: absentOr(z.string()),
          period: z.string(),
          was: number,
          now: number.nullable().meta({ description: 'null where it was taken back' }),
          at: instant,
        }),
      )
      .meta({ description: 'figures that were corrected since' }),
  })
  .meta({ id: 'VerifiedBriefing' });
export type Verified = z.infer<typeof verifiedSchema>;
export type Corrected = Verified['corrected'][number];

export interface MovedSum {
  now: number;
  before: number;
  /** Of the difference, 95 % by how days differ from their own weekdays. */
  low: number;
  high: number;
}

/** Sums of as many days, each held against the one of its weekday; undefined where they do not pair or are too few. */
export function changeOfDays(now: readonly number[], before: readonly number[]): MovedSum | undefined {
  const n = now.length;
  if (n !== before.length || n < 3) return undefined;
  const differences = now.map((value, at) => value - (before[at] ?? 0));
  const total = differences.reduce((sum, each) => sum + each, 0);
  const mean = total / n;
  const spread = Math.sqrt(differences.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (n - 1));
  const away = tQuantile(0.975, n - 1) * spread * Math.sqrt(n);
  const sum = (of: readonly number[]): number => of.reduce((all, each) => all + each, 0);
  return { now: sum(now), before: sum(before), low: total - away, high: total + away };
}

/** Shares of as many days, by the delta method with days as clusters; undefined where there is nothing to have a share of. */
export function changeOfShares(
  now: readonly { part: number; whole: number }[],
  before: readonly { part: number; whole: number }[],
): MovedSum | undefined {
  const [one, other] = [shareOf(now), shareOf(before)];
  if (one === undefined || other === undefined) return undefined;
  const away = 1.96 * Math.sqrt(one.variance + other.variance);
  const moved = one.share - other.share;
  return { now: one.share, before: other.share, low: moved - away, high: moved + away };
}

function shareOf(days: readonly { part: number; whole: number }[]): { share: number; variance: number } | undefined {
  const n = days.length;
  const whole = days.reduce((sum, each) => sum + each.whole, 0);
  if (n < 3 || whole <= 0) return undefined;
  const share = days.reduce((sum, each) => sum + each.part, 0) / whole;
  const errors = days.reduce((sum, each) => sum + (each.part - share * each.whole) ** 2, 0);
  return { share, variance: (n / (n - 1)) * (errors / whole ** 2) };
}

const MONTHS: Readonly<Record<Review, number>> = { reviewQuarter: 3, reviewHalf: 6, reviewYear: 12 };

/** The days that a briefing of `today` looks back on: a review on the last whole quarter, half-year or year. */
export function briefingDays(period: Briefed, today: string): { from: string; to: string } {
  if (isReview(period)) {
    const months = MONTHS[period];
    const month = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
    const end = Math.floor(month / months) * months;
    return { from: firstOfMonth(end - months), to: addDays(firstOfMonth(end), -1) };
  }
  return { from: addDays(today, -BRIEFING_DAYS[period]), to: addDays(today, -1) };
}

/** Months since the year 0. */
const firstOfMonth = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;

/** Each working day's morning, or not: kept in the room. `at`: local time of day. */
export const briefingScheduleSchema = z.strictObject({
  isOn: z.boolean(),
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'a time of day as 07:00' }),
  period: z.enum(BRIEFING_PERIODS),
});
export type BriefingSchedule = z.infer<typeof briefingScheduleSchema>;
export const NO_SCHEDULE: BriefingSchedule = { isOn: false, at: '07:00', period: 'week' };
export const keptScheduleSchema = z.strictObject({
  version: z.int().min(0).meta({ description: '0 where nobody set one yet' }),
  body: briefingScheduleSchema,
});

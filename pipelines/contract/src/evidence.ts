/**
 * What a number of an answer is made of: the events whose sum it is, and of a level the last report of each unit. A number is named by the question, and by its place in the answer: measure, row, side and
 * point. Instants are milliseconds since 1970 UTC; what the log took is told apart by position: when, and where it stands there.
 */
import { z } from 'zod';
import { labelSchema } from './catalogue.ts';
import { type LevelMeasure, RATIO_MEASURES, type RatioMeasure, type SumMeasure } from './measures.ts';
import { isPoints, POINTS, pointsOf, type Scoring } from './points.ts';
import { isOfProgramme } from './programme-measures.ts';
import { DOSSIER_MEASURES, type DossierMeasure, PER, querySchema } from './query.ts';
import { absentOr, count, instant, day as localDay, number } from './schema.ts';
import { isLevel, isRatio, LEVELS_REPORTED, type Measures, RATIOS, ratioOf, SUMS } from './sums.ts';

/** Those that are sums of events, or worked out from such sums: shares, and points of shares. */
export const COUNTED = [...SUMS, ...RATIOS, ...POINTS] as const;
export type CountedMeasure = (typeof COUNTED)[number];
/** Those whose change can be laid out among members: points end at their most, so that nobody's part of them adds up. */
export const EXPLAINED = [...SUMS, ...RATIOS] as const;
export type ExplainedMeasure = (typeof EXPLAINED)[number];
export const isExplained = (measure: string): measure is ExplainedMeasure =>
  (EXPLAINED as readonly string[]).includes(measure);

const sumsOfRatio = (ratio: RatioMeasure): SumMeasure[] => [
  ...new Set([...RATIO_MEASURES[ratio].whole, RATIO_MEASURES[ratio].part]),
];

/** The sums that a measure is made of; `scoring` is the catalogue's, without which points are made of none. */
export const sumsIn = (measure: CountedMeasure, scoring?: Scoring): SumMeasure[] => {
  if (isPoints(measure)) return [...new Set((scoring?.components ?? []).flatMap(({ ratio }) => sumsOfRatio(ratio)))];
  return isRatio(measure) ? sumsOfRatio(measure) : [measure];
};

/** What an event, or a report of a level, gives to a measure. */
export const partsIn = (measure: DossierMeasure, scoring?: Scoring): (SumMeasure | LevelMeasure)[] =>
  isLevel(measure) ? [measure] : sumsIn(measure as CountedMeasure, scoring);

export const countedValue = (
  measure: CountedMeasure,
  sums: Readonly<Measures>,
  scoring?: Scoring,
): number | undefined => {
  if (isPoints(measure)) return pointsOf(measure, sums, scoring);
  return isRatio(measure) ? ratioOf(measure, sums) : sums[measure];
};

/** When the log took an event, and where it stands there. Without a place: whatever the log took up to then, at the end of that millisecond. */
export interface Position {
  receivedAt: number;
  place?: { partition: number; offset: number };
}

const POSITION = /^(\d{1,15})(?::(\d{1,5}):(\d{1,15}))?$/;

export const positionText = ({ receivedAt, place }: Position): string =>
  place === undefined ? `${receivedAt}` : `${receivedAt}:${place.partition}:${place.offset}`;

export const positionSchema = z
  .string()
  .regex(POSITION, { error: 'not a position as 1764300000000, or 1764300000000:0:1234' })
  .transform((text): Position => {
    const [, receivedAt, partition, offset] = POSITION.exec(text) ?? [];
    const place = partition === undefined ? {} : { place: { partition: Number(partition), offset: Number(offset) } };
    return { receivedAt: Number(receivedAt), ...place };
  });

const NO_EVENTS =
  'tasks and links are no sum of events of dossiers: /v1/tasks and /v1/tasks/history have the tasks, /v1/links and /v1/links/{id} the reports of each link';

/** A month, a day or an hour of a curve, as the answer names it. */
const POINT = /^\d{4}-\d{2}(?:-\d{2}(?:T\d{2})?)?$/;
const MOST_LISTED = 200;
export const LISTED = 50;

export const evidenceQuerySchema = querySchema.safeExtend({
  measure: z
    .enum(DOSSIER_MEASURES, {
      error: ({ input }) => (isOfProgramme(String(input)) ? NO_EVENTS : undefined),
    })
    .meta({ description: 'of the number, by dossiers' }),
  key: absentOr(z.string().transform((text) => text.split(','))).meta({
    description: 'of its row: a member for each dimension of the split; the total without it',
  }),
  side: z.enum(['now', 'before']).default('now').meta({ description: 'of the period, or of what it is compared with' }),
  at: absentOr(z.string().regex(POINT, { error: 'not a point as 2026-11, 2026-11-19 or 2026-11-19T07' })).meta({
    description: 'of its point in a curve',
  }),
  asOf: absentOr(positionSchema).meta({
    description: 'what the log took later is told apart: the watermark of the answer, or asOf of an earlier evidence',
  }),
  shown: absentOr(
    z
      .string()
      .regex(/^-?\d+(\.\d+)?(e-?\d+)?$/i, { error: 'not a number as 964 or 0.87' })
      .transform(Number),
  ).meta({
    description: 'the number as it was told, which the sum is held against',
  }),
  cursor: absentOr(positionSchema).meta({ description: 'next of the page before' }),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, { error: `a whole number from 0 to ${MOST_LISTED}` })
    .transform(Number)
    .pipe(z.number().max(MOST_LISTED))
    .default(LISTED)
    .meta({ description: 'events of a page' }),
});
export type EvidenceQuery = z.output<typeof evidenceQuerySchema>;

const sumsSchema = z
  .object(
    Object.fromEntries([...SUMS, ...LEVELS_REPORTED].map((sum) => [sum, absentOr(count)])) as Record<
      SumMeasure | LevelMeasure,
      z.ZodExactOptional<z.ZodNumber>
    >,
  )
  .meta({ id: 'Sums', description: 'of those that the measure is made of, or the level itself' });

const summed = {
  /** Those that add to the number, which others of the same period do not. */
  events: count,
  sums: sumsSchema,
};
const summedSchema = z
  .object({ ...summed, value: absentOr(number).meta({ description: 'of the measure; absent for a share of nothing' }) })
  .meta({ id: 'Summed' });
export type Summed = z.infer<typeof summedSchema>;

const evidentSourceSchema = z
  .object({
    source: z.string(),
    ...summed,
    reportedTo: absentOr(instant).meta({ description: 'the latest that it reported for in the period' }),
    receivedAt: absentOr(instant).meta({ description: 'when the log took the last of these events' }),
    days: count.meta({ description: 'days of the period that it reported anything for' }),
    due: count.meta({ description: 'days of the period that have begun' }),
  })
  .meta({ id: 'EvidentSource' });
export type EvidentSource = z.infer<typeof evidentSourceSchema>;

export const evidentEventSchema = z
  .object({
    id: z.string().meta({ description: 'shortened to its end for those who answer for nothing' }),
    corrects: absentOr(z.string()).meta({ description: 'id of the event that it corrects' }),
    source: z.string(),
    occurredAt: instant,
    span: absentOr(count).meta({ description: 'of the interval that was counted, milliseconds' }),
    receivedAt: instant.meta({ description: 'when the log took it' }),
    partition: count.meta({ description: 'of the log, with its offset there' }),
    offset: count,
    agency: z.string(),
    province: z.string().meta({ description: 'empty for a level of the whole' }),
    service: z.string(),
    channel: absentOr(count).meta({ description: 'with its status of whatever was counted; a level has none' }),
    status: absentOr(count),
    simulated: absentOr(z.literal(true)),
    adds: sumsSchema,
  })
  .meta({ id: 'EvidentEvent' });
export type EvidentEvent = z.infer<typeof evidentEventSchema>;

export const evidenceSchema = z
  .object({
    measure: z.enum(DOSSIER_MEASURES),
    definition: labelSchema,
    /** What it is of. */
    period: z.object({ from: localDay, to: localDay, at: absentOr(z.string()) }),
    /** The latest instant that anything counted here was reported for. */
    reportedTo: absentOr(instant),
    /** Where its number is read, and the statement whose sum over the events is the same. */
    table: z.string(),
    statement: z.string(),
    /** Where it is told per working day, or per 1,000 people: by what the sums are divided. */
    per: absentOr(z.object({ per: z.enum(PER), divisor: number })),
    /** Up to where the log's events are summed: given back, it gives the same sum. */
    asOf: z.string(),
    /** As it was told, or as the sums that are kept say it now. */
    number: absentOr(number),
    sum: summedSchema,
    matches: z.boolean().meta({ description: 'whether the sum is the number' }),
    late: absentOr(summedSchema).meta({ description: 'what the log took after asOf' }),
    withLate: absentOr(number).meta({ description: 'the value of both, where anything came late' }),
    forgotten: absentOr(count).meta({ description: 'events of the period that were counted and are no longer kept' }),
    sources: z.array(evidentSourceSchema),
    /** As of asOf, the newest that the log took first. */
    events: z.array(evidentEventSchema),
    next: absentOr(z.string()),
    simulated: z.boolean(),
    answeredAt: instant,
    ms: number,
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof evidenceSchema>;

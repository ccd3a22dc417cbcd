/**
 * A question about what was counted, and its answer. One schema for all places: the address of a page is the query of the API
 * and what a saved view keeps, each field a text, lists separated by commas.
 * Days are local (`YYYY-MM-DD`), both inclusive; instants milliseconds since 1970 UTC; shares 0..1. Unknown is absent, never 0.
 */
import { z } from 'zod';
import { DIMENSIONS, type Dimension } from './dimensions.ts';
import { type DossierMeasure, isPoints, type Measure, POINTS, type Subject, subjectOf } from './points.ts';
import { LINKS_COUNTED, TASKS_COUNTED } from './programme-measures.ts';
import { absentOr, count, askedDay as day, instant, day as localDay, number } from './schema.ts';
import { LEVELS_REPORTED, RATIOS, SUMS } from './sums.ts';

export type { DossierMeasure, Measure } from './points.ts';
export const DOSSIER_MEASURES: readonly DossierMeasure[] = [...SUMS, ...RATIOS, ...LEVELS_REPORTED, ...POINTS];
export const MEASURES: readonly Measure[] = [...DOSSIER_MEASURES, ...TASKS_COUNTED, ...LINKS_COUNTED];
/** Those that a catalogue knows: without an index there are no points of one, without links nothing passes over them. */
export const measuresIn = ({ scoring, links }: { scoring?: unknown; links?: readonly unknown[] }): readonly Measure[] =>
  MEASURES.filter((measure) => {
    if (isPoints(measure)) return scoring !== undefined;
    return subjectOf(measure) !== 'links' || (links ?? []).length > 0;
  });
/** All that one question may ask for. */
export const measuresAbout = (subject: Subject): readonly Measure[] =>
  MEASURES.filter((measure) => subjectOf(measure) === subject);

/** How a period is cut: into nothing, or into points of a curve. */
export const GRAINS = ['total', 'hour', 'day', 'month'] as const;
export type Grain = (typeof GRAINS)[number];

/**
 * What a period is held against: as many days before it, the same days of the year before, as many days of the same types of the
 * year before (working, rest, holiday; around the lunar new year counted from it), or a period of one's own
 * (`2025-01-01:2025-01-31`).
 */
export const COMPARISONS = ['none', 'previous', 'year-before', 'day-types'] as const;

/** Where units were merged: as they were at the time, or what is today's; or by the map of a local day. */
export const BOUNDARIES = ['as-reported', 'today'] as const;

/** What a value is of: all of a period and row, one of its working days, or 1,000 of the people who live there. */
export const PER = ['period', 'working-day', '1000-people'] as const;
export type Per = (typeof PER)[number];

/** Which rows come first: by their value, or by how much it rose or fell against the period compared with, in the measure's own unit. */
export const ORDERS = ['largest', 'smallest', 'risen', 'fallen'] as const;
export type Order = (typeof ORDERS)[number];

const NAMES = Object.keys(DIMENSIONS) as Dimension[];
const MOST_SPLITS = 2;
/** Of one dimension. */
const MOST_CODES = 200;
const MOST_ROWS = 1_000;

/** Texts separated by commas, each once. */
const textsOf = (text: string): string[] => [...new Set(text === '' ? [] : text.split(','))];

/** Of a text, those of `known` that it names, at most `most`. */
export const listOf = <T extends string>(known: readonly T[], most: number) =>
  z.string().transform((text, { issues }): T[] => {
    const texts = textsOf(text);
    const isKnown = (one: string): one is T => (known as readonly string[]).includes(one);
    const unknown = texts.find((one) => !isKnown(one));
    if (unknown !== undefined) fault(issues, text, `${unknown.slice(0, 64)} is none of ${known.join(', ')}`);
    if (texts.length > most) fault(issues, text, `at most ${most}`);
    return texts.filter(isKnown);
  });

const codes = z
  .string()
  .transform((text, { issues }) => {
    const texts = textsOf(text);
    if (texts.length > MOST_CODES) fault(issues, text, `at most ${MOST_CODES}`);
    return texts;
  })
  .optional();

const fault = (issues: z.core.$ZodRawIssue[], input: unknown, message: string): void =>
  void issues.push({ code: 'custom', input, message });

const spanSchema = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}:\d{4}-\d{2}-\d{2}$/, {
    error: `one of ${COMPARISONS.join(', ')}, or a period as 2025-01-01:2025-01-31`,
  })
  .transform((text) => ({ from: text.slice(0, 10), to: text.slice(11) }))
  .pipe(
    z.strictObject({ from: day, to: day }).refine(({ from, to }) => from <= to, { error: 'ends before it begins' }),
  );

/** Points are never told without how many there could be: what is not measured is not lost. */
export const withMeasured = (measures: readonly Measure[]): Measure[] =>
  measures.includes('indexMeasured')
    ? [...measures]
    : measures.flatMap((measure) => (measure === 'indexPoints' ? [measure, 'indexMeasured' as const] : [measure]));

const narrowing = Object.fromEntries(
  NAMES.map((name) => [name, codes.meta({ description: `only these of dimension ${name}` })]),
) as Record<Dimension, typeof codes>;

/** Who names no measure means all of what rows are ordered by counts. */
const isAllOfDossiers = (measures: readonly Measure[]): boolean =>
  measures.length === DOSSIER_MEASURES.length && measures.every((measure, n) => measure === DOSSIER_MEASURES[n]);
function ofSort<T extends { measures: Measure[]; sort?: Measure | undefined }>(query: T): T {
  const subject = query.sort === undefined ? 'dossiers' : subjectOf(query.sort);
  return subject === 'dossiers' || !isAllOfDossiers(query.measures)
    ? query
    : { ...query, measures: [...measuresAbout(subject)] };
}

export const querySchema = z
  .strictObject({
    measures: listOf(MEASURES, MEASURES.length)
      .transform(withMeasured)
      .default([...DOSSIER_MEASURES])
      .meta({
        description:
          'what is measured, separated by commas; without it all of what sort counts, of dossiers without that; beside indexPoints stands indexMeasured, asked for or not; tasks… and link… are asked for in questions of their own',
      }),
    from: day.meta({ description: 'first local day' }),
    to: day.meta({ description: 'last local day' }),
    grain: z.enum(GRAINS).default('total'),
    split: listOf(NAMES, MOST_SPLITS)
      .default([])
      .meta({ description: 'a row for each member of up to two dimensions' }),
    compare: z
      .union([z.enum(COMPARISONS), spanSchema], {
        error: `one of ${COMPARISONS.join(', ')}, or a period from its first to its last day as 2025-01-01:2025-01-31`,
      })
      .default('none')
      .meta({ description: 'previous, year-before, day-types, or a period as 2025-01-01:2025-01-31' }),
    boundaries: z
      .union([z.enum(BOUNDARIES), day], {
        error: `one of ${BOUNDARIES.join(', ')}, or a local day from 1990-01-01 to 2099-12-31 as 2025-07-01`,
      })
      .default('as-reported')
      .meta({ description: 'as-reported, today, or a local day whose units are meant' }),
    per: z.enum(PER).default('period').meta({
      description:
        'counts per working day (levels, and what is told of a day or an hour, stay as they are), or counts and levels per 1,000 people; shares and points stay',
    }),
    sort: absentOr(z.enum(MEASURES)).meta({ description: 'what rows are ordered by; the first measure without it' }),
    order: z.enum(ORDERS).default('largest').meta({
      description: 'which rows come first; risen and fallen by how much they changed, which a comparison is needed for',
    }),
    top: absentOr(
      z
        .string()
        .regex(/^\d{1,4}$/, { error: `a whole number from 1 to ${MOST_ROWS}` })
        .transform(Number)
        .pipe(z.number().min(1).max(MOST_ROWS)),
    ).meta({ description: 'as many rows, and one for all others' }),
    ...narrowing,
  })
  .overwrite(ofSort);
/** As a program has it; `codes` of each dimension stand beside the rest. */
export type Query = z.output<typeof querySchema>;

const valuesSchema = z
  .object(
    Object.fromEntries(MEASURES.map((measure) => [measure, absentOr(number)])) as Record<
      Measure,
      z.ZodExactOptional<z.ZodNumber>
    >,
  )
  .meta({
    id: 'Values',
    description:
      'dossiers, tasks, requests, shares 0..1, and points; what is waiting, and tasks that are open or overdue, as last known by the end of the period or point; absent what is not known, a share of nothing, or points of which none are measured',
  });
/** The value of each measure that was asked for; a share of nothing is absent, and so is a level that was not reported. */
export type Values = z.infer<typeof valuesSchema>;

const levelsAsOfSchema = z
  .object({ now: absentOr(instant), before: absentOr(instant) })
  .meta({ id: 'LevelsAsOf', description: 'the oldest of the reports that levels are made of' });
const compared = {
  now: absentOr(valuesSchema),
  before: absentOr(valuesSchema),
  levelsAsOf: absentOr(levelsAsOfSchema),
};
const comparedSchema = z.object(compared).meta({ id: 'Compared' });
/** What is known of a row in the period asked for, and in the one that it is held against: absent where nothing was reported. */
export type Compared = z.infer<typeof comparedSchema>;

const pointSchema = z
  .object({
    ...compared,
    /** Its local month, day or hour (`2026-11-19T07`). */
    at: z.string(),
    /** `before` stands under as many points from its own start. */
    beforeAt: absentOr(z.string()),
  })
  .meta({ id: 'CurvePoint' });
export type CurvePoint = z.infer<typeof pointSchema>;

const row = {
  ...compared,
  /** The member of each dimension of the split, in its order; empty for levels of a whole, in a split by its parts. */
  key: z.array(z.string()),
  points: absentOr(z.array(pointSchema)),
};
const rowSchema = z.object(row).meta({ id: 'AnswerRow' });
export type AnswerRow = z.infer<typeof rowSchema>;

export const periodSchema = z
  .object({
    from: localDay,
    to: localDay,
    /** As many as are read: of a comparison by day types not all between its first and last day. */
    days: count,
    /** Absent where the working calendar does not cover it. */
    workingDays: absentOr(count),
    openDays: absentOr(count).meta({
      description: 'days that are not over, the running one and those to come; absent where all are over',
    }),
    /** The latest instant that anything counted here was reported for. */
    asOf: absentOr(instant),
    coverage: absentOr(number).meta({ description: "share of the sources' days that was reported" }),
  })
  .meta({ id: 'AskedPeriod' });
/** A period as it was read. */
export type AskedPeriod = z.infer<typeof periodSchema>;

export const queryAnswerSchema = z
  .object({
    periods: z.object({ now: periodSchema, before: absentOr(periodSchema) }),
    /** Of all that the question is narrowed to. */
    total: rowSchema,
    rows: z.array(rowSchema),
    /** All rows beyond the `top`, together. */
    others: absentOr(z.object({ ...row, members: count })),
    /** In curves by the hour: what was reported for longer than an hour stands in totals only. */
    coarse: absentOr(comparedSchema),
    /**
     * Units that cannot be restated to the `boundaries` asked for, as they were divided among several or made of several: they
     * stand under what they were. How much that is, where rows are told apart by such units.
     */
    divided: absentOr(z.array(z.string())),
    dividedValues: absentOr(comparedSchema),
    /** In a comparison by day types: days that have no like, and what was counted on them, which the other side has nothing of. */
    unlike: absentOr(z.object({ days: count, now: absentOr(valuesSchema) }).meta({ id: 'UnlikeDays' })),
    /** The local day of the numbers of people. */
    peopleAsOf: absentOr(localDay),
    simulated: z.boolean(),
    /** When the log took the last of what was counted here: evidence of a number is asked as of it. Absent where nothing was. */
    watermark: absentOr(instant),
    /** The same of the reports that its levels are. */
    levelsWatermark: absentOr(instant),
    /** When it was answered, from which table, and how long that took in milliseconds. */
    answeredAt: instant,
    source: z.string(),
    ms: number,
  })
  .meta({ id: 'QueryAnswer' });
export type QueryAnswer = z.infer<typeof queryAnswerSchema>;

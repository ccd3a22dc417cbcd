/**
 * What was decided to be reached, as data: who owns it, in which unit it is told, for which periods, by when how much. A value is
 * reported for a period, or counted live; a report is never overwritten: a correction supersedes it, and both remain.
 */
import { z } from 'zod';
import { addDays, validOn } from './calendar.ts';
import { type Catalogue, labelSchema, type Unit } from './catalogue.ts';
import { evidenceFileSchema, fileIdSchema } from './evidence-files.ts';
import { absentOr, instant, number, plainLines, plainText } from './schema.ts';
import { owns, type Scope } from './scope.ts';
import { METRICS, RATIOS } from './sums.ts';

/** Also part of addresses. */
export const indicatorIdSchema = z
  .string()
  .regex(/^[A-Z0-9][A-Z0-9-]{0,39}$/, 'capital letters, digits and -, at most 40');

/** `share` is 0..1; `rank` counts from 1. */
export const INDICATOR_UNITS = ['count', 'share', 'rank', 'points'] as const;
export type IndicatorUnit = (typeof INDICATOR_UNITS)[number];
export const INDICATOR_PERIODS = ['month', 'quarter', 'half', 'year'] as const;
export type IndicatorPeriod = (typeof INDICATOR_PERIODS)[number];

const LARGEST = 1e12;
const value = number.min(0).max(LARGEST);
const day = z.iso.date();
const link = z
  .url({ protocol: /^https?$/ })
  .max(500)
  .meta({ description: 'where it is published' });
const dated = { on: day, value };

export const indicatorSchema = z
  .strictObject({
    label: labelSchema,
    owner: z.strictObject({ dim: z.enum(['agency', 'province']), code: z.string().min(1).max(64) }).meta({
      description: 'the unit that reports it, by its id in the catalogue',
    }),
    by: absentOr(z.enum(['agency', 'province'])).meta({
      description: 'each unit of this kind reports its own value too, beside the one for all that the owner reports',
    }),
    unit: z.enum(INDICATOR_UNITS),
    of: absentOr(z.number().positive().max(LARGEST)).meta({ description: 'of so many in all, where that is known' }),
    direction: z.enum(['up', 'down']).meta({ description: 'which way is better' }),
    period: z.enum(INDICATOR_PERIODS).meta({ description: 'what a report is for' }),
    from: day.meta({ description: 'first day of the first period that is reported' }),
    until: absentOr(day).meta({ description: 'its last day; it goes on without it' }),
    graceDays: z
      .int()
      .min(0)
      .max(366)
      .meta({ description: 'days after the end of a period until which a report is in time' }),
    most: absentOr(value).meta({ description: 'beyond it a report is a slip of the pen' }),
    metric: absentOr(z.enum([...METRICS, ...RATIOS])).meta({ description: 'what the room itself counts of it' }),
    targets: z
      .array(z.strictObject({ ...dated, source: labelSchema }))
      .max(50)
      .meta({ description: 'what is to be reached, and by which day: a path' }),
    published: z
      .array(
        z.strictObject({ ...dated, isBound: z.boolean().default(false), source: labelSchema, link: absentOr(link) }),
      )
      .max(50)
      .meta({
        description: 'what was published, as of that day; a bound where it was said as "nearly" or "more than"',
      }),
  })
  .superRefine((indicator, { addIssue }) => {
    const fault = (path: (string | number)[], message: string): void => addIssue({ code: 'custom', path, message });
    const { from, until, targets, published } = indicator;
    if (until !== undefined && until < from) fault(['until'], 'ends before it begins');
    for (const [kind, each] of [
      ['targets', targets],
      ['published', published],
    ] as const)
      each.forEach(({ on, value: told }, at) => {
        const before = each[at - 1];
        if (before !== undefined && before.on >= on) fault([kind, at, 'on'], 'stand in the order of their days');
        const wrong = outOfUnit(indicator, told);
        if (wrong !== undefined) fault([kind, at, 'value'], wrong.reason);
      });
  })
  .meta({ id: 'Indicator' });
export type Indicator = z.infer<typeof indicatorSchema>;

/** By id, as a catalogue ships them. */
export const indicatorsSchema = z.record(indicatorIdSchema, indicatorSchema);

/** The field that names what the catalogue has not, and why. */
export function unknownInIndicator({ owner: { dim, code } }: Indicator, catalogue: Catalogue): string | undefined {
  const units = dim === 'agency' ? catalogue.agencies : catalogue.provinces;
  return units.some(({ id }) => id === code) ? undefined : `owner.code: the catalogue has no ${dim} ${code}`;
}

/** What is wrong, as pages say it in their language, with the number or name that is part of it. */
export const REFUSALS = [
  'outsideScope',
  'unknownUnit',
  'periodName',
  'beforeFirst',
  'ended',
  'notBegun',
  'notOver',
  'inRowBefore',
  'reportedAlready',
  'takenBack',
  'measure',
  'range',
  'share',
  'rank',
  'whole',
  'inAll',
  'tooMany',
  'nothingThere',
  'notNewest',
  'whyMissing',
  'unknownIndicator',
  'fileGone',
] as const;
export type RefusalCode = (typeof REFUSALS)[number];

interface Fault {
  code: RefusalCode;
  /** What the sentence names. */
  of?: string;
  reason: string;
}

/** Why a number is none of the indicator's unit. */
function outOfUnit({ unit, of, most }: Pick<Indicator, 'unit' | 'of' | 'most'>, told: number): Fault | undefined {
  if (unit === 'share' && told > 1) return { code: 'share', reason: 'a share is from 0 to 1' };
  if (unit === 'rank' && (told < 1 || !Number.isInteger(told)))
    return { code: 'rank', reason: 'a rank is a whole number from 1 on' };
  if (unit === 'count' && !Number.isInteger(told)) return { code: 'whole', reason: 'a count is a whole number' };
  if (of !== undefined && unit !== 'share' && told > of)
    return { code: 'inAll', of: String(of), reason: `there are ${of} in all` };
  if (most !== undefined && told > most)
    return { code: 'tooMany', of: String(most), reason: `more than ${most} cannot be; is a digit too many?` };
  return undefined;
}

const MONTHS: Readonly<Record<IndicatorPeriod, number>> = { month: 1, quarter: 3, half: 6, year: 12 };
const NAMED = /^(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?$/;

/** As reports name them: `2026-11`, `2026-Q4`, `2026-H2`, `2026`. */
export interface ReportPeriod {
  kind: IndicatorPeriod;
  from: string;
  /** Its last day. */
  to: string;
}

/** Undefined where it is the name of none. */
export function reportPeriod(name: string): ReportPeriod | undefined {
  const [, year, month, quarter, half] = NAMED.exec(name) ?? [];
  if (year === undefined || year < '1990' || year > '2099') return undefined;
  const kind = month !== undefined ? 'month' : quarter !== undefined ? 'quarter' : half !== undefined ? 'half' : 'year';
  const first = (Number(month ?? quarter ?? half ?? 1) - 1) * MONTHS[kind];
  const dayOf = (months: number): string => new Date(Date.UTC(Number(year), months, 1)).toISOString().slice(0, 10);
  return { kind, from: dayOf(first), to: addDays(dayOf(first + MONTHS[kind]), -1) };
}

/** The period of a kind that ends on a day; undefined where none does. */
export function periodEndingOn(kind: IndicatorPeriod, on: string): string | undefined {
  return reportPeriodNames(on, on, kind).find((name) => reportPeriod(name)?.to === on);
}

/** Periods of a kind counted without gaps. */
export function periodNumber(name: string): number {
  const { kind, from } = reportPeriod(name) ?? { kind: 'year', from: '1990-01-01' };
  return (Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1) / MONTHS[kind];
}

/** Words and, where it is published, a link. */
export const evidenceGivenSchema = z.strictObject({ text: plainText(500), link: absentOr(link) });
const evidenceFields = { text: absentOr(plainText(500)), link: absentOr(link) };
/** Words, a link, a file, or several of them: as a unit sends it, and as it is kept. */
export const evidenceSentSchema = z
  .strictObject({ ...evidenceFields, file: fileIdSchema })
  .refine(
    ({ text, link, file }) => (text ?? link ?? file) !== undefined,
    'it is words, a link or a file: give one of them',
  );
export type EvidenceSent = z.infer<typeof evidenceSentSchema>;
export const evidenceKeptSchema = z.strictObject({ ...evidenceFields, file: absentOr(evidenceFileSchema) });
export type EvidenceKept = z.infer<typeof evidenceKeptSchema>;

/** What stands there, as it is told again: of its file the id alone. */
export const evidenceAgain = ({ file, ...evidence }: EvidenceKept): EvidenceSent =>
  file === undefined ? evidence : { ...evidence, file: file.id };

/** As it is sent: `revision` is what the page saw last, 0 where nothing was reported of the period. */
export const reportSchema = z
  .strictObject({
    period: z.string().max(10),
    by: absentOr(z.string().min(1).max(64)).meta({
      description: 'id of the unit whose own value it is, where the indicator has `by`; without it the value for all',
    }),
    unit: z.enum(INDICATOR_UNITS),
    value: number.nullable().meta({ description: 'null takes back what was reported, and says why' }),
    evidence: evidenceSentSchema,
    note: absentOr(plainLines(2_000)),
    revision: z
      .int()
      .min(0)
      .max(1_000)
      .default(0)
      .meta({ description: 'the report that this one corrects; 0 for the first' }),
    why: absentOr(plainText(500)).meta({ description: 'of a correction, what was wrong' }),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof reportSchema>;

/** As it is kept. */
export const keptReportSchema = reportSchema
  .omit({ unit: true })
  .extend({ evidence: evidenceKeptSchema, revision: z.int().positive(), who: z.string(), at: instant })
  .meta({ id: 'KeptReport' });
export type KeptReport = z.infer<typeof keptReportSchema>;

export interface Refusal extends Fault {
  /** `scope` where the sender may not report it at all. */
  field: keyof Report | 'scope';
}

export interface ReportGround {
  scope: Scope;
  /** Local day. */
  today: string;
  /** All that was reported of the indicator. */
  reported: readonly KeptReport[];
  /** Those that may report an indicator by units. */
  units: Pick<Catalogue, 'agencies' | 'provinces'>;
}

const SENT_BY = { agency: 'agencies', province: 'provinces' } as const;
/** Units that report an indicator of their own, which were there on its period's last day. */
export const reportersOf = (
  { by }: Pick<Indicator, 'by'>,
  units: ReportGround['units'],
  on: string,
): readonly Unit[] => (by === undefined ? [] : units[SENT_BY[by]].filter((unit) => validOn(unit, on)));

/** Whether its value for all, or that of one unit, is somebody's own. */
export function isOwnValue({ owner, by }: Pick<Indicator, 'owner' | 'by'>, unit: string | undefined, scope: Scope) {
  return unit === undefined ? owns(scope, owner.dim, owner.code) : by !== undefined && owns(scope, by, unit);
}

/** Why a report is not taken, all at once, as each is mended by itself; none where it is. What follows from another is left out. */
export function refusalsOf(report: Report, indicator: Indicator, ground: ReportGround): Refusal[] {
  const period = refusalOfPeriod(report, indicator, ground.today);
  // Which units there were, and what was reported, is known of a period alone.
  const isOfPeriod = period?.code !== 'periodName';
  const unit = isOfPeriod ? refusalOfUnit(report, indicator, ground) : undefined;
  return [
    period,
    unit,
    refusalOfValue(report, indicator),
    // Of what is outside of their scope nobody is told what was reported.
    period === undefined && unit?.code !== 'outsideScope' ? refusalOfRevision(report, ground) : undefined,
  ].filter((refusal) => refusal !== undefined);
}

function refusalOfUnit({ by, period }: Report, indicator: Indicator, ground: ReportGround): Refusal | undefined {
  const { dim, code } = indicator.owner;
  if (by !== undefined) {
    const last = reportPeriod(period)?.to ?? ground.today;
    if (!reportersOf(indicator, ground.units, last).some(({ id }) => id === by))
      return { field: 'by', code: 'unknownUnit', of: by, reason: `no unit ${by} reports it of that period` };
  }
  if (isOwnValue(indicator, by, ground.scope)) return undefined;
  const owner = by ?? code;
  const reason = `${by === undefined ? dim : indicator.by} ${owner} reports it, which is outside of your scope`;
  return { field: 'scope', code: 'outsideScope', of: owner, reason };
}

function refusalOfPeriod({ period }: Report, indicator: Indicator, today: string): Refusal | undefined {
  const refuse = (code: RefusalCode, of: string, reason: string): Refusal => ({ field: 'period', code, of, reason });
  const named = reportPeriod(period);
  if (named?.kind !== indicator.period) {
    const example = exampleOf(indicator.period);
    return refuse('periodName', example, `write the ${indicator.period} as ${example}`);
  }
  const { from, until } = indicator;
  if (named.from < from) return refuse('beforeFirst', from, `it is reported from ${from} on`);
  if (until !== undefined && named.from > until) return refuse('ended', until, `the indicator ended on ${until}`);
  if (named.from > today) return refuse('notBegun', named.from, `it begins on ${named.from}`);
  if (named.to >= today) return refuse('notOver', named.to, `it is not over before the end of ${named.to}`);
  return undefined;
}

const exampleOf = (period: IndicatorPeriod): string =>
  ({ month: '2026-11', quarter: '2026-Q4', half: '2026-H2', year: '2026' })[period];

function refusalOfValue({ unit, value: told }: Report, indicator: Indicator): Refusal | undefined {
  if (unit !== indicator.unit)
    return { field: 'unit', code: 'measure', of: indicator.unit, reason: `it is reported as ${indicator.unit}` };
  if (told === null) return undefined;
  if (told < 0 || told > LARGEST)
    return { field: 'value', code: 'range', of: String(LARGEST), reason: `from 0 to ${LARGEST}` };
  const fault = outOfUnit(indicator, told);
  return fault === undefined ? undefined : { field: 'value', ...fault };
}

function refusalOfRevision(report: Report, { reported }: ReportGround): Refusal | undefined {
  const { period, by, revision, why, value: told } = report;
  const ofPeriod = reported.filter((each) => each.period === period && each.by === by);
  const newest = Math.max(0, ...ofPeriod.map((each) => each.revision));
  const isThere = ofPeriod.some((each) => each.revision === newest && each.value !== null);
  if (revision === 0 && newest > 0 && !isThere) {
    const reason = `what was reported was taken back; name report ${newest} as the revision, and say why`;
    return { field: 'revision', code: 'takenBack', of: String(newest), reason };
  }
  if (revision === 0 && newest > 0) {
    const reason = `it is reported already; correct report ${newest}, and say why`;
    return { field: 'period', code: 'reportedAlready', of: String(newest), reason };
  }
  if (revision !== newest)
    return newest === 0
      ? { field: 'revision', code: 'nothingThere', reason: 'there is no report to correct' }
      : { field: 'revision', code: 'notNewest', of: String(newest), reason: `the newest is ${newest}` };
  if (told === null && !isThere)
    return { field: 'value', code: 'nothingThere', reason: 'there is nothing to take back' };
  if (revision > 0 && why === undefined) return { field: 'why', code: 'whyMissing', reason: 'say what was wrong' };
  return undefined;
}

/** A report that stands: neither corrected nor taken back. */
export type KnownReport = KeptReport & { value: number };

/** Of the whole, or of one unit: by period, in their order, what was known at an instant: the newest of what there was. */
export function knownAt(reported: readonly KeptReport[], at: number, by?: string): KnownReport[] {
  const known = new Map<string, KeptReport>();
  for (const report of reported) {
    if (report.by !== by) continue;
    const other = known.get(report.period);
    if (report.at <= at && (other === undefined || other.revision < report.revision)) known.set(report.period, report);
  }
  return [...known.values()]
    .filter((report): report is KnownReport => report.value !== null)
    .sort((one, other) => (one.period < other.period ? -1 : 1));
}

/** Periods of an indicator that end until that day, in their order, each with its name. */
export function periodsUntil(
  indicator: Pick<Indicator, 'from' | 'until' | 'period'>,
  day: string,
): [string, ReportPeriod][] {
  return reportPeriodNames(indicator.from, day, indicator.period).flatMap((name): [string, ReportPeriod][] => {
    const period = reportPeriod(name);
    const isIts =
      period !== undefined &&
      period.from >= indicator.from &&
      period.to <= day &&
      (indicator.until === undefined || period.from <= indicator.until);
    return isIts ? [[name, period]] : [];
  });
}

/** Names of periods whose report was due before today and is not there, the oldest first; at most 100. */
export function overduePeriods(
  indicator: Pick<Indicator, 'from' | 'until' | 'period' | 'graceDays'>,
  known: readonly Pick<KeptReport, 'period'>[],
  today: string,
): string[] {
  const reported = new Set(known.map(({ period }) => period));
  return periodsUntil(indicator, today)
    .filter(([name, { to }]) => !reported.has(name) && addDays(to, indicator.graceDays) < today)
    .map(([name]) => name)
    .slice(0, MOST_OVERDUE);
}
const MOST_OVERDUE = 100;

function reportPeriodNames(from: string, to: string, kind: IndicatorPeriod): string[] {
  const names: string[] = [];
  const months = MONTHS[kind];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++)
    for (let at = 1; at <= 12 / months; at++)
      names.push(
        kind === 'year'
          ? `${year}`
          : `${year}-${kind === 'month' ? String(at).padStart(2, '0') : `${kind === 'quarter' ? 'Q' : 'H'}${at}`}`,
      );
  return names;
}

/** One or many: a row names its indicator. */
export const sentReportsSchema = z.strictObject({
  reports: z
    .array(reportSchema.safeExtend({ indicator: indicatorIdSchema }))
    .min(1)
    .max(1_000),
  isTrial: z.boolean().default(false).meta({ description: 'only says what would be refused' }),
});
/** What became of them; `refused` only of a trial, as they are taken all or none. */
export const takenReportsSchema = z.strictObject({
  taken: z.int(),
  known: z.int().meta({ description: 'rows that were taken before, and change nothing now' }),
  refused: z.array(
    z.strictObject({
      row: z.int().meta({ description: 'counts from 1' }),
      field: z.string(),
      code: z.enum(REFUSALS),
      of: absentOr(z.string()),
      reason: z.string(),
    }),
  ),
});
export type TakenReports = z.infer<typeof takenReportsSchema>;
export type SentReport = z.infer<typeof sentReportsSchema>['reports'][number];

/** For a question of what was known then. */
export const indicatorsAskedSchema = z.strictObject({
  at: absentOr(z.iso.datetime({ offset: true })).meta({
    description: 'as it was known at this instant; now without it',
  }),
});

export const keptIndicator = { id: indicatorIdSchema, version: z.int().positive(), body: indicatorSchema };
export const indicatorHistorySchema = z.strictObject({
  ...keptIndicator,
  reports: z.array(keptReportSchema).meta({ description: 'by period and revision, all that there ever were' }),
});
export type IndicatorHistory = z.infer<typeof indicatorHistorySchema>;

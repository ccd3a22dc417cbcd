/**
 * What the Government Office orders a unit to do: until when, and by what number it is told whether it was done. Its unit answers,
 * the Office confirms or sends it back. Instants are milliseconds since 1970 UTC.
 */
import { z } from 'zod';
import { alertEntrySchema, alertSchema, readingSchema } from './alerts.ts';
import { localDay } from './calendar.ts';
import { evidenceFileSchema, fileIdSchema } from './evidence-files.ts';
import { absentOr, askedDay, count, instant, number, plainLines, plainText } from './schema.ts';

/** By what it came about: an alert, or a plan or resolution. */
export const DIRECTIVE_KINDS = ['directive', 'task'] as const;
export type DirectiveKind = (typeof DIRECTIVE_KINDS)[number];

/** As they are kept; past its due day an open one is told as overdue. */
export const DIRECTIVE_KEPT_STATES = ['open', 'answered', 'done', 'withdrawn'] as const;
export type DirectiveKeptState = (typeof DIRECTIVE_KEPT_STATES)[number];
export const DIRECTIVE_STATES = ['open', 'overdue', 'answered', 'done', 'withdrawn'] as const;
export type DirectiveState = (typeof DIRECTIVE_STATES)[number];

/** Who owes it. */
export const directedUnitSchema = z.strictObject({
  dim: z.enum(['agency', 'province']),
  code: z.string().min(1).max(64),
});
export type DirectedUnit = z.infer<typeof directedUnitSchema>;

/** Where a task stands in writing. Both together name it for good. */
export const taskSourceSchema = z.strictObject({
  plan: plainText(200).meta({ description: 'the plan or resolution, as it is cited' }),
  item: plainText(40).meta({ description: 'its number there' }),
});
export type TaskSource = z.infer<typeof taskSourceSchema>;

const text = plainLines(2_000);
const why = plainLines(2_000);
const version = z.int().positive().meta({ description: 'the one that was seen' });

/** What the Office writes. */
const orderFields = {
  text,
  head: absentOr(plainText(200)).meta({ description: 'who answers for it there' }),
  due: askedDay.meta({ description: 'last local day' }),
  givenOn: absentOr(askedDay).meta({
    description: 'local day on which it was given, where that was before it was brought here: as its plan has it',
  }),
  wanted: z
    .strictObject({
      text: plainText(500),
      /** On the measure of the alert: dossiers, a share of 0..1, or seconds of silence, as its reading. */
      side: absentOr(z.enum(['above', 'below'])),
      value: absentOr(z.number().min(0).max(1e12)),
    })
    .refine(({ side, value }) => (side === undefined) === (value === undefined), {
      path: ['value'],
      message: 'side and value stand together, or not at all',
    })
    .meta({ description: 'the outcome: in words, and as a number of the same measure as the alert' }),
};
const directiveOrderSchema = z.strictObject(orderFields);
export type DirectiveOrder = z.infer<typeof directiveOrderSchema>;
export const givenSchema = z.strictObject({ alert: z.uuid(), unit: directedUnitSchema, ...orderFields });
export type GivenDirective = z.infer<typeof givenSchema>;
export const changedOrderSchema = z.strictObject({ ...orderFields, version, why: absentOr(why) });

/** What its unit says: why it was so, what is or was done, when it was or will be, and where that can be seen. */
const responseFields = {
  cause: text,
  measure: text,
  done: absentOr(askedDay).meta({
    description: 'local day on which it was done, with evidence; of what is not, `until`',
  }),
  until: absentOr(askedDay).meta({ description: 'local day by which it will be done; of what is, `done`' }),
  evidence: absentOr(z.url({ protocol: /^https?$/ }).max(2_000)).meta({ description: 'a link' }),
};
const sentFields = { ...responseFields, file: fileIdSchema };
type ResponseDays = {
  done?: string | undefined;
  until?: string | undefined;
  evidence?: string | undefined;
  file?: string | undefined;
};
const isOneDay = ({ done, until }: ResponseDays): boolean => (done === undefined) !== (until === undefined);
const isShown = ({ done, evidence, file }: ResponseDays): boolean =>
  done === undefined || evidence !== undefined || file !== undefined;
const ONE_DAY = { path: ['until'], message: 'either done, with the day on which it was, or until, by when it will be' };
const SHOWN = { path: ['evidence'], message: 'what is done is shown: a link to where that can be seen, or a file' };
export const responseSchema = z.strictObject(sentFields).refine(isOneDay, ONE_DAY).refine(isShown, SHOWN);
export type DirectiveResponse = z.infer<typeof responseSchema>;
export const respondedSchema = z
  .strictObject({ ...sentFields, version })
  .refine(isOneDay, ONE_DAY)
  .refine(isShown, SHOWN);

export const DECISIONS = ['confirmed', 'sent-back', 'withdrawn'] as const;
export type DirectiveDecision = (typeof DECISIONS)[number];
export const confirmedSchema = z.strictObject({ version, note: absentOr(why) });
export const reasonedSchema = z.strictObject({ version, why, due: absentOr(askedDay) });
export const withdrawnSchema = z.strictObject({ version, why });

const said = { who: z.string(), at: instant };
const decidedSchema = z.object({
  what: z.enum(DECISIONS),
  why: absentOr(z.string()),
  /** Of the measure, as it stood then. */
  reading: absentOr(readingSchema),
  ...said,
});
/** As it is kept. Lenient where it is read: what was valid when it was written stays. */
export const directiveBodySchema = z.object({
  order: z.object({ ...orderFields, due: z.string(), givenOn: absentOr(z.string()) }),
  /** Of a task that was brought here after its due day and does not say when it was given: not later than on that day. */
  givenBy: absentOr(z.string()),
  /** Of the alert, when it was given. */
  reading: absentOr(readingSchema),
  /** Of a task. */
  of: absentOr(taskSourceSchema),
  /** Digest of the row that it was given by: the same row sent again changes nothing. */
  sent: absentOr(z.string()),
  isSimulated: absentOr(z.boolean()),
  response: absentOr(
    z.object({
      ...responseFields,
      file: absentOr(evidenceFileSchema),
      done: absentOr(z.string()),
      until: absentOr(z.string()),
      ...said,
    }),
  ),
  decided: absentOr(decidedSchema),
});
export type DirectiveBody = z.infer<typeof directiveBodySchema>;

export const directiveSchema = z
  .object({
    id: z.string(),
    kind: z.enum(DIRECTIVE_KINDS),
    unit: directedUnitSchema,
    ...directiveBodySchema.omit({ reading: true, sent: true }).shape,
    state: z.enum(DIRECTIVE_STATES),
    version: count,
    given: z.object(said),
    settledAt: absentOr(instant),
    /** What it came of, where that is within the scope of whoever asks. */
    alert: absentOr(alertSchema),
    /** Of the alert's measure, when it was given; told where the alert is. */
    reading: absentOr(readingSchema),
    /** Whether the newest reading is what was wanted; absent where nothing was wanted in numbers, or it is not known. */
    isReached: absentOr(z.boolean()),
    isAnsweredLate: absentOr(z.boolean()),
    /** Local days that are left until it is due. */
    daysLeft: number.int(),
    isOverdue: z.boolean().meta({
      description: 'past its due day and not settled, whatever its unit answered: an answer ends nothing',
    }),
  })
  .meta({ id: 'Directive' });
export type Directive = z.infer<typeof directiveSchema>;

type Given = Pick<Directive, 'order' | 'givenBy'> & { given: { at: number } };
/** Local day on which it was given; undefined of a task that was brought here after its due day and does not say. */
export function givenDay({ order, givenBy, given }: Given, timeZone: string): string | undefined {
  const day = localDay(given.at, timeZone);
  return order.givenOn ?? (givenBy !== undefined || day > order.due ? undefined : day);
}
/** Local day on which it had been given, at the latest. */
export function givenAtLatest({ order, givenBy, given }: Given, timeZone: string): string {
  const day = localDay(given.at, timeZone);
  return order.givenOn ?? [day, givenBy ?? day, order.due].toSorted()[0] ?? day;
}

/** Only the Office's word ends that something is late. */
export const isOverdue = ({ state, daysLeft }: { state: DirectiveState; daysLeft: number }): boolean =>
  daysLeft < 0 && state !== 'done' && state !== 'withdrawn';

export const directivesAskedSchema = z.strictObject({
  which: z.enum(['open', 'settled']).default('open').meta({ description: 'all that are open, or those settled last' }),
});
export const directivesSchema = z.object({
  /** Open ones: overdue first, then by due day. Settled ones: the last first. */
  directives: z.array(directiveSchema),
});
export type Directives = z.infer<typeof directivesSchema>;

export const directiveEntrySchema = alertEntrySchema
  .extend({
    why: absentOr(z.string()),
    /** What stood there after it. */
    order: absentOr(directiveBodySchema.shape.order),
    response: directiveBodySchema.shape.response,
    /** Of a directive's own: the version that it made, where it made one. */
    version: absentOr(count),
  })
  .meta({ id: 'DirectiveEntry' });
export type DirectiveEntry = z.infer<typeof directiveEntrySchema>;
export const directiveTimelineSchema = z.object({
  directive: directiveSchema,
  /** What became of it and of its alert, oldest first, as one. */
  entries: z.array(directiveEntrySchema),
  /** Whether the newest version may be taken back. */
  mayUndo: z.boolean(),
});
export type DirectiveTimeline = z.infer<typeof directiveTimelineSchema>;

export function isReached(
  { side, value }: DirectiveOrder['wanted'],
  reading: { value?: number | undefined } | undefined,
): boolean | undefined {
  if (side === undefined || value === undefined || reading?.value === undefined) return undefined;
  return side === 'below' ? reading.value <= value : reading.value >= value;
}

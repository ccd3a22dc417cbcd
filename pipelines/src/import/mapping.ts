/** A mapping: what the columns of a portal's export mean, written once. README.md beside this file has it field by field. Pure. */
import { doubledKey } from '@room/runtime';
import { IANAZone } from 'luxon';
import { z } from 'zod';
import { formatTrouble } from './dates.ts';
import { encodingNamed } from './encoding.ts';
import { numberFormatSchema } from './numbers.ts';
import { patternFault } from './pattern.ts';

/** What `init` leaves for a person to say. */
export const OPEN_QUESTION = '?';

export const column = z.string().min(1);
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item.transform((it) => [it]), z.array(item).min(1)]);
const constant = z.union([z.string().min(1), z.number()]).refine((value) => value !== OPEN_QUESTION, {
  message: 'is still a question: put the value or the column in its place',
});

export const fieldSchema = z.union([
  constant,
  z.strictObject({
    column,
    /** Cell to code; with a map, a cell that does not stand in it is refused. */
    map: z.record(z.string(), constant).optional(),
    /** Code for an empty cell; without one, an empty cell is refused. */
    default: constant.optional(),
    /** Code for a cell that is not in the map, or does not match the pattern; the import says how many took it. */
    otherwise: constant.optional(),
    /** Regular expression the cell must match; its first group, or the whole match, is read on. */
    pattern: z
      .string()
      .superRefine((text, { addIssue }) => {
        const message = patternFault(text);
        if (message !== undefined) addIssue({ code: 'custom', message });
      })
      .optional(),
  }),
]);
export type Field = z.infer<typeof fieldSchema>;

export const conditionSchema = z
  .strictObject({
    column,
    in: z.array(z.string()).optional(),
    notIn: z.array(z.string()).optional(),
    filled: z.boolean().optional(),
  })
  .refine((condition) => Object.keys(condition).length > 1, { message: 'give in, notIn or filled' });
export type Condition = z.infer<typeof conditionSchema>;

const fields = {
  procedure: fieldSchema.optional(),
  agency: fieldSchema.optional(),
  province: fieldSchema.optional(),
  channel: fieldSchema.optional(),
  status: fieldSchema.optional(),
  count: fieldSchema.optional(),
};
export type FieldName = keyof typeof fields;
export const isFieldName = (name: string): name is FieldName => Object.hasOwn(fields, name);

/** A column, or several whose texts are read as one: the day in one, the time in another. */
const instantSchema = z.union([column, z.strictObject({ columns: z.array(column).min(1) })]);
/** The first that is not empty. */
const timeSchema = oneOrMore(instantSchema);
export type Times = z.infer<typeof timeSchema>;

const intervalSchema = z.union([
  z.enum(['hour', 'day']),
  z.strictObject({ minutes: z.number().int().min(1).max(1_440) }),
  z.strictObject({ end: timeSchema }),
]);

const eventSchema = z.strictObject({
  /** Id of the event: the same row must give the same one for ever, and no other row may. */
  id: z.union([
    /** `{Column}` stands for a cell. */
    z.string().min(1),
    /** Made of these cells, for a file that has no id. */
    z.strictObject({ columns: z.array(column).min(1), suffix: z.string().default('') }),
  ]),
  /** All conditions must hold for the row to give this event. */
  when: z.array(conditionSchema).default([]),
  ...fields,
  /** When it happened; with `interval`, when that began. */
  time: timeSchema,
  /** The row counts what happened from `time` on: for an hour, a day, so many minutes, or until another column. */
  interval: intervalSchema.optional(),
  /** Finished on time: `end` not later than `due`, compared by local day or by instant. Left out while either is empty. */
  onTime: z.strictObject({ end: timeSchema, due: timeSchema, grain: z.enum(['day', 'instant']) }).optional(),
});
export type EventMapping = z.infer<typeof eventSchema>;

/** Each cell that is a date is tried by all of them. */
const MOST_FORMATS = 20;
/** How a file is written, and how its cells are read, whatever its rows give. */
export const readingFields = {
  /** Luxon tokens such as `dd/MM/yyyy HH:mm`, or `iso`, `epoch`, `epochMs`; several are tried in turn. */
  dateFormat: oneOrMore(z.string().min(1)).superRefine((formats, context) => {
    if (formats.length > MOST_FORMATS) context.addIssue({ code: 'custom', message: `at most ${MOST_FORMATS} formats` });
    for (const format of formats) {
      const trouble = formatTrouble(format);
      if (trouble !== undefined) context.addIssue({ code: 'custom', message: `"${format}" ${trouble}` });
    }
  }),
  /** Languages of months' names and halves of the day. */
  languages: z.array(z.string().min(2)).min(1).default(['en', 'vi']),
  /** How whole numbers are written, by example; without it they are digits and nothing else. */
  numberFormat: numberFormatSchema.optional(),
  /** Texts that mean an empty cell. */
  empty: z.array(z.string()).default([]),
  /** Rows for which all of these hold are no dossiers: left out, and told how many. */
  ignore: z.array(conditionSchema).default([]),
  /** Names of the columns of a file without a header line. */
  columns: z.array(column).optional(),
  delimiter: z.string().min(1).default(','),
  /** Makes a quote within quotes a character where it is not doubled. */
  escape: z.enum(['"', '\\']).default('"'),
  /** By its name in the Encoding standard, where it is not UTF-8 and no byte order mark tells. */
  encoding: z
    .string()
    .refine((name) => encodingNamed(name) !== undefined, {
      message: 'is no encoding; write for example utf-8, windows-1258, windows-1252, utf-16le, shift_jis or gb18030',
    })
    .transform((name) => encodingNamed(name))
    .optional(),
  /** Name or number (from 1) of a workbook's sheet. */
  sheet: z.union([z.string(), z.number().int().min(1)]).default(1),
};

export const mappingSchema = z.strictObject({
  /** CloudEvents source of the portal, as the catalogue has it. */
  source: constant.pipe(z.string().max(200)),
  /** Zone of times without an offset. */
  timeZone: z.string().refine((zone) => IANAZone.isValidZone(zone), {
    message: 'is not a time zone; write for example Asia/Ho_Chi_Minh',
  }),
  ...readingFields,
  /** A row that differs from what was counted of it before corrects that; without this it is only told. */
  changed: z.literal('correct').optional(),
  /** Fields that are the same for all events of a row. */
  common: z.strictObject(fields).default({}),
  events: z.array(eventSchema).min(1),
});
export type Mapping = z.infer<typeof mappingSchema>;

/** The mapping, or an error that names the field. */
export const parseMapping = (text: string, file: string): Mapping => parseAs(mappingSchema, text, file);

export function parseAs<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  let json: unknown;
  const twice = doubledKey(text);
  if (twice !== undefined) throw new Error(`${file} has the field ${JSON.stringify(twice)} twice: keep one of them`);
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'top level'}: ${issue.message}`);
  throw new Error(`${file} is not a mapping:\n${issues.join('\n')}`);
}

/** Column names that a mapping mentions, those in the braces of an id aside: a column's name may contain braces. */
export function columnsOf(mapping: Mapping): string[] {
  const names = (times: Times): string[] => times.flatMap((time) => (typeof time === 'string' ? time : time.columns));
  const ofFields = (holder: Partial<Record<FieldName, Field | undefined>>): string[] =>
    Object.entries(holder).flatMap(([name, rule]) =>
      isFieldName(name) && typeof rule === 'object' ? rule.column : [],
    );
  const ofEvents = mapping.events.flatMap((event) => [
    ...(typeof event.id === 'string' ? [] : event.id.columns),
    ...event.when.map((condition) => condition.column),
    ...ofFields(event),
    ...names(event.time),
    ...(typeof event.interval === 'object' && 'end' in event.interval ? names(event.interval.end) : []),
    ...(event.onTime === undefined ? [] : [...names(event.onTime.end), ...names(event.onTime.due)]),
  ]);
  const ignored = mapping.ignore.map((condition) => condition.column);
  return [...new Set([...ofEvents, ...ofFields(mapping.common), ...ignored])];
}

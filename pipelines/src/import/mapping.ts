/** What a row of somebody's CSV means: a mapping, written once for a portal's export, makes events of its rows. Pure. */
import { type PortalEvent, SUBMISSION_COUNTED } from '@room/contract';
import { DateTime, IANAZone } from 'luxon';
import { z } from 'zod';

export type SubmissionEvent = Extract<PortalEvent, { type: typeof SUBMISSION_COUNTED }>;

const column = z.string().min(1);
const columns = z.union([column.transform((name) => [name]), z.array(column).min(1)]);
const constant = z.union([z.string().min(1), z.number()]);

const fieldSchema = z.union([
  constant,
  z.strictObject({
    column,
    /** Cell to code; with a map, a cell that does not stand in it is refused. */
    map: z.record(z.string(), constant).optional(),
    /** Code for an empty cell; without one, an empty cell is refused. */
    default: constant.optional(),
    /** Regular expression the cell must match; its first group, or the whole match, is read on. */
    pattern: z
      .string()
      .refine((text) => isPattern(text), { message: 'is not a regular expression' })
      .optional(),
  }),
]);
type Field = z.infer<typeof fieldSchema>;

const conditionSchema = z
  .strictObject({
    column,
    in: z.array(z.string()).optional(),
    notIn: z.array(z.string()).optional(),
    filled: z.boolean().optional(),
  })
  .refine((condition) => Object.keys(condition).length > 1, { message: 'give in, notIn or filled' });

const fields = {
  procedure: fieldSchema.optional(),
  agency: fieldSchema.optional(),
  province: fieldSchema.optional(),
  channel: fieldSchema.optional(),
  status: fieldSchema.optional(),
  count: fieldSchema.optional(),
};

const eventSchema = z.strictObject({
  /** Id of the event with `{Column}` in place of cells: the same row must give the same id for ever. */
  id: z.string().min(1),
  /** All conditions must hold for the row to give this event. */
  when: z.array(conditionSchema).default([]),
  ...fields,
  /** The first of these columns that is not empty says when it happened. */
  time: columns,
  /** Finished on time: `end` not later than `due`, compared by local day or by instant. Left out while either is empty. */
  onTime: z.strictObject({ end: columns, due: columns, grain: z.enum(['day', 'instant']) }).optional(),
});
type EventMapping = z.infer<typeof eventSchema>;

export const mappingSchema = z.strictObject({
  /** CloudEvents source of the portal, as the catalogue has it. */
  source: z.string().min(1).max(200),
  /** Zone of times without an offset. */
  timeZone: z.string().refine((zone) => IANAZone.isValidZone(zone), {
    message: 'is not a time zone; write for example Asia/Ho_Chi_Minh',
  }),
  /** Luxon tokens such as `dd/MM/yyyy HH:mm`, or `iso`; several are tried in turn. */
  dateFormat: z.union([
    z
      .string()
      .min(1)
      .transform((format) => [format]),
    z.array(z.string().min(1)).min(1),
  ]),
  /** Names of the columns of a file without a header line. */
  columns: z.array(column).optional(),
  delimiter: z.string().min(1).default(','),
  /** Fields that are the same for all events of a row. */
  common: z.strictObject(fields).default({}),
  events: z.array(eventSchema).min(1),
});
export type Mapping = z.infer<typeof mappingSchema>;

/** The mapping, or an error that names the field. */
export function parseMapping(text: string, file: string): Mapping {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  const parsed = mappingSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || 'top level'}: ${issue.message}`);
  throw new Error(`${file} is not a mapping:\n${issues.join('\n')}`);
}

export type MappedRow = { ok: true; events: SubmissionEvent[] } | { ok: false; reason: string };
export type RowMapper = (cells: readonly string[]) => MappedRow;

class Refused extends Error {}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

type Cell = (cells: readonly string[]) => string;
type Time = (cells: readonly string[]) => DateTime | undefined;

/** Binds a mapping to the header of a file; throws where the mapping cannot fit it. */
export function bindMapping(mapping: Mapping, header: readonly string[]): RowMapper {
  const cellOf = (name: string): Cell => {
    const at = header.indexOf(name);
    if (at < 0) throw new Error(`the mapping names the column "${name}"; the file has: ${header.join(', ')}`);
    if (header.indexOf(name, at + 1) >= 0) throw new Error(`the file has two columns "${name}"; rename one of them`);
    return (cells) => (cells[at] ?? '').trim();
  };
  const instantOf = instantReader(mapping);
  const timeOf = (names: readonly string[]): Time => {
    const sources = names.map((name) => ({ name, cell: cellOf(name) }));
    return (cells) => {
      for (const { name, cell } of sources) {
        const text = cell(cells);
        if (text !== '') return instantOf(text, name);
      }
      return undefined;
    };
  };
  const events = mapping.events.map((event, at) => eventMapper(mapping, event, `events.${at}`, cellOf, timeOf));
  return (cells) => {
    if (cells.length !== header.length)
      return { ok: false, reason: `the row has ${cells.length} cells, the header ${header.length}` };
    try {
      const made = events.map((map) => map(cells)).filter((event) => event !== undefined);
      if (made.length === 0) return { ok: false, reason: 'no event of the mapping applies to the row' };
      return { ok: true, events: made };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { ok: false, reason: error.message };
    }
  };
}

const QUARTER_HOUR = 900_000;

/** A zone that remembers its offsets: asking for one dominated an import. Clocks change at whole quarters of an hour. */
class RememberingZone extends IANAZone {
  private readonly offsets = new Map<number, number>();

  override offset(at: number): number {
    const quarter = Math.floor(at / QUARTER_HOUR);
    let offset = this.offsets.get(quarter);
    if (offset === undefined) {
      if (this.offsets.size >= 100_000) this.offsets.clear();
      offset = super.offset(at);
      this.offsets.set(quarter, offset);
    }
    return offset;
  }
}

function instantReader(mapping: Mapping): (text: string, column: string) => DateTime {
  const zone = new RememberingZone(mapping.timeZone);
  const readers = mapping.dateFormat.map((format) => (format === 'iso' ? isoReader(zone) : tokenReader(format, zone)));
  return (text, name) => {
    for (const read of readers) {
      const at = read(text, name);
      if (at !== undefined) return at;
    }
    throw new Refused(`${name}: "${text}" is not a date in the format ${mapping.dateFormat.join(' or ')}`);
  };
}

type Reader = (text: string, column: string) => DateTime | undefined;

const valid = (at: DateTime): DateTime | undefined => (at.isValid ? at : undefined);

/** The instant at which clocks in `zone` showed what `local` shows in UTC. */
function inZone(local: DateTime, zone: IANAZone, name: string): DateTime {
  const at = local.setZone(zone, { keepLocalTime: true });
  // Luxon moves a time that a change of the clock left out; nothing can have happened then.
  if (at.hour !== local.hour || at.minute !== local.minute)
    throw new Refused(
      `${name}: ${local.toFormat('yyyy-MM-dd HH:mm')} does not exist in ${zone.name} (clock put forward)`,
    );
  return at;
}

const isoReader =
  (zone: IANAZone): Reader =>
  (text, name) => {
    if (/T.*(Z|[+-]\d\d(:?\d\d)?)$/i.test(text)) return valid(DateTime.fromISO(text, { zone }));
    const local = DateTime.fromISO(text, { zone: 'utc' });
    return local.isValid ? inZone(local, zone, name) : undefined;
  };

function tokenReader(format: string, zone: IANAZone): Reader {
  const locale = 'en-US';
  const parser = DateTime.buildFormatParser(format, { locale });
  const hasOffset = /z/i.test(format.replaceAll(/'[^']*'/g, ''));
  return (text, name) => {
    if (hasOffset) return valid(DateTime.fromFormatParser(text, parser, { zone, locale }));
    const local = DateTime.fromFormatParser(text, parser, { zone: 'utc', locale });
    return local.isValid ? inZone(local, zone, name) : undefined;
  };
}

type EventMapper = (cells: readonly string[]) => SubmissionEvent | undefined;

function eventMapper(
  mapping: Mapping,
  event: EventMapping,
  path: string,
  cellOf: (name: string) => Cell,
  timeOf: (names: readonly string[]) => Time,
): EventMapper {
  const field = (name: keyof typeof fields, otherwise?: Field): ((cells: readonly string[]) => string | number) => {
    const rule = event[name] ?? mapping.common[name] ?? otherwise;
    if (rule === undefined) throw new Error(`${path}: give ${name} here or under common`);
    return fieldReader(rule, cellOf);
  };
  const text = (name: keyof typeof fields): ((cells: readonly string[]) => string) => {
    const read = field(name);
    return (cells) => {
      const value = String(read(cells));
      if (value.length > 64) throw new Refused(`${name}: "${value.slice(0, 40)}…" is longer than 64 characters`);
      return value;
    };
  };
  const whole = (name: keyof typeof fields, otherwise?: Field): ((cells: readonly string[]) => number) => {
    const read = field(name, otherwise);
    return (cells) => {
      const value = read(cells);
      if (!/^-?\d{1,9}$/.test(String(value))) throw new Refused(`${name}: "${value}" is not a whole number`);
      return Number(value);
    };
  };
  const applies = event.when.map((condition) => conditionTest(condition, cellOf(condition.column)));
  const id = idReader(event.id, cellOf);
  const time = timeOf(event.time);
  const procedure = text('procedure');
  const agency = text('agency');
  const province = text('province');
  const channel = whole('channel');
  const status = whole('status');
  const count = whole('count', 1);
  const onTime = event.onTime === undefined ? undefined : onTimeReader(event.onTime, timeOf);
  return (cells) => {
    if (!applies.every((test) => test(cells))) return undefined;
    const at = time(cells);
    if (at === undefined) throw new Refused(`${event.time.join(', ')}: empty, so the time is unknown`);
    const punctual = onTime?.(cells);
    return {
      specversion: '1.0',
      type: SUBMISSION_COUNTED,
      source: mapping.source,
      id: id(cells),
      data: {
        procedure: procedure(cells),
        agency: agency(cells),
        province: province(cells),
        channel: channel(cells),
        status: status(cells),
        ...(punctual === undefined ? {} : { onTime: punctual }),
        count: count(cells),
        occurredAt: at.toISO({ suppressMilliseconds: true }) ?? '',
      },
    };
  };
}

function fieldReader(rule: Field, cellOf: (name: string) => Cell): (cells: readonly string[]) => string | number {
  if (typeof rule !== 'object') return () => rule;
  const cell = cellOf(rule.column);
  const map = rule.map === undefined ? undefined : new Map(Object.entries(rule.map));
  const pattern = rule.pattern === undefined ? undefined : new RegExp(rule.pattern, 'u');
  return (cells) => {
    let value = cell(cells);
    if (value === '') {
      if (rule.default !== undefined) return rule.default;
      throw new Refused(`${rule.column}: empty`);
    }
    if (pattern !== undefined) {
      const match = pattern.exec(value);
      if (match === null) throw new Refused(`${rule.column}: "${value}" does not match ${rule.pattern}`);
      value = match[1] ?? match[0];
    }
    if (map === undefined) return value;
    const code = map.get(value);
    if (code === undefined) throw new Refused(`${rule.column}: the mapping has no code for "${value}"`);
    return code;
  };
}

function conditionTest(condition: z.infer<typeof conditionSchema>, cell: Cell): (cells: readonly string[]) => boolean {
  const wanted = condition.in === undefined ? undefined : new Set(condition.in);
  const unwanted = new Set(condition.notIn);
  return (cells) => {
    const value = cell(cells);
    return (
      (wanted?.has(value) ?? true) &&
      !unwanted.has(value) &&
      (condition.filled === undefined || condition.filled === (value !== ''))
    );
  };
}

function idReader(template: string, cellOf: (name: string) => Cell): (cells: readonly string[]) => string {
  const parts = template
    .split(/\{([^}]+)\}/)
    .map((part, at) => (at % 2 === 0 ? part : { name: part, cell: cellOf(part) }));
  if (parts.length === 1) throw new Error(`the id "${template}" names no {Column}: all rows would be the same event`);
  return (cells) => {
    const id = parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = part.cell(cells);
        if (value === '') throw new Refused(`${part.name}: empty, so the row has no id`);
        return value;
      })
      .join('');
    if (id.length > 200) throw new Refused(`the id "${id.slice(0, 40)}…" has ${id.length} characters; at most 200`);
    return id;
  };
}

function onTimeReader(
  rule: NonNullable<EventMapping['onTime']>,
  timeOf: (names: readonly string[]) => Time,
): (cells: readonly string[]) => boolean | undefined {
  const end = timeOf(rule.end);
  const due = timeOf(rule.due);
  return (cells) => {
    const ended = end(cells);
    const promised = due(cells);
    if (ended === undefined || promised === undefined) return undefined;
    return rule.grain === 'day' ? ended.startOf('day') <= promised.startOf('day') : ended <= promised;
  };
}

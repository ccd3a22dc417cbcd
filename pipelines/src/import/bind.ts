/** Binds a mapping to the columns of a file: rows to events, or to the reason why a row gives none. Pure. */
import { createHash } from 'node:crypto';
import { MAX_CODE_LENGTH, MAX_NAME_LENGTH, SUBMISSION_COUNTED, type SubmissionEvent } from '@room/contract';
import type { DateTime } from 'luxon';
import type { RowShape } from './csv.ts';
import { BadDate, dateReader } from './dates.ts';
import type { Condition, EventMapping, Field, FieldName, Mapping, Times } from './mapping.ts';
import { cutsNumber, wholeNumberReader } from './numbers.ts';
import { patternOf } from './pattern.ts';
import { choiceOf, clean, damageOf } from './text.ts';
import { isTotal } from './totals.ts';

/** `rules` has the mapping's part that made each event; `reasons` is everything that is wrong with a row. */
export type MappedRow =
  | { ok: true; events: SubmissionEvent[]; rules: EventMapping[] }
  | { ok: false; reasons: readonly string[] };
export type RowMapper = (cells: readonly string[]) => MappedRow;

/** Told of each cell that took the code for everything else. */
export type Elsewhere = (column: string, value: string) => void;

export class RowRefused extends Error {
  readonly reasons: readonly string[];

  constructor(...reasons: readonly string[]) {
    super(reasons.join('; '));
    this.reasons = reasons;
  }
}

/** What to do about a row that sums up others. */
export const LEAVE_OUT =
  ': leave such rows out by "ignore" in the mapping, or, where it is a dossier, name the text in a map';

export type Cells = readonly string[];
export type Read<T> = (cells: Cells) => T;

/** Binds a mapping to the header of a file; throws where the mapping cannot fit it. */
export function bindMapping(mapping: Mapping, header: Cells, elsewhere: Elsewhere = () => undefined): RowMapper {
  const columns = new Columns(mapping, header);
  // Events of one row may read one cell: it is told once.
  const told = new Set<string>();
  const tell: Elsewhere = (column, value) => {
    if (!told.has(column)) elsewhere(column, value);
    told.add(column);
  };
  const events = mapping.events.map((event, at) => eventMapper(mapping, event, `events.${at}`, columns, tell));
  return (cells) => {
    told.clear();
    if (cells.length !== header.length)
      return { ok: false, reasons: [`the row has ${cells.length} cells, the header ${header.length}`] };
    const made: SubmissionEvent[] = [];
    const rules: EventMapping[] = [];
    const reasons = new Set<string>();
    for (const [at, map] of events.entries()) {
      const event = refusedInto(reasons, map, cells);
      const rule = mapping.events[at];
      if (event === undefined || rule === undefined) continue;
      made.push(event);
      rules.push(rule);
    }
    if (reasons.size > 0) return { ok: false, reasons: [...reasons] };
    if (made.length === 0) return { ok: false, reasons: ['no event of the mapping applies to the row'] };
    return { ok: true, events: made, rules };
  };
}

/** What `read` makes of a row; why it cannot goes into `reasons`. */
export function refusedInto<T>(reasons: Set<string>, read: Read<T>, cells: Cells): T | undefined {
  try {
    return read(cells);
  } catch (error) {
    if (!(error instanceof RowRefused)) throw error;
    for (const reason of error.reasons) reasons.add(reason);
    return undefined;
  }
}

/** Reads all of them before it refuses a row, so that everything that is wrong with it is told at once. */
export function together<T extends object>(readers: { [K in keyof T]: Read<T[K]> }): Read<T> {
  const entries = Object.entries<Read<unknown>>(readers);
  return (cells) => {
    const reasons = new Set<string>();
    const values = Object.fromEntries(entries.map(([name, read]) => [name, refusedInto(reasons, read, cells)]));
    if (reasons.size > 0) throw new RowRefused(...reasons);
    return values as T;
  };
}

/** True for rows that the mapping leaves out on purpose. */
export function ignoredBy(mapping: Reading & Pick<Mapping, 'ignore'>, header: Cells): Read<boolean> {
  const columns = new Columns(mapping, header);
  const tests = mapping.ignore.map((condition) => conditionTest(condition, columns));
  return (cells) => tests.length > 0 && tests.every((test) => test(cells));
}

/** How rows under this header look: as many cells, and, for a row by itself, an id and a time. */
export function shapeOf(mapping: Mapping, header: Cells): RowShape {
  const columns = new Columns(mapping, header);
  const events = mapping.events.map((event) => ({ id: idReader(event.id, columns), time: columns.time(event.time) }));
  const fits = (cells: Cells): boolean => fitted(cells, header) !== undefined;
  return {
    fits,
    looksLikeRow: (cells) =>
      fits(cells) &&
      events.some(({ id, time }) => {
        try {
          return id(cells) !== '' && time(cells) !== undefined;
        } catch {
          return false;
        }
      }),
  };
}

/**
 * The cells under a header, with nothing beyond it: programs leave an empty cell at the end of each row, or of the header alone.
 * Undefined where a cell has no column, or a column no cell.
 */
export function fitted(cells: Cells, header: Cells): Cells | undefined {
  if (cells.length === header.length) return cells;
  const [longer, shorter] = cells.length > header.length ? [cells, header] : [header, cells];
  if (longer.slice(shorter.length).some((text) => clean(text) !== '')) return undefined;
  return header.map((_, at) => cells[at] ?? '');
}

const MOST_NAMED = 40;

const namesOf = (header: readonly string[]): string => {
  const names = header.filter((name) => name !== '');
  return (
    names.slice(0, MOST_NAMED).join(', ') +
    (names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} others` : '')
  );
};

/** What is read of cells, whatever they are of. */
export type Reading = Pick<Mapping, 'empty' | 'timeZone' | 'dateFormat' | 'languages'>;

/** Columns of a file by the names that a mapping has for them. */
export class Columns {
  readonly #header: Cells;
  readonly #empty: ReadonlySet<string>;
  readonly #instant: (text: string) => DateTime;

  constructor(mapping: Reading, header: Cells) {
    this.#header = header;
    this.#empty = new Set(mapping.empty.map(clean));
    this.#instant = dateReader({
      timeZone: mapping.timeZone,
      formats: mapping.dateFormat,
      languages: mapping.languages,
    });
  }

  cell(name: string): Read<string> {
    const same = this.#at((text) => text === clean(name));
    const choice = choiceOf([name]);
    const found = same.length > 0 ? same : this.#at((text) => choice(text) !== undefined);
    const [at] = found;
    if (at === undefined)
      throw new Error(`the mapping names the column "${name}"; the file has: ${namesOf(this.#header)}`);
    if (found.length > 1) throw new Error(`the file has two columns "${name}"; rename one of them`);
    return (cells) => {
      const text = clean(cells[at] ?? '');
      return this.#empty.has(text) ? '' : text;
    };
  }

  /** Of a text that stands in a column, as the others of it are read. */
  timeOf(text: string, column: string): DateTime {
    return this.#read(text, column);
  }

  /** The time in the first of these that is not empty. */
  time(times: Times): Read<DateTime | undefined> {
    const sources = times.map((source) => {
      const names = typeof source === 'string' ? [source] : source.columns;
      return { name: names.join(' + '), parts: names.map((name) => this.cell(name)) };
    });
    return (cells) => {
      for (const { name, parts } of sources) {
        const [first = '', ...rest] = parts.map((part) => part(cells));
        if (first !== '') return this.#read([first, ...rest].filter((text) => text !== '').join(' '), name);
      }
      return undefined;
    };
  }

  /** Texts and columns of a template; of the columns whose names begin at a brace the longest is meant. */
  template(template: string): (string | { name: string; cell: Read<string> })[] {
    const names = this.#header.map(clean).toSorted((one, other) => other.length - one.length);
    const parts: (string | { name: string; cell: Read<string> })[] = [];
    let text = '';
    for (let at = 0; at < template.length; ) {
      const rest = template.slice(at + 1);
      const named = template[at] === '{' ? names.find((name) => name !== '' && rest.startsWith(`${name}}`)) : undefined;
      const name = template[at] === '{' ? (named ?? /^([^}]+)\}/.exec(rest)?.[1]) : undefined;
      if (name === undefined) {
        text += template[at];
        at += 1;
        continue;
      }
      parts.push(text, { name, cell: this.cell(name) });
      text = '';
      at += name.length + 2;
    }
    return [...parts, text];
  }

  #at(means: (text: string) => boolean): number[] {
    return this.#header.flatMap((text, at) => (means(clean(text)) ? at : []));
  }

  #read(text: string, name: string): DateTime {
    try {
      return this.#instant(text);
    } catch (error) {
      if (error instanceof BadDate) throw new RowRefused(`${name}: ${error.message}`);
      throw error;
    }
  }
}

function eventMapper(
  mapping: Mapping,
  event: EventMapping,
  path: string,
  columns: Columns,
  elsewhere: Elsewhere,
): Read<SubmissionEvent | undefined> {
  const wholeNumber = wholeNumberReader(mapping.numberFormat);
  const rule = (name: FieldName, otherwise?: Field): Field => {
    const given = event[name] ?? mapping.common[name] ?? otherwise;
    if (given === undefined) throw new Error(`${path}: give ${name} here or under common`);
    return given;
  };
  const text = (name: FieldName): Read<string> => {
    const read = fieldReader(rule(name), columns, elsewhere, false);
    return (cells) => {
      const value = String(read(cells));
      if (value.length > MAX_CODE_LENGTH)
        throw new RowRefused(
          `${name}: "${value.slice(0, 40)}…" is longer than ${MAX_CODE_LENGTH} characters; give its code in a map`,
        );
      return value;
    };
  };
  const whole = (name: FieldName, otherwise?: Field): Read<number> => {
    const read = fieldReader(rule(name, otherwise), columns, elsewhere, true);
    const howOf = (value: string | number): string => {
      if (mapping.numberFormat !== undefined) return ` in the format ${mapping.numberFormat}`;
      return /\d[.,' ]\d/.test(String(value)) ? ': say how numbers are written by "numberFormat" in the mapping' : '';
    };
    return (cells) => {
      const value = read(cells);
      const number = typeof value === 'number' ? value : wholeNumber(value);
      if (number === undefined || !Number.isSafeInteger(number))
        throw new RowRefused(`${name}: "${value}" is not a whole number${howOf(value)}`);
      return number;
    };
  };
  const applies = event.when.map((condition) => conditionTest(condition, columns));
  const time = columns.time(event.time);
  const end = event.interval === undefined ? undefined : endReader(event.interval, columns);
  const names = event.time.map((source) => (typeof source === 'string' ? source : source.columns.join(' + ')));
  const read = together({
    at: (cells) => {
      const at = time(cells);
      if (at === undefined) throw new RowRefused(`${names.join(', ')}: empty, so the time is unknown`);
      return at;
    },
    id: idReader(event.id, columns),
    procedure: text('procedure'),
    agency: text('agency'),
    province: text('province'),
    channel: whole('channel'),
    status: whole('status'),
    count: whole('count', 1),
    onTime: event.onTime === undefined ? () => undefined : onTimeReader(event.onTime, columns),
  });
  return (cells) => {
    if (!applies.every((test) => test(cells))) return undefined;
    const { at, id, procedure, agency, province, channel, status, count, onTime } = read(cells);
    return {
      specversion: '1.0',
      type: SUBMISSION_COUNTED,
      source: mapping.source,
      id,
      data: {
        procedure,
        agency,
        province,
        channel,
        status,
        ...(onTime === undefined ? {} : { onTime }),
        count,
        ...(end === undefined ? { occurredAt: iso(at) } : { interval: { start: iso(at), end: iso(end(at, cells)) } }),
      },
    };
  };
}

const iso = (at: DateTime): string => at.toISO({ suppressMilliseconds: true }) ?? '';

/** `isNumber`: of a longer number no part is taken. */
export function fieldReader(
  rule: Field,
  columns: Columns,
  elsewhere: Elsewhere,
  isNumber: boolean,
): Read<string | number> {
  if (typeof rule !== 'object') return () => rule;
  const cell = columns.cell(rule.column);
  const map = rule.map;
  const choice = map === undefined ? undefined : choiceOf(Object.keys(map));
  const pattern = rule.pattern === undefined ? undefined : patternOf(rule.pattern);
  const other = (value: string, reason: string): string | number => {
    if (rule.otherwise === undefined) throw new RowRefused(`${rule.column}: ${reason}`);
    if (isTotal(value)) throw new RowRefused(`${rule.column}: "${value}" reads like a row of totals${LEAVE_OUT}`);
    elsewhere(rule.column, value);
    return rule.otherwise;
  };
  return (cells) => {
    let value = cell(cells);
    if (value === '') {
      if (rule.default !== undefined) return rule.default;
      throw new RowRefused(`${rule.column}: empty`);
    }
    if (pattern !== undefined) {
      const found = pattern(value);
      if (found === undefined) return other(value, `"${value}" does not match ${rule.pattern}`);
      const { part, at } = found;
      if (isNumber && map === undefined && cutsNumber(value, part, at))
        throw new RowRefused(
          `${rule.column}: the pattern ${rule.pattern} takes "${part}" out of the number in "${value}"`,
        );
      value = part;
    }
    if (map === undefined || choice === undefined) return value;
    const name = choice(value);
    if (Array.isArray(name))
      throw new RowRefused(`${rule.column}: "${value}" may mean ${name.map((one) => `"${one}"`).join(' or ')}`);
    const code = typeof name === 'string' ? map[name] : undefined;
    return code ?? other(value, `the mapping has no code for "${value}"`);
  };
}

function conditionTest(condition: Condition, columns: Columns): Read<boolean> {
  const cell = columns.cell(condition.column);
  const wanted = condition.in === undefined ? undefined : choiceOf(condition.in);
  const unwanted = choiceOf(condition.notIn ?? []);
  return (cells) => {
    const value = cell(cells);
    return (
      (wanted === undefined || wanted(value) !== undefined) &&
      unwanted(value) === undefined &&
      (condition.filled === undefined || condition.filled === (value !== ''))
    );
  };
}

function idReader(rule: EventMapping['id'], columns: Columns): Read<string> {
  const read = typeof rule === 'string' ? templateReader(rule, columns) : digestReader(rule, columns);
  return (cells) => {
    const id = read(cells);
    if (id.length > MAX_NAME_LENGTH)
      throw new RowRefused(`the id "${id.slice(0, 40)}…" has ${id.length} characters; at most ${MAX_NAME_LENGTH}`);
    return id;
  };
}

function templateReader(template: string, columns: Columns): Read<string> {
  const parts = columns.template(template);
  if (parts.every((part) => typeof part === 'string'))
    throw new Error(`the id "${template}" names no {Column}: all rows would be the same event`);
  return (cells) =>
    parts
      .map((part) => {
        if (typeof part === 'string') return part;
        const value = part.cell(cells);
        if (value === '') throw new RowRefused(`${part.name}: empty, so the row has no id`);
        const damage = damageOf(value);
        if (damage !== undefined) throw new RowRefused(`${part.name}: "${value}" ${damage}`);
        return value;
      })
      .join('');
}

/** The same cells give the same id for ever: neither this nor `clean` may change. */
function digestReader(rule: Exclude<EventMapping['id'], string>, columns: Columns): Read<string> {
  const parts = rule.columns.map((name) => columns.cell(name));
  return (cells) => {
    const values = parts.map((part) => part(cells));
    if (values.every((value) => value === ''))
      throw new RowRefused(`${rule.columns.join(', ')}: all empty, so the row has no id`);
    for (const [at, value] of values.entries()) {
      const damage = damageOf(value);
      if (damage !== undefined) throw new RowRefused(`${rule.columns[at]}: "${value}" ${damage}`);
    }
    return createHash('sha256').update(JSON.stringify(values)).digest('base64url').slice(0, 27) + rule.suffix;
  };
}

/** When the interval that a row counts is over; it begins where its unit does. */
function endReader(
  interval: NonNullable<EventMapping['interval']>,
  columns: Columns,
): (start: DateTime, cells: Cells) => DateTime {
  if (interval === 'hour' || interval === 'day')
    return (start) => {
      if (+start.startOf(interval) !== +start)
        throw new RowRefused(`${iso(start)} is not the beginning of ${interval === 'hour' ? 'an hour' : 'a day'}`);
      return start.plus({ [interval]: 1 }).startOf(interval);
    };
  if ('minutes' in interval) return (start) => start.plus({ minutes: interval.minutes });
  const end = columns.time(interval.end);
  return (_, cells) => {
    const at = end(cells);
    if (at === undefined) throw new RowRefused('the end of the interval is empty');
    return at;
  };
}

function onTimeReader(rule: NonNullable<EventMapping['onTime']>, columns: Columns): Read<boolean | undefined> {
  const end = columns.time(rule.end);
  const due = columns.time(rule.due);
  return (cells) => {
    const ended = end(cells);
    const promised = due(cells);
    if (ended === undefined || promised === undefined) return undefined;
    return rule.grain === 'day' ? ended.startOf('day') <= promised.startOf('day') : ended <= promised;
  };
}

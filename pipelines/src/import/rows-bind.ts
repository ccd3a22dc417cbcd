/** Binds a mapping of tasks or reported values to the columns of a file: each row to what is sent, or to all that is wrong with it. Pure. */
import { reportPeriod, sentReportsSchema, sentTaskSchema } from '@room/contract';
import type { z } from 'zod';
import { type Cells, Columns, fieldReader, type Read, type Reading, RowRefused, together } from './bind.ts';
import type { Field } from './mapping.ts';
import { numberReader } from './numbers.ts';
import { periodNamed } from './period-written.ts';
import type { RowsMapping } from './rows-mapping.ts';

export type BoundRow = { ok: true; row: object } | { ok: false; reasons: readonly string[] };

export function bindRows(mapping: RowsMapping, header: Cells): Read<BoundRow> {
  const bound = new Bound(mapping, header);
  const read = mapping.rows === 'tasks' ? tasks(mapping.fields, bound) : reports(mapping, bound);
  const schema: z.ZodType<object> = mapping.rows === 'tasks' ? sentTaskSchema : sentReportsSchema.shape.reports.element;
  return (cells) => {
    try {
      const parsed = schema.safeParse(read(cells));
      if (parsed.success) return { ok: true, row: parsed.data };
      return { ok: false, reasons: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) };
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error;
      return { ok: false, reasons: error.reasons };
    }
  };
}

type Fields<K extends RowsMapping['rows']> = Extract<RowsMapping, { rows: K }>['fields'];

class Bound {
  readonly #columns: Columns;

  constructor(mapping: RowsMapping, header: Cells) {
    // A day is the same in every zone; workbooks keep days as ISO has them, whatever people see.
    const reading: Reading = { ...mapping, timeZone: 'UTC', dateFormat: [...mapping.dateFormat, 'iso'] };
    this.#columns = new Columns(reading, header);
  }

  /** An empty cell is refused where there is no default. */
  text(rule: Field): Read<string> {
    const read = fieldReader(rule, this.#columns, () => undefined, false);
    return (cells) => String(read(cells));
  }

  /** An empty cell is nothing. */
  ifAny(rule: Field | undefined): Read<string | undefined> {
    if (rule === undefined) return () => undefined;
    const read = this.text(rule);
    if (typeof rule !== 'object' || rule.default !== undefined) return read;
    const cell = this.#columns.cell(rule.column);
    return (cells) => (cell(cells) === '' ? undefined : read(cells));
  }

  /**
   * As `YYYY-MM-DD`. Plans write `6/2025`, `quý III/2025` or `2025 - 2026` for a day too: its `end` is meant by what is due, its beginning by
   * what was given. A map has days for the words that are none, as `Thường xuyên`.
   */
  day(rule: Field | undefined, name: string, end: 'from' | 'to'): Read<string | undefined> {
    if (typeof rule !== 'object') return this.ifAny(rule);
    const { column, map, pattern, otherwise } = rule;
    const cell = this.#columns.cell(column);
    const mapped =
      map === undefined
        ? undefined
        : fieldReader({ column, map, otherwise: NOT_MAPPED }, this.#columns, () => undefined, false);
    const part =
      pattern === undefined ? undefined : fieldReader({ column, pattern }, this.#columns, () => undefined, false);
    return (cells) => {
      const written = cell(cells);
      if (written === '') {
        if (rule.default === undefined && name === 'due') throw new RowRefused(`${column}: empty`);
        return rule.default === undefined ? undefined : String(rule.default);
      }
      const known = mapped?.(cells) ?? NOT_MAPPED;
      if (known !== NOT_MAPPED) return String(known);
      try {
        const text = part === undefined ? written : String(part(cells));
        return periodDay(text, end) ?? this.#columns.timeOf(text, column).toISODate() ?? undefined;
      } catch (error) {
        if (!(error instanceof RowRefused)) throw error;
        if (otherwise !== undefined) return String(otherwise);
        throw new RowRefused(
          `${error.message}, nor a month, quarter, half or year, whose ${end === 'to' ? 'last' : 'first'} day is meant; give it a day in a map`,
        );
      }
    };
  }
}

/** No cell has it. */
const NOT_MAPPED = '\0';

/** Of a period, or of the last of two, its first or last day; undefined where it is the name of none. */
function periodDay(text: string, end: 'from' | 'to'): string | undefined {
  const whole = reportPeriod(periodNamed(text));
  if (whole !== undefined) return whole[end];
  const two = text.split(/\s*[-–]\s*/).map((each) => reportPeriod(periodNamed(each)));
  return two.length === 2 && !two.includes(undefined) ? two[end === 'to' ? 1 : 0]?.[end] : undefined;
}

function tasks(fields: Fields<'tasks'>, bound: Bound): Read<object> {
  const [agency, province, unit] = [fields.agency, fields.province, fields.unit].map((rule) => bound.ifAny(rule)) as [
    Read<string | undefined>,
    Read<string | undefined>,
    Read<string | undefined>,
  ];
  const read = together({
    plan: bound.text(fields.plan),
    item: bound.text(fields.item),
    unit: (cells) => unitOf({ agency: agency(cells), province: province(cells), unit: unit(cells) }),
    text: bound.text(fields.text),
    due: bound.day(fields.due, 'due', 'to'),
    wanted: bound.text(fields.wanted),
    head: bound.ifAny(fields.head),
    givenOn: bound.day(fields.givenOn, 'givenOn', 'from'),
  });
  return (cells) => told(read(cells));
}

function unitOf({ agency, province, unit }: Partial<Record<'agency' | 'province' | 'unit', string | undefined>>): {
  dim: string;
  code: string;
} {
  if (unit !== undefined) {
    const [, dim, code] = /^(agency|province):(.+)$/.exec(unit) ?? [];
    if (dim === undefined || code === undefined)
      throw new RowRefused(`unit: "${unit}" is none; give agency:MPS or province:34-01 for it in a map`);
    return { dim, code };
  }
  if ((agency === undefined) === (province === undefined))
    throw new RowRefused('unit: the row has to name one ministry or one province');
  return agency === undefined ? { dim: 'province', code: province ?? '' } : { dim: 'agency', code: agency };
}

function reports({ fields, numberFormat }: Extract<RowsMapping, { rows: 'reports' }>, bound: Bound): Read<object> {
  const number = numberReader(numberFormat);
  const [value, revision, period] = [
    bound.text(fields.value),
    bound.ifAny(fields.revision),
    bound.text(fields.period),
  ] as const;
  const [words, link] = [bound.ifAny(fields.evidence), bound.ifAny(fields.link)];
  const read = together({
    indicator: bound.text(fields.indicator),
    by: bound.ifAny(fields.by),
    period: (cells) => {
      const written = period(cells);
      const name = periodNamed(written);
      if (reportPeriod(name) !== undefined) return name;
      throw new RowRefused(
        `period: "${written}" is none; months are 1 to 12, quarters I to IV: write 2026-11, tháng 11/2026, quý IV/2026, 6 tháng cuối năm 2026 or năm 2026`,
      );
    },
    unit: bound.text(fields.unit),
    value: (cells) => {
      const text = value(cells);
      const found = number(text);
      const how = numberFormat === undefined ? ': say how numbers are written by "numberFormat" in the mapping' : '';
      if (found === undefined) throw new RowRefused(`value: "${text}" is not a number${how}`);
      return found;
    },
    text: (cells) => {
      const said = words(cells);
      if (said !== undefined || link(cells) !== undefined) return said;
      throw new RowRefused(`${typeof fields.evidence === 'object' ? fields.evidence.column : 'evidence'}: empty`);
    },
    link,
    note: bound.ifAny(fields.note),
    revision: (cells) => {
      const text = revision(cells);
      if (text === undefined) return undefined;
      if (!/^\d{1,4}$/.test(text)) throw new RowRefused(`revision: "${text}" is no whole number`);
      return Number(text);
    },
    why: bound.ifAny(fields.why),
  });
  return (cells) => {
    const { text, link, ...row } = read(cells);
    return told({ ...row, evidence: told({ text, link }) });
  };
}

/** Without what nothing was said of. */
const told = (row: object): object =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

/** People's HTTP of how long the units of their scope took with alerts: a table, and the same as a file. */
import {
  API,
  addDays,
  type Catalogue,
  type Language,
  localDay,
  MILESTONES,
  type Milestone,
  type ResponseTimes,
  type Scope,
  startOfDay,
  timesAskedSchema,
} from '@room/contract';
import type { AlertTable } from '@room/database';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { Streamed } from '../api/streamed.ts';
import { assertBegun } from '../begun.ts';
import { HttpError } from '../errors.ts';
import { dimOf, isSeen } from './store.ts';
import { timesOf } from './times.ts';

/** Days before the last that are looked at where nothing is asked for, and at most. */
const DAYS = 90;
const MOST_DAYS = 800;
/** Alerts of a period that are read at once. */
const MOST_ALERTS = 20_000;
const TOO_MUCH = 'more alerts began in this time than are read at once, or it is longer than 800 days: ask for less';

export interface TimesRoutesOptions {
  table: Pick<AlertTable, 'milestones' | 'lookedAt'>;
  catalogue: Catalogue;
  /** As a file, in pieces. */
  write: (file: TimesFile, language: Language) => AsyncIterable<string>;
}

type Cell = string | number | undefined;
/** What it is about, its columns and its rows. */
export interface TimesFile {
  about: [name: string, value: string][];
  columns: { name: string; kind: 'text' | 'count' }[];
  count: number;
  pieces: AsyncIterable<Cell[][]>;
}

type Asked = z.output<typeof timesAskedSchema>;

export function timesRoutes({ table, catalogue, write }: TimesRoutesOptions): Route[] {
  const { timeZone } = catalogue;
  const times = async ({ by, from, to }: Asked, scope: Scope): Promise<ResponseTimes> => {
    assertBegun('from', from, timeZone);
    const last = to ?? localDay(Date.now(), timeZone);
    const first = from ?? addDays(last, 1 - DAYS);
    if (first > last) throw new HttpError(400, 'bad_request', 'from: not after to');
    if (first < addDays(last, 1 - MOST_DAYS)) throw new HttpError(422, 'too_much', TOO_MUCH);
    const lookedAt = await table.lookedAt();
    const instant = (day: string): string => new Date(startOfDay(day, timeZone)).toISOString();
    const rung = await table.milestones(instant(first), instant(addDays(last, 1)), MOST_ALERTS);
    if (rung === undefined) throw new HttpError(422, 'too_much', TOO_MUCH);
    const theirs = rung.filter((row) => isSeen(row, scope)).map((row) => ({ ...row, dim: dimOf(row.dim) }));
    const asOf = lookedAt === undefined ? undefined : Date.parse(lookedAt);
    return {
      from: first,
      to: last,
      ...(asOf === undefined ? {} : { asOf }),
      ...timesOf(theirs, { by, asOf: asOf ?? Date.now(), catalogue }),
    };
  };
  const refuses = { 422: TOO_MUCH };
  return [
    route({
      method: 'get',
      path: '/v1/response-times',
      summary: 'how long units of your scope took to acknowledge, to answer and to recover, with intervals',
      right: 'view',
      query: API['/v1/response-times'].query,
      answer: { schema: API['/v1/response-times'].answer },
      refuses,
      handle: ({ principal: { scope }, query }) => times(query, scope),
    }),
    route({
      method: 'get',
      path: '/v1/response-times.csv',
      summary: 'the same as CSV; spans in seconds',
      right: 'view',
      query: timesAskedSchema.extend({ lang: z.enum(['vi', 'en']).default('vi') }),
      answer: { type: 'text/csv; charset=utf-8', schema: z.string() },
      refuses,
      handle: async ({ principal: { scope }, query: { lang, ...asked } }) => {
        const found = await times(asked, scope);
        return new Streamed(
          `${catalogue.id}-response-times-${found.from}-${found.to}.csv`,
          write(tableOf(found, lang, catalogue), lang),
        );
      },
    }),
  ];
}

const NAMES = {
  vi: {
    title: 'Thời gian xử lý cảnh báo, từ sổ giao nhận',
    method: 'Trung vị Kaplan-Meier, khoảng tin cậy 95 % (log-log); cảnh báo còn mở tính đến lần xem quy tắc gần nhất',
    unit: 'Đơn vị',
    code: 'Mã',
    alerts: 'Cảnh báo',
    open: 'Còn mở',
    all: 'Tất cả',
    acknowledged: 'xác nhận',
    answered: 'trả lời',
    recovered: 'trở lại bình thường',
    ended: 'Số đã',
    median: 'Trung vị giây đến',
    low: 'thấp nhất',
    high: 'cao nhất',
  },
  en: {
    title: 'Times of alerts, from the ledger',
    method: 'Kaplan-Meier median, 95 % interval (log-log); open alerts count up to the last look at the rules',
    unit: 'Unit',
    code: 'Code',
    alerts: 'Alerts',
    open: 'Open',
    all: 'All',
    acknowledged: 'acknowledged',
    answered: 'answered',
    recovered: 'recovered',
    ended: 'Number',
    median: 'Median seconds to',
    low: 'low',
    high: 'high',
  },
} as const;

function tableOf({ from, to, all, rows }: ResponseTimes, lang: Language, catalogue: Catalogue): TimesFile {
  const names = NAMES[lang];
  const seconds = (ms: number | undefined): Cell => (ms === undefined ? undefined : Math.round(ms / 1_000));
  const units = [...catalogue.agencies, ...catalogue.provinces];
  const columnsOf = (milestone: Milestone): TimesFile['columns'] => [
    { name: `${names.ended} ${names[milestone]}`, kind: 'count' },
    { name: `${names.median} ${names[milestone]}`, kind: 'count' },
    { name: `${names.median} ${names[milestone]}, ${names.low}`, kind: 'count' },
    { name: `${names.median} ${names[milestone]}, ${names.high}`, kind: 'count' },
  ];
  const cells = [all, ...rows].map((row): Cell[] => [
    row.unit.dim === 'all' ? names.all : (units.find(({ id }) => id === row.unit.code)?.label[lang] ?? row.unit.code),
    row.unit.code,
    row.alerts,
    row.open,
    ...MILESTONES.flatMap((milestone): Cell[] => {
      const { ended, median, low, high } = row[milestone];
      return [ended, seconds(median), seconds(low), seconds(high)];
    }),
  ]);
  const about: [string, string][] = [
    [names.title, `${from} – ${to}`],
    [names.method, names.method],
  ];
  const columns: TimesFile['columns'] = [
    { name: names.unit, kind: 'text' },
    { name: names.code, kind: 'text' },
    { name: names.alerts, kind: 'count' },
    { name: names.open, kind: 'count' },
    ...MILESTONES.flatMap(columnsOf),
  ];
  return { about, columns, count: cells.length, pieces: piecesOf(cells) };
}

async function* piecesOf(cells: Cell[][]): AsyncGenerator<Cell[][]> {
  yield cells;
}

/** What a question was answered with, and the events of a number, to be taken along as files. */
import { evidenceQuerySchema, LANGUAGES, type Language, type Query, querySchema } from '@room/contract';
import { z } from 'zod';
import { type Call, type Route, route } from '../api/route.ts';
import { Streamed } from '../api/streamed.ts';
import { csvOf } from './csv.ts';
import { type EventTableOptions, eventTable } from './event-table.ts';
import { type PaperRoutesOptions, paperRoutes } from './paper/routes.ts';
import { questionTable } from './question-table.ts';
import type { LongTable } from './table.ts';
import type { Taken, Taking } from './taking.ts';
import { WORDS } from './words.ts';
import { assertFits, xlsxOf } from './xlsx.ts';

export interface ExportRoutesOptions
  extends EventTableOptions,
    Pick<PaperRoutesOptions, 'store' | 'forecasts' | 'notebooks' | 'happened' | 'press' | 'taker' | 'catalogue'> {}

/** Of the answer: how many rows the file has once it is whole. */
const ROWS = 'x-room-rows';

const lang = z.enum(LANGUAGES).default('vi').meta({ description: 'of its words' });
const REFUSES = {
  429: 'too many files were taken along, or a long one is under way; try again after Retry-After',
  422: 'more is asked for than is answered at once or fits the format, or than is still kept',
  503: 'the database that notes exports does not answer, or the room is busy',
};

interface Format {
  type: string;
  /** What of the file is said in its summary. */
  is: string;
  assert: (table: LongTable) => void;
  /** What is crossed has a place of its own in it. */
  hasSheets: boolean;
  write: (table: LongTable, words: (typeof WORDS)[Language]) => AsyncIterable<string | Uint8Array>;
}
type FormatName = 'csv' | 'xlsx';
const FORMATS: Readonly<Record<FormatName, Format>> = {
  csv: {
    type: 'text/csv; charset=utf-8',
    is: 'as CSV: what it is about in lines that begin with #, its rows, and a last line with how many they are',
    assert: () => undefined,
    hasSheets: false,
    write: csvOf,
  },
  xlsx: {
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    is: 'as a workbook: what it is about on its first sheet, then its rows; split by two dimensions, both crossed on a third',
    assert: assertFits,
    hasSheets: true,
    write: xlsxOf,
  },
};

const queried = querySchema.safeExtend({ lang });
const evident = evidenceQuerySchema.extend({ lang });

export function exportRoutes({
  store,
  forecasts,
  evidence,
  events,
  notebooks,
  happened,
  press,
  taker,
  catalogue,
}: ExportRoutesOptions): Route[] {
  const nameOf = (measures: readonly string[], { from, to }: Pick<Query, 'from' | 'to'>): string =>
    `${catalogue.id}-${measures.length === 1 ? measures[0] : 'measures'}-${from}-${to}`;
  async function file<Q extends { lang: Language }>(
    format: FormatName,
    call: Taken<Q> & Pick<Call<'analyse', undefined, Q, undefined>, 'response'>,
    name: string,
    tableOf: (taking: Taking<Omit<Q, 'lang'>>) => Promise<LongTable>,
  ): Promise<Streamed<string>> {
    const { assert, write } = FORMATS[format];
    const table = await taker.take(format, call, async (taking) => {
      const found = await tableOf(taking);
      assert(found);
      return found;
    });
    call.response.set(ROWS, String(table.count));
    return new Streamed(`${name}.${format}`, write(table, WORDS[call.query.lang]));
  }
  const answered = (format: FormatName) =>
    ({
      method: 'get',
      right: 'analyse',
      badInput: 'bad_query',
      answer: { type: FORMATS[format].type, schema: z.string() },
      refuses: REFUSES,
    }) as const;
  const files = (Object.keys(FORMATS) as FormatName[]).flatMap((format): Route[] => [
    route({
      ...answered(format),
      path: `/v1/query.${format}`,
      summary: `the answer of a question ${FORMATS[format].is}`,
      query: queried,
      handle: (call) =>
        file(format, call, nameOf(call.query.measures, call.query), (taking) =>
          questionTable(store, taking, FORMATS[format].hasSheets),
        ),
    }),
    route({
      ...answered(format),
      path: `/v1/evidence.${format}`,
      summary: `the events of a number ${FORMATS[format].is}`,
      query: evident,
      handle: (call) =>
        file(format, call, `${nameOf([call.query.measure], call.query)}-events`, (taking) =>
          eventTable({ evidence, events }, taking),
        ),
    }),
  ]);
  return [...files, ...paperRoutes({ store, forecasts, notebooks, happened, catalogue, taker, press })];
}

/** What a question was answered with, to be taken along: within the scope of whoever takes it, and noted in the audit. */
import { type Catalogue, EVERYTHING, LANGUAGES, type Query, querySchema } from '@room/contract';
import type { QueryStore } from '@room/warehouse';
import { z } from 'zod';
import type { Actor } from '../access/principal.ts';
import type { Remember } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { Streamed } from '../api/streamed.ts';
import { asked } from '../bad-query.ts';
import { cut } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';
import { Allowance } from './allowance.ts';
import { csvOf } from './csv.ts';
import { OneByOne } from './one-by-one.ts';
import { type Table, tableOf } from './table.ts';
import { WORDS } from './words.ts';
import { assertFits, xlsxOf } from './xlsx.ts';

export interface ExportRoutesOptions {
  store: Pick<QueryStore, 'answer'>;
  questions: Questions;
  remember: Remember;
  catalogue: Catalogue;
}

const exportQuerySchema = querySchema.extend({
  lang: z.enum(LANGUAGES).default('vi').meta({ description: 'of its words' }),
});
type ExportQuery = z.output<typeof exportQuerySchema>;

/** As it is noted, characters: an address of that length says what was asked. */
const LONGEST_NOTED = 2_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const REFUSES = {
  429: 'too many files were taken along; try again after Retry-After',
  422: 'more is asked for than is answered at once or fits the format, or than is still kept',
  503: 'the database that notes exports does not answer, or the room is busy',
};

interface Asked {
  principal: Actor;
  query: ExportQuery;
  asker: Parameters<typeof asQuestion>[1];
  request: { protocol: string; headers: { host?: string | undefined }; originalUrl: string };
}

export function exportRoutes({ store, questions, remember, catalogue }: ExportRoutesOptions): Route[] {
  const allowance = new Allowance();
  const making = new OneByOne();
  /** The whole answer: what a page shows the largest of only is all there. */
  async function take(
    format: string,
    { principal, query: { lang, top: _top, ...rest }, asker, request }: Asked,
  ): Promise<Table> {
    const { scope, kind, id } = principal;
    const query: Query = rest;
    allowance.take(`${kind} ${id}`, asker);
    const answer = await asQuestion(questions, asker, `query of ${scope.key} ${JSON.stringify(query)}`, (signal) =>
      asked(store.answer(query, scope, signal)),
    );
    const search = request.originalUrl.slice(request.originalUrl.indexOf('?'));
    const address = `${request.protocol}://${request.headers.host ?? ''}/explore${search}`;
    const table = tableOf({ query, answer, catalogue, language: lang, address, isPart: scope.key !== EVERYTHING.key });
    if (format === 'xlsx') assertFits(table);
    // Nothing leaves that was not noted.
    await remember(principal, {
      action: 'export.made',
      kind: 'export',
      subject: format,
      after: { question: cut(search, LONGEST_NOTED), rows: table.rows.length },
    });
    return table;
  }
  const nameOf = ({ from, to, measures }: ExportQuery, ending: string): string =>
    `${catalogue.id}-${measures.length === 1 ? measures[0] : 'measures'}-${from}-${to}.${ending}`;
  return [
    route({
      method: 'get',
      path: '/v1/query.csv',
      summary: 'the answer of a question as CSV: what it is about in lines that begin with #, then its rows',
      right: 'analyse',
      query: exportQuerySchema,
      badInput: 'bad_query',
      answer: { type: 'text/csv; charset=utf-8', schema: z.string() },
      refuses: REFUSES,
      handle: async (call) => new Streamed<string>(nameOf(call.query, 'csv'), csvOf(await take('csv', call))),
    }),
    route({
      method: 'get',
      path: '/v1/query.xlsx',
      summary: 'the answer of a question as a workbook: what it is about on its first sheet, then its rows',
      right: 'analyse',
      query: exportQuerySchema,
      badInput: 'bad_query',
      answer: { type: XLSX, schema: z.string() },
      refuses: REFUSES,
      handle: async (call) =>
        new Streamed<string>(
          nameOf(call.query, 'xlsx'),
          making.chunks(xlsxOf(await take('xlsx', call), WORDS[call.query.lang])),
        ),
    }),
  ];
}

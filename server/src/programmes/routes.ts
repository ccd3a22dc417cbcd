/** HTTP of what was decided to be reached: indicators with what is known of them, and reports of their values. */
import {
  API,
  type Catalogue,
  indicatorHistorySchema,
  indicatorIdSchema,
  LANGUAGES,
  sentReportsSchema,
  takenReportsSchema,
} from '@room/contract';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { assertPast } from '../begun.ts';
import { HttpError } from '../errors.ts';
import { type GiveTable, TAKEN } from '../table-file.ts';
import type { ProgrammeStore } from './store.ts';
import { tableOfIndicators } from './table.ts';

/** A thousand reports with their evidence and notes. */
const MOST_BYTES = 4_000_000;
/** Refused rows that an answer names. */
const MOST_NAMED = 5;

export interface ProgrammeRoutesOptions {
  store: Pick<ProgrammeStore, 'list' | 'get' | 'report' | 'values'>;
  catalogue: Catalogue;
  give: GiveTable;
}

export function programmeRoutes({ store, catalogue, give }: ProgrammeRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/indicators',
      summary: 'indicators of one’s own units, with what is known of each or was at an instant, and what is overdue',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/indicators'].query,
      answer: { schema: API['/v1/indicators'].answer },
      handle: ({ principal: { scope }, query: { at } }) => {
        const then = at === undefined ? undefined : Date.parse(at);
        assertPast('at', then);
        return store.list(scope, then ?? Date.now());
      },
    }),
    route({
      method: 'get',
      path: '/v1/indicators.csv',
      summary: 'indicators with their values, targets and what is overdue as CSV, a row for each, as known now or then',
      right: 'view',
      query: API['/v1/indicators'].query.extend({ lang: z.enum(LANGUAGES).default('vi') }),
      answer: { type: 'text/csv; charset=utf-8', schema: z.string() },
      refuses: TAKEN,
      handle: (call) => {
        const { principal, query } = call;
        const then = query.at === undefined ? undefined : Date.parse(query.at);
        assertPast('at', then);
        return give(call, 'indicators', async () => {
          const { day, indicators } = await store.values(principal.scope, then ?? Date.now());
          return tableOfIndicators(indicators, day, query.lang, catalogue);
        });
      },
    }),
    route({
      method: 'get',
      path: '/v1/indicators/{id}',
      summary: 'an indicator with every report of it, and those that were corrected since',
      right: 'view',
      params: z.strictObject({ id: indicatorIdSchema }),
      answer: { schema: indicatorHistorySchema },
      refuses: { 404: 'there is no indicator of this id within one’s scope' },
      handle: async ({ principal: { scope }, params: { id } }) => {
        const found = await store.get(id, scope);
        if (found === undefined) throw new HttpError(404, 'no_such_indicator', 'there is no indicator of this id');
        return found;
      },
    }),
    route({
      method: 'post',
      path: '/v1/indicators/reports',
      summary:
        'reports values of one’s own, corrects them or takes them back: all that are sent, or none; a trial says row by row what would be refused',
      right: 'answer',
      imports: 'reports',
      mostBytes: MOST_BYTES,
      body: sentReportsSchema,
      badInput: 'bad_report',
      answer: { schema: takenReportsSchema },
      refuses: { 409: 'somebody else reported the same meanwhile', 422: 'a row is not taken; the reason names it' },
      handle: async ({ principal, body: { reports, isTrial } }) => {
        const asked = { cause: causeOf(principal), scope: principal.scope };
        const { refused: refusals, known } = await store.report(asked, reports, { now: Date.now(), isTrial });
        if (isTrial) return { taken: 0, known, refused: refusals };
        if (refusals.length === 0) return { taken: reports.length - known, known, refused: [] };
        const named = refusals.slice(0, MOST_NAMED).map(({ row, field, reason }) => `row ${row}: ${field}: ${reason}`);
        const more = refusals.length - named.length;
        throw new HttpError(422, 'bad_report', [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; '));
      },
    }),
  ];
}

/** What was foreseen, for whoever may see it in full, and how often such forecasts held. */
import { API, type Catalogue, type Dimension, localDay, memberAsked } from '@room/contract';
import type { ForecastStore } from '@room/warehouse';
import { assertSeen } from '../access/access.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';

export interface ForecastRoutesOptions {
  store: Pick<ForecastStore, 'newest' | 'forecast'>;
  catalogue: Catalogue;
  questions: Questions;
}

export function forecastRoutes({ store, catalogue, questions }: ForecastRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/calibration',
      summary: 'how often past bands held the truth',
      right: 'view',
      answer: { isTagged: true, schema: API['/v1/calibration'].answer },
      handle: async ({ asker }) =>
        (await asQuestion(questions, asker, 'calibration', (signal) => store.newest(signal)))?.calibration ?? [],
    }),
    route({
      method: 'get',
      path: '/v1/forecasts',
      summary: 'the newest forecast of one series',
      right: 'view',
      query: API['/v1/forecasts'].query,
      answer: { isTagged: true, schema: API['/v1/forecasts'].answer },
      refuses: { 404: 'nothing was foreseen for this series yet' },
      handle: async ({ principal: { scope }, query: { grain, ...asked }, asker }) => {
        const series = { ...asked, code: memberOf(catalogue, asked.dim, asked.code) };
        assertSeen(scope, series.dim, series.code);
        const key = `forecast ${JSON.stringify([series, grain])}`;
        const found = await asQuestion(questions, asker, key, (signal) =>
          store.forecast(scope, series, grain, undefined, signal),
        );
        if (found !== undefined) return found;
        throw new HttpError(
          404,
          'no_forecast',
          `nothing was foreseen for ${series.dim} ${series.code} by ${grain} yet: its history is too short, or it is not shown on any screen`,
        );
      },
    }),
  ];
}

/** Forecasts go by what the rollups call a member; a code stands for the unit that owns it today. */
function memberOf(catalogue: Catalogue, dim: 'all' | Dimension, asked: string): string {
  if (dim === 'all') {
    if (asked === '') return '';
    throw new HttpError(400, 'bad_request', 'code: the nation has no code; leave it out');
  }
  const found = memberAsked(dim, asked, catalogue, localDay(Date.now(), catalogue.timeZone));
  if (found !== undefined) return found;
  throw new HttpError(400, 'bad_request', `code: the catalogue has no such ${dim}; give its id, or its code today`);
}

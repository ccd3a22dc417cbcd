/** What numbers are made of that are no sum of a period: the rate of the present, and what is expected. */
import {
  API,
  addDays,
  type Catalogue,
  DEFINITIONS,
  EXPECTED,
  type ExpectedMade,
  type ForecastGrain,
  HISTORY_DAYS,
  LEVELS,
  localDay,
  MODEL,
  startOfDay,
} from '@room/contract';
import type { ForecastStore, RateEvidence, StoredForecast } from '@room/warehouse';
import { assertSeen } from '../access/access.ts';
import { eventIdFor } from '../access/event-ids.ts';
import { type Route, route } from '../api/route.ts';
import { assertPast } from '../begun.ts';
import { HttpError } from '../errors.ts';
import { foreseenMember } from '../foreseen-member.ts';
import { asQuestion, type Questions, SHARED_MS } from '../questions.ts';

export interface MadeRoutesOptions {
  forecasts: Pick<ForecastStore, 'newest' | 'forecast'>;
  rates: Pick<RateEvidence, 'evidence'>;
  catalogue: Catalogue;
  questions: Questions;
}

const HOUR_MS = 3_600_000;
const TABLES: Readonly<Record<ForecastGrain, string>> = { hour: 'rollup_hour', day: 'rollup_day' };

export function madeRoutes({ forecasts, rates, catalogue, questions }: MadeRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/evidence/expected',
      summary:
        'what an expected value was made from: definition, model, when it was issued and what it knew, and its history',
      right: 'analyse',
      query: API['/v1/evidence/expected'].query,
      answer: { isTagged: true, schema: API['/v1/evidence/expected'].answer },
      refuses: {
        404: 'nothing was foreseen for this series, or not for this hour or day',
        429: 'as many of your questions wait as may at a time',
      },
      handle: async ({ principal: { scope }, query: { grain, at, by, ...asked }, asker }) => {
        const series = { ...asked, code: foreseenMember(catalogue, asked.dim, asked.code) };
        assertSeen(scope, series.dim, series.code);
        const key = `what made ${JSON.stringify([scope.key, series, grain, by])}`;
        const [found, newest] = await asQuestion(
          questions,
          asker,
          key,
          (signal) =>
            Promise.all([forecasts.forecast(scope, series, grain, by, signal), forecasts.newest(signal)] as const),
          SHARED_MS,
        );
        if (found === undefined)
          throw new HttpError(404, 'no_forecast', `nothing was foreseen for ${series.dim} ${series.code} by ${grain}`);
        const step = stepAt(found, at, catalogue.timeZone);
        if (step === undefined)
          throw new HttpError(
            404,
            'no_forecast',
            `at: this forecast has ${found.mean.length} steps by ${grain}, and none then`,
          );
        return {
          series: { ...asked, code: series.code, grain },
          definition: DEFINITIONS[asked.metric],
          what: EXPECTED[grain],
          issuedAt: found.madeAt,
          knownTo: found.knownTo,
          ...step,
          model: { name: MODEL, described: 'pipelines/forecast/README.md' },
          inputs: inputsOf(found, catalogue.timeZone),
          calibration: (newest?.calibration ?? []).filter(({ metric }) => metric === asked.metric),
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/evidence/rate',
      summary: 'what a rate per minute is made of: the sums of its sixty seconds, and their events',
      right: 'analyse',
      // It is of the whole country, and so are its events.
      isWhole: true,
      query: API['/v1/evidence/rate'].query,
      answer: { isTagged: true, schema: API['/v1/evidence/rate'].answer },
      refuses: { 429: 'as many of your questions wait as may at a time' },
      handle: async ({ principal, query: { at = Date.now() }, asker }) => {
        assertPast('at', at);
        const made = await asQuestion(
          questions,
          asker,
          `what made the rate at ${Math.floor(at / 1_000)}`,
          (signal) => rates.evidence(at, signal),
          SHARED_MS,
        );
        const shown = eventIdFor(principal);
        return {
          ...made,
          events: made.events.map(({ id, corrects, ...event }) => ({
            ...event,
            id: shown(id),
            ...(corrects === undefined ? {} : { corrects: shown(corrects) }),
          })),
        };
      },
    }),
  ];
}

/** The hour or day of a forecast that holds an instant, its first one without that. */
function stepAt(
  { grain, start, mean, bounds }: StoredForecast,
  at: number | undefined,
  timeZone: string,
): Pick<ExpectedMade, 'at' | 'expected'> | undefined {
  const first = localDay(start, timeZone);
  const n =
    at === undefined
      ? 0
      : grain === 'hour'
        ? Math.floor((at - start) / HOUR_MS)
        : Math.round((Date.parse(localDay(at, timeZone)) - Date.parse(first)) / (24 * HOUR_MS));
  const value = mean[n];
  if (value === undefined) return undefined;
  const width = 2 * LEVELS.length;
  const of = bounds.slice(n * width, (n + 1) * width);
  return {
    at: grain === 'hour' ? start + n * HOUR_MS : startOfDay(addDays(first, n), timeZone),
    expected: { mean: value, bands: LEVELS.map((_, level) => [of[2 * level] ?? 0, of[2 * level + 1] ?? 0] as const) },
  };
}

/** Days of which its makers knew: hours of the last weeks, and whole days of the last years. */
function inputsOf({ dim, code, metric, knownTo }: StoredForecast, timeZone: string): ExpectedMade['inputs'] {
  const today = localDay(knownTo, timeZone);
  // What it knows ends with `knownTo`, which may be the first instant of a day.
  const last = localDay(knownTo - 1, timeZone);
  return (['hour', 'day'] as const).map((grain) => {
    const from = addDays(today, -HISTORY_DAYS[grain]);
    const to = grain === 'hour' ? last : addDays(today, -1);
    const fields = new URLSearchParams({ from, to, measure: metric, ...(dim === 'all' ? {} : { [dim]: code }) });
    return { grain, from, to, table: TABLES[grain], evidence: `/v1/evidence?${fields}` };
  });
}

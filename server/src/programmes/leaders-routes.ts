/** HTTP of who leads and who lags among like units, from what was counted, and of good models with what they did. */

import { randomUUID } from 'node:crypto';
import {
  API,
  addDays,
  type Catalogue,
  type GoodModel,
  goodModelSchema,
  indexPeriod,
  localDay,
  validOn,
} from '@room/contract';
import type { Documents } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { HttpError } from '../errors.ts';
import { SHARED_BY_WALLS_MS } from '../questions.ts';
import { type AskLed, keptModels } from './leading.ts';
import { leadersOnWall } from './on-walls.ts';

export interface LeadersRoutesOptions {
  catalogue: Catalogue;
  models: Documents<GoodModel>;
  led: AskLed;
}

/** Whole weeks, so that each holds as many Sundays. */
const WALL_DAYS = 28;
const version = z.int().positive();
const params = z.strictObject({ id: z.uuid() });
const CONFLICT = { 404: 'there is no good model of this id', 409: 'somebody else changed it since' };

export function leadersRoutes({ catalogue, models, led }: LeadersRoutesOptions): Route[] {
  const office = { right: 'direct', isWhole: true } as const;
  const saved = { schema: z.strictObject({ id: z.string(), version: z.int() }) };
  return [
    route({
      method: 'get',
      path: '/v1/leaders',
      summary:
        'leaders and laggards among units of like size, each with its interval, its change where it exceeds chance, and good models',
      right: 'view',
      isWhole: true,
      query: API['/v1/leaders'].query,
      answer: { schema: API['/v1/leaders'].answer },
      refuses: { 422: 'more is asked for than is answered at once' },
      handle: async ({ query: { period, units, measure }, asker }) => {
        const today = localDay(Date.now(), catalogue.timeZone);
        const { from, to: last } = indexPeriod(period, today);
        // The running day is none to be held against whole ones.
        const to = last === today ? addDays(today, -1) : last;
        if (from > to) throw new HttpError(400, 'bad_request', `period: no day of ${period} is over`);
        // Two years by the day are more points than are answered at once.
        const compare = period.length === 4 ? 'none' : 'previous';
        const answer = await led({ from, to, units, measure, compare }, asker);
        const kept = await keptModels(models);
        return {
          ...answer,
          models: kept.filter(({ body }) => body.unit.dim === units && body.measure === measure),
        };
      },
    }),
    route({
      method: 'get',
      path: '/v1/wall/leaders',
      summary: 'who surely leads and who surely lags in the last four whole weeks, among units of like size',
      right: 'view',
      isWhole: true,
      isOnWalls: true,
      query: API['/v1/wall/leaders'].query,
      answer: { schema: API['/v1/wall/leaders'].answer },
      handle: async ({ query: { by, measure }, asker }) => {
        const to = addDays(localDay(Date.now(), catalogue.timeZone), -1);
        const from = addDays(to, 1 - WALL_DAYS);
        const asked = { from, to, units: by, measure, compare: 'previous' } as const;
        return leadersOnWall(await led(asked, asker, SHARED_BY_WALLS_MS));
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/good-models',
      summary: 'says what a unit did that others may do too, with its evidence',
      body: goodModelSchema,
      badInput: 'bad_model',
      answer: saved,
      handle: async ({ principal, body }) => {
        const { dim, code } = body.unit;
        const today = localDay(Date.now(), catalogue.timeZone);
        const all = dim === 'agency' ? catalogue.agencies : catalogue.provinces;
        if (!all.some((unit) => unit.id === code && validOn(unit, today)))
          throw new HttpError(400, 'no_such_unit', `the catalogue has no ${dim} ${code} today`);
        const { id, version: made } = await models.create(causeOf(principal), randomUUID(), body);
        return { id, version: made };
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/good-models/{id}/remove',
      summary: 'takes a good model off the page; it stays in the audit',
      params,
      body: z.strictObject({ version }),
      answer: saved,
      refuses: CONFLICT,
      handle: async ({ principal, params: { id }, body }) => {
        await models.remove(causeOf(principal), id, body.version);
        return { id, version: body.version + 1 };
      },
    }),
    route({
      ...office,
      method: 'post',
      path: '/v1/good-models/{id}/undo',
      summary: 'takes the newest change of a good model back, also its removal',
      params,
      body: z.strictObject({ version }),
      answer: saved,
      refuses: CONFLICT,
      handle: async ({ principal, params: { id }, body }) => ({
        id,
        version: (await models.undo(causeOf(principal, 'undone'), id, body.version)).version,
      }),
    }),
  ];
}

/** HTTP of briefings, whose numbers are of the whole country: made on demand, read again as they were, set on A4, and verified whoever brings them back. */
import {
  API,
  BRIEFED,
  briefingLineSchema,
  type Catalogue,
  keptScheduleSchema,
  LANGUAGES,
  sealedSchema,
  verifiedSchema,
} from '@room/contract';
import type { Database } from '@room/database';
import { z } from 'zod';
import { causeOf } from '../access/remember.ts';
import { type Route, route } from '../api/route.ts';
import { Streamed } from '../api/streamed.ts';
import { HttpError } from '../errors.ts';
import type { Briefings } from './briefings.ts';
import { keptSchedule, SCHEDULE, schedulesIn } from './schedule.ts';
import { type Sheet, sheetOf } from './sheet.ts';
import { readBriefing, verifyBriefing } from './verify.ts';

export interface BriefingRoutesOptions {
  briefings: Pick<Briefings, 'make' | 'list' | 'get'>;
  database: Pick<Database, 'read' | 'write'>;
  catalogue: Catalogue;
  print: (sheet: Sheet, signal: AbortSignal | undefined) => Promise<Uint8Array>;
}

const MOST_BYTES = 600_000;
const params = z.strictObject({ id: z.uuid() });
const NONE = { 404: 'there is no briefing of this id' };

export function briefingRoutes({ briefings, database, catalogue, print }: BriefingRoutesOptions): Route[] {
  const schedules = schedulesIn(database);
  const sealed = async (id: string) => {
    const found = await briefings.get(id);
    if (found === undefined) throw new HttpError(404, 'no_such_briefing', NONE[404]);
    return found;
  };
  return [
    route({
      method: 'get',
      path: '/v1/briefings',
      summary: 'briefings that were made, the newest first',
      right: 'view',
      isWhole: true,
      answer: { schema: API['/v1/briefings'].answer },
      handle: async () => {
        const all = await briefings.list();
        return {
          briefings: all.map(({ id, period, from, to, madeAt, madeBy }) => ({ id, period, from, to, madeAt, madeBy })),
        };
      },
    }),
    route({
      method: 'post',
      path: '/v1/briefings',
      summary:
        'makes a briefing of the last week, four weeks or quarter, or the review of the last whole quarter, half-year or year, freezes and signs it',
      right: 'analyse',
      isWhole: true,
      body: z.strictObject({ period: z.enum(BRIEFED) }),
      answer: { schema: briefingLineSchema },
      handle: async ({ principal, body: { period: asked }, asker }) => {
        const { id, period, from, to, madeAt, madeBy } = await briefings.make(causeOf(principal), asked, asker);
        return { id, period, from, to, madeAt, madeBy };
      },
    }),
    route({
      method: 'get',
      path: '/v1/briefing-schedule',
      summary: 'whether a briefing is made each working day, when and of what',
      right: 'view',
      isWhole: true,
      answer: { schema: API['/v1/briefing-schedule'].answer },
      handle: () => keptSchedule(schedules),
    }),
    route({
      method: 'post',
      path: '/v1/briefing-schedule',
      summary: 'has a briefing made each working day at a time, or not; over the version that was seen',
      right: 'analyse',
      isWhole: true,
      body: keptScheduleSchema,
      badInput: 'bad_schedule',
      answer: { schema: keptScheduleSchema },
      refuses: { 409: 'somebody else changed it since' },
      handle: async ({ principal, body: { version, body } }) => {
        const cause = causeOf(principal);
        const saved =
          version === 0
            ? await schedules.create(cause, SCHEDULE, body)
            : await schedules.update(cause, SCHEDULE, version, body);
        return { version: saved.version, body: saved.body };
      },
    }),
    route({
      method: 'get',
      path: '/v1/briefings/{id}',
      summary: 'a briefing as it was signed: its text, the key and the signature',
      right: 'view',
      isWhole: true,
      params,
      answer: { schema: sealedSchema },
      refuses: NONE,
      handle: ({ params: { id } }) => sealed(id),
    }),
    route({
      method: 'get',
      path: '/v1/briefings/{id}/paper.pdf',
      summary: 'a briefing on A4, each sentence with up to when it holds and a code that leads to its evidence',
      right: 'view',
      isWhole: true,
      params,
      query: z.strictObject({ lang: z.enum(LANGUAGES).default('vi').meta({ description: 'of its words' }) }),
      answer: { type: 'application/pdf', schema: z.string() },
      refuses: NONE,
      handle: async ({ params: { id }, query: { lang: language }, asker, request }) => {
        const { text, key } = await sealed(id);
        const briefing = readBriefing(text);
        if (briefing === undefined) throw new HttpError(404, 'no_such_briefing', NONE[404]);
        const address = (path: string): string => `${request.protocol}://${request.headers.host ?? ''}${path}`;
        const sheet = sheetOf({ key, briefing }, { language, catalogue, address });
        return new Streamed<string>(
          `briefing-${briefing.from}-${briefing.to}.pdf`,
          one(await print(sheet, asker.signal)),
        );
      },
    }),
    route({
      method: 'post',
      path: '/v1/briefings/verify',
      summary: 'whether a briefing is as this room signed it, and which of its figures were corrected since',
      right: 'view',
      isWhole: true,
      mostBytes: MOST_BYTES,
      body: sealedSchema,
      badInput: 'bad_briefing',
      answer: { schema: verifiedSchema },
      handle: ({ body }) => verifyBriefing(body, database),
    }),
  ];
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

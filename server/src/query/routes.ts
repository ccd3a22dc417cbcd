/** Analysts' questions: any measure, cut by time and by up to two dimensions, beside a period that it is held against. */
import {
  type AskedPeriod,
  type Compared,
  MEASURES,
  type Point,
  type QueryAnswer,
  querySchema,
  type Row,
} from '@room/contract';
import { BadQuery, type QueryStore } from '@room/warehouse';
import { z } from 'zod';
import { type Route, route } from '../api/route.ts';
import { shapeOf } from '../api/shape.ts';
import { HttpError } from '../errors.ts';
import { asQuestion, type Questions } from '../questions.ts';

export interface QueryRoutesOptions {
  store: Pick<QueryStore, 'answer'>;
  questions: Questions;
}

const instant = z.number().meta({ description: 'milliseconds since 1970 UTC' });
const valuesSchema = z
  .strictObject(Object.fromEntries(MEASURES.map((measure) => [measure, z.number().optional()])))
  .meta({ id: 'Values', description: 'dossiers, and shares 0..1; absent what is not known, or a share of nothing' });
const compared = { now: valuesSchema.optional(), before: valuesSchema.optional() };
const comparedSchema = shapeOf<Compared>()(compared).meta({ id: 'Compared' });
const pointSchema = shapeOf<Point>()({ at: z.string(), beforeAt: z.string().optional(), ...compared }).meta({
  id: 'Point',
});
const row = { key: z.array(z.string()), points: z.array(pointSchema).optional(), ...compared };
const rowSchema = shapeOf<Row>()(row).meta({ id: 'Row' });
const periodSchema = shapeOf<AskedPeriod>()({
  from: z.string(),
  to: z.string(),
  days: z.number().int(),
  workingDays: z.number().int().optional(),
  asOf: instant.optional(),
  coverage: z.number().optional().meta({ description: "share of the sources' days that was reported" }),
}).meta({ id: 'AskedPeriod' });
const answerSchema = shapeOf<QueryAnswer>()({
  periods: z.strictObject({ now: periodSchema, before: periodSchema.optional() }),
  total: rowSchema,
  rows: z.array(rowSchema),
  others: shapeOf<Row & { members: number }>()({ ...row, members: z.number().int() }).optional(),
  coarse: comparedSchema.optional(),
  divided: z.array(z.string()).optional(),
  simulated: z.boolean(),
  answeredAt: instant,
  source: z.string(),
  ms: z.number(),
}).meta({ id: 'QueryAnswer' });

const STATUS = { bad_query: 400, too_much: 422 } as const;

export function queryRoutes({ store, questions }: QueryRoutesOptions): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/query',
      summary: 'what was counted in a period: by time, by up to two dimensions, compared',
      right: 'view',
      query: querySchema,
      badInput: 'bad_query',
      answer: { schema: answerSchema },
      refuses: { 422: 'more is asked for than is answered at once, or than is still kept' },
      handle: async ({ query, asker }) =>
        asQuestion(questions, asker, `query ${JSON.stringify(query)}`, async (signal) => {
          try {
            return await store.answer(query, signal);
          } catch (cause) {
            if (!(cause instanceof BadQuery)) throw cause;
            const { code, message, numbers } = cause;
            throw new HttpError(STATUS[code], code, message, undefined, { cause, numbers });
          }
        }),
    }),
  ];
}

/** What the web asks by HTTP: the rows of the server's table of routes and the web's client have their schemas from here. */
import { z } from 'zod';
import { alertsAskedSchema, alertsSchema, ledgerAskedSchema, ledgerSchema } from './alerts.ts';
import { briefingsSchema, keptScheduleSchema } from './briefing.ts';
import { catalogueSchema } from './catalogue.ts';
import { sceneSinceSchema, sinceAskedSchema } from './compared-tiles.ts';
import { directivesAskedSchema, directivesSchema } from './directives.ts';
import { boardAskedSchema, servicesBoardSchema } from './essential.ts';
import { evidenceQuerySchema, evidenceSchema } from './evidence.ts';
import { explainQuerySchema, explanationSchema } from './explain.ts';
import { calibrationSchema, seriesAskedSchema, seriesForecastSchema } from './forecasting.ts';
import { indicatorsAskedSchema } from './indicators.ts';
import { leadersAskedSchema, leadersSchema } from './leaders.ts';
import { linkStandingsSchema, linksAskedSchema } from './link-standings.ts';
import { expectedMadeSchema, expectedQuerySchema, rateMadeSchema, rateQuerySchema } from './made.ts';
import { outlinesSchema } from './outlines.ts';
import { indicatorListSchema } from './progress.ts';
import { queryAnswerSchema, querySchema } from './query.ts';
import { responseTimesSchema, timesAskedSchema } from './response-times.ts';
import { ringingSchema } from './ringing.ts';
import { keptRuleSchema } from './rules.ts';
import { keptSceneSchema, keptWallSchema, sceneIdSchema, screenProgramSchema, toldStateSchema } from './scenes.ts';
import { absentOr, askedDay } from './schema.ts';
import { indexAnswerSchema, indexQuerySchema } from './service-index.ts';
import { shownAskedSchema, shownSchema } from './shown.ts';
import { taskHistoryAskedSchema, taskHistorySchema, tasksAskedSchema, tasksSchema } from './tasks.ts';
import { snapshotSchema } from './wall.ts';
import { onTimeAskedSchema, onTimeSchema, waitingAskedSchema, waitingSchema } from './wall-numbers.ts';
import {
  wallEssentialSchema,
  wallIndexAskedSchema,
  wallIndexSchema,
  wallLeadersAskedSchema,
  wallLeadersSchema,
  wallTasksSchema,
} from './wall-programme.ts';

const day = absentOr(askedDay);
const askedSchema = z
  .strictObject({
    room: absentOr(z.string()).meta({
      description: 'now, or past:2026-11-01:2026-11-19; now where nothing is asked for',
    }),
    day: day.meta({ description: 'a past local day' }),
    from: day.meta({ description: 'first local day of a past period' }),
    to: day.meta({ description: 'its last one; without it the period is one day' }),
  })
  .refine((asked) => [asked.room, asked.day, asked.from].filter((given) => given !== undefined).length < 2, {
    message: 'give room, or day, or from and to',
  })
  .refine(({ from, to }) => to === undefined || (from !== undefined && from <= to), {
    path: ['to'],
    message: 'stands beside from, and not before it',
  });

const mapAskedSchema = z.strictObject({
  until: day.meta({ description: 'of the units that were until this local day; of those of today without it' }),
});

export const API = {
  '/v1/snapshot': { query: askedSchema, answer: snapshotSchema },
  '/v1/shown': { query: shownAskedSchema, answer: shownSchema },
  '/v1/shown/since': { query: sinceAskedSchema, answer: sceneSinceSchema },
  '/v1/catalogue': { answer: catalogueSchema },
  '/v1/catalogue/map': { query: mapAskedSchema, answer: outlinesSchema },
  '/v1/catalogue/insets': { answer: outlinesSchema },
  '/v1/query': { query: querySchema, answer: queryAnswerSchema },
  '/v1/index': { query: indexQuerySchema, answer: indexAnswerSchema },
  '/v1/leaders': { query: leadersAskedSchema, answer: leadersSchema },
  '/v1/services-board': { query: boardAskedSchema, answer: servicesBoardSchema },
  '/v1/indicators': { query: indicatorsAskedSchema, answer: indicatorListSchema },
  '/v1/briefings': { answer: briefingsSchema },
  '/v1/briefing-schedule': { answer: keptScheduleSchema },
  '/v1/alerts': { query: alertsAskedSchema, answer: alertsSchema },
  '/v1/links': { query: linksAskedSchema, answer: linkStandingsSchema },
  '/v1/ledger': { query: ledgerAskedSchema, answer: ledgerSchema },
  '/v1/directives': { query: directivesAskedSchema, answer: directivesSchema },
  '/v1/tasks': { query: tasksAskedSchema, answer: tasksSchema },
  '/v1/tasks/history': { query: taskHistoryAskedSchema, answer: taskHistorySchema },
  '/v1/response-times': { query: timesAskedSchema, answer: responseTimesSchema },
  '/v1/ringing': { query: z.strictObject({}), answer: ringingSchema },
  '/v1/rules': { answer: z.strictObject({ rules: z.array(keptRuleSchema) }) },
  '/v1/evidence': { query: evidenceQuerySchema, answer: evidenceSchema },
  '/v1/evidence/expected': { query: expectedQuerySchema, answer: expectedMadeSchema },
  '/v1/evidence/rate': { query: rateQuerySchema, answer: rateMadeSchema },
  '/v1/explain': { query: explainQuerySchema, answer: explanationSchema },
  '/v1/scenes': { answer: z.strictObject({ scenes: z.array(keptSceneSchema) }) },
  '/v1/walls': { answer: z.strictObject({ walls: z.array(keptWallSchema), states: z.array(toldStateSchema) }) },
  '/v1/screen/program': {
    query: z.strictObject({
      wall: absentOr(z.string().max(64)).meta({ description: 'of whoever is no screen of one: which is looked at' }),
      scene: absentOr(sceneIdSchema).meta({ description: 'this one alone' }),
    }),
    answer: screenProgramSchema,
  },
  '/v1/wall/on-time': { query: onTimeAskedSchema, answer: onTimeSchema },
  '/v1/wall/waiting': { query: waitingAskedSchema, answer: waitingSchema },
  '/v1/wall/tasks': { query: z.strictObject({}), answer: wallTasksSchema },
  '/v1/wall/index': { query: wallIndexAskedSchema, answer: wallIndexSchema },
  '/v1/wall/essential': { query: z.strictObject({}), answer: wallEssentialSchema },
  '/v1/wall/leaders': { query: wallLeadersAskedSchema, answer: wallLeadersSchema },
  '/v1/forecasts': { query: seriesAskedSchema, answer: seriesForecastSchema },
  '/v1/calibration': { answer: z.array(calibrationSchema) },
} as const satisfies Readonly<Record<`/v1/${string}`, { query?: z.ZodObject; answer: z.ZodType }>>;

type RouteTable = typeof API;
/** By address. */
export type Answers = { [Path in keyof RouteTable]: z.output<RouteTable[Path]['answer']> };
export type Queries = {
  [Path in keyof RouteTable as RouteTable[Path] extends { query: z.ZodType } ? Path : never]: RouteTable[Path] extends {
    query: infer Query extends z.ZodType;
  }
    ? z.input<Query>
    : never;
};

/** What a wall shows, as the schema of an answer by HTTP. */
import type {
  CountOutlook,
  Coverage,
  Episode,
  Expected,
  Forecasts,
  Measures,
  NoForecast,
  Period,
  Projection,
  ShareOutlook,
  Snapshot,
  SourceState,
  UnitState,
  Usual,
  WallState,
} from '@room/contract';
import { dimensionsThat, HORIZONS, METRICS, perSum } from '@room/contract';
import { z } from 'zod';
import { shapeOf } from '../api/shape.ts';

const number = z.number();
const count = z.number().int();
const instant = count;
const day = z.iso.date();
const by = <S extends z.ZodType>(of: S, key: string): z.ZodRecord<z.ZodString, S> =>
  z.record(z.string(), of).meta({ description: `by ${key}` });

const measures = perSum(() => count);
const dimension = z.enum(dimensionsThat(() => true));
const measuresSchema = shapeOf<Measures>()(measures);
const usualSchema = shapeOf<Usual>()({ low: number, median: number, high: number, days: count }).meta({ id: 'Usual' });
const unitSchema = shapeOf<UnitState>()({ ...measures, usual: usualSchema.optional() }).meta({ id: 'Unit' });
const coverageSchema = shapeOf<Coverage>()({ asOf: instant, share: number }).meta({ id: 'Coverage' });
const periodSchema = shapeOf<Period>()({ from: day, to: day });
const sourceSchema = shapeOf<SourceState>()({
  status: z.enum(['reporting', 'late', 'silent', 'never']),
  reportedTo: instant.optional(),
  receivedAt: instant.optional(),
  weight: number,
}).meta({ id: 'Source' });

const expected = {
  mean: number,
  bands: z
    .array(z.tuple([number, number]).readonly())
    .readonly()
    .meta({ description: 'low and high that hold 50, 80 and 95 % of the truth' }),
};
const expectedSchema = shapeOf<Expected>()(expected).meta({ id: 'Expected' });
const noForecast = {
  reason: z.enum(['not-enough-history', 'too-old', 'mostly-gaps', 'bad-request']),
  detail: z.string(),
};
const noForecastSchema = shapeOf<NoForecast>()(noForecast).meta({ id: 'NoForecast' });
const projectionSchema = shapeOf<Projection>()({ ...expected, from: day, to: day, counted: count, backtests: count });
const target = {
  id: z.string(),
  probability: number,
  reached: number,
  since: day.optional(),
  lastDay: day.optional(),
  state: z.enum(['met', 'missed', 'open']),
};
const targetSchema = z.discriminatedUnion('unit', [
  shapeOf<CountOutlook>()({
    ...target,
    unit: z.literal('dossiers'),
    neededPerDay: number.optional(),
    usualPerDay: number.optional(),
    expected: expectedSchema.optional(),
  }).meta({ id: 'CountOutlook' }),
  shapeOf<ShareOutlook>()({
    ...target,
    unit: z.literal('share'),
    neededShare: number.optional(),
    usualShare: number.optional(),
  }).meta({ id: 'ShareOutlook' }),
]);
const episodeSchema = shapeOf<Episode>()({
  id: z.string(),
  kind: z.enum(['surge', 'drop', 'silence']),
  dim: dimension.or(z.literal('all')),
  code: z.string(),
  metric: z.enum(METRICS),
  onset: instant,
  end: instant.optional(),
  observed: number,
  expected: number,
  score: number,
  drivers: z
    .array(
      z.strictObject({
        dim: dimension,
        code: z.string(),
        share: number,
      }),
    )
    .readonly(),
}).meta({ id: 'Episode' });
const forecastsSchema = shapeOf<Forecasts>()({
  madeAt: instant,
  knownTo: instant,
  hours: by(expectedSchema, 'first instant of the hour, in epoch seconds'),
  projections: z.partialRecord(z.enum(HORIZONS), z.union([projectionSchema, noForecastSchema])),
  targets: z.array(z.union([targetSchema, z.strictObject({ id: z.string(), ...noForecast })])).readonly(),
  episodes: z.array(episodeSchema).readonly(),
}).meta({ id: 'Forecasts' });

const stateSchema = shapeOf<WallState>()({
  period: periodSchema,
  kind: z.enum(['now', 'past']),
  dayType: z.enum(['working', 'rest', 'holiday']).optional(),
  computedAt: instant,
  simulated: z.boolean(),
  events: count,
  total: measuresSchema,
  coverage: coverageSchema.optional(),
  coverageNow: coverageSchema.optional(),
  perMinute: number.optional(),
  hours: by(count, 'first instant of the hour, in epoch seconds'),
  minutes: by(count, 'first instant of the minute, in epoch seconds'),
  days: by(count, 'local day'),
  comparable: z
    .strictObject({ day, toNow: number, total: number, hours: by(number, 'seconds since local midnight') })
    .optional(),
  usualHours: by(usualSchema, 'seconds since local midnight').optional(),
  usual: usualSchema.optional(),
  provinces: by(unitSchema, 'id of the catalogue'),
  agencies: by(unitSchema, 'id of the catalogue'),
  services: by(unitSchema, 'code of the catalogue'),
  channels: by(count, 'code of the catalogue'),
  statuses: by(count, 'code of the catalogue'),
  sources: by(sourceSchema, 'id of the catalogue'),
  backlog: z.strictObject({ open: count, overdue: count, oldest: instant }).optional(),
  lateChanges: by(count, 'local day'),
  pipeline: z.strictObject({
    pending: count.optional(),
    quarantined: count.optional(),
    receivedAt: instant.optional(),
  }),
  lastDay: day.optional(),
  forecasts: forecastsSchema.optional(),
}).meta({ id: 'WallState' });

export const snapshotSchema = shapeOf<Snapshot>()({
  room: z.templateLiteral([z.literal('past:'), z.string(), ':', z.string()]).or(z.literal('now')),
  epoch: z.string(),
  seq: count,
  state: stateSchema,
}).meta({ id: 'Snapshot' });

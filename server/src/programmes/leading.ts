/** Who leads and who lags among like units, from what was counted by whole days, and the good models that were told of. */
import {
  asKept,
  type Catalogue,
  dayTypeOf,
  type GoodModel,
  goodModelSchema,
  type KeptModel,
  type Leaders,
  type LedDay,
  type LedMeasure,
  leadersOf,
  type Query,
  type QueryAnswer,
  type UnitKind,
  unitDaysQuestion,
} from '@room/contract';
import { type Database, Documents } from '@room/database';
import type { Asker } from '../questions.ts';

/** Local days, both inclusive. */
export interface LedAsked {
  from: string;
  to: string;
  units: UnitKind;
  measure: LedMeasure;
  compare: 'none' | 'previous';
}
export type AskLed = (asked: LedAsked, asker: Asker, sharedMs?: number) => Promise<Omit<Leaders, 'models'>>;

export interface LeadingOptions {
  catalogue: Catalogue;
  /** Of the whole country: nobody else ranks units. */
  counted: (query: Query, asker: Asker, sharedMs?: number) => Promise<QueryAnswer>;
}

/** Each day is held against others of its type. */
export const leadingIn =
  ({ catalogue, counted }: LeadingOptions): AskLed =>
  async ({ from, to, units, measure, compare }, asker, sharedMs) => {
    const answer = await counted(unitDaysQuestion({ from, to }, units, compare), asker, sharedMs);
    const people = new Map(
      units === 'province' ? catalogue.provinces.map(({ id, people: n }) => [id, n] as const) : [],
    );
    const daysOf = (points: (typeof answer)['total']['points'], side: 'now' | 'before'): LedDay[] =>
      (points ?? []).flatMap((point) => {
        const day = side === 'now' ? point.at : point.beforeAt;
        return day === undefined ? [] : [{ ...point[side], type: dayTypeOf(catalogue.calendar, day) }];
      });
    const { now } = answer.periods;
    return {
      from,
      to,
      ...(now.asOf === undefined ? {} : { asOf: now.asOf }),
      ...(now.coverage === undefined ? {} : { coverage: now.coverage }),
      ...(units === 'agency' || catalogue.peopleAsOf === undefined ? {} : { peopleAsOf: catalogue.peopleAsOf }),
      simulated: answer.simulated,
      groups: leadersOf(
        measure,
        answer.rows.flatMap(({ key: [code], points }) =>
          code === undefined || code === ''
            ? []
            : [{ code, people: people.get(code), now: daysOf(points, 'now'), before: daysOf(points, 'before') }],
        ),
      ),
    };
  };

/** The kind of its documents. */
const GOOD_MODEL = 'good_model';
export const goodModels = (database: Pick<Database, 'read' | 'write'>): Documents<GoodModel> =>
  new Documents({ database, kind: GOOD_MODEL, schema: asKept(goodModelSchema) });
/** The newest change of each. */
export const keptModels = async (models: Documents<GoodModel>): Promise<KeptModel[]> =>
  (await models.list()).map(({ id, version, who, at, body }) => ({ id, version, who, at: Date.parse(at), body }));

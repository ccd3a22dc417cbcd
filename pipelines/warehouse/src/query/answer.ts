/** Rows of a plan as an answer: members by their rank, curves by their points. Pure. */
import {
  type AnswerRow,
  type Compared,
  isRatio,
  type Measure,
  type Measures,
  NOTHING,
  type Query,
  type QueryAnswer,
  ratioOf,
  SUMS,
  type Values,
} from '@room/contract';
import type { RollupSums } from '../rollup.ts';
import type { Plan } from './plan.ts';

export interface PlanRow extends RollupSums {
  period: number;
  k0: string;
  k1: string;
  at: string;
  coarse: number;
}

const SIDES = ['now', 'before'] as const;
type Side = (typeof SIDES)[number];

/** Sums of a row, by side; and by side and point. */
interface Gathered {
  key: string[];
  sums: Partial<Record<Side, Measures>>;
  points: Record<Side, Map<string, Measures>>;
}

type Answered = Pick<QueryAnswer, 'total' | 'rows' | 'others' | 'coarse' | 'simulated'>;

export function answerOf(query: Query, plan: Plan, found: readonly PlanRow[]): Answered {
  const rows = new Map<string, Gathered>();
  const total = gathered([]);
  const coarse: Partial<Record<Side, Measures>> = {};
  for (const row of found) {
    const side = SIDES[row.period] ?? 'now';
    const key = [row.k0, row.k1].slice(0, query.split.length);
    const name = key.join('\n');
    const of = rows.get(name) ?? gathered(key);
    rows.set(name, of);
    for (const each of new Set([total, of])) {
      add(each.sums, side, row);
      if (query.grain !== 'total' && row.coarse === 0) addAt(each.points[side], row.at, row);
    }
    if (row.coarse > 0) add(coarse, side, row);
  }
  const shaped = (of: Gathered): AnswerRow => shape(of, query, plan);
  const ranked =
    query.split.length === 0 ? [] : [...rows.values()].sort(byRank(query.sort ?? query.measures[0] ?? 'submitted'));
  const { top = ranked.length } = query;
  const rest = ranked.slice(top);
  return {
    total: shaped(total),
    rows: ranked.slice(0, top).map(shaped),
    ...(rest.length === 0 ? {} : { others: { ...shaped(together(rest)), members: rest.length } }),
    ...(Object.keys(coarse).length === 0 ? {} : { coarse: compared(coarse, query.measures) }),
    simulated: found.some(({ simulated }) => simulated > 0),
  };
}

const gathered = (key: string[]): Gathered => ({ key, sums: {}, points: { now: new Map(), before: new Map() } });

const plus = (to: Measures | undefined, row: Readonly<Measures>): Measures => {
  const sums = to ?? { ...NOTHING };
  for (const sum of SUMS) sums[sum] += row[sum];
  return sums;
};
function add(to: Partial<Record<Side, Measures>>, side: Side, row: Readonly<Measures>): void {
  to[side] = plus(to[side], row);
}
const addAt = (to: Map<string, Measures>, at: string, row: Readonly<Measures>): void =>
  void to.set(at, plus(to.get(at), row));

function together(rows: readonly Gathered[]): Gathered {
  const all = gathered([]);
  for (const { sums, points } of rows)
    for (const side of SIDES) {
      const of = sums[side];
      if (of !== undefined) add(all.sums, side, of);
      for (const [at, each] of points[side]) addAt(all.points[side], at, each);
    }
  return all;
}

const measured = (measure: Measure, sums: Readonly<Measures>): number | undefined =>
  isRatio(measure) ? ratioOf(measure, sums) : sums[measure];

function valuesOf(sums: Readonly<Measures>, measures: readonly Measure[]): Values {
  const values: Values = {};
  for (const measure of measures) {
    const value = measured(measure, sums);
    if (value !== undefined) values[measure] = value;
  }
  return values;
}

function compared({ now, before }: Partial<Record<Side, Measures>>, measures: readonly Measure[]): Compared {
  return {
    ...(now === undefined ? {} : { now: valuesOf(now, measures) }),
    ...(before === undefined ? {} : { before: valuesOf(before, measures) }),
  };
}

function shape({ key, sums, points }: Gathered, { measures, grain }: Query, plan: Plan): AnswerRow {
  const row: AnswerRow = { key, ...compared(sums, measures) };
  if (grain === 'total') return row;
  row.points = plan.points.now.map((at, n) => {
    const beforeAt = plan.points.before[n];
    return {
      at,
      ...(beforeAt === undefined ? {} : { beforeAt }),
      ...compared(
        { ...some('now', points.now.get(at)), ...some('before', points.before.get(beforeAt ?? '')) },
        measures,
      ),
    };
  });
  return row;
}

const some = (side: Side, sums: Measures | undefined): Partial<Record<Side, Measures>> =>
  sums === undefined ? {} : { [side]: sums };

/** Largest first; whoever has no value now comes last, and equals stand by their key. */
const byRank =
  (measure: Measure) =>
  (a: Gathered, b: Gathered): number => {
    const [of, to] = [a, b].map(({ sums }) => (sums.now === undefined ? undefined : measured(measure, sums.now)));
    return (
      (to ?? Number.NEGATIVE_INFINITY) - (of ?? Number.NEGATIVE_INFINITY) ||
      (a.key.join('\n') < b.key.join('\n') ? -1 : 1)
    );
  };

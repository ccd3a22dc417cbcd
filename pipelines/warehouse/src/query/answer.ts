/** Rows of a plan as an answer: members by their rank, curves by their points. Pure. */
import {
  type AnswerRow,
  type Compared,
  isLevel,
  isPoints,
  isRatio,
  isSum,
  LEVEL_MEASURES,
  type Measure,
  type Measures,
  NOTHING,
  type Order,
  pointsOf,
  type Query,
  type QueryAnswer,
  ratioOf,
  type Scoring,
  SUMS,
  type Values,
} from '@room/contract';
import type { RollupSums } from '../rollup.ts';
import type { LevelRow } from './levels.ts';
import type { Divisors, DivisorsOf, Place } from './per.ts';
import type { Plan } from './plan.ts';
import { byRank, type RankedBy } from './ranked.ts';

export interface PlanRow extends RollupSums {
  period: number;
  k0: string;
  k1: string;
  at: string;
  coarse: number;
}

const SIDES = ['now', 'before'] as const;
type Side = (typeof SIDES)[number];

type Levels = Pick<LevelRow, 'open' | 'overdue' | 'oldest'>;

/** What is known of one period, or of one point of it. */
interface Known {
  sums?: Measures;
  levels?: Levels;
}

/** What is known of a row, by side; and by side and point. */
interface Gathered {
  key: string[];
  /** Keys of the rows that it is made of. */
  keys: string[][];
  known: Record<Side, Known>;
  points: Record<Side, Map<string, Known>>;
}

/** By what counts are divided, and by which formulas points are worked out. */
interface Worth {
  divisorsOf: DivisorsOf;
  scoring: Scoring | undefined;
}

type Answered = Pick<QueryAnswer, 'total' | 'rows' | 'others' | 'coarse' | 'dividedValues' | 'unlike' | 'simulated'>;

export function answerOf(
  query: Query,
  plan: Plan,
  found: readonly PlanRow[],
  levels: readonly LevelRow[],
  divisorsOf: DivisorsOf,
  scoring?: Scoring,
): Answered {
  const { measures } = query;
  const worth: Worth = { divisorsOf, scoring };
  const rows = new Map<string, Gathered>();
  const total = gathered([], []);
  const coarse = gathered([], []);
  const unlike = gathered([], []);
  const rowOf = ({ k0, k1 }: PlanRow | LevelRow): Gathered => {
    const key = [k0, k1].slice(0, query.split.length);
    const name = key.join('\n');
    const of = rows.get(name) ?? gathered(key, [key]);
    rows.set(name, of);
    return of;
  };
  const isCurve = query.grain !== 'total';
  for (const row of found) {
    if (row.period >= SIDES.length) {
      add(unlike.known.now, { sums: row });
      continue;
    }
    const side = SIDES[row.period] ?? 'now';
    for (const each of new Set([total, rowOf(row)])) {
      add(each.known[side], { sums: row });
      if (isCurve && row.coarse === 0) add(pointOf(each, side, row.at), { sums: row });
    }
    if (row.coarse > 0) add(coarse.known[side], { sums: row });
  }
  for (const row of levels) {
    const side = SIDES[row.period] ?? 'now';
    const at = plan.levels?.labels[row.period]?.[row.point];
    for (const each of new Set([total, rowOf(row)])) {
      if (row.point === plan.levels?.last[row.period]) add(each.known[side], { levels: row });
      if (isCurve && at !== undefined) add(pointOf(each, side, at), { levels: row });
    }
  }
  const shaped = (of: Gathered): AnswerRow => shape(of, query, plan, worth);
  const ranked =
    query.split.length === 0
      ? []
      : [...rows.values()].sort(byRank(rankedBy(query.sort ?? measures[0] ?? 'submitted', query.order, worth)));
  const { top = ranked.length } = query;
  const rest = ranked.slice(top);
  const coarsely = compared(coarse, measures, worth);
  const divided = together([...rows.values()].filter(({ key }) => key.some((code) => plan.divided.includes(code))));
  const unlikeValues = valuesOf(unlike.known.now, measures, divisorsOf({ side: 'now', keys: [] }), scoring);
  return {
    total: shaped(total),
    rows: ranked.slice(0, top).map(shaped),
    ...(rest.length === 0 ? {} : { others: { ...shaped(together(rest)), members: rest.length } }),
    ...(Object.keys(coarsely).length === 0 ? {} : { coarse: coarsely }),
    ...(divided.keys.length === 0 ? {} : { dividedValues: compared(divided, measures, worth) }),
    ...(plan.like === undefined || plan.like.missing.length === 0
      ? {}
      : {
          unlike: {
            days: plan.like.missing.length,
            ...(unlikeValues === undefined ? {} : { now: unlikeValues }),
          },
        }),
    simulated: [...found, ...levels].some(({ simulated }) => simulated > 0),
  };
}

const gathered = (key: string[], keys: string[][]): Gathered => ({
  key,
  keys,
  known: { now: {}, before: {} },
  points: { now: new Map(), before: new Map() },
});

function pointOf({ points }: Gathered, side: Side, at: string): Known {
  const known = points[side].get(at) ?? {};
  points[side].set(at, known);
  return known;
}

function add(to: Known, { sums, levels }: Known): void {
  if (sums !== undefined) {
    to.sums ??= { ...NOTHING };
    for (const sum of SUMS) to.sums[sum] += sums[sum];
  }
  if (levels === undefined) return;
  to.levels ??= { open: 0, overdue: 0, oldest: Number.POSITIVE_INFINITY };
  to.levels.open += levels.open;
  to.levels.overdue += levels.overdue;
  to.levels.oldest = Math.min(to.levels.oldest, levels.oldest);
}

function together(rows: readonly Gathered[]): Gathered {
  const all = gathered(
    [],
    rows.flatMap(({ keys }) => keys),
  );
  for (const { known, points } of rows)
    for (const side of SIDES) {
      add(all.known[side], known[side]);
      for (const [at, each] of points[side]) add(pointOf(all, side, at), each);
    }
  return all;
}

function measured(
  measure: Measure,
  { sums, levels }: Known,
  by: Divisors,
  scoring: Scoring | undefined,
): number | undefined {
  if (isLevel(measure)) return over(levels?.[LEVEL_MEASURES[measure].reported], by.levels);
  if (sums === undefined) return undefined;
  if (isPoints(measure)) return pointsOf(measure, sums, scoring);
  if (isRatio(measure)) return ratioOf(measure, sums);
  return isSum(measure) ? over(sums[measure], by.sums) : undefined;
}

const over = (value: number | undefined, divisor: number | undefined): number | undefined =>
  value === undefined || divisor === undefined ? undefined : value / divisor;

/** Undefined where nothing was reported. */
function valuesOf(
  known: Known,
  measures: readonly Measure[],
  by: Divisors,
  scoring: Scoring | undefined,
): Values | undefined {
  const values: Values = {};
  for (const measure of measures) {
    const value = measured(measure, known, by, scoring);
    if (value !== undefined) values[measure] = value;
  }
  return known.sums === undefined && Object.keys(values).length === 0 ? undefined : values;
}

function compared(
  { known: { now, before }, keys }: Pick<Gathered, 'known' | 'keys'>,
  measures: readonly Measure[],
  { divisorsOf, scoring }: Worth,
  at: Partial<Record<Side, string>> = {},
): Compared {
  const by = (side: Side): Divisors => {
    const point = at[side];
    return divisorsOf({ side, keys, ...(point === undefined ? {} : { at: point }) } satisfies Place);
  };
  const values = sided(valuesOf(now, measures, by('now'), scoring), valuesOf(before, measures, by('before'), scoring));
  const levelsAsOf = measures.some(isLevel) ? sided(now.levels?.oldest, before.levels?.oldest) : {};
  return { ...values, ...(Object.keys(levelsAsOf).length === 0 ? {} : { levelsAsOf }) };
}

const sided = <T>(now: T | undefined, before: T | undefined): { now?: T; before?: T } => ({
  ...(now === undefined ? {} : { now }),
  ...(before === undefined ? {} : { before }),
});

function shape(of: Gathered, { measures, grain }: Query, plan: Plan, worth: Worth): AnswerRow {
  const { key, keys, points } = of;
  const row: AnswerRow = { key, ...compared(of, measures, worth) };
  if (grain === 'total') return row;
  row.points = plan.points.now.map((at, n) => {
    // A day without a like stands beside none.
    const beforeAt = plan.points.before[n] || undefined;
    return {
      at,
      ...(beforeAt === undefined ? {} : { beforeAt }),
      ...compared(
        { keys, known: { now: points.now.get(at) ?? {}, before: points.before.get(beforeAt ?? '') ?? {} } },
        measures,
        worth,
        { now: at, ...(beforeAt === undefined ? {} : { before: beforeAt }) },
      ),
    };
  });
  return row;
}

function rankedBy(measure: Measure, order: Order, { divisorsOf, scoring }: Worth): RankedBy<Gathered> {
  const valueOn = (side: Side, { known, keys }: Gathered, of = measure): number | undefined =>
    measured(of, known[side], divisorsOf({ side, keys }), scoring);
  return {
    order,
    valueOn,
    // Points of which more or fewer are measured than before neither rose nor fell.
    isLike: (row) =>
      measure !== 'indexPoints' || valueOn('now', row, 'indexMeasured') === valueOn('before', row, 'indexMeasured'),
  };
}

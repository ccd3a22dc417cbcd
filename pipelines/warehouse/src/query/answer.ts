/** Rows of a plan as an answer: members by their rank, curves by their points. Pure. */
import {
  type AnswerRow,
  type Compared,
  isLevel,
  isRatio,
  LEVEL_MEASURES,
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
import type { LevelRow } from './levels.ts';
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

type Levels = Pick<LevelRow, 'open' | 'overdue' | 'oldest'>;

/** What is known of one period, or of one point of it. */
interface Known {
  sums?: Measures;
  levels?: Levels;
}

/** What is known of a row, by side; and by side and point. */
interface Gathered {
  key: string[];
  known: Record<Side, Known>;
  points: Record<Side, Map<string, Known>>;
}

type Answered = Pick<QueryAnswer, 'total' | 'rows' | 'others' | 'coarse' | 'simulated'>;

export function answerOf(
  query: Query,
  plan: Plan,
  found: readonly PlanRow[],
  levels: readonly LevelRow[] = [],
): Answered {
  const rows = new Map<string, Gathered>();
  const total = gathered([]);
  const coarse: Record<Side, Known> = { now: {}, before: {} };
  const rowOf = ({ k0, k1 }: PlanRow | LevelRow): Gathered => {
    const key = [k0, k1].slice(0, query.split.length);
    const name = key.join('\n');
    const of = rows.get(name) ?? gathered(key);
    rows.set(name, of);
    return of;
  };
  const isCurve = query.grain !== 'total';
  for (const row of found) {
    const side = SIDES[row.period] ?? 'now';
    for (const each of new Set([total, rowOf(row)])) {
      add(each.known[side], { sums: row });
      if (isCurve && row.coarse === 0) add(pointOf(each, side, row.at), { sums: row });
    }
    if (row.coarse > 0) add(coarse[side], { sums: row });
  }
  for (const row of levels) {
    const side = SIDES[row.period] ?? 'now';
    const at = plan.points[side][row.point] ?? '';
    for (const each of new Set([total, rowOf(row)])) {
      if (row.point === plan.levels?.last[row.period]) add(each.known[side], { levels: row });
      if (isCurve) add(pointOf(each, side, at), { levels: row });
    }
  }
  const shaped = (of: Gathered): AnswerRow => shape(of, query, plan);
  const ranked =
    query.split.length === 0 ? [] : [...rows.values()].sort(byRank(query.sort ?? query.measures[0] ?? 'submitted'));
  const { top = ranked.length } = query;
  const rest = ranked.slice(top);
  const coarsely = compared(coarse, query.measures);
  return {
    total: shaped(total),
    rows: ranked.slice(0, top).map(shaped),
    ...(rest.length === 0 ? {} : { others: { ...shaped(together(rest)), members: rest.length } }),
    ...(Object.keys(coarsely).length === 0 ? {} : { coarse: coarsely }),
    simulated: [...found, ...levels].some(({ simulated }) => simulated > 0),
  };
}

const gathered = (key: string[]): Gathered => ({
  key,
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
  const all = gathered([]);
  for (const { known, points } of rows)
    for (const side of SIDES) {
      add(all.known[side], known[side]);
      for (const [at, each] of points[side]) add(pointOf(all, side, at), each);
    }
  return all;
}

function measured(measure: Measure, { sums, levels }: Known): number | undefined {
  if (isLevel(measure)) return levels?.[LEVEL_MEASURES[measure].reported];
  if (sums === undefined) return undefined;
  return isRatio(measure) ? ratioOf(measure, sums) : sums[measure];
}

/** Undefined where nothing was reported. */
function valuesOf(known: Known, measures: readonly Measure[]): Values | undefined {
  const values: Values = {};
  for (const measure of measures) {
    const value = measured(measure, known);
    if (value !== undefined) values[measure] = value;
  }
  return known.sums === undefined && Object.keys(values).length === 0 ? undefined : values;
}

function compared({ now, before }: Readonly<Record<Side, Known>>, measures: readonly Measure[]): Compared {
  const values = sided(valuesOf(now, measures), valuesOf(before, measures));
  const levelsAsOf = measures.some(isLevel) ? sided(now.levels?.oldest, before.levels?.oldest) : {};
  return { ...values, ...(Object.keys(levelsAsOf).length === 0 ? {} : { levelsAsOf }) };
}

const sided = <T>(now: T | undefined, before: T | undefined): { now?: T; before?: T } => ({
  ...(now === undefined ? {} : { now }),
  ...(before === undefined ? {} : { before }),
});

function shape({ key, known, points }: Gathered, { measures, grain }: Query, plan: Plan): AnswerRow {
  const row: AnswerRow = { key, ...compared(known, measures) };
  if (grain === 'total') return row;
  row.points = plan.points.now.map((at, n) => {
    const beforeAt = plan.points.before[n];
    return {
      at,
      ...(beforeAt === undefined ? {} : { beforeAt }),
      ...compared({ now: points.now.get(at) ?? {}, before: points.before.get(beforeAt ?? '') ?? {} }, measures),
    };
  });
  return row;
}

/** Largest first; whoever has no value now comes last, and equals stand by their key. */
const byRank =
  (measure: Measure) =>
  (a: Gathered, b: Gathered): number => {
    const [of, to] = [a, b].map(({ known }) => measured(measure, known.now));
    return (
      (to ?? Number.NEGATIVE_INFINITY) - (of ?? Number.NEGATIVE_INFINITY) ||
      (a.key.join('\n') < b.key.join('\n') ? -1 : 1)
    );
  };

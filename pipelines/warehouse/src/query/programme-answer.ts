/** What is told of tasks or links as an answer: members by their rank, curves by their points. Pure. */
import {
  type AnswerRow,
  type Compared,
  type ProgrammeCounts,
  type ProgrammeMeasure,
  programmeValue,
  type Query,
  type QueryAnswer,
  type Values,
} from '@room/contract';
import type { ProgrammePlan } from './programme-plan.ts';
import { added, NOTHING_TOLD, type Told, type ToldSide } from './programme-told.ts';
import { byRank } from './ranked.ts';

const SIDES = ['now', 'before'] as const;
type Side = (typeof SIDES)[number];

interface Known {
  whole?: ProgrammeCounts | undefined;
  points: Map<string, ProgrammeCounts>;
}
interface Gathered {
  key: string[];
  known: Record<Side, Known>;
}

/** The row of units that are not split by: telecoms, and of a split by agencies provinces. It stands last. */
const OF_NONE = '';

export function programmeAnswer(
  { order, top }: Pick<Query, 'order' | 'top'>,
  plan: ProgrammePlan,
  told: { now: ToldSide; before?: ToldSide },
): Pick<QueryAnswer, 'total' | 'rows' | 'others' | 'divided' | 'dividedValues' | 'simulated'> {
  const total = gathered([]);
  const rows = new Map<string, Gathered>();
  for (const side of SIDES) {
    const { base, rows: each } = told[side] ?? NOTHING_TOLD;
    add(total.known[side], base);
    for (const row of each) {
      if (!plan.isAsked(row.unit)) continue;
      add(total.known[side], row.told);
      if (!plan.isSplit) continue;
      const key = plan.keyOf(row.unit);
      const of = rows.get(key) ?? gathered([key]);
      rows.set(key, of);
      add(of.known[side], row.told);
    }
  }
  // Where zero is known although nobody has any, a unit that had some has none now.
  for (const side of SIDES)
    for (const { known } of rows.values())
      if (known[side].whole === undefined) add(known[side], (told[side] ?? NOTHING_TOLD).base);
  // Units of another kind are none of the rest: they stand by themselves, behind whoever was asked for.
  const ranked = [...rows.values()].sort(
    byRank({
      order,
      valueOn: (side, { known }) => {
        const { whole } = known[side];
        return whole === undefined ? undefined : programmeValue(plan.sort, whole);
      },
    }),
  );
  const [own, ofNone] = [ranked.filter((row) => !isOfNone(row)), ranked.filter(isOfNone)];
  const rest = own.slice(top ?? own.length);
  const divided = [...rows.values()].filter(({ key: [code = ''] }) => plan.divided.includes(code));
  return {
    total: shape(total, plan),
    rows: [...own.slice(0, top), ...ofNone].map((row) => shape(row, plan)),
    ...(rest.length === 0 ? {} : { others: { ...shape(together(rest), plan), members: rest.length } }),
    ...(plan.divided.length === 0 ? {} : { divided: [...plan.divided] }),
    ...(divided.length === 0 ? {} : { dividedValues: compared(wholesOf(together(divided)), plan.measures) }),
    simulated: SIDES.some((side) => told[side]?.simulated === true),
  };
}

const isOfNone = ({ key: [code] }: Gathered): boolean => code === OF_NONE;
const gathered = (key: string[]): Gathered => ({
  key,
  known: { now: { points: new Map() }, before: { points: new Map() } },
});

function add(to: Known, { whole, points }: Told | Known): void {
  if (whole !== undefined) to.whole = added(to.whole, whole);
  for (const [at, counts] of points) to.points.set(at, added(to.points.get(at), counts));
}

function together(rows: readonly Gathered[]): Gathered {
  const all = gathered([]);
  for (const { known } of rows) for (const side of SIDES) add(all.known[side], known[side]);
  return all;
}

function valuesOf(counts: ProgrammeCounts | undefined, measures: readonly ProgrammeMeasure[]): Values | undefined {
  if (counts === undefined) return undefined;
  const values: Values = {};
  for (const measure of measures) {
    const value = programmeValue(measure, counts);
    if (value !== undefined) values[measure] = value;
  }
  return values;
}

const wholesOf = ({ known }: Gathered): Record<Side, ProgrammeCounts | undefined> => ({
  now: known.now.whole,
  before: known.before.whole,
});

function compared(
  of: Record<Side, ProgrammeCounts | undefined>,
  measures: readonly ProgrammeMeasure[],
): Pick<Compared, 'now' | 'before'> {
  const [now, before] = [valuesOf(of.now, measures), valuesOf(of.before, measures)];
  return { ...(now === undefined ? {} : { now }), ...(before === undefined ? {} : { before }) };
}

function shape(of: Gathered, { measures, points, grain }: ProgrammePlan): AnswerRow {
  const row: AnswerRow = { key: of.key, ...compared(wholesOf(of), measures) };
  if (grain === 'total') return row;
  row.points = points.now.map((at, n) => {
    const beforeAt = points.before[n];
    const sides = { now: of.known.now.points.get(at), before: of.known.before.points.get(beforeAt ?? '') };
    return { at, ...(beforeAt === undefined ? {} : { beforeAt }), ...compared(sides, measures) };
  });
  return row;
}

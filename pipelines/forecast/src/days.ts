/**
 * Days that a week does not know: holidays, days by their offset from a moving feast, a worked day of rest. They are taken out
 * of the history, what they would have held is filled in, and what they held instead becomes a factor of their type.
 *
 * A label names the type of day of a step. The label that a slot of the week carries most often is its ordinary one; a step with
 * another label is special. `kind@feast:offset` is a day of that kind so many days after (negative: before) a moving feast, and may
 * be judged by its neighbours in offset; `labelOfDay` makes such labels.
 *
 * Where a longer series by day knows the label too, both are heard: one holiday of late does not overrule years of unlike ones.
 * Without an example of a label on its kind of slot, in this order: the slots of the week where it is ordinary (a worked Saturday
 * takes the shape of the other working days); what a longer series by day says of such days; the same label on another kind of
 * slot; its neighbours by offset; its kind without the feast; all other special days; the quietest slots. The further down, the
 * wider the band.
 */
import { fillGaps } from './history.ts';
import { entry } from './linear.ts';
import { isFine } from './seasons.ts';

/** One label a step over history and horizon; null where nothing is known about the day. */
export type DayTypes = ArrayLike<string | null | undefined>;

/** What a day of a type holds, as a share of what an ordinary one would, with the deviation of its logarithm. */
interface Share {
  factor: number;
  doubt: number;
}

/** The same of whole days, and how many of them tell it. */
export interface WholeDay extends Share {
  examples: number;
}

/** By type of day and kind of slot. What a series by day knows of days that are too rare for one by hour. */
export type WholeDays = ReadonlyMap<string, WholeDay>;

export interface DayEffects {
  /** The history with special days as gaps. */
  ordinary: Float64Array;
  /** For each step of the horizon, what an ordinary forecast is to be multiplied by. */
  factors: Float64Array;
  /** For each step of the horizon, the standard deviation of that factor's logarithm. */
  doubts: Float64Array;
  /** Labels of the horizon that history holds no example of. */
  unseen: string[];
  /** What special days of the history held. */
  seen: WholeDays;
}

/** Days around a moving feast that are types of their own. */
const BEFORE = 14;
const AFTER = 10;

/** The label of a day of a `kind` (working, rest, holiday …), `offset` days after the nearest moving feast where there is one. */
export const labelOfDay = (kind: string, feast?: { name: string; offset: number }): string =>
  feast && feast.offset >= -BEFORE && feast.offset <= AFTER ? `${kind}@${feast.name}:${feast.offset}` : kind;

/** How far one special day differs from another of its type, as a standard deviation of logarithms, before examples say more. */
const USUAL_SPREAD = 0.12;
/** The same for stand-ins. */
const DOUBT = { base: 0.2, otherSlot: 0.1, neighbour: 0.3, anySpecial: 0.5, quietest: 0.7 } as const;
/** How far the days of one unit differ from those of another, as such a deviation. */
const OTHER_UNIT = 0.1;
/** Examples that the shape of the day is worth before it is taken from them rather than from the whole day. */
const SHAPE_EXAMPLES = 2;
/** Weeks whose means stand for a kind of day. */
const RECENT_WEEKS = 8;
const LARGEST_FACTOR = 20;
/** Offsets further apart than this say nothing about each other. */
const NEIGHBOURS = 3;

interface Examples {
  label: string;
  base: string;
  /** Logarithm of held over expected, one a day. */
  ratios: number[];
  held: Float64Array;
  expected: Float64Array;
}

export function dayEffects(
  values: Float64Array,
  dayTypes: DayTypes,
  season: number,
  horizon: number,
  wholeDays?: WholeDays,
): DayEffects {
  // Many steps a season are hours of a day, few are days of a week.
  const fine = isFine(season);
  const perDay = fine ? season : 1;
  const week = fine ? 7 * season : Math.max(season, 1);
  const n = values.length;
  const usual = usualLabels(dayTypes, week);
  const labelAt = (t: number): string | null => dayTypes[t] ?? null;
  const isSpecial = (t: number): boolean => {
    const label = labelAt(t);
    return label !== null && label !== usual[t % week];
  };
  const ordinary = values.map((value, t) => (isSpecial(t) ? Number.NaN : value));
  const expected = fillGaps(ordinary, perDay, week).values;
  const examples = collect(values, expected, perDay, (t) =>
    isSpecial(t) ? { label: labelAt(t) ?? '', base: usual[t % week] ?? '' } : undefined,
  );
  const kinds = kindsOfDay(expected, usual, perDay, week);

  const factors = new Float64Array(horizon).fill(1);
  const doubts = new Float64Array(horizon);
  const unseen = new Set<string>();
  for (let j = 0; j < horizon; j++) {
    const t = n + j;
    if (!isSpecial(t)) continue;
    const label = labelAt(t) ?? '';
    const base = usual[t % week] ?? '';
    if (![...examples.values()].some((it) => it.label === label)) unseen.add(label);
    const { factor, doubt } = estimate(label, base, t % perDay, { examples, kinds, perDay, wholeDays });
    factors[j] = Math.max(0, Math.min(LARGEST_FACTOR, factor));
    doubts[j] = doubt;
  }
  const seen = new Map([...examples].map(([key, { ratios }]) => [key, wholeDayOf(ratios)]));
  return { ordinary, factors, doubts, unseen: [...unseen], seen };
}

/** The label that each slot of the week carries most often; of equals, the first in the alphabet. */
export function usualLabels(dayTypes: DayTypes | undefined, week: number): (string | null)[] {
  const counts = Array.from({ length: week }, () => new Map<string, number>());
  for (let t = 0; t < (dayTypes?.length ?? 0); t++) {
    const label = dayTypes?.[t];
    const slot = counts[t % week];
    if (typeof label === 'string' && slot) slot.set(label, (slot.get(label) ?? 0) + 1);
  }
  return counts.map((slot) => {
    const [most] = [...slot].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    return most?.[0] ?? null;
  });
}

const keyOf = (label: string, base: string): string => `${label}\n${base}`;

function collect(
  values: Float64Array,
  expected: Float64Array,
  perDay: number,
  special: (t: number) => { label: string; base: string } | undefined,
): Map<string, Examples> {
  const examples = new Map<string, Examples>();
  let open: { key: string; held: number; expected: number; steps: number } | undefined;
  const close = (): void => {
    if (open && 2 * open.steps >= perDay && open.expected > 0) {
      // Half an event more on both sides keeps a day without any finite.
      examples.get(open.key)?.ratios.push(Math.log((open.held + 0.5) / (open.expected + 0.5)));
    }
    open = undefined;
  };
  for (let t = 0; t < values.length; t++) {
    const kind = special(t);
    if (!kind || Number.isNaN(entry(values, t))) {
      if (!kind) close();
      continue;
    }
    const key = keyOf(kind.label, kind.base);
    if (open?.key !== key || open.steps >= perDay) close();
    open ??= { key, held: 0, expected: 0, steps: 0 };
    const known = examples.get(key) ?? {
      ...kind,
      ratios: [],
      held: new Float64Array(perDay),
      expected: new Float64Array(perDay),
    };
    examples.set(key, known);
    open.held += entry(values, t);
    open.expected += entry(expected, t);
    open.steps++;
    known.held[t % perDay] = entry(known.held, t % perDay) + entry(values, t);
    known.expected[t % perDay] = entry(known.expected, t % perDay) + entry(expected, t);
  }
  close();
  for (const [key, { ratios }] of examples) if (ratios.length === 0) examples.delete(key);
  return examples;
}

/** Mean of each step of the day over the slots where a label is ordinary. */
function kindsOfDay(
  expected: Float64Array,
  usual: readonly (string | null)[],
  perDay: number,
  week: number,
): Map<string, Float64Array> {
  const sums = new Map<string, { sum: Float64Array; count: Float64Array }>();
  for (let t = Math.max(0, expected.length - RECENT_WEEKS * week); t < expected.length; t++) {
    const label = usual[t % week] ?? '';
    const kind = sums.get(label) ?? { sum: new Float64Array(perDay), count: new Float64Array(perDay) };
    sums.set(label, kind);
    kind.sum[t % perDay] = entry(kind.sum, t % perDay) + entry(expected, t);
    kind.count[t % perDay] = entry(kind.count, t % perDay) + 1;
  }
  return new Map(
    [...sums].map(([label, { sum, count }]) => [label, sum.map((it, i) => it / Math.max(1, entry(count, i)))]),
  );
}

interface Evidence {
  examples: ReadonlyMap<string, Examples>;
  /** Mean of each step of the day, by ordinary label. */
  kinds: ReadonlyMap<string, Float64Array>;
  perDay: number;
  wholeDays: WholeDays | undefined;
}

function estimate(label: string, base: string, step: number, evidence: Evidence): Share {
  const { examples, kinds, wholeDays } = evidence;
  const relative = (one: string, other: string): number | undefined => {
    const above = kinds.get(one)?.[step];
    const below = kinds.get(other)?.[step];
    return above !== undefined && below !== undefined && below > 0 ? above / below : undefined;
  };
  const own = examples.get(keyOf(label, base));
  const whole = wholeDays?.get(keyOf(label, base));
  const ordinaryElsewhere = kinds.has(label) ? relative(label, base) : undefined;
  if (own) {
    const seen = heardTogether(fromExamples(own, step, evidence), wholeDayOf(own.ratios), whole);
    if (ordinaryElsewhere === undefined || ordinaryElsewhere <= 0) return seen;
    // One example more that says: like the days where this is ordinary.
    const count = own.ratios.length;
    return {
      factor: Math.exp((count * Math.log(Math.max(seen.factor, 1e-6)) + Math.log(ordinaryElsewhere)) / (count + 1)),
      doubt: seen.doubt,
    };
  }
  if (ordinaryElsewhere !== undefined) return { factor: ordinaryElsewhere, doubt: DOUBT.base };
  if (whole !== undefined) {
    return { doubt: whole.doubt, factor: whole.factor * shapeOf(whole.factor, base, step, kinds) };
  }
  const other = [...examples.values()].find((it) => it.label === label);
  if (other) {
    const seen = fromExamples(other, step, evidence);
    return { factor: seen.factor * (relative(other.base, base) ?? 1), doubt: seen.doubt + DOUBT.otherSlot };
  }
  const near = neighbours(label, examples);
  if (near.length > 0) return blend(near, base, step, evidence, DOUBT.neighbour, relative);
  const [kind, feast] = label.split('@');
  if (kind !== undefined && feast !== undefined) return estimate(kind, base, step, evidence);
  const all = [...examples.values()].filter((it) => !kinds.has(it.label)).map((it) => ({ examples: it, weight: 1 }));
  if (all.length > 0) return blend(all, base, step, evidence, DOUBT.anySpecial, relative);
  const quietest = Math.min(1, ...[...kinds.keys()].map((kind) => relative(kind, base) ?? 1));
  return { factor: quietest, doubt: DOUBT.quietest };
}

function wholeDayOf(ratios: readonly number[]): WholeDay {
  const count = ratios.length;
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / count;
  const squares = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
  // The usual spread counts like one example, so that two equal ones do not claim certainty.
  const spread = Math.sqrt((USUAL_SPREAD ** 2 + squares) / count);
  return { factor: Math.exp(mean), doubt: spread * Math.sqrt(1 + 1 / count), examples: count };
}

/**
 * What a step's own examples say, moved towards what whole days of a longer series do: each counts by how well it knows the mean of
 * such days, and how far they differ is what the more examples show.
 */
function heardTogether(seen: Share, own: WholeDay, whole: WholeDay | undefined): Share {
  if (whole === undefined) return seen;
  const varianceOf = ({ doubt, examples }: WholeDay): number => doubt ** 2 / (1 + 1 / examples);
  const between = varianceOf(whole.examples >= own.examples ? whole : own);
  const byOwn = own.examples / between;
  const byWhole = 1 / (between / whole.examples + OTHER_UNIT ** 2);
  const share = byWhole / (byOwn + byWhole);
  return {
    factor: seen.factor * (whole.factor / own.factor) ** share,
    doubt: Math.sqrt(between + 1 / (byOwn + byWhole)),
  };
}

/** A step's share of a day that holds `factor` of an ordinary one, over its share of that: as on the kind of day most like it. */
function shapeOf(factor: number, base: string, step: number, kinds: ReadonlyMap<string, Float64Array>): number {
  const ordinary = kinds.get(base);
  const day = total(ordinary);
  if (ordinary === undefined || day <= 0) return 1;
  const farness = (kind: Float64Array): number => Math.abs(Math.log(Math.max(total(kind), 1e-6) / day / factor));
  const [like = ordinary] = [...kinds.values()].sort((a, b) => farness(a) - farness(b));
  const share = entry(ordinary, step) / day;
  return share > 0 && total(like) > 0 ? entry(like, step) / total(like) / share : 1;
}

const total = (values: Float64Array = new Float64Array()): number => values.reduce((sum, it) => sum + it, 0);

function fromExamples(examples: Examples, step: number, { kinds, perDay }: Evidence): Share {
  const { base, ratios, held, expected } = examples;
  const count = ratios.length;
  const { factor: overall, doubt } = wholeDayOf(ratios);
  const daily = expected.reduce((sum, it) => sum + it, 0) / (perDay * count);
  const prior = SHAPE_EXAMPLES * Math.max(daily, 1e-9);
  // Few days show no shape of their own: it is that of the kind of day most like them.
  const likely = overall * shapeOf(overall, base, step, kinds);
  const factor = (entry(held, step) + likely * prior) / (entry(expected, step) + prior);
  return { factor, doubt };
}

function neighbours(label: string, examples: ReadonlyMap<string, Examples>): { examples: Examples; weight: number }[] {
  const place = offsetOf(label);
  if (!place) return [];
  return [...examples.values()].flatMap((it) => {
    const other = offsetOf(it.label);
    if (!other || other.name !== place.name) return [];
    const distance = Math.abs(other.offset - place.offset);
    return distance <= NEIGHBOURS ? [{ examples: it, weight: 1 / distance ** 2 }] : [];
  });
}

function offsetOf(label: string): { name: string; offset: number } | undefined {
  const found = /^(.+):([+-]?\d+)$/.exec(label);
  return found?.[1] !== undefined ? { name: found[1], offset: Number(found[2]) } : undefined;
}

function blend(
  from: readonly { examples: Examples; weight: number }[],
  base: string,
  step: number,
  evidence: Evidence,
  doubt: number,
  relative: (one: string, other: string) => number | undefined,
): Share {
  let sum = 0;
  let total = 0;
  for (const { examples, weight } of from) {
    const factor = fromExamples(examples, step, evidence).factor * (relative(examples.base, base) ?? 1);
    sum += weight * Math.log(Math.max(factor, 1e-3));
    total += weight;
  }
  return { factor: Math.exp(sum / total), doubt };
}

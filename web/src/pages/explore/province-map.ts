/** The provinces of one map with what is known of each: how many, which share, and which are too few to be coloured. Pure. */
import {
  type AnswerRow,
  type Catalogue,
  isLinkShare,
  isPoints,
  isRatio,
  type Measure,
  type Period,
  type Query as Question,
  type SumMeasure,
  sumsIn,
  type Thresholds,
  validOn,
  wholeOf,
} from '@room/contract';

/** The last days of earlier maps, the earliest first. */
export const earlierMaps = ({ provinces }: Pick<Catalogue, 'provinces'>): string[] =>
  [...new Set(provinces.flatMap(({ validTo }) => (validTo === undefined ? [] : [validTo])))].sort();

/** On which day's units a question stands: those that it is restated to, otherwise those of its last day. */
export function mapDayOf({ boundaries }: Pick<Question, 'boundaries'>, period: Period, today: string): string {
  if (boundaries === 'today') return today;
  return boundaries === 'as-reported' ? (period.to < today ? period.to : today) : boundaries;
}

/** Until when the units of `day` were; undefined of those of today. */
export const untilOf = (day: string, catalogue: Pick<Catalogue, 'provinces'>): string | undefined =>
  earlierMaps(catalogue).find((last) => day <= last);

/** Of so many dossiers a share is, under which it says nothing. */
const enoughFor = (measure: Measure, { finishedEnough, countEnough }: Thresholds): number =>
  measure === 'shareOnTime' ? finishedEnough : countEnough;

export interface MapUnit {
  id: string;
  /** On the map. */
  code: string;
  /** The measure itself; undefined is not known. */
  value: number | undefined;
  /** How many dossiers: of a count itself, of a share what it is a share of. */
  count: number | undefined;
  /** Of a share itself, of a count what it has of all. */
  share: number | undefined;
  /** Of points those that could be had of what is measured. */
  measured?: number | undefined;
  /** Too few for its share to say anything: it is not coloured. */
  isFew: boolean;
}

/** Each province of `day`; `rows` have the measure and what it is made of. */
export function mapUnitsOf(
  rows: readonly AnswerRow[],
  measure: Measure,
  day: string,
  { provinces, thresholds }: Pick<Catalogue, 'provinces' | 'thresholds'>,
): MapUnit[] {
  const byId = new Map(rows.map((row) => [row.key[0] ?? '', row.now]));
  const units = provinces.filter((unit) => validOn(unit, day));
  const all = units.reduce((sum, { id }) => sum + Math.max(0, byId.get(id)?.[measure] ?? 0), 0);
  return units.map((unit) => {
    const now = byId.get(unit.id);
    const value = now?.[measure];
    const place = { id: unit.id, code: codeOnMap(unit), value };
    if (isPoints(measure))
      return { ...place, count: value, share: undefined, measured: now?.indexMeasured, isFew: false };
    if (!isRatio(measure)) {
      const share = value === undefined || all <= 0 || isLinkShare(measure) ? undefined : Math.max(0, value) / all;
      return { ...place, count: value, share, isFew: false };
    }
    const sums = Object.fromEntries(sumsIn(measure).map((sum) => [sum, now?.[sum] ?? 0])) as Record<SumMeasure, number>;
    const count = now === undefined ? undefined : wholeOf(measure, sums);
    return { ...place, count, share: value, isFew: count !== undefined && count < enoughFor(measure, thresholds) };
  });
}

const codeOnMap = ({ mapCode, code }: Catalogue['provinces'][number]): string => mapCode ?? code;

/** Between which values the shades of a map lie; those that are too few are none of them. */
export function spanOfUnits(units: readonly MapUnit[]): { least: number; most: number } {
  const values = units.flatMap(({ value, isFew }) => (value === undefined || isFew ? [] : [value]));
  return { least: values.length === 0 ? 0 : Math.min(...values), most: Math.max(0, ...values) };
}

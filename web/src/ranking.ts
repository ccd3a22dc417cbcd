/** Units and services as rows of a ranking: which of them, in which order, with which mark. */
import {
  type Catalogue,
  isCoverageLow,
  localDay,
  type Measures,
  NOTHING,
  onTimeStanding,
  ratioOf,
  type Thresholds,
  type Unit,
  type UnitState,
  type UsualStanding,
  usualStanding,
  type WallState,
  wholeOf,
} from '@room/contract';
import type { Mark, Speech } from './messages/context.ts';

export interface Row {
  id: string;
  name: string;
  submitted: number;
  finished: number;
  late: number;
  /** On-time share of the finished dossiers; undefined where none is finished. */
  onTime: number | undefined;
  mark: Mark;
  /** Its own source is silent, or nobody reported at all: what is not counted is not known. */
  unheard: boolean;
}

export const finishedOf = (measures: Measures): number => wholeOf('shareOnTime', measures);
export const onTimeShare = (measures: Measures): number | undefined => ratioOf('shareOnTime', measures);
export const onlineShare = (measures: Measures): number | undefined => ratioOf('shareOnline', measures);

/** The same as they are shown: undefined where too few dossiers stand behind one for it to say anything. */
export const shownOnTime = (measures: Measures, { finishedEnough }: Thresholds): number | undefined =>
  finishedOf(measures) < finishedEnough ? undefined : onTimeShare(measures);
export const shownOnline = (measures: Measures, { countEnough }: Thresholds): number | undefined =>
  measures.submitted < countEnough ? undefined : onlineShare(measures);

export const onTimeMark = (unit: UnitState, thresholds: Thresholds): Mark =>
  unit.onTimeStanding ?? onTimeStanding({ ...NOTHING, ...unit }, thresholds) ?? 'few';

const toRow = (id: string, name: string, unheard: boolean, { thresholds }: Speech, unit: UnitState = {}): Row => {
  const measures: Measures = { ...NOTHING, ...unit };
  return {
    id,
    name,
    submitted: measures.submitted,
    finished: finishedOf(measures),
    late: measures.late,
    onTime: onTimeShare(measures),
    mark: onTimeMark(unit, thresholds),
    unheard,
  };
};

/** A count of a row; nothing counted of whom nobody reports is a dash and never a zero. */
export const countOf = (count: number, { unheard }: Pick<Row, 'unheard'>, { format }: Speech): string =>
  count === 0 && unheard ? '—' : format.count(count);

/** The same with what is counted. */
export function dossiersOf(count: number, row: Pick<Row, 'unheard'>, speech: Speech): string {
  const text = countOf(count, row, speech);
  return text === '—' ? text : speech.t('dossiers', { n: text }, count);
}

interface Dated {
  validFrom?: string | undefined;
  validTo?: string | undefined;
}

/** Units that owned their code on any day of the period. */
const during = (unit: Dated, { period }: WallState): boolean =>
  (unit.validFrom ?? '') <= period.to && (unit.validTo ?? '9999') >= period.from;

/** A former unit and the one of today that took its name are told apart by their days. */
function namesAmong(units: readonly Unit[], { name, format, t }: Speech): (unit: Unit) => string {
  const times = new Map<string, number>();
  for (const unit of units) times.set(name(unit), (times.get(name(unit)) ?? 0) + 1);
  return (unit) => {
    const own = name(unit);
    if (times.get(own) === 1) return own;
    if (unit.validTo !== undefined) return t('nameUntil', { name: own, day: format.day(unit.validTo) });
    return unit.validFrom === undefined ? own : t('nameFrom', { name: own, day: format.day(unit.validFrom) });
  };
}

export function agencyRows(state: WallState, catalogue: Catalogue, speech: Speech): Row[] {
  const isUnheard = unheardIn(state, catalogue);
  const units = catalogue.agencies.filter((unit) => unit.id in state.agencies || during(unit, state));
  const nameOf = namesAmong(units, speech);
  // Where the whole cannot be judged, nobody is who is not heard.
  const isPart = state.kind === 'now' && (state.isCoverageLow ?? isCoverageLow(state, speech.thresholds));
  return units
    .map((unit) => toRow(unit.id, nameOf(unit), isUnheard(unit), speech, state.agencies[unit.id]))
    .map((row) => (isPart && row.unheard && row.mark !== 'few' ? { ...row, mark: 'unknown' as const } : row))
    .sort(byLate);
}

/** The first `most` of rows that kept their places; whoever must act since is before those that need not. */
export const foremost = (rows: readonly Row[], most: number): Row[] =>
  [...rows.filter(({ mark }) => mark === 'act'), ...rows.filter(({ mark }) => mark !== 'act')].slice(0, most);

/** Whoever must act first and those that cannot be judged last; of each, most late dossiers first: a share of few hides whom most people wait for. */
const URGENCY: Partial<Record<Mark, number>> = { act: -1, unknown: 1, few: 2 };
function byLate(a: Row, b: Row): number {
  const urgency = (URGENCY[a.mark] ?? 0) - (URGENCY[b.mark] ?? 0);
  if (urgency !== 0) return urgency;
  if (a.mark === 'few') return b.finished - a.finished || bySubmitted(a, b);
  return b.late - a.late || (a.onTime ?? 0) - (b.onTime ?? 0);
}

export const bySubmitted = (a: Row, b: Row): number => b.submitted - a.submitted || a.id.localeCompare(b.id);

export function provinceRows(state: WallState, catalogue: Catalogue, speech: Speech): Row[] {
  const isUnheard = unheardIn(state, catalogue);
  const units = catalogue.provinces.filter((unit) => unit.id in state.provinces || during(unit, state));
  const nameOf = namesAmong(units, speech);
  return units
    .map((unit) => toRow(unit.id, nameOf(unit), isUnheard(unit), speech, state.provinces[unit.id]))
    .sort(bySubmitted);
}

export function serviceRows(state: WallState, catalogue: Catalogue, speech: Speech): Row[] {
  const isUnheard = unheardIn(state, catalogue);
  return catalogue.services
    .filter((service) => service.code in state.services || (service.leading && during(service, state)))
    .map((service) =>
      toRow(
        service.code,
        speech.name(service),
        isUnheard({ id: service.agency }),
        speech,
        state.services[service.code],
      ),
    )
    .sort(bySubmitted);
}

export const leadingRows = (state: WallState, catalogue: Catalogue, speech: Speech): Row[] => {
  const leading = new Set(catalogue.services.filter((service) => service.leading).map((service) => service.code));
  return serviceRows(state, catalogue, speech).filter((row) => leading.has(row.id));
};

/** As the room judged it, which stays beside an edge what it was; of a past period, as its numbers stand. */
export const standingOf = (unit: UnitState | undefined, thresholds: Thresholds): UsualStanding =>
  unit?.usualStanding ?? usualStanding(unit, thresholds);

/** How far from usual, in words: in per cent, or in dossiers where the usual ones are too few for that. */
export function deviationText(
  unit: UnitState | undefined,
  { format, t, thresholds }: Speech,
): { isBelow: boolean; size: string } | undefined {
  const { usual, submitted } = unit ?? {};
  if (usual === undefined || submitted === undefined) return undefined;
  const excess = Math.abs(submitted - usual.median);
  const size =
    usual.median < Math.max(1, thresholds.countEnough)
      ? t('dossiers', { n: format.count(excess) }, excess)
      : format.size(submitted / usual.median - 1);
  return { isBelow: submitted < usual.median, size };
}

/** How many dossiers more or fewer than usual: what a place is named for first. */
export const excessOf = (unit: UnitState | undefined): number =>
  unit?.usual === undefined || unit.submitted === undefined ? 0 : Math.abs(unit.submitted - unit.usual.median);

/** Units whose source is late: they are not known up to now, and not silent yet. */
export const lateUnits = (state: WallState, catalogue: Catalogue): Set<string> =>
  new Set(
    catalogue.sources.flatMap(({ id, unit }) =>
      unit !== undefined && state.sources[id]?.status === 'late' ? [unit] : [],
    ),
  );

/** Units whose source is silent, with the time up to which it reported. */
export function silentUnits(state: WallState, catalogue: Catalogue): Map<string, number | undefined> {
  const units = new Map<string, number | undefined>();
  for (const { id, unit } of catalogue.sources) {
    const source = state.sources[id];
    if (unit !== undefined && (source?.status === 'silent' || source?.status === 'never'))
      units.set(unit, source.reportedTo);
  }
  return units;
}

/** A unit that is no more has no portal left to say that it had nothing. */
function unheardIn(state: WallState, catalogue: Catalogue): (unit: Dated & { id: string }) => boolean {
  const silent = silentUnits(state, catalogue);
  const today = localDay(state.computedAt, catalogue.timeZone);
  return ({ id, validTo = today }) => state.events === 0 || silent.has(id) || validTo < today;
}

/** What a year of forecasts comes to beside its truth: errors, bands, and what was flagged against what was planted. Pure. */
import {
  addDays,
  type Calibration,
  type Catalogue,
  type Episode,
  type Forecasts,
  type Horizon,
  isoWeekday,
  LEVELS,
  localDay,
  type Projection,
  startOfDay,
} from '@room/contract';
import { score } from '@room/forecast';
import type { StoredForecast } from '@room/warehouse';
import type { Calendar } from '../../pipelines/src/forecasting/calendar.ts';
import type { Figure } from './report.ts';

const HOUR = 3_600_000;
const WEEK = 168;

export interface Truth {
  catalogue: Catalogue;
  calendar: Calendar;
  /** First instant of the hours below. */
  start: number;
  /** Dossiers of the nation by hour, told or not, and what was to be expected of the hour before chance. */
  values: Float64Array;
  expected: Float64Array;
  outages: readonly { from: number; to: number }[];
}

/** What one refresh foresaw. */
export interface Seen {
  knownTo: number;
  /** One of each day; the others look closer at what was planted. */
  daily: boolean;
  hours: StoredForecast;
  projections: Forecasts['projections'];
  episodes: readonly Episode[];
}

export interface Planted {
  name: string;
  kind: Episode['kind'];
  /** Unit or source. */
  code: string;
  from: number;
  to: number;
}

export type Kept = Episode & { withdrawn: boolean };

/** One forecast with what became of it. */
interface Held {
  group: string;
  mean: number;
  truth: number;
  /** What was still to come when it was made. */
  rest: number;
  bands: readonly (readonly [number, number])[];
  peer?: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const sum = (values: readonly number[]): number => values.reduce((total, it) => total + it, 0);

function groupOf({ calendar, catalogue, outages }: Truth, day: string): string {
  const from = startOfDay(day, catalogue.timeZone);
  if (outages.some((it) => it.from < from + 24 * HOUR && it.to > from)) return 'days of an outage';
  if (calendar.labelOf(day)?.includes('@')) return 'days around the lunar new year';
  const isRest = catalogue.calendar.weeklyRest.includes(isoWeekday(day));
  const type = calendar.typeOf(day);
  return type === 'holiday' || (isRest && type === 'working')
    ? 'other holidays and worked days of rest'
    : 'ordinary days';
}

const hourAt = (truth: Truth, instant: number): number => Math.round((instant - truth.start) / HOUR);
const between = (truth: Truth, from: string, to: string): number => {
  const { timeZone } = truth.catalogue;
  const first = hourAt(truth, startOfDay(from, timeZone));
  return sum(
    Array.from(truth.values.subarray(Math.max(0, first), hourAt(truth, startOfDay(addDays(to, 1), timeZone)))),
  );
};

function byGroup<It extends { group: string }>(all: readonly It[]): [string, It[]][] {
  const groups = new Map<string, It[]>();
  for (const it of all) groups.set(it.group, [...(groups.get(it.group) ?? []), it]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
}

const heldBy = (all: readonly { truth: number; bands: Held['bands'] }[]): string =>
  LEVELS.map((level, at) => {
    const inside = all.filter(({ truth, bands }) => {
      const [low = Number.NaN, high = Number.NaN] = bands[at] ?? [];
      return truth >= low && truth <= high;
    }).length;
    return `${Math.round(100 * level)}: ${percent(inside / all.length)}`;
  }).join(', ');

/** Errors of what each day's refresh foresaw: of the day after it, hour by hour, or of the end of a period. */
export function errorFigures(horizon: Horizon | 'ahead', seen: readonly Seen[], truth: Truth): Figure[] {
  const daily = seen.filter((it) => it.daily);
  return horizon === 'ahead' ? aheadFigures(daily, truth) : endFigures(horizon, daily, truth);
}

function aheadFigures(daily: readonly Seen[], truth: Truth): Figure[] {
  const { timeZone } = truth.catalogue;
  const unit = score.naiveError(truth.values, WEEK);
  const days = daily.flatMap(({ knownTo, hours }) => {
    const day = addDays(localDay(knownTo, timeZone), 1);
    const first = hourAt(truth, startOfDay(day, timeZone));
    const step = first - hourAt(truth, knownTo);
    const n = hours.mean.length;
    if (first + 24 > truth.values.length || step + 24 > n) return [];
    const at = (from: ArrayLike<number>, start: number): number[] =>
      Array.from({ length: 24 }, (_, h) => from[start + h] ?? 0);
    const held = at(truth.values, first);
    return [
      {
        group: groupOf(truth, day),
        mean: at(hours.mean, step),
        held,
        weekAgo: at(truth.values, first - WEEK),
        known: at(truth.expected, first),
        bands: held.map((value, h) => ({
          truth: value,
          bands: LEVELS.map(
            (_, l) => [hours.bounds[2 * l * n + step + h] ?? 0, hours.bounds[(2 * l + 1) * n + step + h] ?? 0] as const,
          ),
        })),
      },
    ];
  });
  const whole = (all: typeof days, of: 'mean' | 'weekAgo' | 'known'): number =>
    sum(all.map((it) => Math.abs(sum(it[of]) - sum(it.held)))) / sum(all.map((it) => sum(it.held)));
  return byGroup(days).map(([group, all]) => {
    const held = all.flatMap((it) => it.held);
    const smape = (of: 'mean' | 'weekAgo' | 'known'): number =>
      score.smape(
        all.flatMap((it) => it[of]),
        held,
      );
    const mase = (of: 'mean' | 'weekAgo' | 'known'): number =>
      sum(all.flatMap((it) => it[of]).map((value, h) => Math.abs(value - (held[h] ?? 0)))) / held.length / unit;
    const says = (of: 'mean' | 'weekAgo' | 'known'): string =>
      `sMAPE ${smape(of).toFixed(1)}, MASE ${mase(of).toFixed(2)}, whole day off by ${percent(whole(all, of))}`;
    return {
      what: `the day ahead by hour, ${all.length} ${group} (bands of hours held ${heldBy(all.flatMap((it) => it.bands))})`,
      ours: says('mean'),
      peer: `same hour a week ago: ${says('weekAgo')}; who knew what to expect: ${says('known')}`,
      ratio: mase('mean') / mase('weekAgo'),
    };
  });
}

function endFigures(horizon: Horizon, daily: readonly Seen[], truth: Truth): Figure[] {
  const { timeZone } = truth.catalogue;
  const end = localDay(truth.start + truth.values.length * HOUR - 1, timeZone);
  const all = daily.flatMap(({ knownTo, projections }): Held[] => {
    const found = projections[horizon];
    if (found === undefined || !('mean' in found) || found.to > end) return [];
    const today = localDay(knownTo, timeZone);
    const held = between(truth, found.from, found.to);
    const since = truth.values.subarray(
      hourAt(truth, knownTo),
      hourAt(truth, startOfDay(addDays(found.to, 1), timeZone)),
    );
    return [
      {
        group: {
          day: () => groupOf(truth, today),
          month: () => monthPart(truth, found, today),
          year: () => `quarter ${Math.ceil(Number(today.slice(5, 7)) / 3)}`,
        }[horizon](),
        mean: found.mean,
        truth: held,
        rest: sum(Array.from(since)),
        bands: found.bands,
      },
    ];
  });
  return byGroup(all).map(([group, some]) => ({
    what: `end of the ${horizon}, ${some.length} foreseen on ${group} (bands held ${heldBy(some)})`,
    ours: `off by ${percent(sum(some.map((it) => Math.abs(it.mean - it.truth))) / sum(some.map((it) => it.truth)))} of the whole, ${percent(sum(some.map((it) => Math.abs(it.mean - it.truth))) / sum(some.map((it) => it.rest)))} of what was to come`,
  }));
}

/** Whether the rest of the month holds days of the lunar new year, and how much of it is left. */
function monthPart(truth: Truth, { to }: Projection, today: string): string {
  let isFeast = false;
  for (let day = today; day <= to; day = addDays(day, 1)) isFeast ||= groupOf(truth, day).includes('new year');
  const part = Number(today.slice(8)) <= 10 ? 'days 1-10' : Number(today.slice(8)) <= 20 ? 'days 11-20' : 'days 21-31';
  return `${part}${isFeast ? ', the lunar new year in what was to come' : ''}`;
}

export const calibrationFigures = (when: string, rows: readonly Calibration[]): Figure[] =>
  rows.map(({ metric, horizon, levels, error }) => ({
    what: `calibration ${when}: ${metric} by ${horizon}, ${levels[0]?.of ?? 0} bands`,
    ours: levels.map(({ level, held, of }) => `${Math.round(100 * level)}: ${percent(held / of)}`).join(', '),
    ...(error === undefined ? {} : { peer: `mean error ${percent(error)}` }),
  }));

/** What was planted and found or missed; then what was flagged and not planted. */
export function flagFigures(
  planted: readonly Planted[],
  seen: readonly Seen[],
  kept: readonly Kept[],
  timeZone: string,
): Figure[] {
  const clock = (at: number): string =>
    `${localDay(at, timeZone)} ${new Date(at - startOfDay(localDay(at, timeZone), timeZone)).toISOString().slice(11, 13)} h`;
  const told = ({ kind, dim, code, onset, end, observed, expected, drivers }: Episode): string =>
    `${kind} ${dim}${code === '' ? '' : ` ${code}`} ${clock(onset)} to ${end === undefined ? 'now' : clock(end)}, ${observed} of ${expected}${
      drivers.length === 0
        ? ''
        : `, driven by ${drivers.map((it) => `${it.dim} ${it.code} ${percent(it.share)}`).join(', ')}`
    }`;
  const meets = (it: Planted, { onset, end }: Episode): boolean =>
    onset < it.to && (end ?? Number.POSITIVE_INFINITY) > it.from;
  const isOf = (it: Planted, episode: Episode): boolean =>
    meets(it, episode) &&
    episode.kind === it.kind &&
    (episode.code === it.code || episode.drivers.some(({ code }) => code === it.code));
  // One that was never seen to end lasted until it was last looked at.
  const shown = new Map(
    seen.flatMap(({ knownTo, episodes }) => episodes.map((it) => [it.id, { end: knownTo, ...it }] as const)),
  );
  const causes = planted.map((it): Figure => {
    const since = seen.find(({ episodes }) => episodes.some((episode) => isOf(it, episode)))?.knownTo;
    const own = kept.filter((episode) => isOf(it, episode));
    const others = [...shown.values()].filter((episode) => meets(it, episode) && !isOf(it, episode));
    return {
      what: `planted: ${it.name}, ${clock(it.from)} to ${clock(it.to)}`,
      ours: `${since === undefined ? 'missed' : `shown ${(since - it.from) / HOUR} h after its beginning`}; ${
        own.map((episode) => `${told(episode)}${episode.withdrawn ? ' (withdrawn)' : ''}`).join(' and ') ||
        'nothing kept'
      }`,
      peer: `shown besides: ${others.map(told).join('; ') || 'nothing'}`,
    };
  });
  const strange = (episode: Episode): boolean => !planted.some((it) => meets(it, episode));
  const stay = kept.filter((episode) => !episode.withdrawn && strange(episode));
  const passing = [...shown.values()].filter(
    (episode) => strange(episode) && !kept.some(({ id, withdrawn }) => id === episode.id && !withdrawn),
  );
  return [
    ...causes,
    { what: 'flagged and not planted, kept', ours: `${stay.length}` },
    ...stay.map((episode) => ({ what: 'flagged and not planted', ours: told(episode) })),
    { what: 'flagged and not planted, shown for a while and withdrawn', ours: `${passing.length}` },
    ...passing.map((episode) => ({ what: 'shown and withdrawn', ours: told(episode) })),
  ];
}

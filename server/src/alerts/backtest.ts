/** When a rule would have rung over the past: what the room itself would have found at each step, and what its limits make of it. */
import {
  addDays,
  type Backtest,
  type BacktestSeries,
  type Catalogue,
  CHANGE_DAYS,
  type Condition,
  type CountedMember,
  type Dimension,
  EVERYTHING,
  type Forecasts,
  LEVELS_REPORTED,
  limitsOf,
  localDay,
  membersOf,
  querySchema,
  ringsOf,
  startOfDay,
  type TriedRule,
  timingOf,
  windowOf,
} from '@room/contract';
import { turn as nextTurn } from '@room/runtime';
import type { ForecastStore, PastQueries, PastRow, QueryStore } from '@room/warehouse';
import { earlierOf } from './earlier.ts';
import { find, type Levels } from './observe.ts';
import { type Grid, type Past, PastScenes } from './past-scenes.ts';
import { Track } from './track.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Who reports is looked at more often: a portal is silent after minutes. */
const REPORTS_STEP = 15 * MINUTE;
/** Values that one answer has at most: of a rule over more the latest days are tried. */
const MOST_VALUES = 400_000;
/** What was counted by the minute is kept some days longer; hours are kept for ever. */
const MINUTES_KEPT_DAYS = 30;
/** Usual ranges, and days of the same type, are looked for as far back. */
const ALIKE_REACH_DAYS = 90;
/** Milliseconds that it holds the event loop at a time. */
const SLICE_MS = 10;

export interface BacktestOptions {
  catalogue: Catalogue;
  past: Pick<PastQueries, 'sums'>;
  store: Pick<QueryStore, 'answer'>;
  forecasts: Pick<ForecastStore, 'runs'>;
}

/** Of the last `days` local days up to `now`, milliseconds since 1970 UTC. */
export async function backtest(
  rule: TriedRule,
  days: number,
  now: number,
  options: BacktestOptions,
  signal?: AbortSignal,
): Promise<Backtest> {
  const began = performance.now();
  const { catalogue } = options;
  // Of links the last hour alone is looked at: their rules are not tried on the past.
  const members = membersOf(rule, catalogue, localDay(now, catalogue.timeZone)).flatMap(({ dim, code }) =>
    dim === 'link' ? [] : [{ dim, code }],
  );
  const grid = gridOf(rule.when, days, now, members.length, catalogue);
  const { past, simulated } = await pastOf(rule, members, grid, options, signal);
  const series = await seriesOf(past, catalogue, signal);
  const { step, steps } = grid;
  const from = grid.start + grid.lead * step;
  const isKept = past.runs === undefined || past.runs.length > 0;
  return {
    from,
    step,
    steps,
    series,
    rings: ringsOf({ from, step, series }, limitsOf(rule.when, catalogue.thresholds), timingOf(rule)),
    simulated,
    ...(isKept ? {} : { missing: 'not-kept' as const }),
    ms: Math.round(performance.now() - began),
  };
}

function stepOf(when: Condition, days: number): number {
  if (when.kind === 'silent' || when.kind === 'freshness' || when.kind === 'coverage')
    return days > MINUTES_KEPT_DAYS ? HOUR : REPORTS_STEP;
  const window = windowOf(when);
  if (window?.kind === 'now' || when.kind === 'unused') return DAY;
  // A stretch of odd minutes is looked at once in its length.
  return window?.kind === 'last' && window.minutes % 60 !== 0 ? lengthOf(window.minutes) : HOUR;
}

/** Minutes by the step: one that divides an hour, so that days begin with a step. */
const lengthOf = (minutes: number): number =>
  MINUTE * (DIVISORS.find((each) => each <= minutes && minutes % each === 0) ?? 1);
const DIVISORS = [30, 20, 15, 12, 10, 6, 5, 4, 3, 2, 1];

/** Whole steps up to now, the latest where there are too many. */
function gridOf(when: Condition, days: number, now: number, members: number, { timeZone }: Catalogue): Grid {
  const step = stepOf(when, days);
  const most = Math.max(1, Math.floor(MOST_VALUES / Math.max(1, members)));
  const isByMinute = step % HOUR !== 0;
  const kept = Math.max(1, Math.min(isByMinute ? MINUTES_KEPT_DAYS : days, days, Math.floor((most * step) / DAY)));
  const first = startOfDay(addDays(localDay(now, timeZone), 1 - kept), timeZone);
  const steps = Math.max(1, Math.floor((now - first) / step));
  const lead = Math.ceil(leadOf(when) / step);
  return { start: first - lead * step, step, lead, steps };
}

/** What is read before the first step. */
function leadOf(when: Condition): number {
  if (when.kind === 'unused') return when.days * DAY;
  const window = windowOf(when);
  const own = window?.kind === 'last' ? window.minutes * MINUTE : 0;
  const isUsual = when.kind === 'threshold' && when.against.kind === 'usual';
  const kind = earlierOf(when)?.kind;
  if (isUsual || kind === 'alike') return ALIKE_REACH_DAYS * DAY + own;
  // Who reported last before the first step is known from the day before it.
  return Math.max(DAY, kind === 'previous' ? own + Math.max(own, DAY) : own);
}

async function pastOf(
  rule: TriedRule,
  members: readonly CountedMember[],
  grid: Grid,
  { catalogue, past, store, forecasts }: BacktestOptions,
  signal: AbortSignal | undefined,
): Promise<{ past: Past; simulated: boolean }> {
  const { when } = rule;
  const total = grid.lead + grid.steps;
  const to = grid.start + total * grid.step;
  const slice = { from: grid.start / 1_000, to: to / 1_000, step: grid.step / 1_000 };
  const dim = members[0]?.dim ?? 'all';
  const codes = members.map(({ code }) => code);
  const window = windowOf(when);
  const isOwn = dim !== 'all' && (when.kind === 'unused' || (window !== undefined && window.kind !== 'now'));
  const [portals, whole, own] = await Promise.all([
    past.sums({ ...slice, dim: 'source' }, signal),
    past.sums({ ...slice, dim: 'all' }, signal),
    isOwn ? past.sums({ ...slice, dim, codes }, signal) : Promise.resolve<PastRow[]>([]),
  ]);
  const tracksOf = async (rows: readonly PastRow[], of: readonly string[]): Promise<Map<string, Track>> => {
    const byCode = new Map(rows.map((row) => [row.code, row]));
    const made = new Map<string, Track>();
    for (const code of of) {
      made.set(code, new Track(byCode.get(code), total));
      // Each holds thousands of steps, and there are some hundred.
      await nextTurn();
    }
    return made;
  };
  const nation = new Track(whole[0], total);
  const units = dim === 'all' ? new Map<string, Track>() : await tracksOf(own, codes);
  const made: Past = {
    when,
    members,
    grid,
    whole: nation,
    tracks: members.map(({ code }) => units.get(code) ?? nation),
    sources: await tracksOf(
      portals,
      catalogue.sources.map(({ id }) => id),
    ),
  };
  const isSimulated = [...portals, ...whole, ...own].some(({ simulated }) => simulated > 0);
  const from = grid.start + grid.lead * grid.step;
  if (window?.kind === 'now') {
    const before = when.kind === 'change' ? (when.days ?? CHANGE_DAYS) : 0;
    made.levels = await levelsBy(
      dim,
      addDays(localDay(from, catalogue.timeZone), -before),
      localDay(to - 1, catalogue.timeZone),
      store,
      signal,
    );
  }
  const part = PARTS[when.kind];
  if (part !== undefined) made.runs = await forecasts.runs(part, from - DAY, to, signal);
  return { past: made, simulated: isSimulated };
}

/** What of a run of forecasts a rule looks at. */
const PARTS: Partial<Record<Condition['kind'], Exclude<keyof Forecasts, 'madeAt' | 'knownTo' | 'hours'>>> = {
  anomaly: 'episodes',
  forecast: 'projections',
  target: 'targets',
};

/** What waited by the end of each local day. */
async function levelsBy(
  dim: 'all' | Dimension,
  from: string,
  to: string,
  store: Pick<QueryStore, 'answer'>,
  signal: AbortSignal | undefined,
): Promise<(day: string, before: number) => Levels> {
  const query = querySchema.parse({
    measures: LEVELS_REPORTED.join(','),
    from,
    to,
    grain: 'day',
    split: dim === 'all' ? '' : dim,
  });
  const { total, rows } = await store.answer(query, EVERYTHING, signal);
  const byDay = new Map<string, Map<string, Record<string, number>>>();
  for (const { key, points = [] } of dim === 'all' ? [{ ...total, key: [''] }] : rows)
    for (const { at, now, levelsAsOf } of points) {
      if (now === undefined) continue;
      const members = byDay.get(at) ?? new Map<string, Record<string, number>>();
      const asOf = levelsAsOf?.now;
      byDay.set(at, members.set(key[0] ?? '', { ...now, ...(asOf === undefined ? {} : { asOf }) }));
    }
  return (day, before) => {
    const members = byDay.get(addDays(day, -before));
    return members === undefined ? new Map() : new Map([[dim, members]]);
  };
}

/** What would have been found of each member at each step. */
async function seriesOf(past: Past, catalogue: Catalogue, signal: AbortSignal | undefined): Promise<BacktestSeries[]> {
  const { members, when, grid } = past;
  const scenes = new PastScenes(past, catalogue);
  const isRelative = when.kind === 'threshold' && when.against.kind !== 'value';
  const series = members.map(
    ({ dim, code }): Required<BacktestSeries> => ({ dim, code, values: [], references: [], few: [], unknown: [] }),
  );
  let began = performance.now();
  for (let n = 0; n < grid.steps; n++) {
    const scene = scenes.at(n);
    for (const [index, member] of members.entries()) {
      const found = find(when, member, scene, catalogue);
      const to = series[index];
      const isKnown = found !== undefined && 'measured' in found;
      to?.values.push(isKnown ? found.measured.value : null);
      if (isRelative) to?.references.push(isKnown ? (found.measured.reference ?? null) : null);
      if (found !== undefined && 'few' in found) to?.few.push(n);
      if (found !== undefined && 'missing' in found && to !== undefined) {
        const open = to.unknown.at(-1);
        if (open?.[1] === n) open[1] = n + 1;
        else to.unknown.push([n, n + 1]);
      }
    }
    if (performance.now() - began < SLICE_MS) continue;
    await nextTurn();
    signal?.throwIfAborted();
    began = performance.now();
  }
  return isRelative ? series : series.map(({ references: _, ...rest }) => rest);
}

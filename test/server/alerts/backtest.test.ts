/**
 * A backtest is what the evaluator would have done: over generated histories, with portals that fall silent, each look is made again by
 * the state that the pulse computes and by the turn that the evaluator takes, and both must ring at the same times.
 */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  addDays,
  Baseline,
  type Catalogue,
  comparableDays,
  type HourRow,
  isRinging,
  limitsOf,
  localDay,
  type Measures,
  NOTHING,
  type Rule,
  ringsOf,
  ruleSchema,
  startOfDay,
  sumOf,
  timingOf,
  windowOf,
  withLimit,
} from '@room/contract';
import type { Document } from '@room/database';
import type { BucketRow, DimRow, PastRow, PastSlice } from '@room/warehouse';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runningState } from '../../../pipelines/src/pulse/state.ts';
import { type BacktestOptions, backtest } from '../../../server/src/alerts/backtest.ts';
import { earlierKey, earlierOf, earlierThan } from '../../../server/src/alerts/earlier.ts';
import type { Stretch } from '../../../server/src/alerts/observe.ts';
import { type Kept, keptOf, keyOf, turn } from '../../../server/src/alerts/turn.ts';

const HOUR = 3_600_000;
const loaded = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
const NATION = 'urn:portal:national';
const MINISTRY = 'urn:portal:agency:MPS';
const catalogue: Catalogue = {
  ...loaded,
  sources: loaded.sources.filter(({ id }) => id === NATION || id === MINISTRY),
  thresholds: { ...loaded.thresholds, countEnough: 3, finishedEnough: 3, usualDaysEnough: 4 },
};
const zone = catalogue.timeZone;
const TODAY = '2026-11-19';
const label = { vi: 'tên', en: 'name' };
const ruleOf = (given: object): Rule =>
  ruleSchema.parse({ label, reason: label, owner: 'somebody', severity: 'warning', ...given });

/** One hour of one portal: nothing where it told nothing. */
type Hour = { counts: Measures } | undefined;
interface History {
  /** Where its first hour begins. */
  start: number;
  nation: Hour[];
  ministry: Hour[];
}

const UNITS = [
  { source: NATION, code: 'MOH', hours: (of: History) => of.nation },
  { source: MINISTRY, code: 'MPS', hours: (of: History) => of.ministry },
] as const;

function pastOf(of: History): BacktestOptions {
  const rowOf = (code: string, hours: readonly (Hour[] | readonly Hour[])[], slice: PastSlice): PastRow => {
    const row = { code, steps: [], events: [], simulated: 0, ...columns() } as unknown as Mutable;
    for (const [n] of of.nation.entries()) {
      const told = hours.flatMap((each) => each[n] ?? []);
      const at = of.start + n * HOUR;
      if (told.length === 0 || at < slice.from * 1_000 || at >= slice.to * 1_000) continue;
      const sum = sumOf(told.map(({ counts }) => counts));
      row.steps.push((at / 1_000 - slice.from) / slice.step);
      row.events.push(told.length);
      for (const name of Object.keys(NOTHING) as (keyof Measures)[]) row[name].push(sum[name]);
    }
    return row;
  };
  return {
    catalogue,
    past: {
      sums: async (slice) =>
        slice.dim === 'all'
          ? [
              rowOf(
                '',
                UNITS.map(({ hours }) => hours(of)),
                slice,
              ),
            ]
          : UNITS.map(({ source, code, hours }) => rowOf(slice.dim === 'source' ? source : code, [hours(of)], slice)),
    },
    store: { answer: () => Promise.reject(new Error('no levels are asked for')) },
    forecasts: { runs: () => Promise.reject(new Error('no forecasts are asked for')) },
  };
}
type Mutable = { code: string; simulated: number; steps: number[]; events: number[] } & Record<
  keyof Measures,
  number[]
>;
const columns = (): Record<string, number[]> => Object.fromEntries(Object.keys(NOTHING).map((name) => [name, []]));

/** What the warehouse says of a stretch, hour by hour. */
function stretchOf(of: History, from: number, to: number): Stretch {
  const within = (hours: readonly Hour[]): Measures =>
    sumOf(
      hours.flatMap((hour, n) => {
        const at = of.start + n * HOUR;
        return hour !== undefined && at >= from && at < to ? [hour.counts] : [];
      }),
    );
  const units = UNITS.map(({ code, hours }): [string, Measures] => [code, within(hours(of))]);
  return { from, to, total: sumOf(units.map(([, sums]) => sums)), units: new Map([['agency', new Map(units)]]) };
}

/** The state that the pulse had at the last millisecond of an hour. */
function stateAt(of: History, now: number) {
  const day = localDay(now, zone);
  const midnight = startOfDay(day, zone);
  const today = stretchOf(of, midnight, now);
  const row = (dim: string, code: string, hours: readonly Hour[]): DimRow[] => {
    const told = hours.flatMap((hour, n) =>
      hour !== undefined && of.start + n * HOUR < now ? [of.start + n * HOUR] : [],
    );
    const last = told.at(-1);
    if (last === undefined || last < midnight) return [];
    const sums = dim === 'source' ? NOTHING : (today.units.get('agency')?.get(code) ?? NOTHING);
    const to = Math.min(last + HOUR, now);
    return [{ ...NOTHING, ...sums, dim, code, reached: 0, events: 1, reportedTo: to, receivedAt: to, simulated: 0 }];
  };
  const minutes = Array.from({ length: 24 }, (_, n): BucketRow => {
    const { total } = stretchOf(of, midnight + n * HOUR, Math.min(now, midnight + (n + 1) * HOUR));
    const bucket = (midnight + n * HOUR) / 1_000;
    return { ...total, bucket, grain: 1, reached: 0, events: 1, reportedTo: now, receivedAt: now, simulated: 0 };
  }).filter(({ bucket }) => bucket * 1_000 < now);
  const lastSeen = new Map(
    UNITS.flatMap(({ source, hours }) => {
      const before = hours(of).flatMap((hour, n) => (hour !== undefined && of.start + n * HOUR < midnight ? [n] : []));
      const n = before.at(-1);
      const at = of.start + ((n ?? 0) + 1) * HOUR;
      return n === undefined ? [] : [[source, { reportedTo: at, receivedAt: at }] as const];
    }),
  );
  return runningState(
    {
      now,
      totals: UNITS.flatMap(({ source, code, hours }) => [
        ...row('source', source, hours(of)),
        ...row('agency', code, hours(of)),
      ]),
      minutes,
      seconds: [],
      lastSeen,
      late: [],
      backlog: undefined,
      baseline: new Baseline([], [], zone),
      isSimulated: false,
      lastDay: undefined,
      pending: 0,
      quarantined: 0,
    },
    catalogue,
  );
}

/** By the room's own looks, one at the end of each hour of the last day but `days`: what rang, from and to. */
function lived(rule: Rule, of: History, from: number, steps: number): string[] {
  const document: Document<Rule> = { id: 'R', version: 1, who: 'test', at: new Date(from).toISOString(), body: rule };
  const kept = new Map<string, Kept>();
  const open = new Map<string, number>();
  const rang: string[] = [];
  for (let n = 0; n < steps; n++) {
    const end = from + (n + 1) * HOUR;
    const state = stateAt(of, end - 1);
    const window = windowOf(rule.when);
    const own =
      window?.kind === 'last'
        ? { from: end - window.minutes * 60_000, to: end }
        : { from: startOfDay(state.period.from, zone), to: end };
    const need = earlierOf(rule.when);
    const then = need === undefined ? undefined : earlierThan(own, need, catalogue);
    const seen = {
      state,
      at: end,
      tick: end,
      isStale: false,
      last: new Map(window?.kind === 'last' ? [[window.minutes, stretchOf(of, own.from, own.to)]] : []),
      earlier: new Map(
        need === undefined || then === undefined ? [] : [[earlierKey(need), stretchOf(of, then.from, then.to)]],
      ),
      levels: new Map(),
    };
    const { changes } = turn({ rules: [document], kept, seen, catalogue });
    for (const { key, to, from: version, begins } of changes) {
      const before = kept.get(keyOf(key));
      if (to === undefined) kept.delete(keyOf(key));
      else
        kept.set(
          keyOf(key),
          keptOf(
            { ...to, version: version + 1 },
            begins === undefined ? before?.opened : JSON.parse(begins.opened),
            seen,
          ),
        );
    }
    for (const { code } of UNITS) {
      const row = [...kept.values()].find((each) => each.row.code === code);
      const isOn = row !== undefined && isRinging(row.instance);
      const since = open.get(code);
      if (isOn && since === undefined) open.set(code, end);
      else if (!isOn && since !== undefined) {
        rang.push(`${code} ${since} ${end}`);
        open.delete(code);
      }
    }
  }
  return [...rang, ...[...open].map(([code, since]) => `${code} ${since} on`)].sort();
}

const count = fc.integer({ min: 0, max: 12 });
const hour = fc.option(fc.record({ submitted: count, submittedOnline: count, onTime: count, late: count }), {
  nil: undefined,
  freq: 6,
});
const DAYS = 3;
/** Days before those that are tried, which earlier stretches are of. */
const BEFORE = 3;
const NOW = startOfDay(TODAY, zone) + 17 * HOUR + 1;
const hours = (DAYS + BEFORE - 1) * 24 + 17;
const histories = fc
  .tuple(fc.array(hour, { minLength: hours, maxLength: hours }), fc.array(hour, { minLength: hours, maxLength: hours }))
  .map(
    ([nation, ministry]): History => ({
      start: startOfDay(addDays(TODAY, 1 - DAYS - BEFORE), zone),
      nation: nation.map((counts) => counts && { counts }),
      ministry: ministry.map((counts) => counts && { counts }),
    }),
  );

const side = fc.constantFrom('above', 'below');
const windows = fc.constantFrom({ kind: 'today' }, { kind: 'last', minutes: 60 }, { kind: 'last', minutes: 180 });
const inner = (side: string, limit: number): number => (side === 'above' ? limit * 0.7 : limit * 1.3);
const thresholds = fc
  .record({
    measure: fc.constantFrom('submitted', 'late', 'shareOnTime'),
    window: windows,
    side,
    kind: fc.constantFrom('value', 'previous', 'alike'),
    limit: fc.integer({ min: 0, max: 60 }),
  })
  .map(({ measure, window, side, kind, limit }) => {
    const share = Math.min(limit / 60, 0.75);
    const value = measure === 'shareOnTime' ? share : limit;
    const against =
      kind === 'value'
        ? { kind, limit: value, recover: inner(side, value) }
        : { kind, beyond: share, recover: share * 0.7 };
    const enough = measure === 'shareOnTime' ? { enough: 'finishedEnough' } : {};
    return { kind: 'threshold', measure, window, side, against, ...enough };
  });
const changes = fc.record({
  kind: fc.constant('change'),
  measure: fc.constantFrom('submitted', 'late', 'shareOnTime'),
  window: fc.constantFrom({ kind: 'last', minutes: 60 }, { kind: 'last', minutes: 120 }),
  side,
  limit: fc.constantFrom(0, 0.2, 0.9),
});
const ratios = fc.record({
  kind: fc.constant('ratio'),
  part: fc.constant('late'),
  whole: fc.constant('submitted'),
  window: windows,
  side,
  limit: fc.constantFrom(0.3, 0.8, 1.5),
  least: fc.constantFrom(1, 20),
});
const rules = fc
  .record({
    when: fc.oneof(thresholds, changes, ratios),
    over: fc.constantFrom({ dim: 'agency', codes: ['MPS', 'MOH'] }),
    forSeconds: fc.constantFrom(0, 1_800, 7_200),
    keepSeconds: fc.constantFrom(0, 3_600, 10_800),
  })
  .map(ruleOf);

const spansIn = (rings: readonly { code: string; from: number; to?: number }[]): string[] =>
  rings.map(({ code, from, to }) => `${code} ${from} ${to ?? 'on'}`).sort();

describe('a backtest', () => {
  it('rings when the evaluator would have, whatever was counted, and whoever was silent', {
    timeout: 60_000,
  }, async () => {
    let rang = 0;
    await fc.assert(
      fc.asyncProperty(rules, histories, async (rule, of) => {
        const { rings, from, steps } = await backtest(rule, DAYS, NOW, pastOf(of));
        const live = lived(rule, of, from, steps);
        rang += live.length;
        expect(spansIn(rings)).toEqual(live);
      }),
      { numRuns: 50 },
    );
    // Of rules that never ring nothing is shown.
    expect(rang).toBeGreaterThan(60);
  });

  it('tries another limit by what was measured as it would be measured for that limit', async () => {
    await fc.assert(
      fc.asyncProperty(rules, histories, fc.integer({ min: 0, max: 40 }), async (rule, of, other) => {
        const found = await backtest(rule, DAYS, NOW, pastOf(of));
        const limits = withLimit(limitsOf(rule.when, catalogue.thresholds), other);
        const { when } = rule;
        const { limit, recover } = limits;
        const moved =
          when.kind !== 'threshold'
            ? { ...when, limit, recover }
            : {
                ...when,
                against: { ...when.against, [when.against.kind === 'value' ? 'limit' : 'beyond']: limit, recover },
              };
        const anew = await backtest({ ...rule, when: moved as Rule['when'] }, DAYS, NOW, pastOf(of));
        expect(ringsOf(found, limits, timingOf(rule))).toEqual(anew.rings);
      }),
      { numRuns: 40 },
    );
  });

  it('holds each hour against the range that the pulse has then', async () => {
    const start = startOfDay(addDays(TODAY, -60), zone);
    const made = Array.from({ length: 60 * 24 + 17 }, (_, n) => ({
      counts: { ...NOTHING, submitted: 40 + ((n * 7_919) % 23) },
    }));
    const of: History = { start, nation: made, ministry: made.slice().reverse() };
    const when = {
      kind: 'threshold',
      measure: 'submitted',
      window: { kind: 'today' },
      side: 'above',
      against: { kind: 'usual', beyond: 0.02 },
    };
    const rule = ruleOf({ over: { dim: 'agency', codes: ['MPS'] }, when });
    const { series, from, step } = await backtest(rule, 1, NOW, pastOf(of));
    const days = comparableDays(catalogue, TODAY, localDay(start, zone));
    const rows = made.flatMap((_, n): HourRow[] => {
      const at = start + n * HOUR;
      const submitted = of.ministry[n]?.counts.submitted ?? 0;
      const day = localDay(at, zone);
      return days.includes(day) ? [{ day, dim: 'agency', code: 'MPS', hour: at / 1_000, submitted, simulated: 0 }] : [];
    });
    const baseline = new Baseline(days, rows, zone);
    const wanted = Array.from({ length: 17 }, (_, n) => {
      const elapsed = (from + (n + 1) * step - startOfDay(TODAY, zone)) / 1_000;
      return baseline.usual((day) => baseline.upTo('agency', 'MPS', day, elapsed), 2.576)?.high;
    });
    expect(series[0]?.references).toEqual(wanted);
    expect(wanted.every((high) => high !== undefined && high > 0)).toBe(true);
  });

  it('of the past of a portal rings while it was silent, and says of its ministry that nothing was known', async () => {
    const start = startOfDay(addDays(TODAY, -5), zone);
    const all = Array.from({ length: 5 * 24 + 17 }, () => ({ counts: { ...NOTHING, submitted: 10 } }));
    const gone = all.map((each, n) => (n >= 4 * 24 + 3 && n < 4 * 24 + 9 ? undefined : each));
    const of: History = { start, nation: all, ministry: gone };
    const silent = await backtest(ruleOf({ over: { dim: 'source' }, when: { kind: 'silent' } }), 31, NOW, {
      ...pastOf(of),
    });
    const midnight = startOfDay(addDays(TODAY, -1), zone);
    expect(silent.rings.map(({ code }) => code)).toEqual([MINISTRY]);
    expect(silent.rings[0]?.from).toBeGreaterThan(midnight + 3 * HOUR);
    const above = { kind: 'threshold', measure: 'submitted', window: { kind: 'today' }, side: 'above' };
    const when = { ...above, against: { kind: 'value', limit: 15 } };
    const { series } = await backtest(ruleOf({ over: { dim: 'agency', codes: ['MPS'] }, when }), 2, NOW, pastOf(of));
    expect(series[0]?.unknown).toEqual([[3, 9]]);
  });
});

it('a service that nobody used is tried day by day, and of days that too little was reported of nothing is said', async () => {
  const DAY = 24 * HOUR;
  const now = startOfDay(TODAY, zone) + 5 * HOUR;
  // Days before today on which a member told something: of the ministry's portal one is missing.
  const told: Readonly<Record<string, Readonly<Record<string, (ago: number) => number>>>> = {
    all: { '': () => 5 },
    source: { [NATION]: () => 4, [MINISTRY]: (ago) => (ago === 9 ? 0 : 1) },
    service: { DV03: (ago) => (ago >= 12 || ago === 2 ? 1 : 0), DV04: () => 1 },
  };
  const options: BacktestOptions = {
    catalogue,
    past: {
      sums: async ({ dim, from, to, step, codes }) =>
        Object.entries(told[dim] ?? {}).flatMap(([code, of]) => {
          if (codes !== undefined && !codes.includes(code)) return [];
          const row = { code, steps: [], events: [], simulated: 0, ...columns() } as unknown as Mutable;
          for (let at = from; at < to; at += step) {
            const count = of(Math.round((startOfDay(TODAY, zone) / 1_000 - at) / step));
            if (count === 0) continue;
            row.steps.push((at - from) / step);
            row.events.push(1);
            for (const name of Object.keys(NOTHING) as (keyof Measures)[]) row[name].push(count);
          }
          return [row];
        }),
    },
    store: {
      answer: () => {
        throw new Error('nothing of this waits');
      },
    },
    forecasts: { runs: async () => [] },
  };
  const over = { dim: 'service', codes: ['DV03', 'DV04'] };
  const rule = ruleOf({ over, when: { kind: 'unused', days: 3 }, forSeconds: 0, keepSeconds: 0 });
  const { from, step, steps, series, rings } = await backtest(rule, 15, now, options);
  // Whole days alone are looked at, each as its last moment leaves them.
  expect([from, step, steps]).toEqual([startOfDay(addDays(TODAY, -14), zone), DAY, 14]);
  // The last it was used on is 12 days ago: of 11, 10 and 9 days ago one report is missing, and so on to 9, 8 and 7.
  const days = series.find(({ code }) => code === 'DV03');
  expect(days?.values).toEqual([3, 3, 3, 2, 1, null, null, null, 0, 0, 0, 0, 1, 1]);
  expect(days?.few).toEqual([5, 6, 7]);
  expect(rings.map(({ code, from, to }) => [code, from, to])).toEqual([
    ['DV03', startOfDay(addDays(TODAY, -5), zone), startOfDay(addDays(TODAY, -1), zone)],
  ]);
});

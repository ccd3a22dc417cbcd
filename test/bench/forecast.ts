/**
 * Forecasts: scores by the M4 competition's definitions on the sets of a folder (`--folder DIR`, files as `Hourly-train.csv` and
 * `Hourly-test.csv`), or else on generated series whose truth is known; and the CPU time of one series.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, type WorkingCalendar } from '@room/contract';
import { dayEffects, deviationOfAll, type Forecast, forecast, score, type TotalOutcome } from '@room/forecast';
import { harmonics, ridgePaths } from '../../pipelines/forecast/src/ridge.ts';
import { medianOf } from '../../pipelines/forecast/src/robust.ts';
import { logScale, plainScale } from '../../pipelines/forecast/src/scales.ts';
import { thetaPaths } from '../../pipelines/forecast/src/theta.ts';
import { foresee } from '../../pipelines/src/forecasting/predict.ts';
import { pastStretches, project } from '../../pipelines/src/forecasting/totals.ts';
import { M4_SEASONS, M4_YARDSTICK, type M4Set, readM4 } from '../pipelines/forecast/m4.ts';
import {
  COURSES,
  flat,
  january,
  januaryOf,
  lastYearGrown,
  service,
  unlikeHolidays,
  withdrawals,
} from '../pipelines/forecast/series.ts';
import { randomOf } from '../portal/random.ts';
import { cpuSeconds, type Figure, print } from './report.ts';

const { values: options } = parseArgs({ options: { folder: { type: 'string' } }, strict: false });
const LEVEL = 0.95;

/** Sums of scores of one forecaster over a set. */
class Tally {
  smape = 0;
  mase = 0;
  coverage = 0;
  msis = 0;
  series = 0;
  seconds = 0;

  add(
    made: Partial<Forecast> & Pick<Forecast, 'mean'>,
    truth: ArrayLike<number>,
    history: ArrayLike<number>,
    season: number,
  ): void {
    this.series++;
    this.smape += score.smape(made.mean, truth);
    this.mase += score.mase(made.mean, truth, history, season);
    if (!made.lower || !made.upper) return;
    this.coverage += score.coverage(made.lower, made.upper, truth);
    this.msis += score.msis(made.lower, made.upper, truth, history, season, LEVEL);
  }

  mean(of: 'smape' | 'mase' | 'coverage' | 'msis' | 'seconds'): number {
    return this[of] / this.series;
  }

  get scored(): score.Scored {
    return { smape: this.mean('smape'), mase: this.mean('mase') };
  }
}

/** Runs `make` and adds its CPU time to the tally. */
function timed(tally: Tally, make: () => Forecast): Forecast {
  const before = process.cpuUsage();
  const made = make();
  tally.seconds += cpuSeconds(before);
  return made;
}

function competition({ period, series }: M4Set): void {
  const season = M4_YARDSTICK[period] ?? 1;
  const seasons = M4_SEASONS[period] ?? [];
  const ours = new Tally();
  const repeated = new Tally();
  const yardstick = new Tally();
  for (const { history, truth } of series) {
    const horizon = truth.length;
    ours.add(
      timed(ours, () => forecast(history, horizon, seasons, LEVEL)),
      truth,
      history,
      season,
    );
    repeated.add(repeatedWithBand(history, horizon, season), truth, history, season);
    yardstick.add({ mean: score.naive2(history, horizon, season) }, truth, history, season);
  }
  const hourly = period === 'Hourly';
  const of = `M4 ${period}, ${series.length} series`;
  print('forecast', [
    compared(`${of}, sMAPE`, ours.mean('smape'), 'seasonal naive', repeated.mean('smape')),
    compared(`${of}, MASE`, ours.mean('mase'), 'seasonal naive', repeated.mean('mase'), hourly ? '0.72' : undefined),
    compared(
      `${of}, OWA`,
      score.owa(ours.scored, yardstick.scored),
      'seasonal naive',
      score.owa(repeated.scored, yardstick.scored),
      hourly ? '0.37' : undefined,
    ),
    compared(`${of}, MSIS`, ours.mean('msis'), 'seasonal naive', repeated.mean('msis'), hourly ? '5.5' : undefined),
    compared(
      `${of}, share held by the 95 % band`,
      ours.mean('coverage'),
      'seasonal naive',
      repeated.mean('coverage'),
      hourly ? '0.94-0.96' : undefined,
    ),
    {
      what: `${of}, Naive2`,
      ours: `sMAPE ${yardstick.mean('smape').toFixed(3)}, MASE ${yardstick.mean('mase').toFixed(3)}`,
    },
    cpuFigure(of, ours, hourly ? '30 ms' : undefined),
  ]);
}

/** The seasonal naive method's own band: its one-step error, growing by the root of the seasons ahead. */
function repeatedWithBand(history: Float64Array, horizon: number, season: number): Forecast {
  const mean = score.seasonalNaive(history, horizon, season);
  let squares = 0;
  for (let t = season; t < history.length; t++) squares += ((history[t] ?? 0) - (history[t - season] ?? 0)) ** 2;
  const deviation = Math.sqrt(squares / (history.length - season));
  const half = (j: number): number => 1.96 * deviation * Math.sqrt(Math.floor(j / season) + 1);
  return { mean, lower: mean.map((it, j) => it - half(j)), upper: mean.map((it, j) => it + half(j)) };
}

function compared(what: string, ours: number, peer: string, peers: number, goal?: string): Figure {
  const figure = { what, ours: ours.toFixed(3), peer: `${peer} ${peers.toFixed(3)}`, ratio: ours / peers };
  return goal === undefined ? figure : { ...figure, goal };
}

function cpuFigure(of: string, tally: Tally, goal?: string): Figure {
  const figure = { what: `${of}, CPU time a series`, ours: `${(1000 * tally.mean('seconds')).toFixed(1)} ms` };
  return goal === undefined ? figure : { ...figure, goal };
}

/** Daily series in the manner of cash withdrawals: the last eight weeks of 111, after two years. */
function daily(): void {
  const horizon = 56;
  const ours = new Tally();
  const repeated = new Tally();
  const middle = new Tally();
  for (let seed = 1; seed <= 111; seed++) {
    const all = withdrawals(seed, 735 + horizon);
    const history = all.slice(0, -horizon);
    const truth = all.slice(-horizon);
    const steps = truth.flatMap((value, j) => (Number.isNaN(value) ? [] : [j]));
    const at = (values: ArrayLike<number>): Float64Array => Float64Array.from(steps, (j) => values[j] ?? 0);
    const carried = carry(history, 7);
    const made = timed(ours, () => forecast(history, horizon, [7, 365], LEVEL));
    ours.add({ mean: at(made.mean), lower: at(made.lower), upper: at(made.upper) }, at(truth), carried, 7);
    repeated.add({ mean: at(score.seasonalNaive(carried, horizon, 7)) }, at(truth), carried, 7);
    middle.add({ mean: at(medianOfFive(carried, horizon)) }, at(truth), carried, 7);
  }
  const of = 'generated daily withdrawals, 56 days ahead, 111 series';
  print('forecast', [
    compared(`${of}, sMAPE`, ours.mean('smape'), 'seasonal naive', repeated.mean('smape'), '21'),
    compared(`${of}, sMAPE`, ours.mean('smape'), 'median of five', middle.mean('smape'), '21'),
    compared(`${of}, MASE`, ours.mean('mase'), 'seasonal naive', repeated.mean('mase')),
    compared(`${of}, MASE`, ours.mean('mase'), 'median of five', middle.mean('mase')),
    { what: `${of}, share held by the 95 % band`, ours: ours.mean('coverage').toFixed(3) },
    cpuFigure(of, ours),
  ]);
}

/** A plain peer: the median of the seasonal naive, Theta with half-lives of 8 and 26 weeks, and lag ridges on levels and on logs. */
function medianOfFive(history: Float64Array, horizon: number): Float64Array {
  const origins = [history.length];
  const known = new Float64Array(history.length).fill(1);
  const spec = {
    lags: [1, 2, 6, 7, 8, 14],
    harmonics: harmonics(7, 3, 0, 0),
    anchor: 7,
    penalty: 0.1,
    harmonicPenalty: 0.1,
    halfLife: 26 * 7,
  };
  const members = [
    score.seasonalNaive(history, horizon, 7),
    ...[8, 26].flatMap((weeks) => thetaPaths(history, known, 7, weeks * 7, origins, horizon)),
    ...[plainScale, logScale].flatMap((scaleOf) => {
      const { z, back } = scaleOf(history, 20 * Math.max(...history));
      return ridgePaths([z], known, spec, origins, horizon).flatMap((paths) => paths.map((path) => path.map(back)));
    }),
  ];
  return Float64Array.from({ length: horizon }, (_, j) =>
    medianOf(Float64Array.from(members, (path) => path[j] ?? Number.NaN)),
  );
}

/** Gaps take the value one season before. */
function carry(values: readonly number[], season: number): Float64Array {
  const carried = Float64Array.from(values);
  for (let t = 0; t < carried.length; t++) if (Number.isNaN(carried[t])) carried[t] = carried[t - season] || 0;
  return carried;
}

/** Holiday weeks against ordinary ones, against what a forecaster could reach who knew every expected count, and without day types. */
function calendar(working: WorkingCalendar, step: 'hour' | 'day'): void {
  const perDay = step === 'hour' ? 24 : 1;
  const seasons = step === 'hour' ? [24, 168] : [7, 365];
  const horizon = 7 * perDay;
  const days = Math.round((Date.parse(working.to) - Date.parse(working.from)) / 86_400_000) + 1;
  const tallies = () => ({ ours: new Tally(), knowing: new Tally(), untyped: new Tally(), missed: 0, counted: 0 });
  const kinds = { ordinary: tallies(), feast: tallies(), 'other holidays': tallies() };
  const years = Object.values(working.newYear ?? {}).slice(2);
  for (let seed = 1; seed <= 12; seed++) {
    const all = service(working, { from: working.from, days, perHour: 40 * 2 ** (seed % 4), seed, step });
    const week = (start: string, { ours, knowing, untyped, ...sums }: ReturnType<typeof tallies>) => {
      const at = all.dates.indexOf(start);
      const history = Float64Array.from(all.values.slice(0, at));
      const truth = all.values.slice(at, at + horizon);
      const dayTypes = all.dayTypes.slice(0, at + horizon);
      const made = timed(ours, () => forecast(history, { horizon, seasons, level: LEVEL, dayTypes }));
      ours.add(made, truth, history, 7 * perDay);
      knowing.add({ mean: Float64Array.from(all.expected.slice(at, at + horizon)) }, truth, history, 7 * perDay);
      untyped.add(forecast(history, { horizon, seasons, level: LEVEL }), truth, history, 7 * perDay);
      return {
        missed: sums.missed + truth.reduce((sum, value, j) => sum + Math.abs(value - (made.mean[j] ?? 0)), 0),
        counted: sums.counted + truth.reduce((sum, value) => sum + value, 0),
      };
    };
    const plain = new Set(['working', 'rest']);
    for (const feast of years) {
      Object.assign(kinds.feast, week(addDays(feast, -2), kinds.feast));
      Object.assign(kinds['other holidays'], week(`${feast.slice(0, 4)}-04-27`, kinds['other holidays']));
      for (let later = 40; later < 300; later += 37) {
        const start = addDays(feast, later);
        const at = all.dates.indexOf(start);
        if (!all.dayTypes.slice(at, at + horizon).every((label) => plain.has(label))) continue;
        Object.assign(kinds.ordinary, week(start, kinds.ordinary));
      }
    }
  }
  const of = `generated ${step === 'hour' ? 'hours' : 'days'} of a service, a week ahead`;
  const relative = (kind: ReturnType<typeof tallies>): number => kind.missed / kind.counted;
  const excess = (kind: ReturnType<typeof tallies>): number => kind.ours.mean('mase') / kind.knowing.mean('mase');
  const { ordinary } = kinds;
  for (const [name, kind] of [
    ['the new-year week', kinds.feast],
    ['the week of 30 April', kinds['other holidays']],
  ] as const) {
    print('forecast', [
      compared(
        `${of}: ${name}, MASE`,
        kind.ours.mean('mase'),
        'an ordinary week',
        ordinary.ours.mean('mase'),
        'ratio 1.3',
      ),
      compared(
        `${of}: ${name}, MASE over that of knowing every expected count`,
        excess(kind),
        'an ordinary week',
        excess(ordinary),
      ),
      compared(
        `${of}: ${name}, error as a share of the counts`,
        relative(kind),
        'an ordinary week',
        relative(ordinary),
      ),
      compared(`${of}: ${name}, MASE`, kind.ours.mean('mase'), 'without day types', kind.untyped.mean('mase')),
      compared(
        `${of}: ${name}, share held by the 95 % band`,
        kind.ours.mean('coverage'),
        'an ordinary week',
        ordinary.ours.mean('coverage'),
      ),
    ]);
  }
  print('forecast', [cpuFigure(`${of} from up to four years`, kinds.feast.ours)]);
}

/** How far the band of a flat series leaves its level, a year ahead. */
function farAhead(): void {
  const [seeds, horizon] = [24, 365];
  for (const known of [730, 400, 200]) {
    const [ours, repeated] = [new Tally(), new Tally()];
    const furthest = { ours: 0, peer: 0 };
    const off = ({ lower, upper }: Forecast): number =>
      Math.max(...upper.map((it) => it / 1_000 - 1), ...lower.map((it) => 1 - it / 1_000));
    for (let seed = 1; seed <= seeds; seed++) {
      const all = Float64Array.from(flat(seed, known + horizon));
      const [history, truth] = [all.slice(0, known), all.slice(known)];
      const made = timed(ours, () => forecast(history, horizon, [7, 365], LEVEL));
      const peer = repeatedWithBand(history, horizon, 7);
      ours.add(made, truth, history, 7);
      repeated.add(peer, truth, history, 7);
      furthest.ours = Math.max(furthest.ours, off(made));
      furthest.peer = Math.max(furthest.peer, off(peer));
    }
    const of = `a flat series with 5 % noise, ${known} days known, 365 ahead, ${seeds} series`;
    print('forecast', [
      compared(`${of}, furthest bound in %`, 100 * furthest.ours, 'seasonal naive', 100 * furthest.peer, '25'),
      compared(
        `${of}, share held by the 95 % band`,
        ours.mean('coverage'),
        'seasonal naive',
        repeated.mean('coverage'),
        '0.93-0.97',
      ),
      cpuFigure(of, ours),
    ]);
  }
}

/** What a year of such days holds, as far off as it may be; its peer is the same by earlier totals alone. */
function totalsFarAhead(): void {
  const [seeds, horizon] = [6, 365];
  const labels = (days: number): null[] => Array.from({ length: days }, () => null);
  for (const known of [730, 400, 200]) {
    const sums = { ours: 0, peer: 0, told: 0, held: 0 };
    for (let seed = 1; seed <= seeds; seed++) {
      const all = Float64Array.from(flat(seed, known + horizon));
      const history = all.slice(0, known);
      const made = foresee(history, 'day', labels(known + horizon), horizon);
      const widest = made.ok ? made.path.bands.at(-1) : undefined;
      if (!made.ok || widest === undefined) throw new Error('a flat series is foreseen');
      const { mean } = made.path;
      const stretch = { counted: 0, remaining: mean, past: pastStretches(history, labels(known), horizon), doubt: 0 };
      const furthest = deviationOfAll(mean, widest.upper, widest.level);
      const offOf = (total: TotalOutcome): number =>
        total.ok ? (total.intervals.at(-1)?.upper ?? Number.NaN) / total.mean - 1 : Number.NaN;
      const ours = project({ ...stretch, furthest });
      const byTotals = offOf(project(stretch));
      const truth = all.subarray(known).reduce((sum, it) => sum + it, 0);
      sums.ours += (100 * offOf(ours)) / seeds;
      if (ours.ok && Math.abs(truth / ours.mean - 1) <= offOf(ours)) sums.held++;
      if (!Number.isNaN(byTotals)) [sums.peer, sums.told] = [sums.peer + 100 * byTotals, sums.told + 1];
    }
    const of = `what 365 such days hold, ${known} days known, ${seeds} series`;
    print('forecast', [
      {
        what: `${of}, half of the 95 % interval in %, and how many it held`,
        ours: `${sums.ours.toFixed(1)}, ${sums.held} of ${seeds}`,
        peer: `earlier totals alone ${sums.told > 0 ? (sums.peer / sums.told).toFixed(1) : 'refused'}`,
        goal: '25',
      },
    ]);
  }
}

/** The year's total made in January. */
function yearsTotal(working: WorkingCalendar): void {
  for (const day of ['2026-01-05', '2026-01-12', '2026-01-20', '2027-01-05', '2027-01-12', '2027-01-20']) {
    const missed = { ours: 0, peer: 0 };
    const seeds = 12;
    for (let seed = 1; seed <= seeds; seed++) {
      const { history, dayTypes, counted, horizon, rest } = january(working, day, seed);
      const { mean } = forecast(history, { horizon, seasons: [7, 365], level: LEVEL, dayTypes });
      const total = mean.reduce((sum, it) => sum + it, 0);
      missed.ours += (100 * Math.abs(total - rest)) / (counted + rest) / seeds;
      missed.peer += (100 * Math.abs(lastYearGrown(history, horizon) - rest)) / (counted + rest) / seeds;
    }
    print('forecast', [
      compared(
        `the year's total made on ${day}, ${seeds} generated services, error in %`,
        missed.ours,
        "last year's days times recent growth",
        missed.peer,
        'ratio 1',
      ),
    ]);
  }
}

/** The same of courses that no calendar names. */
function yearsTotalOfCourses(): void {
  const [seeds, days] = [24, [4, 11, 19]];
  for (const [name, course] of Object.entries(COURSES)) {
    const made = new Tally();
    const missed = { ours: 0, peer: 0 };
    for (let seed = 1; seed <= seeds; seed++)
      for (const day of days) {
        const { history, counted, horizon, rest, truth } = januaryOf(course(seed), day);
        const known = truth.flatMap((value, j) => (Number.isNaN(value) ? [] : [j]));
        const at = (values: ArrayLike<number>): Float64Array => Float64Array.from(known, (j) => values[j] ?? 0);
        const { mean, lower, upper } = forecast(history, horizon, [7, 365], LEVEL);
        const carried = carry(history, 7);
        const total = at(mean).reduce((sum, it) => sum + it, 0);
        const share = 100 / (counted + rest) / seeds / days.length;
        missed.ours += share * Math.abs(total - rest);
        missed.peer += share * Math.abs(lastYearGrown([...carried], horizon) - rest);
        made.add({ mean: at(mean), lower: at(lower), upper: at(upper) }, at(truth), carried, 7);
      }
    const of = `the year's total made on 5, 12 and 20 January, ${seeds} courses: ${name}`;
    print('forecast', [
      compared(`${of}, error in %`, missed.ours, "last year's days times recent growth", missed.peer, 'ratio 1'),
      { what: `${of}, share held by the 95 % band of days`, ours: made.mean('coverage').toFixed(3) },
    ]);
  }
}

/** A service that closed two weeks ago. */
function closed(): void {
  let [ours, repeated] = [0, 0];
  const seeds = 12;
  for (let seed = 1; seed <= seeds; seed++) {
    const random = randomOf(`closed ${seed}`);
    const history = Float64Array.from({ length: 730 }, (_, t) => (t >= 716 ? 0 : random.poisson(220)));
    ours += forecast(history, 7, [7, 365], LEVEL).mean.reduce((sum, it) => sum + it, 0) / seeds;
    repeated += history.slice(-28).reduce((sum, it) => sum + it, 0) / 4 / seeds;
  }
  print('forecast', [compared('closed for two weeks, the next week', ours, 'mean of four weeks', repeated, '0')]);
  const missed = { ours: 0, peer: 0, wide: 0 };
  for (let seed = 1; seed <= seeds; seed++) {
    const random = randomOf(`open again ${seed}`);
    const all = Float64Array.from({ length: 730 + 7 }, (_, t) => (t >= 709 && t < 723 ? 0 : random.poisson(220)));
    const made = forecast(all.slice(0, 730), 7, [7, 365], LEVEL);
    const sum = (values: Float64Array): number => values.reduce((total, it) => total + it, 0);
    const truth = sum(all.subarray(730));
    missed.ours += (100 * Math.abs(sum(made.mean) / truth - 1)) / seeds;
    missed.wide += (100 * (sum(made.upper) / truth - 1)) / seeds;
    missed.peer += (100 * Math.abs(sum(all.subarray(702, 730)) / 4 / truth - 1)) / seeds;
  }
  print('forecast', [
    compared(
      'closed for two weeks and open for one, the next week off by %',
      missed.ours,
      'mean of four weeks',
      missed.peer,
    ),
    { what: 'the same, upper bounds above the truth by %', ours: missed.wide.toFixed(1) },
  ]);
}

/** Unlike holidays under one label: hours hold the latest alone, days hold years of them. */
function oneHoliday(): void {
  const missed = { ours: 0, hours: 0, days: 0 };
  const [seeds, horizon, seasons] = [24, 24, [24, 168]];
  for (let seed = 1; seed <= seeds; seed++) {
    const { days, dayTypes: labels, hours, hourTypes: dayTypes, truth } = unlikeHolidays(seed);
    const wholeDays = dayEffects(Float64Array.from(days), labels, 7, 0).seen;
    const off = (history: ArrayLike<number>, told: typeof wholeDays | undefined): number => {
      const { mean } = forecast(history, { horizon, seasons, level: LEVEL, dayTypes, wholeDays: told });
      return Math.abs(Math.log(mean.reduce((sum, it) => sum + it, 0) / truth)) / seeds;
    };
    missed.ours += off(hours, wholeDays);
    missed.hours += off(hours, undefined);
    missed.days += off(
      hours.map((value, t) => (dayTypes[t] === 'holiday' ? Number.NaN : value)),
      wholeDays,
    );
  }
  const of = `a holiday unlike the one that hours hold, ${seeds} series, error of its logarithm`;
  print('forecast', [
    compared(of, missed.ours, 'that one alone', missed.hours),
    compared(of, missed.ours, 'years of days alone', missed.days),
  ]);
}

if (typeof options.folder === 'string') {
  for (const set of await readM4(options.folder)) competition(set);
} else {
  const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
  daily();
  farAhead();
  totalsFarAhead();
  yearsTotal(catalogue.calendar);
  yearsTotalOfCourses();
  closed();
  oneHoliday();
  calendar(catalogue.calendar, 'hour');
  calendar(catalogue.calendar, 'day');
}

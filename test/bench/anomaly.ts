/**
 * Anomalies: labelled windows found and precision of episodes on a folder in the layout of the Numenta Anomaly Benchmark
 * (`--folder DIR` with `combined_windows.json` and the CSV files), or else on generated years with planted events; quiet series'
 * false alarms; and the CPU time of one series.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import type { WorkingCalendar } from '@room/contract';
import { type CountedSeries, type Deviation, findEpisodes } from '@room/forecast';
import { MEDIAN_TO_DEVIATION, medianOf } from '../../pipelines/forecast/src/robust.ts';
import { readNab, scoreNab } from '../pipelines/forecast/anomaly/nab.ts';
import {
  addScore,
  beginning,
  DAY,
  EARLY,
  flickers,
  HOUR,
  happened,
  isSeen,
  lumpy,
  nearThreshold,
  plantedYear,
  remembering,
  tally,
} from '../pipelines/forecast/anomaly/planted.ts';
import { service } from '../pipelines/forecast/series.ts';
import { randomOf } from '../portal/random.ts';
import { cpuSeconds, print } from './report.ts';

const { values: options } = parseArgs({ options: { folder: { type: 'string' } }, strict: false });

async function labelled(folder: string): Promise<void> {
  for (const it of await readNab(folder)) {
    const before = process.cpuUsage();
    const findings = findEpisodes(it.series);
    const seconds = cpuSeconds(before);
    if (!findings.ok) {
      print('anomaly', [{ what: it.name, ours: `not judged: ${findings.detail}` }]);
      continue;
    }
    const { windows, found, episodes, right } = scoreNab(it, findings.episodes);
    const taxi = it.name.endsWith('nyc_taxi.csv');
    print('anomaly', [
      { what: `${it.name}, windows found`, ours: `${found} of ${windows}`, ...(taxi ? { goal: '5 of 5' } : {}) },
      {
        what: `${it.name}, precision of ${episodes} episodes`,
        ours: episodes > 0 ? (right / episodes).toFixed(2) : 'none',
        ...(taxi ? { goal: '0.83' } : {}),
      },
      { what: `${it.name}, CPU time of ${it.series.values.length} buckets`, ours: `${(1000 * seconds).toFixed(0)} ms` },
    ]);
  }
}

const SEEDS = 16;

function planted(calendar: WorkingCalendar): void {
  const from = Date.parse('2026-01-01');
  const [feastFrom, feastTo] = [Date.parse('2026-02-03'), Date.parse('2026-02-28')];
  const sum = tally();
  const kinds = new Map<string, { planted: number; found: number }>();
  let feast = 0;
  for (let seed = 101; seed < 101 + SEEDS; seed++) {
    const year = plantedYear(calendar, seed);
    const findings = findEpisodes({ ...year.series, from });
    if (!findings.ok) throw new Error(findings.detail);
    const end = year.series.start + year.series.values.length * HOUR;
    const episodes = findings.episodes.filter((it) => (it.end ?? end) > from);
    addScore(sum, year.planted, episodes, end);
    feast += episodes.filter((it) => it.onset < feastTo && (it.end ?? end) > feastFrom).length;
    for (const event of year.planted) {
      const one = tally();
      addScore(one, [event], episodes, end);
      const kind = kinds.get(event.what) ?? { planted: 0, found: 0 };
      kinds.set(event.what, { planted: kind.planted + 1, found: kind.found + one.found });
    }
  }
  const of = `generated years of a service, ${SEEDS} series of 40 to 320 an hour`;
  print('anomaly', [
    ...[...kinds].map(([what, it]) => ({ what: `${of}: ${what} found`, ours: `${it.found} of ${it.planted}` })),
    { what: `${of}: precision of ${sum.episodes} episodes`, ours: (sum.right / sum.episodes).toFixed(2), goal: '0.83' },
    { what: `${of}: episodes a planted event`, ours: (sum.right / sum.planted).toFixed(2), goal: '1' },
    { what: `${of}: flagged around the lunar new year`, ours: String(feast), goal: '0' },
  ]);
}

/** Nothing planted: what is found is a false alarm. And what judging the last two weeks of twelve costs. */
function quiet(calendar: WorkingCalendar): void {
  for (const perHour of [0.5, 5, 50, 5_000]) {
    let found = 0;
    let seconds = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const all = service(calendar, { from: '2026-05-11', days: 84, perHour, seed: 1_000 + seed, step: 'hour' });
      const start = Date.parse('2026-05-11');
      const series = { start, step: HOUR, values: all.values, dayTypes: all.dayTypes, from: start + 70 * DAY };
      const before = process.cpuUsage();
      const findings = findEpisodes(series);
      seconds += cpuSeconds(before);
      if (findings.ok) found += findings.episodes.length;
    }
    print('anomaly', [
      {
        what: `${SEEDS} quiet series of ${perHour} an hour, ten weeks each: false alarms`,
        ours: String(found),
        goal: '0',
      },
      {
        what: `12 weeks of hours at ${perHour}, CPU time a series`,
        ours: `${((1000 * seconds) / SEEDS).toFixed(1)} ms`,
      },
    ]);
  }
}

/** Half of all events come in lumps: nothing planted either. */
function lumps(calendar: WorkingCalendar): void {
  for (const [perHour, size] of [
    [5, 35],
    [50, 100],
  ] as const) {
    let found = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = randomOf(`lumps ${perHour} ${seed}`);
      const all = service(calendar, { from: '2026-05-11', days: 84, perHour, seed: 1_000 + seed, step: 'hour' });
      const values = Array.from(all.expected, (mean) => lumpy(random, mean, size, 0.5));
      const findings = findEpisodes({ start: Date.parse('2026-05-11'), step: HOUR, values, dayTypes: all.dayTypes });
      if (findings.ok) found += findings.episodes.length;
    }
    const of = `${SEEDS} quiet series of ${perHour} an hour, half of them in lumps of ${size}, twelve weeks each`;
    print('anomaly', [{ what: `${of}: false alarms`, ours: String(found), goal: '0' }]);
  }
}

const found = (series: CountedSeries): Deviation[] => {
  const findings = findEpisodes(series);
  return findings.ok ? findings.episodes : [];
};

/** The last hour against the median of the two days before, beyond six of their deviations: what anybody would do at first. */
const byTwoDays = ({ values }: CountedSeries, t: number): number => {
  const before = Float64Array.from({ length: 48 }, (_, back) => values[t - 1 - back] ?? Number.NaN);
  const middle = medianOf(before);
  const spread = MEDIAN_TO_DEVIATION * medianOf(before.map((value) => Math.abs(value - middle)));
  return ((values[t] ?? middle) - middle) / Math.max(spread, Math.sqrt(middle + 1));
};

/** A unit's first two weeks, from the third day on. */
function firstWeeks(calendar: WorkingCalendar): void {
  const [seeds, days] = [4, [2, 3, 4, 5, 6, 7, 8]];
  for (const perHour of [30, 100, 400]) {
    const starts = ['2026-06-01', '2026-06-04', '2026-06-06'];
    const units = starts.flatMap((from) =>
      Array.from({ length: seeds }, (_, seed) => ({ seed, series: beginning(calendar, from, perHour, seed) })),
    );
    const of = `a unit's first two weeks at ${perHour} an hour, ${units.length} series`;
    const tried = units.length * days.length;
    for (const what of EARLY) {
      let [ours, peer] = [0, 0];
      for (const { seed, series } of units)
        for (const day of days) {
          const it = happened(series, what, day, seed);
          const side = what === 'three times as much' ? 1 : -1;
          if (isSeen(found(it), it, what)) ours++;
          if (
            Array.from({ length: 8 }, (_, hour) => byTwoDays(it, it.values.length - 1 - hour)).some((z) => side * z > 6)
          )
            peer++;
        }
      print('anomaly', [
        {
          what: `${of}: ${what} for eight hours, seen of ${tried}`,
          ours: String(ours),
          peer: `two days' median ${peer}`,
          ...(peer > 0 ? { ratio: ours / peer } : {}),
        },
      ]);
    }
    const alarms = units.reduce((sum, { series }) => sum + found(series).length, 0);
    print('anomaly', [
      {
        what: `${of}: false alarms a series a month`,
        ours: ((alarms / units.length) * (30 / 14)).toFixed(2),
        goal: '1',
      },
    ]);
  }
}

/** What is near the threshold, as the window of twelve weeks moves day by day; the peer judges each window by itself, from its first day. */
function moving(calendar: WorkingCalendar): void {
  // To whom every day is the first of a week of its own, each window begins anew.
  const anew = (series: CountedSeries): Deviation[] => {
    const moved = series.start - Math.floor(series.start / (7 * DAY)) * 7 * DAY;
    const episodes = found({ ...series, start: series.start - moved, from: (series.from ?? 0) - moved });
    return episodes.map((it) => ({
      ...it,
      onset: it.onset + moved,
      ...(it.end === undefined ? {} : { end: it.end + moved }),
    }));
  };
  const [seeds, dates] = [6, ['2026-06-15', '2026-06-16', '2026-06-18', '2026-06-22']];
  let [ours, peer] = [0, 0];
  for (const date of dates)
    for (let seed = 1; seed <= seeds; seed++) {
      ours += flickers([...nearThreshold(calendar, { date, seed }, found)], remembering(found));
      peer += flickers([...nearThreshold(calendar, { date, seed }, anew)], anew);
    }
  print('anomaly', [
    {
      what: `${seeds * dates.length} surges that are just told, over five days: taken back or moved`,
      ours: String(ours),
      peer: `each window anew ${peer}`,
      ...(peer > 0 ? { ratio: ours / peer } : {}),
      goal: '0',
    },
  ]);
}

if (typeof options.folder === 'string') {
  await labelled(options.folder);
} else {
  const { calendar } = (await loadCatalogue(DEFAULT_CATALOGUE)).catalogue;
  planted(calendar);
  quiet(calendar);
  lumps(calendar);
  firstWeeks(calendar);
  moving(calendar);
}

/**
 * The layout of the Numenta Anomaly Benchmark: CSV files of `timestamp,value`, and labelled windows by file in
 * `combined_windows.json`, beside them or in `labels/`; the files under their names there, in `data/` or beside it.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CountedSeries, Deviation } from '@room/forecast';

export interface Window {
  /** First and last instant, ms. */
  from: number;
  to: number;
}

export interface NabSeries {
  name: string;
  series: CountedSeries;
  windows: Window[];
}

/** Instants of the benchmark name no zone; as UTC their days have 24 hours. */
const instant = (text: string): number =>
  Date.parse(
    `${text
      .trim()
      .replace(' ', 'T')
      .replace(/(\.\d{3})\d*$/, '$1')}Z`,
  );

/** Throws on a row that is no instant with a number, and on steps that are not all alike. A missing row is a gap. */
export function parseNab(text: string): CountedSeries {
  const [, ...lines] = text.trim().split(/\r?\n/);
  const rows = lines.map((line, i) => {
    const [time = '', value = ''] = line.split(',');
    const row = { at: instant(time), value: Number(value) };
    if (Number.isNaN(row.at) || value.trim() === '' || !Number.isFinite(row.value)) {
      throw new Error(`row ${i + 2} is "${line}", no instant with a number`);
    }
    return row;
  });
  const steps = rows.slice(1).map(({ at }, i) => at - (rows[i]?.at ?? 0));
  const step = [...steps].sort((a, b) => a - b)[steps.length >> 1] ?? 0;
  const start = rows[0]?.at ?? 0;
  const values: number[] = [];
  for (const { at, value } of rows) {
    const place = (at - start) / step;
    if (!Number.isInteger(place)) throw new Error(`${new Date(at).toISOString()} is not a whole number of steps away`);
    while (values.length < place) values.push(Number.NaN);
    values[place] = value;
  }
  return { start, step, values };
}

/** Every labelled file of a folder that is there. */
export async function readNab(folder: string): Promise<NabSeries[]> {
  const labels = await firstOf([
    join(folder, 'combined_windows.json'),
    join(folder, 'labels', 'combined_windows.json'),
  ]);
  if (labels === undefined) throw new Error(`${folder} has no combined_windows.json`);
  const windows = JSON.parse(labels) as Record<string, [string, string][]>;
  const found = await Promise.all(
    Object.entries(windows).map(async ([name, pairs]): Promise<NabSeries[]> => {
      const text = await firstOf([join(folder, name), join(folder, 'data', name), join(folder, basename(name))]);
      if (text === undefined) return [];
      return [
        {
          name,
          series: parseNab(text),
          windows: pairs.map(([from, to]) => ({ from: instant(from), to: instant(to) })),
        },
      ];
    }),
  );
  return found.flat();
}

async function firstOf(paths: string[]): Promise<string | undefined> {
  for (const path of paths) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

export interface NabScore {
  windows: number;
  found: number;
  episodes: number;
  right: number;
}

/** The benchmark gives a detector the first 15 % to learn from, and counts nothing there. */
const LEARNING = 0.15;

/** Windows that some episode meets, and episodes that meet some window. */
export function scoreNab({ series, windows }: Pick<NabSeries, 'series' | 'windows'>, episodes: Deviation[]): NabScore {
  const learned = series.start + Math.floor(LEARNING * series.values.length) * series.step;
  const counted = episodes.filter(({ onset }) => onset >= learned);
  const meets = ({ from, to }: Window, { onset, end }: Deviation): boolean =>
    onset <= to && (end ?? Number.POSITIVE_INFINITY) > from;
  return {
    windows: windows.length,
    found: windows.filter((window) => counted.some((it) => meets(window, it))).length,
    episodes: counted.length,
    right: counted.filter((it) => windows.some((window) => meets(window, it))).length,
  };
}

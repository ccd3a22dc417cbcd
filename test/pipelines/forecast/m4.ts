/** The M4 competition's CSV layout: one series a line, its name first, quoted or not, padded with empty cells at the end. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface M4Series {
  name: string;
  history: Float64Array;
  truth: Float64Array;
}

export interface M4Set {
  /** As in the files' names: Hourly, Daily … */
  period: string;
  series: M4Series[];
}

/** Seasons by period, as the competition scores (the first) and as a forecaster may use them. */
export const M4_SEASONS: Readonly<Record<string, readonly number[]>> = {
  Hourly: [24, 168],
  Daily: [7, 365],
  Weekly: [52],
  Monthly: [12],
  Quarterly: [4],
  Yearly: [1],
};

/** Season of the competition's yardstick: it took days, weeks and years as unseasonal. */
export const M4_YARDSTICK: Readonly<Record<string, number>> = {
  Hourly: 24,
  Daily: 1,
  Weekly: 1,
  Monthly: 12,
  Quarterly: 4,
  Yearly: 1,
};

/** Rows of a file by the name in their first cell. Throws on a cell that is no number. */
export function parseM4(text: string): Map<string, Float64Array> {
  const [, ...lines] = text.trim().split(/\r?\n/);
  return new Map(
    lines.map((line) => {
      const [name = '', ...cells] = line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
      const end = cells.findLastIndex((cell) => cell !== '' && cell !== 'NA') + 1;
      const values = Float64Array.from(cells.slice(0, end), (cell) => (cell === '' ? Number.NaN : Number(cell)));
      const wrong = values.findIndex((value) => !Number.isFinite(value));
      if (wrong >= 0) throw new Error(`${name}: value ${wrong + 1} is "${cells[wrong]}", no number`);
      return [name, values];
    }),
  );
}

/** Every pair `X-train.csv` and `X-test.csv` of a folder. */
export async function readM4(folder: string): Promise<M4Set[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('-train.csv')).sort();
  return Promise.all(
    names.map(async (name) => {
      const period = name.slice(0, -'-train.csv'.length);
      const train = parseM4(await readFile(join(folder, name), 'utf8'));
      const test = parseM4(await readFile(join(folder, `${period}-test.csv`), 'utf8'));
      const series = [...train].map(([id, history]) => {
        const truth = test.get(id);
        if (!truth) throw new Error(`${folder}: ${period}-test.csv has no series ${id}`);
        return { name: id, history, truth };
      });
      return { period, series };
    }),
  );
}

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findEpisodes } from '@room/forecast';
import { expect, it } from 'vitest';
import { tempDir } from '../../../harness/temp.ts';
import { randomOf } from '../../../portal/random.ts';
import { parseNab, readNab, scoreNab } from './nab.ts';

const START = Date.parse('2014-07-01T00:00:00Z');
const stamp = (step: number): string => new Date(START + step * 1_800_000).toISOString().slice(0, 19).replace('T', ' ');

it('reads half hours with a gap', () => {
  const { start, step, values } = parseNab(
    'timestamp,value\n2014-07-01 00:00:00,10844\n2014-07-01 00:30:00,8127\n2014-07-01 01:30:00,5\n2014-07-01 02:00:00,7',
  );
  expect([start, step]).toEqual([START, 1_800_000]);
  expect(Array.from(values)).toEqual([10_844, 8_127, Number.NaN, 5, 7]);
});

it('refuses what is no such file', () => {
  expect(() => parseNab('timestamp,value\n2014-07-01 00:00:00,many')).toThrow('row 2');
  expect(() => parseNab('timestamp,value\nyesterday,5')).toThrow('row 2');
  expect(() =>
    parseNab(
      'timestamp,value\n2014-07-01 00:00:00,1\n2014-07-01 00:30:00,1\n2014-07-01 01:00:00,1\n2014-07-01 01:07:00,1',
    ),
  ).toThrow('whole number');
});

it('scores a folder in the layout of the benchmark', async () => {
  await using folder = await tempDir();
  const random = randomOf('nab');
  const n = 48 * 70;
  const rows = Array.from({ length: n }, (_, t) => {
    const hour = (t % 48) / 2;
    const base = (hour > 7 && hour < 22 ? 15_000 : 5_000) * (Math.floor(t / 48) % 7 < 5 ? 1 : 0.8);
    const event = (t >= 2_000 && t < 2_024) || (t >= 2_700 && t < 2_712) ? 0.5 : 1;
    return `${stamp(t)},${Math.round(base * event * (1 + 0.06 * (random.next() - 0.5)))}`;
  });
  await mkdir(join(folder.path, 'data', 'known'), { recursive: true });
  await mkdir(join(folder.path, 'labels'));
  await writeFile(join(folder.path, 'data', 'known', 'rides.csv'), `timestamp,value\n${rows.join('\n')}\n`);
  const windows = {
    'known/rides.csv': [[`${stamp(1_990)}.000000`, `${stamp(2_030)}.000000`]],
    'known/absent.csv': [],
  };
  await writeFile(join(folder.path, 'labels', 'combined_windows.json'), JSON.stringify(windows));
  const [rides, ...others] = await readNab(folder.path);
  expect(others).toEqual([]);
  expect(rides?.windows).toEqual([{ from: START + 1_990 * 1_800_000, to: START + 2_030 * 1_800_000 }]);
  if (!rides) return;
  const findings = findEpisodes(rides.series);
  // The second event is not labelled: it counts against the precision.
  expect(scoreNab(rides, findings.ok ? findings.episodes : [])).toEqual({
    windows: 1,
    found: 1,
    episodes: 2,
    right: 1,
  });
});

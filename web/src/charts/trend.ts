/** A measure over the points of a period, and over those of the one that it is held against. Pure: points in, option out. */
import type { CurvePoint, Measure } from '@room/contract';
import type { EChartsOption, MarkAreaComponentOption } from 'echarts';
import type { Palette } from '../palette.ts';
import { FONT, niceTop } from './look.ts';

export interface TrendWords {
  /** Label of a point on the axis. */
  at: (at: string) => string;
  value: (value: number) => string;
  /** Of the tooltip: what is known of a point, as HTML made of escaped texts. */
  tip: (point: CurvePoint) => string;
}

/** What happened, over the points from one to another, both inclusive. */
export interface TrendNote {
  from: number;
  to: number;
  text: string;
  /** Pixels that its text may take; of a shade over one point, how wide that is. */
  room: number;
  /** It is a shade without a flag: a day off, which needs no reading. */
  isQuiet: boolean;
}

export interface Range {
  low: number;
  high: number;
}

/** What stands behind the lines, by point; of points after the last that was asked for only what is foreseen is known. */
export interface TrendBackdrop {
  usual: readonly (Range | undefined)[];
  foreseen: readonly ((Range & { mean: number }) | undefined)[];
  /** Stretches of which nothing is known; a part of it where `isPart`. */
  unknown: readonly { from: number; to: number; isPart: boolean }[];
  /** How that is filled. */
  hatch: string | object;
}
const NOTHING_BEHIND: TrendBackdrop = { usual: [], foreseen: [], unknown: [], hatch: '' };
/** Of the plot's height, where a part is not known. */
const FOOT = 0.06;

/** Where the plot stands within its canvas, in type sizes: left, right, top, bottom. */
export const PLOT = { left: 5, right: 1, top: 1.2, bottom: 2 } as const;
/** Above the plot, for the flags of what happened. */
const FLAGS = 1.7;

type Area = Extract<NonNullable<MarkAreaComponentOption['data']>[number], readonly unknown[]>[number];

export interface TrendLook {
  /** Pixels of the page's type. */
  type: number;
  palette: Palette;
}

/** Points of an index of which less is measured than on other days are not like them: there is a gap, and no fall. */
function valuesOf(points: readonly CurvePoint[], side: 'now' | 'before', measure: Measure): (number | undefined)[] {
  const values = points.map((point) => point[side]);
  if (measure !== 'indexPoints') return values.map((of) => of?.[measure]);
  const measured = Math.max(0, ...values.map((of) => of?.indexMeasured ?? 0));
  return values.map((of) => (of?.indexMeasured === measured ? of.indexPoints : undefined));
}

export function trendOption(
  points: readonly CurvePoint[],
  measure: Measure,
  isShare: boolean,
  /** Points from here on are not over: they are dotted, as what is foreseen is dashed. */
  openFrom: number,
  { type, palette }: TrendLook,
  words: TrendWords,
  notes: readonly TrendNote[] = [],
  { usual, foreseen, unknown, hatch }: TrendBackdrop = NOTHING_BEHIND,
): EChartsOption {
  const [now, before] = [valuesOf(points, 'now', measure), valuesOf(points, 'before', measure)];
  const ranges = [...usual, ...foreseen].flatMap((range) => (range === undefined ? [] : [range.low, range.high]));
  const known = [...now, ...before, ...ranges].filter((value) => value !== undefined);
  const most = Math.max(0, ...known);
  const least = Math.min(0, ...known);
  const top = isShare ? Math.min(1, niceTop(most)) : niceTop(most);
  const text = { fontFamily: FONT, fontSize: type * 0.92, color: palette.t3 };
  const gap = (values: readonly (number | undefined)[], from: number, to: number) =>
    values.map((value, n) => (n >= from && n < to && value !== undefined ? value : '-'));
  const line = (id: string, data: (number | string)[], color: string, width: number, type?: 'dashed' | 'dotted') => ({
    id,
    type: 'line' as const,
    data,
    // A point between unknown ones is no line: it must be seen all the same.
    showSymbol: true,
    symbol: 'circle',
    symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) =>
      data[dataIndex] !== '-' && (data[dataIndex - 1] ?? '-') === '-' && (data[dataIndex + 1] ?? '-') === '-'
        ? width * 2.5
        : 0,
    lineStyle: { color, width, ...(type === undefined ? {} : { type }) },
    itemStyle: { color },
    emphasis: { disabled: true },
    animation: false,
  });
  /** Two lines that are stacked, of which the space between is filled. */
  const band = (id: string, of: readonly (Range | undefined)[], color: string, opacity: number) =>
    ['low', 'wide'].map((part) => ({
      ...line(
        `${id}-${part}`,
        points.map((_, n) => {
          const range = of[n];
          if (range === undefined) return '-';
          return part === 'low' ? range.low : range.high - range.low;
        }),
        color,
        0,
      ),
      symbolSize: 0,
      stack: id,
      silent: true,
      lineStyle: { width: 0 },
      ...(part === 'low' ? {} : { areaStyle: { color, opacity } }),
    }));
  const means = points.map((_, n) => foreseen[n]?.mean);
  const flags = notes.filter(({ isQuiet }) => !isQuiet);
  const pointAt = (index: number): string => points[index]?.at ?? '';
  const area = (from: number, to: number, style: Area): [Area, Area] => [
    { ...style, xAxis: pointAt(from) },
    { xAxis: pointAt(to) },
  ];
  return {
    animation: false,
    grid: {
      left: PLOT.left * type,
      right: PLOT.right * type,
      top: (PLOT.top + (flags.length > 0 ? FLAGS : 0)) * type,
      bottom: PLOT.bottom * type,
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: palette.raised,
      borderColor: palette.rule,
      textStyle: { ...text, color: palette.t1 },
      axisPointer: { type: 'line', lineStyle: { color: palette.rule } },
      formatter: (found) => {
        const [first] = Array.isArray(found) ? found : [found];
        const point = points[first?.dataIndex ?? -1];
        return point === undefined ? '' : words.tip(point);
      },
    },
    xAxis: {
      type: 'category',
      data: points.map(({ at }) => at),
      boundaryGap: false,
      axisLine: { lineStyle: { color: palette.hair } },
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true, formatter: words.at },
    },
    yAxis: {
      type: 'value',
      min: least,
      max: top,
      interval: top / 2 || 1,
      axisLabel: { ...text, formatter: words.value },
      splitLine: { lineStyle: { color: palette.hair } },
    },
    series: [
      {
        id: 'notes',
        type: 'line',
        data: [],
        silent: true,
        animation: false,
        // A line is an area of no width: what draws areas is there already.
        markArea: {
          silent: true,
          itemStyle: { color: palette.usual },
          label: { show: false },
          data: [
            ...notes
              .filter(({ from, to }) => to > from)
              .map(({ from, to, isQuiet }) => area(from, to, isQuiet ? { itemStyle: { color: palette.band } } : {})),
            ...notes
              .filter(({ from, to, isQuiet }) => isQuiet && from === to)
              .map(({ from, room }) =>
                area(from, from, { itemStyle: { borderColor: palette.band, borderWidth: room } }),
              ),
            ...flags.map(({ from, text: words, room }) =>
              area(from, from, {
                itemStyle: { borderColor: palette.t2, borderWidth: 1 },
                label: {
                  ...text,
                  show: true,
                  color: palette.t1,
                  formatter: words,
                  position: [0, -1.5 * type],
                  align: 'left',
                  width: room,
                  overflow: 'truncate',
                },
              }),
            ),
          ],
        },
      },
      {
        id: 'unknown',
        type: 'line',
        data: [],
        silent: true,
        animation: false,
        markArea: {
          silent: true,
          itemStyle: { color: hatch as string },
          label: { show: false },
          data: unknown.map(({ from, to, isPart }): [Area, Area] => {
            if (!isPart) return area(from, to, {});
            const foot = { yAxis: least + (top - least) * FOOT };
            return [
              { xAxis: pointAt(from), yAxis: least },
              { xAxis: pointAt(to), ...foot },
            ];
          }),
        },
      },
      ...band('usual', usual, palette.usual, 1),
      ...band('foreseen-band', foreseen, palette.accent, 0.18),
      line('foreseen', gap(means, 0, means.length), palette.accent, 1.5, 'dashed'),
      line('before', gap(before, 0, before.length), palette.t2, 1),
      line('now', gap(now, 0, openFrom), palette.accent, 2),
      // It begins with the last point that is over, so that the line goes on.
      line('open', gap(now, Math.max(0, openFrom - 1), now.length), palette.accent, 2, 'dotted'),
    ],
  };
}

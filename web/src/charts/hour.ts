/** The last hour by five minutes, against their usual range: single minutes jump by chance alone. */
import { FIVE_MINUTES, type WallState } from '@room/contract';
import type { EChartsOption } from 'echarts';
import { endStyle, FONT, type Look, motion, niceTop, unknownFill } from './look.ts';
import { reportedOf } from './reported.ts';

/** First instant of five minutes in epoch seconds, dossiers in them. */
export type FivePoint = [second: number, count: number];

export interface HourCurve {
  /** Those of which enough is reported to be drawn: what is silent would be drawn as a fall. The last may begin between two others. */
  points: FivePoint[];
  usual: { second: number; low: number; high: number }[];
  /** Each whole minute at its pace in five, where a screen is fine enough for it to be seen beside those. */
  single: FivePoint[];
  from: number;
  to: number;
  top: number;
  /** From where on too little is reported. */
  unknownFrom: number | undefined;
}

const MINUTE = 60;
const HOUR = 3_600;
/** Sources' own times are told some seconds after the instant up to which all stands. */
const TOLD_LATE = 10;

/**
 * Five minutes as the clock has them, so that they stand still, and the last five at the end. The minute that still runs is left
 * out: it would end every curve in a fall. `enough`: share of the usual volume.
 */
export function hourCurve(state: WallState, enough: number, isFine = false): HourCurve {
  const asOf = (state.coverageNow?.asOf ?? state.computedAt) / 1000;
  const to = Math.floor(asOf / MINUTE) * MINUTE;
  const whole = Math.floor(to / FIVE_MINUTES) * FIVE_MINUTES;
  const from = whole - HOUR;
  const minutes = Object.entries(state.minutes).map(([second, count]): FivePoint => [Number(second), count]);
  const known = Math.min(...minutes.map(([second]) => second));
  const sumFrom = (start: number): FivePoint => [
    start,
    minutes.reduce((sum, [second, count]) => sum + (second >= start && second < start + FIVE_MINUTES ? count : 0), 0),
  ];
  const starts: number[] = [];
  for (let start = from; start < whole; start += FIVE_MINUTES) starts.push(start);
  if (to > whole) starts.push(to - FIVE_MINUTES);
  // Of a part nothing can be said.
  const all = starts.filter((start) => start >= known).map(sumFrom);
  const unknownFrom = all.find(([second]) => reportedOf(state, second + FIVE_MINUTES - TOLD_LATE) < enough)?.[0];
  const points = all.filter(([second]) => unknownFrom === undefined || second < unknownFrom);
  const usual = Object.entries(state.usualFives ?? {})
    .map(([second, { low, high }]) => ({ second: Number(second), low, high }))
    .filter(({ second }) => second >= from && second < to)
    .sort((one, other) => one.second - other.second);
  const single: FivePoint[] = [];
  if (isFine)
    for (let second = Math.max(from, known); second < (unknownFrom ?? to); second += MINUTE)
      single.push([second, ((state.minutes[second] ?? 0) * FIVE_MINUTES) / MINUTE]);
  const most = Math.max(0, ...[...points, ...single].map(([, count]) => count), ...usual.map(({ high }) => high));
  return { points, usual, single, from, to, top: niceTop(most), unknownFrom };
}

/** What the curve ends with, which is what stands beside it as a number; nothing where it ends because too little is reported. */
export const lastFive = ({ points, unknownFrom }: HourCurve): number | undefined =>
  unknownFrom === undefined ? points.at(-1)?.[1] : undefined;

export interface HourWords {
  minute: (second: number) => string;
  count: (count: number) => string;
}

/** `isBare`: where there is room for the line and its band alone, without the names of an axis. */
export function hourOption(curve: HourCurve, look: Look, words: HourWords, isBare: boolean): EChartsOption {
  const { points, usual, single, from, to, top, unknownFrom } = curve;
  const { u, palette, fresh } = look;
  const line = fresh ? palette.accent : palette.t2;
  const text = { fontFamily: FONT, fontSize: 31 * u, color: palette.t3 };
  const middle = (second: number): number => second + FIVE_MINUTES / 2;
  const end = points.at(-1);
  // A line from middle to middle leaves the axis' ends free: the range reaches as far as it is known.
  const [first, last] = [usual[0], usual.at(-1)];
  const edges = [
    ...(first === undefined ? [] : [{ ...first, at: first.second }]),
    ...usual.filter(({ second }) => middle(second) < to).map((range) => ({ ...range, at: middle(range.second) })),
    ...(last === undefined ? [] : [{ ...last, at: Math.min(to, last.second + FIVE_MINUTES) }]),
  ];
  const band = { type: 'line' as const, symbol: 'none', silent: true, stack: 'usual', lineStyle: { opacity: 0 } };
  return {
    ...motion(look),
    // A curve that slides along its axis must not morph from one shape into the next.
    animation: false,
    grid: { left: 0, right: 12 * u, top: (isBare ? 8 : 36) * u, bottom: (isBare ? 4 : 46) * u },
    xAxis: {
      id: 'x',
      type: 'value',
      min: from,
      max: to,
      interval: to - from,
      axisLine: { lineStyle: { color: palette.rule, width: 2 * u } },
      axisTick: { show: !isBare, length: 6 * u, lineStyle: { color: palette.rule, width: 2 * u } },
      splitLine: { show: false },
      axisLabel: {
        ...text,
        show: !isBare,
        margin: 13 * u,
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
        formatter: words.minute,
      },
    },
    yAxis: {
      id: 'y',
      type: 'value',
      min: 0,
      max: top || 1,
      interval: top || 1,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: !isBare, lineStyle: { color: palette.hair, width: 2 * u } },
      axisLabel: {
        ...text,
        show: !isBare,
        inside: true,
        margin: 0,
        verticalAlign: 'bottom',
        padding: [0, 0, 2 * u, 0],
        formatter: (count: number) => (count === 0 || top === 0 ? '' : words.count(count)),
      },
    },
    series: [
      { ...band, id: 'usualLow', data: edges.map(({ at, low }) => [at, low]) },
      {
        ...band,
        id: 'usual',
        areaStyle: { color: palette.usual },
        data: edges.map(({ at, low, high }) => [at, high - low]),
      },
      ...(single.length === 0
        ? []
        : [
            {
              id: 'single',
              type: 'line' as const,
              symbol: 'none',
              silent: true,
              lineStyle: { color: palette.t3, width: 1.5 * u, join: 'round' as const },
              data: single.map(([second, count]) => [second + MINUTE / 2, count]),
            },
          ]),
      {
        id: 'fives',
        type: 'line',
        symbol: 'none',
        silent: true,
        lineStyle: { color: line, width: 4 * u, join: 'round' },
        data: points.map(([second, count]) => [middle(second), count]),
        markArea: {
          silent: true,
          data:
            unknownFrom === undefined
              ? []
              : [[{ xAxis: unknownFrom, itemStyle: { color: unknownFill(look) } }, { xAxis: to }]],
        },
      },
      {
        id: 'end',
        type: 'scatter',
        silent: true,
        symbolSize: 18 * u,
        itemStyle: endStyle(look, line),
        data: end === undefined ? [] : [[middle(end[0]), end[1]]],
      },
    ],
  };
}

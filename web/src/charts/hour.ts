/** The last sixty minutes, minute by minute. */
import type { WallState } from '@room/contract';
import type { EChartsOption } from 'echarts';
import { endStyle, FONT, type Look, motion, niceTop, unknownFill } from './look.ts';
import { reportedOf } from './reported.ts';

/** Epoch seconds, dossiers in that minute. */
export type MinutePoint = [number, number];

export interface HourCurve {
  /** Those of which enough is reported to be drawn: what is silent would be drawn as a fall. */
  points: MinutePoint[];
  from: number;
  to: number;
  top: number;
  /** From where on too little is reported. */
  unknownFrom: number | undefined;
}

const MINUTE = 60;

/** The minute that still runs is left out: it would end every curve in a fall. `enough`: share of the usual volume. */
export function hourCurve(state: WallState, enough: number): HourCurve {
  const asOf = (state.coverageNow?.asOf ?? state.computedAt) / 1000;
  const to = Math.floor(asOf / MINUTE) * MINUTE;
  const from = to - 60 * MINUTE;
  const points = Object.entries(state.minutes)
    .map(([second, count]): MinutePoint => [Number(second), count])
    .filter(([second]) => second >= from && second + MINUTE <= to)
    .sort(([a], [b]) => a - b);
  const unknownFrom = points.find(([second]) => reportedOf(state, second + MINUTE) < enough)?.[0];
  const known = points.filter(([second]) => unknownFrom === undefined || second < unknownFrom);
  return { points: known, from, to, top: niceTop(Math.max(0, ...known.map(([, count]) => count))), unknownFrom };
}

export interface HourWords {
  minute: (second: number) => string;
  count: (count: number) => string;
}

export function hourOption(curve: HourCurve, look: Look, words: HourWords): EChartsOption {
  const { points, from, to, top, unknownFrom } = curve;
  const { u, palette, fresh } = look;
  const line = fresh ? palette.accent : palette.t2;
  const text = { fontFamily: FONT, fontSize: 31 * u, color: palette.t3 };
  const end = points.at(-1);
  return {
    ...motion(look),
    // A curve that slides along its axis by one minute must not morph from one shape into the next.
    animation: false,
    grid: { left: 0, right: 12 * u, top: 36 * u, bottom: 46 * u },
    xAxis: {
      id: 'x',
      type: 'value',
      min: from,
      max: to,
      interval: to - from,
      axisLine: { lineStyle: { color: palette.rule, width: 2 * u } },
      axisTick: { length: 6 * u, lineStyle: { color: palette.rule, width: 2 * u } },
      splitLine: { show: false },
      axisLabel: { ...text, margin: 13 * u, alignMinLabel: 'left', alignMaxLabel: 'right', formatter: words.minute },
    },
    yAxis: {
      id: 'y',
      type: 'value',
      min: 0,
      max: top || 1,
      interval: top || 1,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: palette.hair, width: 2 * u } },
      axisLabel: {
        ...text,
        inside: true,
        margin: 0,
        verticalAlign: 'bottom',
        padding: [0, 0, 2 * u, 0],
        formatter: (count: number) => (count === 0 || top === 0 ? '' : words.count(count)),
      },
    },
    series: [
      {
        id: 'minutes',
        type: 'line',
        symbol: 'none',
        silent: true,
        lineStyle: { color: line, width: 4 * u, join: 'round' },
        data: points,
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
        data: end === undefined ? [] : [end],
      },
    ],
  };
}

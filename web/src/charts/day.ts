/** The running day by hour: today against the last comparable day and the usual range. Pure: points in, option out. */
import { type Catalogue, startOfDay, type WallState } from '@room/contract';
import type { EChartsOption } from 'echarts';
import { endStyle, FONT, type Look, motion, niceTop, unknownFill } from './look.ts';
import { reportedOf } from './reported.ts';

/** Hours since local midnight, dossiers per hour. */
export type HourPoint = [number, number];

export interface DayCurve {
  /** Hours whose end has been reported, by enough of those that report, at their middle. */
  closed: HourPoint[];
  /** The beginning of the first hour of which too little is reported: what is silent would be drawn as a fall. */
  unknownFrom: number | undefined;
  /** The hour that still runs, at the pace it has so far: a part of an hour must not look like a fall. */
  open: HourPoint | undefined;
  comparable: HourPoint[];
  usual: { hour: number; low: number; high: number }[];
  /** Hours to come; `fan` from the widest band to the narrowest that is drawn. */
  forecast: { hour: number; mean: number; fan: (readonly [low: number, high: number])[] }[];
  asOf: number | undefined;
  from: number;
  to: number;
  top: number;
}

const HOUR = 3600;
/** Of a forecast's bands (`LEVELS`), those that are drawn, the widest first: 95 and 80 in 100. */
export const FAN = [2, 1] as const;
/** Hours between two labels of the axis. */
const TICK = 3;

const keyed = (hours: Record<string, number>): HourPoint[] =>
  Object.entries(hours)
    .map(([second, count]): HourPoint => [Number(second) / HOUR, count])
    .sort(([a], [b]) => a - b);

/** From the first to the last hour that holds more than a twenty-fifth of the busiest one. */
function span(points: readonly HourPoint[]): [number, number] {
  const most = Math.max(0, ...points.map(([, count]) => count));
  const busy = points.filter(([, count]) => count > most / 25).map(([hour]) => Math.floor(hour));
  return busy.length === 0 ? [0, 24] : [Math.min(...busy), Math.max(...busy) + 1];
}

export function dayCurve(
  state: WallState,
  { timeZone, thresholds }: Pick<Catalogue, 'timeZone' | 'thresholds'>,
): DayCurve {
  const midnight = startOfDay(state.period.from, timeZone) / 1000;
  const asOfSecond = (state.coverage?.asOf ?? state.computedAt) / 1000 - midnight;
  const today = keyed(Object.fromEntries(Object.entries(state.hours).map(([key, n]) => [Number(key) - midnight, n])));
  const enough = (second: number): boolean => reportedOf(state, midnight + second) >= thresholds.coverageEnough;
  const running = today.find(([hour]) => hour * HOUR <= asOfSecond && asOfSecond < (hour + 1) * HOUR);
  const elapsed = running === undefined ? 0 : asOfSecond - running[0] * HOUR;
  const over = today.filter(([hour]) => (hour + 1) * HOUR <= asOfSecond);
  const unknownFrom = [
    ...over.filter(([hour]) => !enough((hour + 1) * HOUR)),
    // Of an hour that runs those are known that reported within as much of it as tells a pace.
    ...(running === undefined || enough(asOfSecond - Math.min(elapsed, thresholds.paceAfter)) ? [] : [running]),
  ][0]?.[0];
  const closed = over.filter(([hour]) => unknownFrom === undefined || hour < unknownFrom);
  const open: HourPoint | undefined =
    running !== undefined && unknownFrom === undefined && elapsed >= thresholds.paceAfter
      ? [asOfSecond / HOUR, (running[1] * HOUR) / elapsed]
      : undefined;
  const comparable = keyed(state.comparable?.hours ?? {});
  const usual = Object.entries(state.usualHours ?? {})
    .map(([second, { low, high }]) => ({ hour: Number(second) / HOUR, low, high }))
    .sort((a, b) => a.hour - b.hour);
  const forecast = Object.entries(state.forecasts?.hours ?? {})
    .map(([second, { mean, bands }]) => ({
      hour: (Number(second) - midnight) / HOUR,
      mean,
      fan: FAN.map((at) => bands[at] ?? ([mean, mean] as const)),
    }))
    .filter(({ hour }) => hour + 1 > asOfSecond / HOUR && hour < 24)
    .sort((a, b) => a.hour - b.hour);
  const all = [
    ...closed,
    ...comparable,
    ...usual.map(({ hour, high }): HourPoint => [hour, high]),
    ...forecast.map(({ hour, fan }): HourPoint => [hour, fan[0]?.[1] ?? 0]),
  ];
  const [first, last] = span(all);
  const whole = (hour: number) => Math.ceil(hour / TICK) * TICK;
  const asOf = state.coverage === undefined ? undefined : asOfSecond / HOUR;
  const middle = ([hour, count]: HourPoint): HourPoint => [hour + 0.5, count];
  return {
    closed: closed.map(middle),
    open,
    unknownFrom,
    comparable: comparable.map(middle),
    usual: usual.map(({ hour, low, high }) => ({ hour: hour + 0.5, low, high })),
    forecast: forecast.map((point) => ({ ...point, hour: point.hour + 0.5 })),
    asOf,
    from: Math.floor(Math.min(first, asOf ?? first) / TICK) * TICK,
    to: Math.min(24, whole(Math.max(last, first + 6, asOf ?? 0))),
    top: niceTop(Math.max(0, open?.[1] ?? 0, ...all.map(([, count]) => count))),
  };
}

/** One hour of the day as a table has it: what the curve shows, in numbers. */
export interface DayRow {
  /** Hours since local midnight. */
  hour: number;
  submitted?: number | undefined;
  /** Of those that reported: too few to be the whole. */
  isPart?: true;
  comparable?: number | undefined;
  usual?: readonly [low: number, high: number];
  forecast?: { mean: number; band: readonly [low: number, high: number] };
}

/** Every hour of which anything is known or foreseen. */
export function dayRows(state: WallState, catalogue: Pick<Catalogue, 'timeZone' | 'thresholds'>): DayRow[] {
  const midnight = startOfDay(state.period.from, catalogue.timeZone) / 1000;
  const { comparable, usual, forecast, unknownFrom } = dayCurve(state, catalogue);
  const submitted = new Map(Object.entries(state.hours).map(([at, n]) => [(Number(at) - midnight) / HOUR, n]));
  const rows = Array.from({ length: 24 }, (_, hour): DayRow => {
    const usualOf = usual.find((each) => each.hour === hour + 0.5);
    const forecastOf = forecast.find((each) => each.hour === hour + 0.5);
    return {
      hour,
      submitted: submitted.get(hour),
      ...(unknownFrom !== undefined && hour >= unknownFrom && submitted.has(hour) ? { isPart: true as const } : {}),
      comparable: comparable.find(([at]) => at === hour + 0.5)?.[1],
      ...(usualOf === undefined ? {} : { usual: [usualOf.low, usualOf.high] }),
      ...(forecastOf === undefined
        ? {}
        : { forecast: { mean: forecastOf.mean, band: forecastOf.fan.at(-1) ?? [forecastOf.mean, forecastOf.mean] } }),
    };
  });
  return rows.filter((row) => Object.values(row).filter((part) => part !== undefined).length > 1);
}

export interface DayWords {
  hour: (hour: number) => string;
  /** Label of a gridline: the highest one names its unit. */
  count: (count: number, highest: boolean) => string;
  /** Name of the comparison day. */
  comparable: string;
  usual: string;
  forecast: string;
}

/** Above the curves, and below them for the hours: in units of the screen. */
const ABOVE = 36;
const BELOW = 46;
/** Of a gridline's label with the air that it needs. */
const LABEL = 36;

/** `height` in pixels: where two gridlines' labels have no room above each other the highest stands alone. */
export function dayOption(
  curve: DayCurve,
  now: number,
  look: Look,
  words: DayWords,
  height = Number.POSITIVE_INFINITY,
): EChartsOption {
  const { u, palette, fresh } = look;
  const { from, to, top } = curve;
  const line = fresh ? palette.accent : palette.t2;
  const text = { fontFamily: FONT, fontSize: 31 * u, color: palette.t3 };
  const end = curve.open ?? curve.closed.at(-1);
  const plain = { type: 'line' as const, symbol: 'none', silent: true, smooth: false };
  const band = { ...plain, stack: 'usual', lineStyle: { opacity: 0 } };
  // Where there is a forecast it says more than one earlier day, and lines would cover each other.
  const comparable = curve.forecast.length > 0 ? [] : curve.comparable.filter(([hour]) => hour >= from && hour <= to);
  const forecast = curve.forecast.filter(({ hour }) => hour >= from && hour <= to);
  // So does its fan: two bands over each other would be told by neither's name.
  const foreseen = forecast[0]?.hour ?? Number.POSITIVE_INFINITY;
  const usual = curve.usual.filter(({ hour }) => hour >= from && hour <= to && hour <= foreseen);
  const notKnown = curve.unknownFrom ?? (fresh ? undefined : curve.asOf);
  const path = forecast.map(({ hour, mean }): HourPoint => [hour, mean]);
  const high = usual.map((each): HourPoint => [each.hour, each.high]);
  const clear: Clear = {
    from,
    to,
    end,
    lines: [...high, ...curve.closed, ...path, ...(end === undefined ? [] : [end])],
    top,
    label: (top * LABEL) / Math.max(LABEL, height / u - ABOVE - BELOW),
  };
  // Of two names that would lie on each other it is that of the forecast which is read.
  const forecastName = nameOf(words.forecast, path, [0.92, 0.7], line, look, clear);
  const besideForecast = { ...clear, taken: forecastName.data.map(({ coord }) => ({ coord, name: words.forecast })) };
  // On an upright wall five times have room beside each other, of which both ends lean inwards.
  const interval = to - from > 4 * TICK ? 2 * TICK : TICK;
  const lines = height / u - ABOVE - BELOW < 2 * LABEL ? 1 : 2;
  return {
    ...motion(look),
    grid: { left: 0, right: 4 * u, top: ABOVE * u, bottom: BELOW * u },
    xAxis: {
      id: 'x',
      type: 'value',
      min: from,
      max: to,
      interval,
      axisLine: { lineStyle: { color: palette.rule, width: 2 * u } },
      axisTick: { length: 6 * u, lineStyle: { color: palette.rule, width: 2 * u } },
      splitLine: { show: false },
      axisLabel: {
        ...text,
        margin: 13 * u,
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
        // The end of a last part of an interval has no room beside the tick before it.
        showMaxLabel: (to - from) % interval === 0,
        formatter: (hour: number) => (Number.isInteger(hour) ? words.hour(hour) : ''),
      },
    },
    yAxis: {
      id: 'y',
      type: 'value',
      min: 0,
      max: top || 1,
      interval: (top || 1) / lines,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: palette.hair, width: 2 * u } },
      axisLabel: {
        ...text,
        inside: true,
        margin: 0,
        verticalAlign: 'bottom',
        padding: [0, 0, 2 * u, 0],
        formatter: (count: number) => (count === 0 || top === 0 ? '' : words.count(count, count === top)),
      },
    },
    series: [
      { ...band, id: 'usualLow', data: usual.map(({ hour, low }) => [hour, low]) },
      {
        ...band,
        id: 'usual',
        areaStyle: { color: palette.usual },
        data: usual.map(({ hour, low, high }) => [hour, high - low]),
        markPoint: nameOf(words.usual, high, [0.62, 0.4, 0.8, 0.2], palette.t2, look, besideForecast),
      },
      {
        ...plain,
        id: 'comparable',
        lineStyle: { color: palette.t2, width: 2 * u },
        data: comparable,
        markPoint: nameOf(words.comparable, comparable, [1], palette.t2, look, clear),
      },
      ...FAN.flatMap((_, at) => fanOf(forecast, at, plain, fresh ? palette.accent : palette.t2)),
      {
        ...plain,
        id: 'forecast',
        z: 3,
        lineStyle: { color: line, width: 3.5 * u, type: [11 * u, 8 * u] },
        data: end === undefined ? path : [end, ...path.filter(([hour]) => hour > end[0])],
        markPoint: forecastName,
      },
      {
        ...plain,
        id: 'today',
        z: 4,
        lineStyle: { color: line, width: 5 * u, cap: 'round', join: 'round' },
        data: curve.closed,
        markArea: {
          silent: true,
          data:
            notKnown !== undefined && now > notKnown
              ? [[{ xAxis: notKnown, itemStyle: { color: unknownFill(look) } }, { xAxis: Math.min(now, to) }]]
              : [],
        },
      },
      {
        ...plain,
        id: 'open',
        z: 4,
        lineStyle: { color: line, width: 5 * u, type: [2 * u, 9 * u], cap: 'round' },
        data: curve.open === undefined ? [] : [curve.closed.at(-1), curve.open].filter((point) => point !== undefined),
      },
      {
        id: 'end',
        type: 'scatter',
        z: 5,
        silent: true,
        symbolSize: 20 * u,
        itemStyle: endStyle(look, line),
        data: end === undefined ? [] : [end],
      },
    ],
  };
}

const FAN_OPACITY = 0.18;

/** One band of a forecast: an unseen line at its lower edge, and the filled rest stacked on it. */
function fanOf(forecast: DayCurve['forecast'], at: number, plain: object, color: string) {
  const band = { ...plain, type: 'line' as const, stack: `fan${at}`, lineStyle: { opacity: 0 } };
  const edges = forecast.map(({ hour, fan }) => ({ hour, low: fan[at]?.[0] ?? 0, high: fan[at]?.[1] ?? 0 }));
  return [
    { ...band, id: `fan${at}Low`, data: edges.map(({ hour, low }) => [hour, low]) },
    {
      ...band,
      id: `fan${at}`,
      areaStyle: { color, opacity: FAN_OPACITY },
      data: edges.map(({ hour, low, high }) => [hour, high - low]),
    },
  ];
}

/** Half of a name's width with some air, and the room of the numbers above the gridlines, as shares of the axis. */
const reachOf = (name: string): number => Math.max(0.13, 0.02 + 0.0115 * name.length);
const NUMBERS = 0.2;
/** From this part of the axis' top on a line's name is as high as the topmost number. */
const AS_HIGH = 0.55;

/** What a name must not cover: the end of today, lines within its reach, and the axis' topmost number; nor does it leave the axis. */
interface Clear {
  from: number;
  to: number;
  end: HourPoint | undefined;
  lines: readonly HourPoint[];
  top: number;
  /** How high a name is, in counts. */
  label: number;
  taken?: readonly { name: string; coord: [hour: number, count: number] }[];
}

/** A line's name above one of its own points, the first of `places` that is clear, or beside it where the axis ends; none where the axis' number stands. */
function nameOf(
  name: string,
  points: readonly HourPoint[],
  places: readonly number[],
  color: string,
  { u }: Look,
  { from, to, end, lines, top, label, taken = [] }: Clear,
) {
  const reach = (to - from) * reachOf(name);
  const hourAt = (place: number) => {
    const hour = points[Math.round((points.length - 1) * place)]?.[0] ?? 0;
    return Math.max(from + reach, Math.min(hour, to - reach));
  };
  const off = (place: number) => Math.abs(hourAt(place) - (end?.[0] ?? Number.POSITIVE_INFINITY));
  const place = places.find((each) => off(each) >= reach) ?? places.reduce((a, b) => (off(b) > off(a) ? b : a));
  const at = hourAt(place);
  const near = [...points, ...lines].filter(([hour]) => Math.abs(hour - at) <= reach);
  const height = Math.max(...near.map(([, count]) => count));
  const isTaken =
    (at - reach < from + (to - from) * NUMBERS && height > top * AS_HIGH) ||
    taken.some(
      ({ name: other, coord: [hour, count] }) =>
        Math.abs(hour - at) < reach + (to - from) * reachOf(other) && Math.abs(count - height) < label,
    );
  return {
    symbol: 'circle',
    symbolSize: 1,
    silent: true,
    itemStyle: { color: 'transparent' },
    label: {
      show: true,
      formatter: name,
      position: 'top' as const,
      align: 'center' as const,
      distance: 12 * u,
      color,
      fontFamily: FONT,
      fontSize: 31 * u,
    },
    data:
      points.length === 0 || name === '' || isTaken
        ? []
        : [{ name, coord: [at, height] as [hour: number, count: number] }],
  };
}

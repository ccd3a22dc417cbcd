import { expect, it } from 'vitest';
import { dayCurve, dayOption, dayRows } from '../../../web/src/charts/day.ts';
import { type Look, niceTop } from '../../../web/src/charts/look.ts';
import { PALETTES } from '../../../web/src/palette.ts';
import { catalogue, forecasts, NOW, state } from '../room.ts';

const midnight = Date.parse('2026-11-19T00:00:00+07:00') / 1000;
const running = state({
  hours: { [midnight + 8 * 3600]: 12_000, [midnight + 9 * 3600]: 18_000, [midnight + 10 * 3600]: 10_500 },
  comparable: { day: '2026-11-12', toNow: 1, total: 1, hours: { [8 * 3600]: 11_000, [14 * 3600]: 9_000 } },
  usualHours: { [8 * 3600]: { low: 10_000, median: 12_000, high: 14_000, days: 12 } },
});
const look: Look = { u: 1, palette: PALETTES.dark, hatch: undefined, animate: false, fresh: true };
const words = { hour: String, count: String, comparable: '12/11', usual: 'usual', forecast: 'forecast' };
const seriesOf = (option: ReturnType<typeof dayOption>) =>
  new Map(
    (option.series as { id: string; data: unknown[]; markArea?: { data: unknown[] } }[]).map((one) => [one.id, one]),
  );

it('stands closed hours at their middle and the open one at its pace', () => {
  const curve = dayCurve(running, catalogue);
  expect(curve.closed).toEqual([
    [8.5, 12_000],
    [9.5, 18_000],
  ]);
  expect(curve.open?.[1]).toBeCloseTo((10_500 * 3600) / (42 * 60 + 7));
});

it('tells no pace before ten minutes of an hour have passed', () => {
  const asOf = Date.parse('2026-11-19T10:05:00+07:00');
  expect(dayCurve({ ...running, coverage: { asOf, share: 1 } }, catalogue).open).toBeUndefined();
});

it('spans the busy hours of today and of the comparison', () => {
  const { from, to } = dayCurve(running, catalogue);
  expect([from, to]).toEqual([6, 15]);
  expect([dayCurve(state(), catalogue).from, dayCurve(state(), catalogue).to]).toEqual([0, 24]);
});

it('hatches from the last number to now only when the numbers are old', () => {
  const curve = dayCurve(running, catalogue);
  expect(seriesOf(dayOption(curve, 11, look, words)).get('today')?.markArea?.data).toEqual([]);
  const old = seriesOf(dayOption(curve, 11, { ...look, fresh: false }, words)).get('today');
  expect(old?.markArea?.data).toHaveLength(1);
});

it('keeps a top that halves into a round number', () => {
  expect([0, 3, 20_900, 250, 99].map(niceTop)).toEqual([0, 4, 24_000, 300, 100]);
});

it('draws the hours to come from where today ends, with the band that holds 95 in 100 behind that of 80', () => {
  const expected = (mean: number) => ({
    mean,
    bands: [[mean - 1, mean + 1] as const, [mean - 2, mean + 2] as const, [mean - 3, mean + 3] as const],
  });
  const hours = { [midnight + 9 * 3600]: expected(17_000), [midnight + 11 * 3600]: expected(9_000) };
  const curve = dayCurve({ ...running, forecasts: forecasts({ hours }) }, catalogue);
  const series = seriesOf(dayOption(curve, 11, look, words));
  expect(series.get('forecast')?.data).toEqual([curve.open, [11.5, 9_000]]);
  expect([series.get('fan0Low')?.data, series.get('fan0')?.data]).toEqual([[[11.5, 8_997]], [[11.5, 6]]]);
  expect([series.get('fan1Low')?.data, series.get('fan1')?.data]).toEqual([[[11.5, 8_998]], [[11.5, 4]]]);
  expect(series.get('comparable')?.data).toEqual([]);
});

it('draws nothing where there is nothing', () => {
  const none = seriesOf(dayOption(dayCurve(state({ hours: {} }), catalogue), NOW, look, words));
  expect([none.get('today')?.data, none.get('end')?.data]).toEqual([[], []]);
});

it('names the end of its axis only where a whole interval ends', () => {
  const curve = dayCurve(running, catalogue);
  const ends = (from: number, to: number): unknown => dayOption({ ...curve, from, to }, 11, look, words).xAxis;
  expect(ends(0, 24)).toMatchObject({ interval: 6, axisLabel: { showMaxLabel: true } });
  expect(ends(3, 24)).toMatchObject({ interval: 6, axisLabel: { showMaxLabel: false } });
});

it('labels two gridlines where their labels have room above each other, and else the highest alone', () => {
  const curve = dayCurve(running, catalogue);
  const interval = (height?: number) =>
    (dayOption(curve, 11, look, words, height).yAxis as { interval: number }).interval / curve.top;
  expect([interval(), interval(200 * look.u), interval(120 * look.u)]).toEqual([0.5, 0.5, 1]);
});

it('writes the name of the usual range where the end of today does not cover it, whatever the hour', () => {
  const hoursOf = (last: number) =>
    Object.fromEntries(Array.from({ length: last + 1 }, (_, hour) => [midnight + hour * 3600, 9_000]));
  const usualHours = Object.fromEntries(
    Array.from({ length: 24 }, (_, hour) => [hour * 3600, { low: 8_000, median: 9_000, high: 10_000, days: 12 }]),
  );
  for (let hour = 1; hour < 24; hour++) {
    const asOf = midnight * 1000 + (hour + 0.75) * 3_600_000;
    const sources = { 'urn:a': { status: 'reporting' as const, reportedTo: asOf, weight: 1 } };
    const day = state({ hours: hoursOf(hour), usualHours, sources, coverage: { asOf, share: 1 } });
    const curve = dayCurve(day, catalogue);
    const option = dayOption(curve, hour + 0.75, look, words);
    const named = (option.series as { id: string; markPoint?: { data: { coord: number[] }[] } }[]).find(
      ({ id }) => id === 'usual',
    );
    const at = named?.markPoint?.data[0]?.coord[0] ?? Number.NaN;
    expect(Math.abs(at - (curve.open?.[0] ?? Number.NaN)), `at ${hour}:45`).toBeGreaterThan(
      0.12 * (curve.to - curve.from),
    );
  }
});

it('no name leaves the axis, however little of the day is left', () => {
  for (let hour = 8; hour < 24; hour++) {
    const asOf = midnight * 1000 + hour * 3_600_000;
    const left = Array.from({ length: 24 - hour }, (_, n) => [
      midnight + (hour + n) * 3600,
      { mean: 500, bands: [[450, 550] as const, [400, 600] as const, [300, 700] as const] },
    ]);
    const forecasts = {
      madeAt: asOf,
      knownTo: asOf,
      hours: Object.fromEntries(left),
      projections: {},
      targets: [],
      episodes: [],
    };
    const hours = Object.fromEntries(Array.from({ length: hour }, (_, n) => [midnight + n * 3600, 900]));
    const curve = dayCurve(state({ hours, forecasts, coverage: { asOf, share: 1 } }), catalogue);
    const { series } = dayOption(curve, hour, look, words) as {
      series: { id: string; markPoint?: { data: { coord: number[] }[] } }[];
    };
    const at = series.find(({ id }) => id === 'forecast')?.markPoint?.data[0]?.coord[0] ?? Number.NaN;
    const half = 0.12 * (curve.to - curve.from);
    expect([at - half >= curve.from, at + half <= curve.to], `at ${hour}:00`).toEqual([true, true]);
  }
});

it('the usual range ends where the forecast begins, so that its name never stands over the fan', () => {
  const expected = { mean: 9_000, bands: [[8_900, 9_100] as const, [8_800, 9_200] as const, [8_700, 9_300] as const] };
  const every = <T>(of: T, from = 0): Record<string, T> =>
    Object.fromEntries(Array.from({ length: 24 - from }, (_, n) => [String(n + from), of]));
  const keyed = <T>(hours: Record<string, T>, start: number) =>
    Object.fromEntries(Object.entries(hours).map(([hour, of]) => [start + Number(hour) * 3600, of]));
  const day = state({
    hours: keyed(every(9_000), midnight),
    usualHours: keyed(every({ low: 8_000, median: 9_000, high: 10_000, days: 12 }), 0),
    forecasts: forecasts({ hours: keyed(every(expected, 10), midnight) }),
  });
  const option = dayOption(dayCurve(day, catalogue), 10.7, look, words);
  const usual = seriesOf(option).get('usual')?.data as [number, number][];
  expect(Math.max(...usual.map(([hour]) => hour))).toBe(10.5);
});

it('a table has every hour of the day, with all that the curve shows of it', () => {
  const expected = { mean: 9_000, bands: [[8_900, 9_100] as const, [8_800, 9_200] as const, [8_700, 9_300] as const] };
  const rows = dayRows(
    { ...running, forecasts: forecasts({ hours: { [midnight + 11 * 3600]: expected } }) },
    catalogue,
  );
  expect(rows).toEqual([
    { hour: 8, submitted: 12_000, comparable: 11_000, usual: [10_000, 14_000] },
    { hour: 9, submitted: 18_000, comparable: undefined },
    { hour: 10, submitted: 10_500, comparable: undefined },
    { hour: 11, submitted: undefined, comparable: undefined, forecast: { mean: 9_000, band: [8_800, 9_200] } },
    { hour: 14, submitted: undefined, comparable: 9_000 },
  ]);
});

it('ends where too little is reported, and hatches from there: who is silent has no fall', () => {
  const silentFrom = (hour: number) => ({
    ...running,
    sources: {
      'urn:a': { status: 'reporting' as const, reportedTo: NOW, weight: 0.7 },
      'urn:n': { status: 'silent' as const, reportedTo: (midnight + hour * 3600) * 1_000, weight: 0.3 },
    },
  });
  const curve = dayCurve(silentFrom(9.5), catalogue);
  expect([curve.closed, curve.open, curve.unknownFrom]).toEqual([[[8.5, 12_000]], undefined, 9]);
  const today = seriesOf(dayOption(curve, 10.7, look, words)).get('today');
  expect(today?.data).toEqual([[8.5, 12_000]]);
  expect(today?.markArea?.data).toMatchObject([[{ xAxis: 9 }, { xAxis: 10.7 }]]);
  expect(dayRows(silentFrom(9.5), catalogue).filter(({ isPart }) => isPart === true)).toMatchObject([
    { hour: 9, submitted: 18_000 },
    { hour: 10, submitted: 10_500 },
  ]);
  // Of the hour that runs a pace of some is no pace; of those that told the last minutes it is one.
  expect(dayCurve(silentFrom(10.1), catalogue)).toMatchObject({ open: undefined, unknownFrom: 10 });
  expect(dayCurve(silentFrom(10.6), catalogue)).toMatchObject({
    open: [expect.anything(), expect.anything()],
    unknownFrom: undefined,
  });
});

it('the name of the usual range gives way to that of the forecast where they would lie on each other', () => {
  const long = { ...words, usual: 'usual range', forecast: 'forecast, 80% and 95% bands' };
  const named = (usualHigh: number, foreseen: number): string[] => {
    const usual = { low: 100, median: usualHigh, high: usualHigh, days: 12 };
    const usualHours = Object.fromEntries([7, 8, 9, 10].map((hour) => [hour * 3_600, usual]));
    const band = [foreseen, foreseen] as const;
    const expected = { mean: foreseen, bands: [band, band, band] };
    const hours = Object.fromEntries([14, 15, 16, 17, 18, 19, 20].map((hour) => [midnight + hour * 3_600, expected]));
    const shown = state({
      hours: { [midnight + 7 * 3_600]: 900, [midnight + 8 * 3_600]: 900 },
      usualHours,
      // What makes the axis higher than both.
      comparable: { day: '2026-11-12', toNow: 1, total: 1, hours: { [8 * 3_600]: 2_400 } },
      forecasts: forecasts({ hours }),
    });
    const { series } = dayOption(dayCurve(shown, catalogue), 11, look, long, 250);
    return (series as { id: string; markPoint?: { data: { name: string }[] } }[]).flatMap(
      ({ markPoint }) => markPoint?.data.map(({ name }) => name) ?? [],
    );
  };
  expect(named(1_000, 1_000)).toEqual(['forecast, 80% and 95% bands']);
  expect(named(1_000, 5_000)).toEqual(['usual range', 'forecast, 80% and 95% bands']);
});

/** The simulated year of reports: nothing in it that the room would refuse, and each kind of trouble in it. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  addDays,
  EVERYTHING,
  type KeptReport,
  knownAt,
  localDay,
  overduePeriods,
  refusalsOf,
  reportPeriod,
} from '@room/contract';
import { expect, it } from 'vitest';
import { reportsOfYear, SIMULATOR } from './programme.ts';

const NOW = Date.parse('2026-11-20T03:00:00Z');
const { catalogue, indicators } = await loadCatalogue(DEFAULT_CATALOGUE);
const today = localDay(NOW, catalogue.timeZone);
const reports = reportsOfYear({ indicators, catalogue, now: NOW, today });

it('each of its reports would be taken by the room on its day, after those before it', () => {
  const there = new Map<string, KeptReport[]>();
  for (const { indicator, by_unit, period, revision, value, at, why } of reports) {
    const body = indicators[indicator];
    if (body === undefined) throw new Error(indicator);
    const report = {
      period,
      unit: body.unit,
      value: JSON.parse(value) as number,
      evidence: { text: 'x' },
      revision: revision - 1,
      ...(by_unit === '' ? {} : { by: by_unit }),
      ...(why === null ? {} : { why }),
    };
    const reported = there.get(indicator) ?? [];
    const on = localDay(Date.parse(at), catalogue.timeZone);
    const ground = { scope: EVERYTHING, today: on, reported, units: catalogue };
    expect([indicator, by_unit, period, refusalsOf(report, body, ground)]).toEqual([indicator, by_unit, period, []]);
    const { unit: _, ...rest } = report;
    there.set(indicator, [...reported, { ...rest, revision, who: SIMULATOR, at: Date.parse(at) }]);
  }
});

it('has reports in time, late, corrected and missing, the same on every machine and at every start', () => {
  const late = reports.filter(({ indicator, period, at, revision }) => {
    const last = reportPeriod(period)?.to ?? '';
    const due = addDays(last, indicators[indicator]?.graceDays ?? 0);
    return revision === 1 && localDay(Date.parse(at), catalogue.timeZone) > due;
  });
  const corrected = reports.filter(({ revision }) => revision === 2);
  const missing = Object.entries(indicators).flatMap(([id, body]) => {
    const own = reports
      .filter(({ indicator, by_unit }) => indicator === id && by_unit === '')
      .map(({ period, revision, value, at }) => ({
        period,
        revision,
        value: JSON.parse(value) as number,
        at: Date.parse(at),
        who: SIMULATOR,
        evidence: { text: 'x' },
      }));
    return overduePeriods(body, knownAt(own, NOW), today);
  });
  expect(reports.length - late.length - corrected.length).toBeGreaterThan(100);
  expect(late.length).toBeGreaterThan(10);
  expect(corrected.length).toBeGreaterThan(5);
  expect(missing.length).toBeGreaterThan(3);
  const earlier = reportsOfYear({ indicators, catalogue, now: NOW - 40 * 86_400_000, today: addDays(today, -40) });
  const keys = new Map(
    reports.map((each) => [`${each.indicator} ${each.by_unit} ${each.period} ${each.revision}`, each.at]),
  );
  for (const { indicator, by_unit, period, revision, at } of earlier)
    expect(keys.get(`${indicator} ${by_unit} ${period} ${revision}`)).toBe(at);
});

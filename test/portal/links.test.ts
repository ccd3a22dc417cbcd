import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { decode, type LinkReport, linksOf, localDay } from '@room/contract';
import { expect, it } from 'vitest';
import { LiveLinks, linkHistory } from './links.ts';
import { type SimEvent, worldOf } from './model.ts';
import priors from './priors.json' with { type: 'json' };
import { rateOf } from './rate.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-20T10:30:00+07:00');
const HOUR = 3_600_000;
const options = {
  world: worldOf(catalogue, priors, 1, '2026-11-20'),
  rate: rateOf(catalogue, priors, 1),
  volume: 1,
  calm: false,
  around: NOW,
};
const LINKS = linksOf(catalogue);

/** As the gateway takes them: none is refused. */
const taken = (events: readonly SimEvent[], now: number): LinkReport[] =>
  events.map(({ json, source }) => {
    const record = { value: Buffer.from(json), headers: { portal: source, trial: 'true' }, timestamp: now };
    const outcome = decode(record, catalogue);
    if (!outcome.ok || outcome.event.kind !== 'link') throw new Error(`${json}: ${JSON.stringify(outcome)}`);
    return outcome.event;
  });
const history = (days: number, covered: { from: number; to: number }[] = []): SimEvent[] =>
  [...linkHistory({ ...options, days, until: NOW, covered })].flat();
const idOf = ({ database, party }: LinkReport): string => `${database}.${party}`;

it('the catalogue has links of 15 ministries, 34 provinces and 3 telecoms to the population database, and of others to four more', () => {
  const count = (dim: string) =>
    [...LINKS.values()].filter((link) => link.database.id === 'population' && link.dim === dim).length;
  expect([count('agency'), count('province'), count('telecom')]).toEqual([15, 34, 3]);
  expect(new Set([...LINKS.values()].map(({ database }) => database.id)).size).toBe(5);
});

it('every link reports every time once, but one that is dead, and a second run repeats the same', () => {
  const reports = taken(history(90), NOW);
  const spans = new Map<string, LinkReport[]>();
  for (const report of reports) spans.set(idOf(report), [...(spans.get(idOf(report)) ?? []), report]);
  expect([...spans.keys()].sort()).toEqual([...LINKS.keys()].sort());
  const gaps = new Map<string, number>();
  for (const [id, theirs] of spans) {
    const ordered = theirs.toSorted((one, other) => one.start - other.start);
    for (const [at, { end }] of ordered.entries()) {
      const next = ordered[at + 1]?.start ?? NOW;
      expect(next, id).toBeGreaterThanOrEqual(end);
      if (next > end) gaps.set(id, (gaps.get(id) ?? 0) + next - end);
    }
  }
  // One around now; of each quarter one, where it was dead for most of a report's time.
  expect(gaps.size).toBeGreaterThanOrEqual(1);
  expect(gaps.size).toBeLessThanOrEqual(3);
  expect(history(90).map(({ json }) => json)).toEqual(history(90).map(({ json }) => json));
});

it('what was reported is left out, and nothing of it is told twice', () => {
  const covered = [{ from: NOW - 30 * HOUR, to: NOW - 20 * HOUR }];
  for (const { start, end } of taken(history(3, covered), NOW))
    expect(start >= NOW - 20 * HOUR || end <= NOW - 30 * HOUR).toBe(true);
});

it('goes on live each ten minutes, and no interval lies within two days', () => {
  const live = new LiveLinks(options);
  const reports = taken(live.advance(NOW + 24 * HOUR), NOW + 24 * HOUR);
  const days = (report: LinkReport): string[] =>
    [report.start, report.end - 1].map((at) => localDay(at, catalogue.timeZone));
  for (const report of reports) expect(new Set(days(report)).size).toBe(1);
  const dead = [...LINKS.keys()].filter(
    (id) => !reports.some((report) => idOf(report) === id && report.start < NOW + HOUR),
  );
  expect(dead).toHaveLength(1);
  // It comes back.
  expect(reports.some((report) => idOf(report) === dead[0])).toBe(true);
});

it('by the rhythm of the day: more is asked and more fails by day than at night', () => {
  const live = new LiveLinks({ ...options, calm: true });
  const reports = taken(live.advance(NOW + 24 * HOUR), NOW + 24 * HOUR);
  const sums = (from: number, to: number) =>
    reports
      .filter(
        ({ start }) =>
          start >= Date.parse('2026-11-20T00:00:00+07:00') + from * HOUR &&
          start < Date.parse('2026-11-20T00:00:00+07:00') + to * HOUR,
      )
      .reduce((sum, it) => ({ asked: sum.asked + it.requests, failed: sum.failed + it.timeout + it.unavailable }), {
        asked: 0,
        failed: 0,
      });
  const day = sums(14, 16);
  const night = sums(25, 27);
  expect(day.asked).toBeGreaterThan(3 * night.asked);
  expect(day.failed / day.asked).toBeGreaterThan(night.failed / Math.max(1, night.asked));
});

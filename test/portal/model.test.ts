import { fileURLToPath } from 'node:url';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, type Catalogue, decode, localDay, type SubmissionData } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { historyEvents } from './history.ts';
import { Live, type LiveOptions, outageAt } from './live.ts';
import { type SimEvent, type World, worldOf } from './model.ts';
import priors from './priors.json' with { type: 'json' };
import { type Priors, type Rate, rateOf } from './rate.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const losAngeles = (await loadCatalogue(fileURLToPath(new URL('../catalogues/los-angeles', import.meta.url))))
  .catalogue;

const NOW = Date.parse('2026-11-20T10:30:00+07:00');
const MINUTE = 60_000;

interface Sim {
  world: World;
  rate: Rate;
}
const simOf = (of: Catalogue, given: Priors, today = '2026-11-20', seed = 1): Sim => ({
  world: worldOf(of, given, seed, today),
  rate: rateOf(of, given, seed),
});
const vietNam = simOf(catalogue, priors);

const history = (days: number, until = NOW, sim = vietNam): SimEvent[] =>
  [...historyEvents({ ...sim, days, until, volume: 1, covered: [] })].flat();

interface Parsed {
  id: string;
  source: string;
  type: string;
  simulated: boolean;
  data: SubmissionData;
}
const parsed = (events: readonly SimEvent[]): Parsed[] => events.map((event) => JSON.parse(event.json) as Parsed);
const timeOf = (event: Parsed): number => Date.parse(event.data.interval?.start ?? event.data.occurredAt ?? '');
const entriesOf = (events: readonly Parsed[]): Parsed[] => events.filter((event) => event.data.status === 1);
const total = (events: readonly Parsed[]): number => events.reduce((sum, event) => sum + event.data.count, 0);
const totalsBy = (
  events: readonly Parsed[],
  keyOf: (event: Parsed) => string | number,
): Map<string | number, number> => {
  const totals = new Map<string | number, number>();
  for (const event of events) totals.set(keyOf(event), (totals.get(keyOf(event)) ?? 0) + event.data.count);
  return totals;
};

const refused = (events: readonly SimEvent[], of: Catalogue, now: number): unknown[] => {
  const text = new TextEncoder();
  return events
    .map((event) => decode({ value: text.encode(event.json), headers: {}, timestamp: now }, of))
    .filter((outcome) => !outcome.ok);
};

describe('the expected volume', () => {
  const { rate } = vietNam;
  // Every day has a level of its own, at most 5.2 % off.
  const near = (value: number, expected: number): void => {
    expect(value / expected).toBeGreaterThan(0.94);
    expect(value / expected).toBeLessThan(1.06);
  };
  const perDay = priors.nationalPerWorkingDay.value;

  it('follows the working day, the weekday and the month', () => {
    near(rate.ofDay('2026-11-18'), perDay * 1 * 1.02);
    near(rate.ofDay('2026-11-16'), perDay * 1.12 * 1.02);
    near(rate.ofDay('2026-11-20'), perDay * 0.85 * 1.02);
    near(rate.ofDay('2026-11-21'), perDay * 0.18 * 1.02);
    near(rate.ofDay('2026-11-24'), perDay * 0.18 * 1.02);
    near(rate.ofDay('2026-08-22'), perDay * 1.05);
  });

  it('keeps in process what came in and has not ended', () => {
    // Two weeks without a holiday in reach.
    for (let day = '2026-10-12'; day < '2026-10-26'; day = addDays(day, 1)) {
      const before = rate.openAt(addDays(day, -1), 24);
      expect(rate.openAt(day, 0)).toBeCloseTo(before, 3);
      expect(rate.openAt(day, 24)).toBeCloseTo(before + rate.ofDay(day) - rate.finishedOn(day), 3);
    }
    // Over the days off of the lunar new year nothing ends, so nothing falls.
    expect(rate.openAt('2026-02-20', 24)).toBeGreaterThan(rate.openAt('2026-02-14', 24));
  });

  it('follows the lunar new year', () => {
    near(rate.ofDay('2026-02-13'), perDay * 0.85 * 1.02 * 0.25);
    near(rate.ofDay('2026-02-12'), perDay * 0.98 * 1.02 * 0.4);
    for (const day of ['2026-02-14', '2026-02-17', '2026-02-22']) near(rate.ofDay(day), perDay * 0.03);
    near(rate.ofDay('2026-02-23'), perDay * 1.12 * 1.02 * 0.6);
    near(rate.ofDay('2026-02-26'), perDay * 0.98 * 1.02 * 1.25);
  });

  it('spreads a day over its hours and an hour over its minutes', () => {
    const hours = Array.from({ length: 24 }, (_, hour) => rate.ofHour(hour));
    expect(hours.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(hours.indexOf(Math.max(...hours))).toBe(9);
    for (let hour = 0; hour < 24; hour += 1)
      expect(rate.minutesOf(hour).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });

  it('ends dossiers on working days alone, as many as entered', () => {
    expect(rate.finishedOn('2026-11-22')).toBe(0);
    let entered = 0;
    let ended = 0;
    for (let day = '2026-08-24'; day <= '2026-11-22'; day = addDays(day, 1)) {
      entered += rate.ofDay(day);
      ended += rate.finishedOn(day);
    }
    expect(ended / entered).toBeGreaterThan(0.93);
    expect(ended / entered).toBeLessThan(1.07);
  });
});

describe('the world', () => {
  it('gives every agency, service and portal a share, and no service too much', () => {
    const shares = new Map<string, number>();
    const agencies = new Set<string>();
    const sources = new Map<string, number>();
    for (const province of vietNam.world.provinces)
      for (const cell of province.cells) {
        const share = province.share * cell.share;
        shares.set(cell.service, (shares.get(cell.service) ?? 0) + share);
        sources.set(cell.source, (sources.get(cell.source) ?? 0) + share);
        agencies.add(cell.agency);
      }
    expect(agencies.size).toBe(17);
    expect(shares.size).toBe(42);
    expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
    expect(shares.get('DV06')).toBeCloseTo(0.15);
    expect(Math.max(...shares.values())).toBeLessThanOrEqual(0.150_001);
    const others = [...shares].filter(([code]) => code.startsWith('OTHER-'));
    expect(others.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(0.3);
    expect(sources.size).toBe(52);
    expect(sources.get('urn:portal:national')).toBeCloseTo(0.25);
    expect(sources.get('urn:portal:province:79')).toBeCloseTo(0.7 * 0.14756, 2);
  });
});

describe('the history', () => {
  const sent = history(90);
  const events = parsed(sent);
  const counted = events.filter((event) => event.type === 'submission.counted');
  const entries = entriesOf(counted);

  it('is small enough, unique and marked as simulated', () => {
    expect(sent.length).toBeGreaterThan(200_000);
    expect(sent.length).toBeLessThan(400_000);
    expect(new Set(events.map((event) => `${event.source}\n${event.id}`)).size).toBe(sent.length);
    expect(events.every((event) => event.simulated)).toBe(true);
  });

  it('adds up to what is expected, by day, province and service', () => {
    const originals = entries.filter((event) => event.data.corrects === undefined);
    const byDay = totalsBy(originals, (event) => localDay(timeOf(event), catalogue.timeZone));
    let expected = 0;
    for (const [day, count] of byDay) {
      if (day === '2026-11-20') continue;
      const mean = vietNam.rate.ofDay(String(day));
      expected += mean;
      expect(Math.abs(count - mean) / Math.sqrt(mean), String(day)).toBeLessThan(5);
    }
    expect(byDay.size).toBe(91);
    const whole = total(originals);
    expect((whole - (byDay.get('2026-11-20') ?? 0)) / expected).toBeCloseTo(1, 2);
    const byProvince = totalsBy(originals, (event) => event.data.province);
    for (const [code, weight] of Object.entries(priors.provinceWeights.weights)) {
      const share = (byProvince.get(code) ?? 0) / whole;
      expect(Math.abs(share / weight - 1), code).toBeLessThan(0.02);
    }
    const byService = totalsBy(originals, (event) => event.data.procedure);
    expect((byService.get('DV06') ?? 0) / whole).toBeCloseTo(0.15, 2);
    expect((byService.get('OTHER-MERA') ?? 0) / whole).toBeCloseTo(0.3 / 17, 2);
  });

  it('gives the country a smooth minute and a province its own hour', () => {
    const from = Date.parse('2026-11-18T09:00:00+07:00');
    const hour = entries.filter((event) => timeOf(event) >= from && timeOf(event) < from + 60 * MINUTE);
    const minutes = [...totalsBy(hour, timeOf).values()];
    expect(minutes).toHaveLength(60);
    const mean = total(hour) / 60;
    const deviation = Math.sqrt(minutes.reduce((sum, count) => sum + (count - mean) ** 2, 0) / 60);
    expect(deviation / mean).toBeLessThan(0.2);
    const expected = vietNam.rate.ofDay('2026-11-18') * vietNam.rate.ofHour(9);
    for (const [code, count] of totalsBy(hour, (event) => event.data.province)) {
      const share =
        expected * (priors.provinceWeights.weights[code as keyof typeof priors.provinceWeights.weights] ?? 0);
      expect(Math.abs(count - share) / Math.sqrt(share), String(code)).toBeLessThan(5);
    }
  });

  it('finishes dossiers on time as often as its agencies do', () => {
    const judged = counted.filter((event) => event.data.onTime !== undefined && event.data.corrects === undefined);
    const shareOf = (agency?: string): number => {
      const own = judged.filter((event) => agency === undefined || event.data.agency === agency);
      return total(own.filter((event) => event.data.onTime === true)) / total(own);
    };
    expect(shareOf()).toBeGreaterThan(0.88);
    expect(shareOf()).toBeLessThan(0.94);
    expect(shareOf('MAE')).toBeCloseTo(0.78, 1);
    expect(shareOf('MOC')).toBeCloseTo(0.85, 1);
    expect(total(judged) / total(entries)).toBeGreaterThan(0.88);
  });

  it('corrects events of the same portal that were sent before, by no more than they counted', () => {
    const before = new Map<string, Parsed>();
    let corrections = 0;
    for (const event of counted) {
      const { corrects } = event.data;
      if (corrects === undefined) {
        before.set(`${event.source}\n${event.id}`, event);
        continue;
      }
      corrections += 1;
      const original = before.get(`${event.source}\n${corrects}`);
      expect(original, event.id).toBeDefined();
      expect(event.data.count).toBeLessThan(0);
      expect(-event.data.count).toBeLessThanOrEqual(original?.data.count ?? 0);
      expect({ ...event.data, count: 0, corrects: '' }).toEqual({ ...original?.data, count: 0, corrects: '' });
    }
    expect(corrections / sent.length).toBeCloseTo(0.005, 2);
  });

  it('repeats itself in any later run, and starts over with another seed', () => {
    const known = new Map(sent.map((event) => [`${event.source}\n${event.id}`, event.json]));
    const later = history(3, NOW + 47 * MINUTE);
    const firstDay = localDay(NOW, catalogue.timeZone);
    const repeated = later.filter((event) => known.has(`${event.source}\n${event.id}`));
    expect(repeated.every((event) => known.get(`${event.source}\n${event.id}`) === event.json)).toBe(true);
    const fresh = parsed(later.filter((event) => !known.has(`${event.source}\n${event.id}`)));
    expect(fresh.length).toBeGreaterThan(100);
    expect(fresh.every((event) => timeOf(event) >= NOW || event.data.corrects !== undefined)).toBe(true);
    const today = (events: readonly SimEvent[]): number =>
      parsed(events).filter((event) => timeOf(event) < NOW && localDay(timeOf(event), catalogue.timeZone) === firstDay)
        .length;
    expect(today(repeated)).toBeGreaterThan(1_000);
    const other = history(0, NOW, simOf(catalogue, priors, '2026-11-20', 2));
    expect(other.some((event) => known.has(`${event.source}\n${event.id}`))).toBe(false);
  });

  it('ends with the last whole minute and leaves out times that were reported before', () => {
    expect(counted.reduce((latest, event) => Math.max(latest, timeOf(event)), 0)).toBe(NOW - MINUTE);
    const covered = [{ from: NOW - 90 * MINUTE, to: NOW - 30 * MINUTE }];
    const rest = parsed([...historyEvents({ ...vietNam, days: 0, until: NOW, volume: 1, covered })].flat());
    expect(rest.some((event) => timeOf(event) >= NOW - 90 * MINUTE && timeOf(event) < NOW - 30 * MINUTE)).toBe(false);
    expect(rest.some((event) => timeOf(event) >= NOW - 30 * MINUTE)).toBe(true);
    const all = [{ from: NOW - 30 * 24 * 60 * MINUTE, to: NOW - 10 * MINUTE }];
    const gap = parsed([...historyEvents({ ...vietNam, days: 10, until: NOW, volume: 1, covered: all })].flat());
    expect(gap.length).toBeGreaterThan(20);
    expect(gap.every((event) => timeOf(event) >= NOW - 10 * MINUTE)).toBe(true);
  });

  it('can be counted', () => {
    expect(refused(sent.slice(-60_000), catalogue, NOW)).toEqual([]);
    const acrossNewYear = history(3, Date.parse('2026-02-18T00:00:00+07:00'));
    expect(refused(acrossNewYear, catalogue, NOW)).toEqual([]);
  });
});

const liveOf = (change: Partial<LiveOptions> = {}, sim = vietNam): Live =>
  new Live({ ...sim, start: NOW, volume: 1, speed: 1, calm: false, ...change });

describe('live portals', () => {
  it('send what is expected for the hour', () => {
    const live = liveOf({ calm: true });
    const counted = parsed(live.advance(NOW + 20 * MINUTE)).filter((event) => event.data.count > 0);
    const expected = vietNam.rate.ofDay('2026-11-20') * vietNam.rate.ofHour(10) * (20 / 60);
    expect(total(entriesOf(counted)) / expected).toBeGreaterThan(0.85);
    expect(total(entriesOf(counted)) / expected).toBeLessThan(1.15);
    const judged = counted.filter((event) => event.data.onTime !== undefined);
    expect(judged.length).toBeGreaterThan(100);
  });

  it('send at a forced rate', () => {
    const sent = liveOf({ calm: true, perSecond: 200 }).advance(NOW + MINUTE);
    expect(sent.length / 60).toBeGreaterThan(180);
    expect(sent.length / 60).toBeLessThan(225);
  });

  it('give the same however the time is cut, and another run another id', () => {
    const whole = liveOf().advance(NOW + 2 * MINUTE);
    const pieces = liveOf();
    const cut = Array.from({ length: 120 }, (_, at) => pieces.advance(NOW + (at + 1) * 1_000)).flat();
    expect(cut.map((event) => event.json)).toEqual(whole.map((event) => event.json));
    const ids = new Set(whole.map((event) => `${event.source}\n${event.id}`));
    const other = liveOf({ start: NOW + 1 }).advance(NOW + 2 * MINUTE + 1);
    expect(other.some((event) => ids.has(`${event.source}\n${event.id}`))).toBe(false);
  });

  it('repeat, correct and send late, in an order that can be counted', () => {
    const end = NOW + 100 * MINUTE;
    const sent = liveOf({ perSecond: 20 }).advance(end);
    expect(
      refused(
        sent.filter((_, at) => at % 5 === 0),
        catalogue,
        end,
      ),
    ).toEqual([]);
    const seen = new Map<string, SimEvent>();
    const kinds = { repeated: 0, corrected: 0, late: 0 };
    let latest = 0;
    for (const event of sent) {
      const key = `${event.source}\n${event.id}`;
      const { data, type } = JSON.parse(event.json) as Parsed;
      const before = seen.get(key);
      if (before !== undefined) {
        kinds.repeated += 1;
        expect(before.json).toBe(event.json);
        continue;
      }
      seen.set(key, event);
      if (type !== 'submission.counted') continue;
      const at = Date.parse(data.occurredAt ?? data.interval?.end ?? '');
      if (data.corrects === undefined) {
        if (at < latest - 30 * MINUTE) kinds.late += 1;
        latest = Math.max(latest, at);
        continue;
      }
      kinds.corrected += 1;
      expect(event.rootId).toBe(data.corrects);
      const original = seen.get(`${event.source}\n${data.corrects}`);
      expect(original, event.id).toBeDefined();
      expect(-data.count).toBeLessThanOrEqual((JSON.parse(original?.json ?? '') as Parsed).data.count);
    }
    expect(kinds.repeated / sent.length).toBeGreaterThan(0.006);
    expect(kinds.repeated / sent.length).toBeLessThan(0.014);
    expect(kinds.corrected).toBeGreaterThan(100);
    expect(kinds.late).toBeGreaterThan(5);
  });

  it('say zero every 15 seconds when they have nothing else to say, never across midnight', () => {
    const start = Date.parse('2026-11-20T23:59:00+07:00');
    const end = start + 2 * MINUTE;
    const sent = liveOf({ start, volume: 0, calm: true }).advance(end);
    expect(refused(sent, catalogue, end)).toEqual([]);
    const beats = parsed(sent).filter((event) => event.type === 'submission.counted');
    expect(beats.every((event) => event.data.count === 0 && event.data.interval !== undefined)).toBe(true);
    const national = beats.filter((event) => event.source === 'urn:portal:national');
    expect(national.length).toBeGreaterThanOrEqual(7);
    expect(national.length).toBeLessThanOrEqual(9);
    expect(new Set(beats.map((event) => event.source)).size).toBe(52);
    for (const [at, beat] of national.entries()) {
      const next = national[at + 1];
      if (next === undefined) continue;
      const gap = Date.parse(next.data.interval?.start ?? '') - Date.parse(beat.data.interval?.end ?? '');
      expect(gap).toBeGreaterThanOrEqual(0);
      expect(gap).toBeLessThan(16_000);
    }
  });

  it('fall silent now and then, one at a time, and tell afterwards what happened', () => {
    const from = Math.floor(NOW / (90 * MINUTE)) * 90 * MINUTE;
    const outages = Array.from({ length: 90 }, (_, minute) => outageAt(vietNam.world, from + minute * MINUTE));
    const silent = outages.find((outage) => outage !== undefined);
    expect(
      outages.filter((outage) => outage?.source === silent?.source && outage?.until === silent?.until),
    ).toHaveLength(10);
    const begins = from + outages.indexOf(silent) * MINUTE;
    const live = liveOf({ start: begins - 5 * MINUTE, perSecond: 100 });
    const own = (until: number): Parsed[] =>
      parsed(live.advance(until).filter((event) => event.source === silent?.source));
    expect(own(begins - MINUTE).length).toBeGreaterThan(0);
    live.advance(begins + MINUTE);
    expect(own((silent?.until ?? 0) - MINUTE)).toEqual([]);
    const after = own((silent?.until ?? 0) + MINUTE);
    expect(after.some((event) => timeOf(event) < (silent?.until ?? 0) - MINUTE)).toBe(true);
  });

  it('pass the day faster without leaving the present', () => {
    const live = liveOf({ speed: 60, calm: true });
    const perMinute = Array.from({ length: 14 }, (_, minute) => {
      const sent = parsed(live.advance(NOW + (minute + 1) * MINUTE)).filter((event) => event.data.count > 0);
      expect(sent.every((event) => timeOf(event) <= NOW + (minute + 1) * MINUTE)).toBe(true);
      return entriesOf(sent).length;
    });
    expect(perMinute[0] ?? 0).toBeGreaterThan(5 * (perMinute[12] ?? 0));
  });
});

describe('another catalogue', () => {
  it.each([
    ['without priors', {}],
    ['with priors of another country', priors],
  ])('works %s', (_, given) => {
    const now = Date.parse('2018-03-12T12:00:00-07:00');
    const sim = simOf(losAngeles, given, '2018-03-12');
    const sent = history(3, now, sim);
    expect(new Set(sent.map((event) => `${event.source}\n${event.id}`)).size).toBe(sent.length);
    expect(refused(sent, losAngeles, now)).toEqual([]);
    const live = liveOf({ start: now, perSecond: 50 }, sim).advance(now + 10 * MINUTE);
    expect(refused(live, losAngeles, now + 10 * MINUTE)).toEqual([]);
    const statuses = new Set(parsed([...sent, ...live]).map((event) => event.data.status));
    expect(statuses.has(1)).toBe(true);
    expect(statuses.size).toBeGreaterThanOrEqual(2);
  });
});

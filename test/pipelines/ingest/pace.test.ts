import type { LogRecord } from '@room/log';
import { describe, expect, it } from 'vitest';
import { isNews, LONGEST_WAIT_MS, Pace } from '../../../pipelines/src/ingest/pace.ts';
import { randomOf } from '../../portal/random.ts';

const record = (text: string): LogRecord => ({
  partition: 0,
  offset: 0,
  timestamp: 0,
  headers: {},
  value: Buffer.from(text),
});
const NEWS = record('{"data":{"count":1}}');
const NOTHING = record('{"data":{"count":0}}');

interface Arrival {
  at: number;
  record: LogRecord;
}
interface Insert {
  at: number;
  arrivals: readonly Arrival[];
}

/** Counts what arrives as a log that collects would have it counted; an insert takes `insertMs`. */
function run(arrivals: readonly Arrival[], isWatched: (at: number) => boolean, insertMs = 40): Insert[] {
  let now = 0;
  const listeners = new Set<() => void>();
  const watch = {
    get isWatched() {
      return isWatched(now);
    },
    onWatched: (listener: () => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const pace = new Pace({ watch, now: () => now });
  const inserts: Insert[] = [];
  let next = 0;
  while (next < arrivals.length) {
    now = Math.max(now, arrivals[next]?.at ?? now);
    const from = next;
    const held: LogRecord[] = [];
    const take = (): void => {
      for (; (arrivals[next]?.at ?? Number.POSITIVE_INFINITY) <= now; next++) held.push(arrivals[next]?.record ?? NEWS);
    };
    take();
    for (let wait = pace.waitMs(held); wait > 0; wait = pace.waitMs(held)) {
      const until = Math.min(now + wait, arrivals[next]?.at ?? Number.POSITIVE_INFINITY);
      const wasWatched = isWatched(now);
      // A listener is called at the moment when somebody begins to watch.
      for (now++; now < until && (wasWatched || !isWatched(now)); ) now++;
      take();
    }
    inserts.push({ at: now, arrivals: arrivals.slice(from, next) });
    now += insertMs;
  }
  return inserts;
}

const waits = (inserts: readonly Insert[], of: (arrival: Arrival) => boolean = () => true): number[] =>
  inserts.flatMap(({ at, arrivals }) => arrivals.filter(of).map((arrival) => at - arrival.at));
const longest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
const every = (ms: number, count: number, what = NEWS, from = 0): Arrival[] =>
  Array.from({ length: count }, (_, n) => ({ at: from + n * ms, record: what }));

describe('pace of inserts', () => {
  it('nothing waits longer than the bound and one insert, whatever arrives and whoever watches', () => {
    const random = randomOf('pace');
    for (let round = 0; round < 200; round++) {
      const meanMs = 10 ** (random.next() * 3.5);
      let at = 0;
      const arrivals: Arrival[] = Array.from({ length: 150 }, () => {
        at += Math.floor(random.exponential(meanMs));
        return { at, record: random.next() < 0.5 ? NEWS : NOTHING };
      });
      const turnsMs = 1 + random.next() * 20_000;
      const inserts = run(arrivals, (now) => Math.floor(now / turnsMs) % 2 === 0);
      expect(inserts.reduce((sum, insert) => sum + insert.arrivals.length, 0)).toBe(arrivals.length);
      expect(longest(waits(inserts))).toBeLessThanOrEqual(LONGEST_WAIT_MS + 40);
    }
  });

  it('goes at once after a quiet second, beside any number of portals that say that nothing happened', () => {
    const news = every(1_200, 50, NEWS, 7);
    const all = [...every(290, 200, NOTHING), ...news].sort((a, b) => a.at - b.at);
    const inserts = run(all, () => true);
    // Only an insert that is under way may be in its way.
    expect(longest(waits(inserts, ({ record: what }) => what === NEWS))).toBeLessThanOrEqual(100);
    expect(inserts.length).toBeLessThanOrEqual(news.length + 1);
  });

  it('a few events a second go in two inserts a second at most, and wait half a second at most', () => {
    const inserts = run(every(200, 300), () => true);
    expect(inserts.length).toBeLessThanOrEqual(122);
    expect(longest(waits(inserts))).toBeLessThanOrEqual(500);
  });

  it.each([50, 200, 2_000])('%i events a second wait a tenth of a second at most', (rate) => {
    const inserts = run(every(1_000 / rate, rate * 20), () => true).filter(({ at }) => at > 12_000);
    expect(longest(waits(inserts))).toBeLessThanOrEqual(110);
    const between = inserts.slice(1).map(({ at }, n) => at - (inserts[n]?.at ?? 0));
    expect(Math.min(...between)).toBeGreaterThanOrEqual(99);
  });

  it('while nobody watches what says that nothing happened goes each five seconds', () => {
    expect(run(every(200, 500, NOTHING), () => false).length).toBeLessThanOrEqual(21);
  });

  it('while nobody watches what rules look at goes at once after quiet seconds, and each 2.4 s at most', () => {
    const quiet = [...every(290, 200, NOTHING), ...every(2_600, 22, NEWS, 7)].sort((a, b) => a.at - b.at);
    const alone = run(quiet, () => false);
    expect(longest(waits(alone, ({ record: what }) => what === NEWS))).toBeLessThanOrEqual(100);
    const many = run(every(200, 500), () => false);
    expect(many.length).toBeLessThanOrEqual(44);
    expect(longest(waits(many))).toBeLessThanOrEqual(2_400);
  });

  it('whoever comes is shown that nothing happened as well', () => {
    let came = (): void => undefined;
    let hurried = 0;
    const onWatched = (listener: () => void): (() => void) => {
      came = listener;
      return () => undefined;
    };
    const pace = new Pace({ watch: { isWatched: true, onWatched }, now: () => 0 });
    const held = [NOTHING];
    expect(pace.waitMs(held)).toBe(LONGEST_WAIT_MS);
    pace.onHurry(() => hurried++);
    came();
    expect([hurried, pace.waitMs(held)]).toEqual([1, 0]);
    expect(pace.waitMs([NOTHING])).toBe(LONGEST_WAIT_MS);
  });

  it('what is much goes at once', () => {
    const pace = new Pace({ watch: { isWatched: false, onWatched: () => () => undefined }, now: () => 0 });
    expect(pace.waitMs(Array.from({ length: 1_000 }, () => NEWS))).toBe(0);
    expect(pace.waitMs(Array.from({ length: 1_000 }, () => NOTHING))).toBe(0);
  });

  it('a batch of a log that does not collect is followed by a pause, shared among its partitions', () => {
    const pace = new Pace({ watch: { isWatched: true, onWatched: () => () => undefined } });
    expect(pace.pauseMs(5, 1, 30)).toBe(70);
    expect(pace.pauseMs(5, 4, 5)).toBe(20);
    expect(pace.pauseMs(1_000, 1, 0)).toBe(0);
    pace.waitMs([NEWS]);
    expect(pace.pauseMs(5, 1, 30)).toBe(0);
  });

  it('knows an event that changes no number by its bytes, and takes every other for news', () => {
    expect(isNews(record('{"data":{"count":0,"status":1}}'))).toBe(false);
    expect(isNews(record('{"data":{"count": 0}}'))).toBe(false);
    for (const text of ['{"data":{"count":10}}', '{"data":{"count":-1}}', '{"id":"\\"count\\":0"}', 'no json', ''])
      expect([text, isNews(record(text))]).toEqual([text, true]);
  });
});

import { LEVELS } from '@room/contract';
import {
  assessShare,
  assessTarget,
  type DayLeft,
  lastDayToTurn,
  type PastTotal,
  projectTotal,
  type ShareStanding,
} from '@room/forecast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const NOW = Date.parse('2026-12-21T09:00:00Z');
const LATER = Date.parse('2027-01-01T00:00:00Z');
const errors = [40, -60, 80, -20, 50, -90, 10, -30, 70, -50];
const past: PastTotal[] = errors.map((error, i) => ({
  origin: 50 * i,
  end: 50 * i + 5,
  counted: 400,
  projected: 500,
  held: 500 + error,
}));
const projection = (counted: number, rest = 500) =>
  projectTotal({ counted, remaining: Array(5).fill(rest / 5), past, levels: LEVELS });
const week: DayLeft[] = ['21', '22', '23', '24', '25'].map((day) => ({
  day: `2026-12-${day}`,
  working: true,
  expected: 100,
  best: 140,
}));
const assess = (more: Partial<Parameters<typeof assessTarget>[0]> = {}) => {
  const counted = more.counted ?? 1_000;
  const made = assessTarget({
    target: 1_500,
    counted,
    projection: projection(counted),
    now: NOW,
    deadline: LATER,
    days: week,
    ...more,
  });
  if (!made.ok) throw new Error(made.detail);
  return made;
};

describe('a target', () => {
  it('on course: an even chance, what a day must bring, and that it can be reached', () => {
    const made = assess();
    expect(made).toMatchObject({
      state: 'open',
      missing: 500,
      neededPerDay: 100,
      expectedPerDay: 100,
      reachable: true,
    });
    expect(made.probability).toBeCloseTo(0.5, 5);
    expect(made.lastDay).toBeUndefined();
  });

  it('behind: the last day on which the best pace is still enough', () => {
    // 580 missing: 100 + 140 * 4 = 660, 200 + 420 = 620, 300 + 280 = 580, 400 + 140 = 540.
    expect(assess({ target: 1_580 })).toMatchObject({ neededPerDay: 116, reachable: true, lastDay: '2026-12-24' });
    expect(assess({ target: 1_581 })).toMatchObject({ lastDay: '2026-12-23' });
    expect(assess({ target: 1_700 })).toMatchObject({ lastDay: '2026-12-21', reachable: true });
    expect(assess({ target: 1_701 })).toMatchObject({ lastDay: undefined, reachable: false });
  });

  it('lets days of rest bring what is expected, and a running day only what is left of it', () => {
    const days = week.map((day, i) =>
      i === 4 ? { ...day, working: false, expected: 20 } : i === 0 ? { ...day, share: 0.5 } : day,
    );
    expect(assess({ days }).neededPerDay).toBeCloseTo(480 / 3.5);
    expect(assess({ days: days.slice(4) })).toMatchObject({ neededPerDay: undefined, reachable: false });
  });

  it('is met at once when it is zero or reached, and missed when its date has passed', () => {
    expect(assess({ target: 0, counted: 0 })).toMatchObject({ state: 'met', probability: 1, missing: 0 });
    expect(assess({ counted: 1_500, now: LATER + 1 })).toMatchObject({ state: 'met', probability: 1 });
    expect(assess({ now: LATER })).toMatchObject({ state: 'missed', probability: 0, missing: 500, reachable: false });
  });

  it('has no probability where no projection could be made', () => {
    const refused = projectTotal({ counted: 1_000, remaining: [1], past: [], levels: LEVELS });
    expect(assess({ projection: refused }).probability).toBeUndefined();
    expect(assess({ projection: undefined }).probability).toBeUndefined();
  });

  it('refuses what is no number', () => {
    const base = { target: 1, counted: 0, projection: undefined, now: NOW, deadline: LATER, days: week };
    for (const wrong of [
      { target: Number.NaN },
      { counted: -1 },
      { deadline: Number.NaN },
      { days: [{ day: 'x', working: true, expected: Number.NaN, best: 1 }] },
    ]) {
      expect(assessTarget({ ...base, ...wrong })).toMatchObject({ ok: false, reason: 'bad-request' });
    }
  });

  it('keeps its laws: more counted is never worse, more asked is never better', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), fc.nat(500), (target, counted, more) => {
        const here = assess({ target, counted });
        const ahead = assess({ target, counted: counted + more });
        const harder = assess({ target: target + more, counted });
        expect(ahead.probability ?? 0).toBeGreaterThanOrEqual(here.probability ?? 0);
        expect(harder.probability ?? 0).toBeLessThanOrEqual(here.probability ?? 0);
        expect(ahead.neededPerDay ?? 0).toBeLessThanOrEqual(here.neededPerDay ?? 0);
        expect(ahead.reachable || !here.reachable).toBe(true);
        if (here.lastDay && harder.lastDay) expect(harder.lastDay <= here.lastDay).toBe(true);
      }),
      { seed: 4 },
    );
  });
});

describe('a share', () => {
  const ask = (more: Partial<Parameters<typeof assessShare>[0]> = {}): ShareStanding =>
    assessShare({
      target: 0.95,
      met: 940,
      total: 1_000,
      rest: projection(0),
      shares: [0.95, 0.96, 0.94, 0.97, 0.95, 0.96],
      now: NOW,
      deadline: LATER,
      ...more,
    });

  it('says what the rest must hold, and how likely that is', () => {
    const made = ask();
    expect(made).toMatchObject({ ok: true, state: 'open', share: 0.94, reachable: true });
    if (!made.ok) return;
    expect(made.neededShare).toBeCloseTo((0.95 * 1_500 - 940) / 500);
    expect(made.probability).toBeGreaterThan(0.02);
    expect(made.probability).toBeLessThan(0.4);
    expect(made.projected).toBeCloseTo((940 + 0.955 * 500) / 1_500);
  });

  it('rises with what was met so far', () => {
    const chances = [900, 920, 940, 945, 950, 960, 990].map((met) => {
      const made = ask({ met });
      return made.ok ? (made.probability ?? -1) : -1;
    });
    expect(chances).toEqual([...chances].sort((a, b) => a - b));
    expect(chances[0]).toBeLessThan(0.01);
    expect(chances.at(-1)).toBeGreaterThan(0.99);
    expect(ask({ met: 500 })).toMatchObject({ reachable: false, probability: 0 });
  });

  it('is final once nothing is left or the date has passed', () => {
    expect(ask({ now: LATER })).toMatchObject({ state: 'missed', probability: 0 });
    expect(ask({ now: LATER, met: 951 })).toMatchObject({ state: 'met', probability: 1 });
    expect(ask({ now: LATER, met: 0, total: 0 })).toMatchObject({ ok: false, reason: 'nothing-to-judge' });
  });

  it('has no probability from too few past rests, or without a projection', () => {
    expect(ask({ shares: [0.9, 1] })).toMatchObject({ state: 'open', probability: undefined });
    expect(ask({ rest: undefined })).toMatchObject({ state: 'open', probability: undefined, neededShare: undefined });
  });

  it('begins with no case at all', () => {
    const made = ask({ met: 0, total: 0 });
    expect(made).toMatchObject({ state: 'open', share: undefined });
    expect(made.ok && made.neededShare).toBeCloseTo(0.95);
  });

  it('refuses more met than there are, and targets that are no share', () => {
    for (const wrong of [{ met: 1_001 }, { target: 95 }, { target: Number.NaN }, { total: Number.NaN }]) {
      expect(ask(wrong)).toMatchObject({ ok: false, reason: 'bad-request' });
    }
  });
});

describe('the last day to turn from the usual share to the best', () => {
  const turn = (more: Partial<Parameters<typeof lastDayToTurn>[0]> = {}) =>
    lastDayToTurn({ target: 0.8, met: 700, total: 1_000, days: [100, 100, 100, 100], usual: 0.7, best: 1, ...more });

  it('is the last from which the best share is enough', () => {
    // 0.8 of 1,400 are 1,120; each day not turned costs 30 of the 400 to come.
    expect(turn()).toBeUndefined();
    expect(turn({ met: 720 })).toBe(0);
    expect(turn({ met: 750 })).toBe(1);
    expect(turn({ met: 810 })).toBe(3);
  });

  it('is not asked for where the usual share is enough', () => {
    expect(turn({ met: 840 })).toBeUndefined();
    expect(turn({ days: [] })).toBeUndefined();
  });

  it('is what trying every day finds', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({
          target: share,
          usual: share,
          better: share,
          met: share,
          total: fc.integer({ min: 1, max: 5_000 }),
          days: fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 12 }),
        }),
        ({ target, usual, better, met, total, days }) => {
          const best = usual + better * (1 - usual);
          const given = { target, met: met * total, total, days, usual, best };
          const rest = days.reduce((sum, it) => sum + it, 0);
          const needed = target * (total + rest) - met * total;
          const from = (n: number) => days.reduce((sum, it, at) => sum + (at < n ? usual : best) * it, 0);
          const enough = days.map((_, n) => n).filter((n) => from(n) >= needed + 1e-6);
          const nearly = days.map((_, n) => n).filter((n) => from(n) >= needed - 1e-6);
          const found = lastDayToTurn(given);
          if (usual * rest >= needed) expect(found).toBeUndefined();
          else {
            expect(found ?? -1).toBeGreaterThanOrEqual(enough.at(-1) ?? -1);
            expect(found ?? -1).toBeLessThanOrEqual(nearly.at(-1) ?? -1);
          }
        },
      ),
    );
  });
});

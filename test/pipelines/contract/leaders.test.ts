/** Leaders and laggards: intervals as a plain computation has them, like units together, and nobody named by chance. */
import { LED_Z, type LedDay, type LedUnit, leadersOf, paceOfDays, shareOfDays } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomOf } from '../../portal/random.ts';

const day = (onTime: number, late: number, type: LedDay['type'] = 'working'): LedDay => ({
  submitted: onTime + late,
  submittedOnline: onTime,
  onTime,
  late,
  type,
});
const days = (n: number, onTime: number, late: number): LedDay[] =>
  Array.from({ length: n }, (_, at) => day(onTime + (at % 2), late));
const unit = (code: string, now: LedDay[], more: Partial<LedUnit> = {}): LedUnit => ({
  code,
  now,
  before: [],
  ...more,
});
const generated = fc.array(
  fc
    .tuple(fc.nat(500), fc.nat(500), fc.constantFrom('working' as const, 'rest' as const))
    .map(([onTime, late, type]) => day(onTime, late, type)),
  { minLength: 5, maxLength: 60 },
);

it('a share and its interval are those of a plain computation over days', () => {
  fc.assert(
    fc.property(generated, (all) => {
      let [n, part, whole] = [0, 0, 0];
      for (const { onTime = 0, late = 0 } of all) {
        if (onTime + late === 0) continue;
        n += 1;
        part += onTime;
        whole += onTime + late;
      }
      const found = shareOfDays(all, 'shareOnTime');
      if (whole === 0) {
        expect(found).toBeUndefined();
        return;
      }
      const share = part / whole;
      let squares = 0;
      for (const { onTime = 0, late = 0 } of all) squares += (onTime - share * (onTime + late)) ** 2;
      expect(found?.value).toBeCloseTo(share, 12);
      if (n < 5) {
        expect(found).not.toHaveProperty('variance');
        return;
      }
      // Of the mean of n residuals, each of a day, by the size of a day.
      const ofDay = whole / n;
      expect(found?.variance).toBeCloseTo(squares / (n - 1) / n / ofDay ** 2, 10);
    }),
  );
});

it('a pace by working day and 1,000 people, and its interval by days of their own type, are those of a plain computation', () => {
  fc.assert(
    fc.property(generated, fc.integer({ min: 1_000, max: 9_000_000 }), (all, people) => {
      const worked = all.filter(({ type }) => type === 'working').length;
      const total = all.reduce((sum, { submitted = 0 }) => sum + submitted, 0);
      const found = paceOfDays(all, people);
      if (worked === 0 || total === 0) {
        expect(found).toBeUndefined();
        return;
      }
      const scale = 1_000 / people / worked;
      expect(found?.value).toBeCloseTo(total * scale, 9);
      if (worked < 5) {
        expect(found).not.toHaveProperty('variance');
        return;
      }
      let variance = 0;
      for (const type of ['working', 'rest']) {
        const own = all.filter((each) => each.type === type).map(({ submitted = 0 }) => submitted);
        const mean = own.reduce((sum, each) => sum + each, 0) / own.length;
        if (own.length === 1) variance += mean ** 2;
        if (own.length > 1)
          variance += (own.length * own.reduce((sum, each) => sum + (each - mean) ** 2, 0)) / (own.length - 1);
      }
      const expected = variance * scale ** 2;
      expect(Math.abs((found?.variance ?? 0) - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
    }),
  );
});

it('units of like size stand together, each once, and none with nothing counted', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { maxLength: 40 }), (sizes) => {
      const groups = leadersOf(
        'shareOnTime',
        sizes.map((size, at) => unit(`U${at}`, size === 0 ? [] : days(10, size, 1))),
      );
      const codes = groups.flatMap((group) => group.units.map(({ code }) => code));
      expect(new Set(codes).size).toBe(codes.length);
      expect(codes).toHaveLength(sizes.filter((size) => size > 0).length);
      groups.forEach(({ from, to }, at) => {
        expect(from).toBeLessThanOrEqual(to);
        const next = groups[at + 1];
        if (next !== undefined) expect(next.to).toBeLessThanOrEqual(from);
      });
    }),
  );
});

it('who surely does better leads, who surely does worse lags, and a rank is the range that it may be', () => {
  const [group] = leadersOf('shareOnTime', [
    unit('best', days(20, 990, 10)),
    unit('usual', days(20, 900, 100)),
    unit('alike', days(20, 901, 99)),
    unit('worst', days(20, 500, 500)),
  ]);
  const told = Object.fromEntries(group?.units.map(({ code, side, best, worst }) => [code, [side, best, worst]]) ?? []);
  expect(told.best).toEqual(['leads', 1, 1]);
  expect(told.worst).toEqual(['lags', 4, 4]);
  expect(group?.units.map(({ code }) => code)).toEqual(['best', 'alike', 'usual', 'worst']);
});

it('a change is told only where it exceeds chance', () => {
  const now = days(20, 900, 100);
  const [group] = leadersOf('shareOnTime', [
    unit('same', now, { before: now }),
    unit('risen', now, { before: days(20, 500, 500) }),
    unit('new', now),
    unit('short', now, { before: days(3, 100, 900) }),
  ]);
  expect(Object.fromEntries(group?.units.map(({ code, change }) => [code, change !== undefined]) ?? [])).toEqual({
    same: false,
    risen: true,
    new: false,
    short: false,
  });
});

it('of units that do alike hardly one in a hundred is named', () => {
  const { next } = randomOf('leaders');
  let [named, all] = [0, 0];
  for (let round = 0; round < 40; round++) {
    const units = Array.from({ length: 20 }, (_, at) =>
      unit(
        `U${at}`,
        Array.from({ length: 30 }, () => {
          const whole = 500 + Math.floor(next() * 500);
          // Days differ from each other by more than chance alone.
          const share = 0.8 + 0.15 * (next() - 0.5);
          return day(Math.round(whole * share), whole - Math.round(whole * share));
        }),
      ),
    );
    for (const group of leadersOf('shareOnTime', units))
      for (const { side } of group.units) {
        all += 1;
        if (side !== 'between') named += 1;
      }
  }
  expect(all).toBe(800);
  expect(named / all).toBeLessThan(0.03);
  expect(LED_Z).toBeGreaterThan(2.5);
});

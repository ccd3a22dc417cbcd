/** Tasks by day are what they were known to be then: over generated changes, against the version that stood at the end of each day. */
import { addDays, startOfDay } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { taskHistory } from '../../../../server/src/alerts/directives/history.ts';

const timeZone = 'Asia/Ho_Chi_Minh';
const FIRST = '2026-11-10';
const DAYS = 8;
const HOUR = 3_600_000;
const from = addDays(FIRST, 3);
const to = addDays(FIRST, DAYS - 1);
const instant = (hour: number): string => new Date(startOfDay(FIRST, timeZone) + hour * HOUR).toISOString();

interface Version {
  at: string;
  due: string;
  settled_at: string | null;
}

const versions = fc
  .uniqueArray(fc.integer({ min: 0, max: 24 * DAYS - 1 }), { minLength: 1, maxLength: 6 })
  .chain((hours) =>
    fc.tuple(
      ...hours
        .sort((one, other) => one - other)
        .map((hour, n) =>
          fc
            .record({ due: fc.integer({ min: -2, max: DAYS }), isSettled: n === 0 ? fc.constant(false) : fc.boolean() })
            .map(
              ({ due, isSettled }): Version => ({
                at: instant(hour),
                due: addDays(FIRST, due),
                settled_at: isSettled ? instant(hour) : null,
              }),
            ),
        ),
    ),
  )
  .map((all) => all as Version[]);
const tasks = fc.array(fc.record({ code: fc.constantFrom('MPS', 'MOH'), versions }), { maxLength: 6 });

it('is how each stood at the end of the day, whatever was changed since', () => {
  fc.assert(
    fc.property(tasks, (given) => {
      const since = startOfDay(from, timeZone);
      const rows = given.flatMap(({ code, versions }, n) => {
        const [first, last] = [versions[0], versions.at(-1)];
        if (first === undefined || last === undefined) return [];
        const row = { id: `t${n}`, dim: 'agency', code, state: 'open', given_at: first.at, ...last };
        // What was settled before is not read.
        return last.settled_at !== null && Date.parse(last.settled_at) < since ? [] : [row];
      });
      const moves = given
        .flatMap(({ versions }, n) =>
          versions.flatMap(({ at }, v) => {
            const before = versions[v - 1];
            return before === undefined ? [] : [{ at, subject: `t${n}`, before }];
          }),
        )
        .filter(({ at }) => Date.parse(at) >= since)
        .sort((one, other) => (one.at < other.at ? -1 : 1));
      const found = taskHistory({ rows, moves, knownFrom: 0, from, to, catalogue: { timeZone } }, true);
      const stood = (code: string | undefined, day: string) => {
        const end = startOfDay(addDays(day, 1), timeZone);
        const known = given
          .filter((task) => code === undefined || task.code === code)
          .flatMap(({ versions }) => versions.findLast(({ at }) => Date.parse(at) < end) ?? []);
        return {
          open: known.filter(({ settled_at }) => settled_at === null).length,
          overdue: known.filter(({ settled_at, due }) => settled_at === null && due < day).length,
          settled: known.filter(
            ({ settled_at }) => settled_at !== null && Date.parse(settled_at) >= startOfDay(day, timeZone),
          ).length,
        };
      };
      for (const [n, day] of found.days.entries())
        for (const [code, of] of [
          [undefined, found.all] as const,
          ...found.rows.map(({ unit, ...of }) => [unit.code, of] as const),
        ])
          expect([day, code, { open: of.open[n], overdue: of.overdue[n], settled: of.settled[n] }]).toEqual([
            day,
            code,
            stood(code, day),
          ]);
      expect(found.days).toEqual([from, addDays(from, 1), addDays(from, 2), addDays(from, 3), to]);
    }),
    { numRuns: 300 },
  );
});

it('of one that was given and settled before it was written down, as a year that is brought along, its own times count', () => {
  const row = { id: 'a', dim: 'province', code: '34-01', state: 'done', due: addDays(FIRST, 4) };
  const rows = [{ ...row, given_at: instant(0), settled_at: instant(24 * 6 + 5) }];
  const { all, rows: units } = taskHistory({ rows, moves: [], knownFrom: 0, from, to, catalogue: { timeZone } }, true);
  expect(all).toEqual({ open: [1, 1, 1, 0, 0], overdue: [0, 0, 1, 0, 0], settled: [0, 0, 0, 1, 0] });
  expect(units.map(({ unit }) => unit)).toEqual([{ dim: 'province', code: '34-01' }]);
});

it('of days before the first was given nothing is known, which is not none', () => {
  const row = { id: 'a', dim: 'agency', code: 'MPS', state: 'open', due: addDays(FIRST, -3), settled_at: null };
  const given = 24 * 4 + 23;
  const rows = [{ ...row, given_at: instant(given) }];
  const ground = { rows, moves: [], knownFrom: Date.parse(instant(given)), from, to, catalogue: { timeZone } };
  expect(taskHistory(ground, true)).toMatchObject({
    days: [addDays(FIRST, 4), addDays(FIRST, 5), addDays(FIRST, 6), to],
    all: { open: [1, 1, 1, 1], overdue: [1, 1, 1, 1] },
    rows: [{ unit: { code: 'MPS' }, open: [1, 1, 1, 1] }],
  });
  expect(taskHistory({ ...ground, rows: [], knownFrom: Number.POSITIVE_INFINITY }, true)).toEqual({
    days: [],
    all: { open: [], overdue: [], settled: [] },
    rows: [],
  });
});

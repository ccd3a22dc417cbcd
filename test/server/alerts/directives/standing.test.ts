/** What a wall says of tasks: how many are overdue and were, with whom, whose turn it is, and what falls due next. */
import { type Directive, isOverdue } from '@room/contract';
import { expect, it } from 'vitest';
import { wasOverdue } from '../../../../server/src/alerts/directives/moves.ts';
import { type StandingGround, standingOfTasks } from '../../../../server/src/alerts/directives/standing.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-20T03:00:00Z');
const catalogue = { timeZone: 'Asia/Ho_Chi_Minh' };
const ago = (days: number): number => NOW - days * DAY;
const dayAgo = (days: number): string => new Date(ago(days)).toISOString().slice(0, 10);

/** Given `given` days ago and due `due` days ago, which is to come where that is below 0. */
const task = (id: string, code: string, given: number, due: number, more: Partial<Directive> = {}): Directive => {
  const { state = 'open' } = more;
  return {
    id,
    kind: 'task',
    unit: { dim: 'agency', code },
    order: { text: `do ${id}`, due: dayAgo(due), wanted: { text: 'all' } },
    version: 1,
    given: { who: 'person:office', at: ago(given) },
    daysLeft: 0 - due,
    isOverdue: isOverdue({ state, daysLeft: -due }),
    ...more,
    state: state === 'open' && due > 0 ? 'overdue' : state,
  };
};
const move = (days: number, before: object | undefined) => ({ at: new Date(ago(days)).toISOString(), before });
const standing = (directives: Directive[], more: Partial<StandingGround> = {}) =>
  standingOfTasks({
    directives,
    moves: new Map(),
    knownFrom: ago(92),
    back: { week: 7, session: 91 },
    now: NOW,
    catalogue,
    ...more,
  });

it('counts what is overdue and with whom it is, and of that what was answered and waits for the Office', () => {
  const answered = { state: 'answered' } as const;
  const { open, overdue, ofUnit, ofOffice, units } = standing([
    task('a', 'MOH', 200, 40),
    task('b', 'MOH', 200, 3, answered),
    task('c', 'MPS', 200, 90),
    task('d', 'MPS', 200, -30),
    task('e', 'MOF', 200, 0, answered),
    task('f', 'MOF', 200, 50, { state: 'done', settledAt: ago(2) }),
  ]);
  expect({ open, overdue, ofUnit, ofOffice }).toEqual({ open: 5, overdue: 3, ofUnit: 2, ofOffice: 1 });
  expect(units).toEqual([
    { unit: { dim: 'agency', code: 'MOH' }, overdue: 2, oldest: 40, ofOffice: 1 },
    { unit: { dim: 'agency', code: 'MPS' }, overdue: 1, oldest: 90, ofOffice: 0 },
  ]);
});

it('tells how many were overdue a week and a quarter before, by what became of each since', () => {
  const all = [
    // Late now, and not a week ago.
    task('new', 'MOH', 200, 3),
    task('old', 'MOH', 200, 120),
    // Was late, and is settled since.
    task('settled', 'MOH', 200, 30, { state: 'done', settledAt: ago(2) }),
    // Was late, and its day was put off.
    task('put-off', 'MOH', 200, -20),
    task('given-since', 'MOH', 5, 2),
  ];
  const moves = new Map([['put-off', [move(4, { state: 'open', due: dayAgo(100) })]]]);
  const { overdue, week, session } = standing(all, { moves });
  expect([overdue, week, session]).toEqual([3, { day: dayAgo(7), overdue: 3 }, { day: dayAgo(91), overdue: 2 }]);
});

it('what was settled since was overdue before that, though it was changed later still', () => {
  const settledAt = ago(20);
  const done = task('done', 'MOH', 200, 60, { state: 'done', settledAt });
  const before = { state: 'done', due: dayAgo(100), settled_at: new Date(settledAt).toISOString() };
  const { week, session } = standing([done], { moves: new Map([['done', [move(4, before)]]]) });
  expect([week.overdue, session.overdue]).toEqual([0, 1]);
});

it('of before anything was given, or where not all that moved is at hand, it says nothing', () => {
  const young = standing([task('a', 'MOH', 10, 2)]);
  expect([young.week, young.session]).toEqual([{ day: dayAgo(7), overdue: 0 }, { day: dayAgo(91) }]);
  const cut = standing([task('a', 'MOH', 200, 2)], { knownFrom: ago(3) });
  expect([cut.week, cut.session]).toEqual([{ day: dayAgo(7) }, { day: dayAgo(91) }]);
  expect(standing([])).toMatchObject({ open: 0, overdue: 0, week: { day: dayAgo(7) }, units: [], due: [] });
});

it('names what falls due within seven days, the next first, in a line each, at most fifty', () => {
  const long = { order: { text: `${'word '.repeat(60)}\nmore`, due: dayAgo(-7), wanted: { text: 'all' } } };
  const { due } = standing([
    task('far', 'MOH', 9, -8),
    task('last', 'MOH', 9, -7, long),
    task('today', 'MPS', 9, 0),
    task('late', 'MPS', 9, 1),
  ]);
  expect(due.map(({ id, daysLeft }) => [id, daysLeft])).toEqual([
    ['today', 0],
    ['last', 7],
  ]);
  expect(due[1]?.text).toMatch(/^(word )+…$/);
  expect(due[1]?.text.length).toBeLessThan(165);
  const many = standing(Array.from({ length: 60 }, (_, n) => task(`t${n}`, 'MOH', 9, -2)));
  expect([many.due.length, many.dueMore]).toEqual([50, 10]);
});

it('an answer ended nothing then either, and a change after that instant is undone first', () => {
  const at = ago(7);
  const is = (one: Directive, moves: Parameters<typeof wasOverdue>[1] = []) => wasOverdue(one, moves, at, catalogue);
  expect(is(task('a', 'MOH', 9, 8, { state: 'answered' }))).toBe(true);
  // Its last day was not over.
  expect(is(task('a', 'MOH', 9, 7))).toBe(false);
  expect(is(task('a', 'MOH', 9, 8), [move(3, { state: 'done', due: dayAgo(8) })])).toBe(false);
  expect(is(task('a', 'MOH', 9, 8), [move(8, { state: 'done', due: dayAgo(8) })])).toBe(true);
  expect(is(task('a', 'MOH', 9, 8), [move(3, undefined)])).toBe(true);
});

it('names what is overdue, the longest first, also what was answered; at most fifty', () => {
  const { late, overdue } = standing([
    task('short', 'MOH', 200, 3, { order: { text: 'do', head: 'Deputy', due: dayAgo(3), wanted: { text: 'all' } } }),
    task('soon', 'MOH', 9, -2),
    task('long', 'MPS', 200, 90),
    task('told', 'MPS', 200, 40, { state: 'answered' }),
    task('over', 'MPS', 200, 400, { state: 'done', settledAt: ago(2) }),
  ]);
  expect(late.map(({ id, daysLate, state }) => [id, daysLate, state])).toEqual([
    ['long', 90, 'overdue'],
    ['told', 40, 'answered'],
    ['short', 3, 'overdue'],
  ]);
  expect([overdue, late[2]?.head, late[2]?.due]).toEqual([3, 'Deputy', dayAgo(3)]);
  const many = standing(Array.from({ length: 60 }, (_, n) => task(`t${n}`, 'MOH', 200, 1 + n)));
  expect([many.late.length, many.late[0]?.daysLate, many.overdue]).toEqual([50, 60, 60]);
});

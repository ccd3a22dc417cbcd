/** How tasks stood when a session was, by what became of them since. */
import { byUrgency, type Directive, isOverdue } from '@room/contract';
import { expect, it } from 'vitest';
import { movedSince } from '../../../../server/src/alerts/directives/moves.ts';

const NOW = Date.parse('2026-11-20T03:00:00Z');
const SINCE = '2026-11-01';
const catalogue = { timeZone: 'Asia/Ho_Chi_Minh' };
const task = (more: Partial<Directive>, due = '2026-12-01'): Directive => {
  const { state = 'open', daysLeft = 11 } = more;
  return {
    isOverdue: isOverdue({ state, daysLeft }),
    id: 'd',
    kind: 'task',
    unit: { dim: 'agency', code: 'MPS' },
    order: { text: 'it', due, wanted: { text: 'all' } },
    state: 'open',
    version: 1,
    given: { who: 'person:office', at: Date.parse('2026-10-01T03:00:00Z') },
    daysLeft,
    ...more,
  };
};
const move = (action: string, before: object | undefined, at = '2026-11-10T03:00:00.000Z') => ({
  at,
  who: 'person:ann',
  action,
  before,
});
const moved = (directive: Directive, moves: Parameters<typeof movedSince>[1] = []) =>
  movedSince(directive, moves, { since: SINCE, now: NOW, catalogue });

it('one that nothing became of stands as it stood, or fell overdue by itself', () => {
  expect(moved(task({}))).toMatchObject({ age: 50, moves: [] });
  expect(moved(task({}))).not.toHaveProperty('was');
  expect(moved(task({ state: 'overdue', daysLeft: -10 }, '2026-11-10'))).toMatchObject({ was: 'open' });
  // It was overdue before: its last day ended before the day of the session began.
  expect(moved(task({ state: 'overdue', daysLeft: -21 }, '2026-10-30'))).not.toHaveProperty('was');
});

it('an answer ends nothing: what is past its due day is overdue until it is confirmed, and since when is told', () => {
  expect(isOverdue({ state: 'answered', daysLeft: -1 })).toBe(true);
  expect(isOverdue({ state: 'answered', daysLeft: 0 })).toBe(false);
  for (const state of ['done', 'withdrawn'] as const) expect(isOverdue({ state, daysLeft: -90 })).toBe(false);
  const answered = (due: string) => [move('task.answered', { state: 'open', due })];
  const late = (due: string, daysLeft: number) =>
    moved(task({ state: 'answered', daysLeft }, due), answered(due)).isLateSince;
  expect([late('2026-11-10', -10), late('2026-10-30', -21), late('2026-12-01', 11)]).toEqual([true, false, false]);
});

it('one that was given since is new, whatever became of it', () => {
  const given = { who: 'person:office', at: Date.parse('2026-11-05T03:00:00Z') };
  const answered = move('task.answered', { state: 'open', due: '2026-12-01' });
  expect(moved(task({ given, state: 'answered' }), [move('task.given', undefined), answered])).toMatchObject({
    was: 'new',
    age: 15,
    moves: [{ action: 'task.answered', who: 'person:ann' }],
  });
});

it('a plan that was brought here late is as old as it says, or at least as old as its due day; what was overdue before the session stays so', () => {
  const given = { who: 'person:office', at: Date.parse('2026-11-19T03:00:00Z') };
  const said = { text: 'it', due: '2026-10-20', wanted: { text: 'all' }, givenOn: '2026-01-15' };
  const late = { given, state: 'overdue', daysLeft: -31 } as const;
  const stated = moved(task({ ...late, order: said }));
  expect(stated).toMatchObject({ age: 309, isLateSince: false });
  expect(stated).not.toHaveProperty('was');
  expect(stated).not.toHaveProperty('isAgeLeast');
  const unsaid = moved(task(late, '2026-10-20'));
  expect(unsaid).toMatchObject({ age: 31, isAgeLeast: true, isLateSince: false });
  expect(unsaid).not.toHaveProperty('was');
  // Put off since: it had been given by the due day that it came with.
  expect(moved(task({ given, givenBy: '2026-10-20' }, '2026-12-31'))).toMatchObject({ age: 31, isAgeLeast: true });
  expect(moved(task({ given }, '2026-12-31'))).toMatchObject({ age: 1, was: 'new' });
});

it('what was done and put off since is told against how it stood before the first of these', () => {
  const steps = [
    move('task.changed', { state: 'open', due: '2026-10-20' }),
    move('task.answered', { state: 'open', due: '2026-12-01' }, '2026-11-11T03:00:00.000Z'),
    move('task.confirmed', { state: 'answered', due: '2026-12-01' }, '2026-11-12T03:00:00.000Z'),
  ];
  expect(moved(task({ state: 'done', settledAt: NOW }), steps)).toMatchObject({
    was: 'overdue',
    dueWas: '2026-10-20',
    moves: [{ action: 'task.changed' }, { action: 'task.answered' }, { action: 'task.confirmed' }],
  });
});

it('what is overdue longest stands first, then what waits for the Office, then by due day, then what is settled', () => {
  const all = [
    { id: 'done', state: 'done', daysLeft: -90, settledAt: 5 },
    { id: 'later', state: 'open', daysLeft: 30 },
    { id: 'waits', state: 'answered', daysLeft: 3 },
    { id: 'answered late', state: 'answered', daysLeft: -30 },
    { id: 'late', state: 'overdue', daysLeft: -2 },
    { id: 'latest', state: 'overdue', daysLeft: -60 },
    { id: 'soon', state: 'open', daysLeft: 1 },
  ] as const;
  expect(all.toSorted(byUrgency).map(({ id }) => id)).toEqual([
    'latest',
    'answered late',
    'late',
    'waits',
    'soon',
    'later',
    'done',
  ]);
});

/** The simulated plan: nothing in it that the room would refuse, each fate in it, and the same at every start. */
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, directiveBodySchema, sentTasksSchema } from '@room/contract';
import { expect, it } from 'vitest';
import { givenRow } from '../../server/src/alerts/directives/tasks.ts';
import { tasksOfYear } from './tasks.ts';

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const NOW = Date.parse('2026-11-20T03:00:00Z');
const today = '2026-11-20';
const tasks = tasksOfYear({ catalogue, now: NOW, today });

it('is what the room takes, each number once, marked as made up', () => {
  const sent = tasks.map(({ state: _, givenAt: _g, settledAt: _s, more: _m, dueWas: _d, ...task }) => task);
  expect(sentTasksSchema.parse({ tasks: sent }).tasks).toHaveLength(tasks.length);
  // As rows they are read again.
  for (const { more, ...task } of tasks)
    directiveBodySchema.parse(JSON.parse(givenRow(task, NOW, catalogue, more).body));
  expect(new Set(tasks.map(({ item }) => item)).size).toBe(tasks.length);
  expect(tasks.every(({ more }) => more.isSimulated === true)).toBe(true);
  expect(Math.max(...tasks.flatMap(({ givenAt, settledAt = 0 }) => [givenAt, settledAt]))).toBeLessThanOrEqual(NOW);
});

it('has tasks that are done, wait, are under way, slipped and are overdue', () => {
  const n = (is: (task: (typeof tasks)[number]) => boolean): number => tasks.filter(is).length;
  expect(n(({ state }) => state === 'done')).toBeGreaterThan(10);
  expect(n(({ state }) => state === 'answered')).toBeGreaterThan(0);
  expect(n(({ state, due }) => state === 'open' && due < today)).toBeGreaterThan(3);
  expect(n(({ state, due }) => state === 'open' && due >= today)).toBeGreaterThan(3);
  expect(n(({ dueWas }) => dueWas !== undefined)).toBeGreaterThan(5);
});

it('is the same a day later but for what happened on it', () => {
  const later = tasksOfYear({ catalogue, now: NOW + 86_400_000, today: addDays(today, 1) });
  expect(later.map(({ item, text, due }) => [item, text, due])).toEqual(
    tasks.map(({ item, text, due }) => [item, text, due]),
  );
});

/** What names a task: its plan and its number there, however their letters are written. */
import { expect, it } from 'vitest';
import { taskId } from '../../../../server/src/alerts/directives/tasks.ts';

it('is the same where marks stand apart from their letters, and another for another number', () => {
  const task = { plan: 'Kế hoạch 2026', item: 'Điều 7' };
  const apart = { plan: task.plan.normalize('NFD'), item: task.item.normalize('NFD') };
  expect(apart).not.toEqual(task);
  expect(taskId(apart)).toBe(taskId(task));
  expect(taskId({ ...task, item: 'Điều 8' })).not.toBe(taskId(task));
});

it.each([
  ['a blank that does not break', 'Kế\u00a0hoạch 2026'],
  ['several blanks', ' Kế  hoạch \t2026'],
  ['wide figures', 'Kế hoạch ２０２６'],
])('is the same with %s', (_, plan) => {
  expect(taskId({ plan, item: '1' })).toBe(taskId({ plan: 'Kế hoạch 2026', item: '1' }));
});

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

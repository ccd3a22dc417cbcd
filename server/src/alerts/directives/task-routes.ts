/** HTTP of tasks: the list with what moved, and a plan's rows taken in. What becomes of one goes by the routes of directives. */
import { API, type Catalogue, sentTasksSchema, takenTasksSchema } from '@room/contract';
import { causeOf } from '../../access/remember.ts';
import { type Route, route } from '../../api/route.ts';
import { assertBegun } from '../../begun.ts';
import type { TaskStore } from './tasks.ts';

/** A thousand with their words. */
const MOST_BYTES = 6_000_000;

export function taskRoutes(
  store: Pick<TaskStore, 'list' | 'give'>,
  { timeZone }: Pick<Catalogue, 'timeZone'>,
): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/tasks',
      summary: 'tasks of plans and directives of your scope: overdue first, with what moved since a day',
      right: 'view',
      query: API['/v1/tasks'].query,
      answer: { schema: API['/v1/tasks'].answer },
      handle: ({ principal: { scope }, query: { since } }) => {
        assertBegun('since', since, timeZone);
        return store.list(scope, Date.now(), since);
      },
    }),
    route({
      method: 'post',
      path: '/v1/tasks',
      summary: 'gives the tasks of a plan: all that are sent, or none, with the reason of each row that is refused',
      right: 'direct',
      isWhole: true,
      mostBytes: MOST_BYTES,
      body: sentTasksSchema,
      badInput: 'bad_task',
      answer: { schema: takenTasksSchema },
      handle: async ({ principal, body: { tasks, isTrial } }) => {
        const { refused, known } = await store.give(causeOf(principal), tasks, { now: Date.now(), isTrial });
        return { taken: isTrial || refused.length > 0 ? 0 : tasks.length - known, known, refused };
      },
    }),
  ];
}

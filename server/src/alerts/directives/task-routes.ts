/** HTTP of tasks: the list with what moved, and a plan's rows taken in. What becomes of one goes by the routes of directives. */
import { API, type Catalogue, sentTasksSchema, takenTasksSchema, type WallTasks } from '@room/contract';
import { causeOf } from '../../access/remember.ts';
import { type Route, route } from '../../api/route.ts';
import { assertBegun } from '../../begun.ts';
import { SHARED_BY_WALLS_MS } from '../../questions.ts';
import { Shared } from '../../shared.ts';
import type { TaskStore } from './tasks.ts';

/** A thousand with their words. */
const MOST_BYTES = 6_000_000;

export function taskRoutes(
  store: Pick<TaskStore, 'list' | 'standing' | 'give'>,
  { timeZone }: Pick<Catalogue, 'timeZone'>,
): Route[] {
  const onWalls = new Shared<WallTasks>(SHARED_BY_WALLS_MS);
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
      method: 'get',
      path: '/v1/wall/tasks',
      summary:
        'tasks and directives of one’s units in numbers: who owes what is overdue, whose turn it is, what falls due next',
      right: 'view',
      isOnWalls: true,
      query: API['/v1/wall/tasks'].query,
      answer: { schema: API['/v1/wall/tasks'].answer },
      handle: ({ principal: { scope } }) => onWalls.get(scope.key, () => store.standing(scope, Date.now())),
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

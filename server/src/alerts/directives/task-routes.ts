/** HTTP of tasks: the list with what moved, how many there were by day, and a plan's rows taken in. What becomes of one goes by the routes of directives. */
import {
  API,
  addDays,
  type Catalogue,
  LANGUAGES,
  type Language,
  MOST_HISTORY_DAYS,
  sentTasksSchema,
  type TaskHistory,
  takenTasksSchema,
  taskHistoryAskedSchema,
  taskImportsSchema,
  undoneImportSchema,
  type WallTasks,
} from '@room/contract';
import { z } from 'zod';
import { causeOf } from '../../access/remember.ts';
import { type Route, route } from '../../api/route.ts';
import { assertBegun } from '../../begun.ts';
import { HttpError } from '../../errors.ts';
import { SHARED_BY_WALLS_MS } from '../../questions.ts';
import { Shared } from '../../shared.ts';
import { type Cell, type GiveTable, TAKEN, type TableFile } from '../../table-file.ts';
import type { TaskStore } from './tasks.ts';

const NO_IMPORT = 'there is no import of this id, or nothing of it is there any more';
/** A thousand with their words. */
const MOST_BYTES = 6_000_000;

export interface TaskRoutesOptions {
  store: Pick<TaskStore, 'list' | 'standing' | 'history' | 'give' | 'imports' | 'undo'>;
  catalogue: Catalogue;
  give: GiveTable;
}

export function taskRoutes({ store, catalogue, give }: TaskRoutesOptions): Route[] {
  const { timeZone } = catalogue;
  const assertDays = ({ from, to }: { from: string; to: string }): void => {
    assertBegun('from', from, timeZone);
    assertBegun('to', to, timeZone);
    const last = addDays(from, MOST_HISTORY_DAYS - 1);
    if (to > last) throw new HttpError(422, 'too_much', `to: at most ${MOST_HISTORY_DAYS} days, to ${last}`);
  };
  const refuses = { 422: 'more is asked for than is answered at once' };
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
      handle: ({ principal: { scope }, asker }) => {
        const standing = (): Promise<WallTasks> => store.standing(scope, Date.now());
        return asker.isKeeping === true ? standing() : onWalls.get(scope.key, standing);
      },
    }),
    route({
      method: 'get',
      path: '/v1/tasks/history',
      summary: 'how many tasks of your scope were open, overdue and settled by day, as was known then',
      right: 'view',
      query: API['/v1/tasks/history'].query,
      answer: { schema: API['/v1/tasks/history'].answer },
      refuses,
      handle: ({ principal: { scope }, query }) => {
        assertDays(query);
        return store.history(query, scope);
      },
    }),
    route({
      method: 'get',
      path: '/v1/tasks/history.csv',
      summary: 'the same as CSV, a row for each day, and of each unit where that is asked for',
      right: 'view',
      query: taskHistoryAskedSchema.safeExtend({ lang: z.enum(LANGUAGES).default('vi') }),
      answer: { type: 'text/csv; charset=utf-8', schema: z.string() },
      refuses: { ...refuses, ...TAKEN },
      handle: (call) => {
        const { lang, ...asked } = call.query;
        assertDays(asked);
        return give(call, 'tasks', async () =>
          tableOf(await store.history(asked, call.principal.scope), asked, lang, catalogue),
        );
      },
    }),
    route({
      method: 'post',
      path: '/v1/tasks',
      summary: 'gives the tasks of a plan: all that are sent, or none, with the reason of each row that is refused',
      right: 'direct',
      imports: 'tasks',
      isWhole: true,
      mostBytes: MOST_BYTES,
      body: sentTasksSchema,
      badInput: 'bad_task',
      answer: { schema: takenTasksSchema },
      handle: async ({ principal, body: { tasks, isTrial } }) => {
        const { known, refused, ...given } = await store.give(causeOf(principal), tasks, { now: Date.now(), isTrial });
        return { taken: isTrial || refused.length > 0 ? 0 : tasks.length - known, known, refused, ...given };
      },
    }),
    route({
      method: 'get',
      path: '/v1/tasks/imports',
      summary: 'tasks that were given at once, the newest first, and how many of each nobody changed since',
      right: 'view',
      isWhole: true,
      answer: { schema: taskImportsSchema },
      handle: () => store.imports(),
    }),
    route({
      method: 'post',
      path: '/v1/tasks/imports/{id}/undo',
      summary:
        'takes back those tasks of an import that nobody changed since, as if they had never been given, and tells which stay; on trial it only says so',
      right: 'direct',
      isWhole: true,
      params: z.strictObject({ id: z.uuid() }),
      body: z.strictObject({ isTrial: z.boolean().default(false) }),
      answer: { schema: undoneImportSchema },
      refuses: { 404: NO_IMPORT },
      handle: async ({ principal, params: { id }, body: { isTrial } }) => {
        const undone = await store.undo(causeOf(principal, 'undone'), id, isTrial);
        if (undone === undefined) throw new HttpError(404, 'no_such_import', NO_IMPORT);
        return undone;
      },
    }),
  ];
}

const NAMES = {
  vi: {
    title: 'Nhiệm vụ và chỉ đạo theo ngày, như đã biết vào ngày đó',
    since: 'Chưa có nhiệm vụ hay chỉ đạo nào được giao trước ngày',
    none: 'Chưa có nhiệm vụ hay chỉ đạo nào được giao',
    day: 'Ngày',
    unit: 'Đơn vị',
    code: 'Mã',
    all: 'Tất cả',
    open: 'Đang mở',
    overdue: 'Quá hạn',
    settled: 'Kết thúc trong ngày',
  },
  en: {
    title: 'Tasks and directives by day, as was known then',
    since: 'Nothing is known of days before the first was given, on',
    none: 'Nothing is known: none was given yet',
    day: 'Day',
    unit: 'Unit',
    code: 'Code',
    all: 'All',
    open: 'Open',
    overdue: 'Overdue',
    settled: 'Settled that day',
  },
} as const;

/** A line about what the table does not have. */
const untold = (name: string, value = ''): [name: string, value: string] => [name, value];

function tableOf(
  { days, all, rows }: TaskHistory,
  { from, to }: { from: string; to: string },
  lang: Language,
  catalogue: Catalogue,
): TableFile {
  const names = NAMES[lang];
  const units = [...catalogue.agencies, ...catalogue.provinces];
  const [known] = days;
  const named = [
    { name: names.all as string, code: '', ...all },
    ...rows.map(({ unit: { code }, ...numbers }) => ({
      name: units.find(({ id }) => id === code)?.label[lang] ?? code,
      code,
      ...numbers,
    })),
  ];
  return {
    from,
    to,
    about: [
      [names.title, `${from} – ${to}`],
      ...(known === from ? [] : [known === undefined ? untold(names.none) : untold(names.since, known)]),
    ],
    columns: [
      { name: names.day, kind: 'text' },
      { name: names.unit, kind: 'text' },
      { name: names.code, kind: 'text' },
      { name: names.open, kind: 'count' },
      { name: names.overdue, kind: 'count' },
      { name: names.settled, kind: 'count' },
    ],
    rows: named.flatMap(({ name, code, open, overdue, settled }) =>
      days.map((day, n): Cell[] => [day, name, code, open[n], overdue[n], settled[n]]),
    ),
  };
}

/** A plan's tasks in a real room: taken all or none, worked through by the steps of directives, seen by their units alone. */
import {
  type Alerts,
  addDays,
  type Directives,
  type DirectiveTimeline,
  localDay,
  type SentTask,
  type TakenTasks,
  type TaskHistory,
  type TaskImports,
  type Tasks,
  type UndoneImport,
} from '@room/contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AlertingRoom, startAlertingRoom } from '../../../harness/alerting.ts';

const OFFICE = 'leadership';
const MINISTRY = 'agency:MPS';
const OTHER = 'agency:MOH';
const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
const LATE = addDays(TODAY, -30);
const DUE = addDays(TODAY, 7);

const LABEL = { vi: 'Nhiệm vụ quá hạn', en: 'Tasks overdue' };
const RULE = {
  label: LABEL,
  reason: LABEL,
  owner: 'somebody',
  severity: 'warning',
  over: { dim: 'agency' },
  when: { kind: 'tasks-overdue', limit: 0 },
  forSeconds: 0,
  keepSeconds: 0,
};

let room: AlertingRoom;
beforeAll(async () => {
  room = await startAlertingRoom(3_600, {}, { 'T-09': RULE });
});
afterAll(() => room[Symbol.asyncDispose]());

const told = async <T>(look: string, path: string, body?: object): Promise<T> => {
  const response = await room.as(look, path, body);
  const text = await response.text();
  expect([response.status, text]).toEqual([200, text]);
  return JSON.parse(text) as T;
};
const task = (item: string, code: string, due: string): SentTask => ({
  plan: 'Resolution 1',
  item,
  unit: { dim: 'agency', code },
  text: `Task ${item}`,
  due,
  wanted: 'all of it',
});
const give = (tasks: SentTask[], isTrial = false): Promise<TakenTasks> => told(OFFICE, '/v1/tasks', { tasks, isTrial });
const list = async (look: string, query = ''): Promise<Tasks['tasks']> =>
  (await told<Tasks>(look, `/v1/tasks${query}`)).tasks;

it('is taken by the Office alone, all or none, with the reason of each row', async () => {
  const plan = [task('1', 'MPS', DUE), task('2', 'MPS', LATE), task('3', 'MOH', DUE)];
  expect((await room.as(MINISTRY, '/v1/tasks', { tasks: plan })).status).toBe(403);
  expect((await room.as(OFFICE, '/v1/tasks', { tasks: [{ ...plan[0], due: 'soon' }] })).status).toBe(400);
  expect((await room.as(OFFICE, '/v1/tasks', { tasks: [] })).status).toBe(400);
  const bad = await give([...plan, task('1', 'MPS', DUE), task('4', 'XYZ', DUE)]);
  expect(bad).toMatchObject({
    taken: 0,
    refused: [
      { row: 4, code: 'inRowBefore', of: '1' },
      { row: 5, code: 'unknownUnit', of: 'XYZ' },
    ],
  });
  expect(await give(plan, true)).toEqual({ taken: 0, known: 0, refused: [] });
  expect(await list(OFFICE)).toEqual([]);
  expect(await give(plan)).toEqual({ taken: 3, known: 0, refused: [], import: expect.any(String) });
  // The same file again changes nothing, and what is new in it is taken.
  expect(await give(plan)).toEqual({ taken: 0, known: 3, refused: [] });
  expect(await give([task('2', 'MOH', DUE), task('9', 'MOH', DUE)])).toMatchObject({
    taken: 0,
    refused: [{ row: 1, code: 'thereAlready', of: '2' }],
  });
  expect(await list(OFFICE)).toHaveLength(3);
});

it('is listed overdue first, to its unit alone, and beside no alert', async () => {
  expect((await list(MINISTRY)).map(({ of, state, was }) => [of?.item, state, was])).toEqual([
    ['2', 'overdue', 'new'],
    ['1', 'open', 'new'],
  ]);
  expect((await list(OTHER)).map(({ of }) => of?.item)).toEqual(['3']);
  expect((await told<Directives>(MINISTRY, '/v1/directives')).directives).toEqual([]);
  // Of a session to come nothing is known.
  const ahead = await room.as(MINISTRY, `/v1/tasks?since=${addDays(TODAY, 2)}`);
  const { error } = (await ahead.json()) as { error: { code: string; reason: string } };
  expect([ahead.status, error]).toMatchObject([400, { code: 'not_begun', reason: expect.stringMatching(/^since: /) }]);
});

it('rings for the unit that has more overdue than a rule allows, and for no other', { timeout: 60_000 }, async () => {
  const ringing = async (look: string): Promise<(string | number | undefined)[][]> => {
    // Numbers are of now: rules are looked at where somebody reports.
    await room.tell(1);
    const { alerts } = await told<Alerts>(look, '/v1/alerts');
    return alerts.filter((each) => each.rule === 'T-09').map(({ code, latest }) => [code, latest.value]);
  };
  await expect.poll(() => ringing(OFFICE), { timeout: 40_000, interval: 500 }).toEqual([['MPS', 1]]);
  expect(await ringing(MINISTRY)).toEqual([['MPS', 1]]);
  expect(await ringing(OTHER)).toEqual([]);
  const { over, when } = RULE;
  const tried = await room.as(OFFICE, '/v1/rules/backtest', { rule: { over, when }, days: 1 });
  expect([tried.status, await tried.json()]).toMatchObject([422, { error: { code: 'tasks_not_tried' } }]);
});

it('is said to be done with its day and evidence, or until when it will be: never both, neither, or on the wrong side of today', async () => {
  const [{ id, version }] = (await list(MINISTRY)) as [Tasks['tasks'][number]];
  const said = { cause: 'none', measure: 'connected' };
  const evidence = 'https://mps.example/signed';
  for (const [days, field] of [
    [{}, 'until'],
    [{ until: DUE, done: TODAY, evidence }, 'until'],
    [{ done: TODAY }, 'evidence'],
    [{ until: addDays(TODAY, -1) }, 'until'],
    [{ done: addDays(TODAY, 2), evidence }, 'done'],
  ] as const) {
    const answer = await room.as(MINISTRY, `/v1/directives/${id}/answer`, { ...said, ...days, version });
    const { error } = (await answer.json()) as { error: { reason: string } };
    expect([answer.status, error.reason]).toEqual([400, expect.stringMatching(new RegExp(`\\b${field}\\b`))]);
  }
  expect((await list(MINISTRY))[0]).toMatchObject({ id, version });
});

it('was not done before it was given: neither by its plan, nor by its answer', async () => {
  const early = { ...task('5', 'MOH', DUE), givenOn: addDays(DUE, 1) };
  expect(await give([early, { ...task('6', 'MOH', LATE), givenOn: addDays(LATE, 1) }], true)).toMatchObject({
    refused: [
      { row: 1, field: 'givenOn', code: 'givenToCome', of: early.givenOn },
      { row: 2, field: 'due', code: 'dueBeforeGiven', of: addDays(LATE, 1) },
    ],
  });
  const GIVEN = addDays(TODAY, -60);
  expect(await give([{ ...task('7', 'MOH', DUE), givenOn: GIVEN }])).toMatchObject({ taken: 1 });
  const of = async (item: string) =>
    (await list(OTHER)).find((each) => each.of?.item === item) as Tasks['tasks'][number];
  const said = { cause: 'none', measure: 'connected', evidence: 'https://moh.example/signed' };
  const answer = async (item: string, done: string) => {
    const { id, version } = await of(item);
    const response = await room.as(OTHER, `/v1/directives/${id}/answer`, { ...said, done, version });
    return [response.status, JSON.stringify(await response.json())];
  };
  const refusal = [400, expect.stringMatching(/"done_before_given".*done: it was given on/)];
  expect(await answer('7', addDays(GIVEN, -1))).toEqual(refusal);
  expect(await answer('7', GIVEN)).toEqual([200, expect.anything()]);
  expect(await of('7')).toMatchObject({ age: 60, response: { done: GIVEN } });
  // One that says no day was given on the day that it was brought here, until the Office says otherwise.
  expect(await answer('3', addDays(TODAY, -2))).toEqual(refusal);
  const { id, version, order } = await of('3');
  await told(OFFICE, `/v1/directives/${id}`, { ...order, givenOn: addDays(TODAY, -2), version });
  expect(await answer('3', addDays(TODAY, -2))).toEqual([200, expect.anything()]);
});

it('is answered by its unit with evidence, sent back, confirmed by the Office, and that is undone', async () => {
  const [{ id }] = (await list(MINISTRY)) as [Tasks['tasks'][number]];
  const post = (look: string, step: string, body: object): Promise<DirectiveTimeline> =>
    told(look, `/v1/directives/${id}${step}`, body);
  expect((await room.as(OTHER, `/v1/directives/${id}`)).status).toBe(404);
  const response = { cause: 'none', measure: 'connected', done: TODAY, evidence: 'https://mps.example/signed' };
  expect((await post(MINISTRY, '/answer', { ...response, version: 1 })).directive).toMatchObject({
    state: 'answered',
    response: { done: TODAY, evidence: response.evidence },
  });
  expect((await list(OFFICE))[0]).toMatchObject({
    state: 'answered',
    isOverdue: true,
    daysLeft: -30,
    moves: [{ action: 'task.answered' }],
  });
  await post(OFFICE, '/send-back', { version: 2, why: 'half of it', due: DUE });
  expect((await list(OFFICE, `?since=${TODAY}`)).find((each) => each.id === id)).toMatchObject({
    state: 'open',
    order: { due: DUE },
  });
  await post(MINISTRY, '/answer', { ...response, version: 3 });
  const done = await post(OFFICE, '/confirm', { version: 4 });
  expect(done.directive).toMatchObject({
    kind: 'task',
    state: 'done',
    isOverdue: false,
    of: { plan: 'Resolution 1', item: '2' },
  });
  expect(done.mayUndo).toBe(true);
  expect((await list(OFFICE)).at(-1)).toMatchObject({ id, state: 'done' });
  const undone = await post(OFFICE, '/undo', { version: 5 });
  expect(undone.directive.state).toBe('answered');
  expect(undone.entries.map(({ action }) => action)).toEqual([
    'task.given',
    'task.answered',
    'task.sent_back',
    'task.answered',
    'task.confirmed',
    'task.restored',
  ]);
});

it('is told by day as was known then, by unit within the scope, and as a file; not of days to come, nor of too many', async () => {
  const days = `from=${addDays(TODAY, -2)}&to=${TODAY}`;
  const history = (look: string, more = ''): Promise<TaskHistory> => told(look, `/v1/tasks/history?${days}${more}`);
  const lastOf = ({ open, overdue }: TaskHistory['all']) => [open.at(-1), overdue.at(-1)];
  // Two of one ministry and one of another were given today; none of these is past the day that it has now.
  const all = await history(OFFICE, '&by=unit');
  // Of the days before the first of them was given nothing is known, which is no zero.
  expect(all.days).toEqual([TODAY]);
  expect(lastOf(all.all)).toEqual([4, 0]);
  expect(all.rows.map(({ unit, ...numbers }) => [unit.code, ...lastOf(numbers)])).toEqual([
    ['MOH', 2, 0],
    ['MPS', 2, 0],
  ]);
  expect((await history(OTHER, '&by=unit')).rows.map(({ unit }) => unit.code)).toEqual(['MOH']);
  expect((await history(OTHER)).rows).toEqual([]);
  const file = await (await room.as(OTHER, `/v1/tasks/history.csv?${days}&by=unit&lang=en`)).text();
  expect(file).toContain(`${TODAY},Ministry of Health,MOH,2,0,0`);
  expect(file).not.toContain('MPS');
  const refused = async (query: string): Promise<string> => {
    const response = await room.as(OFFICE, `/v1/tasks/history?${query}`);
    const { error } = (await response.json()) as { error: { code: string } };
    return `${response.status} ${error.code}`;
  };
  expect(await refused(`from=${TODAY}&to=${addDays(TODAY, 2)}`)).toBe('400 not_begun');
  expect(await refused(`from=${addDays(TODAY, -366)}&to=${TODAY}`)).toBe('422 too_much');
  expect(await refused(`from=${TODAY}&to=${addDays(TODAY, -1)}`)).toMatch(/^400 /);
});

it('an import in error is taken back as one, but what its unit answered, and may be sent again mended', async () => {
  const wrong = ['U1', 'U2', 'U3'].map((item) => task(item, 'MPS', DUE));
  const { import: id = '' } = await give(wrong);
  const [answered] = (await list(MINISTRY)).filter(({ of }) => of?.item === 'U2');
  await told(MINISTRY, `/v1/directives/${answered?.id}/answer`, {
    version: 1,
    cause: 'none',
    measure: 'begun',
    until: DUE,
  });
  const { imports } = await told<TaskImports>(OFFICE, '/v1/tasks/imports');
  expect(imports.find((each) => each.id === id)).toMatchObject({ tasks: 3, untouched: 2 });
  const path = `/v1/tasks/imports/${id}/undo`;
  expect((await room.as(MINISTRY, path, {})).status).toBe(403);
  expect((await room.as(MINISTRY, '/v1/tasks/imports')).status).toBe(403);
  const kept = [{ of: { plan: 'Resolution 1', item: 'U2' }, unit: { dim: 'agency', code: 'MPS' }, state: 'answered' }];
  expect(await told<UndoneImport>(OFFICE, path, { isTrial: true })).toMatchObject({ undone: 2, kept });
  const items = async (): Promise<(string | undefined)[]> =>
    (await list(OFFICE)).flatMap(({ of }) => (of?.item.startsWith('U') === true ? of.item : [])).sort();
  expect(await items()).toEqual(['U1', 'U2', 'U3']);
  expect(await told<UndoneImport>(OFFICE, path, {})).toMatchObject({ undone: 2, kept });
  expect(await items()).toEqual(['U2']);
  // Of the rest nothing more can be taken back, and it stays.
  expect(await told<UndoneImport>(OFFICE, path, {})).toMatchObject({ undone: 0, kept });
  expect((await room.as(OFFICE, '/v1/tasks/imports/00000000-0000-4000-8000-000000000000/undo', {})).status).toBe(404);
  expect(await give([task('U1', 'MOH', DUE)])).toMatchObject({ taken: 1, refused: [] });
  expect((await list(OTHER)).map(({ of }) => of?.item)).toContain('U1');
});

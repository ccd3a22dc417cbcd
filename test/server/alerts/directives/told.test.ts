/** What is ordered reaches the routes of its unit over real HTTP, before it is due and after, and nobody who may not see that unit. */
import { join } from 'node:path';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import {
  addDays,
  EVERYTHING,
  localDay,
  type Person,
  personSchema,
  type Receiver,
  type Routing,
  scopeOf,
} from '@room/contract';
import { AlertTable, DirectiveTable, Documents, EvidenceFileTable, openDatabase } from '@room/database';
import { createRegistry } from '@room/operations';
import { expect, it, vi } from 'vitest';
import { Reminders } from '../../../../server/src/alerts/directives/reminders.ts';
import { DirectiveStore } from '../../../../server/src/alerts/directives/store.ts';
import { givenRow, TaskStore, taskId } from '../../../../server/src/alerts/directives/tasks.ts';
import { EvidenceFiles } from '../../../../server/src/evidence-files/store.ts';
import { prepareNotifying } from '../../../../server/src/notify/start.ts';
import type { Notice } from '../../../../server/src/notify/words.ts';
import { tempDir } from '../../../harness/temp.ts';
import { hooked, rings, route, rule } from '../../notify/scene.ts';

const OFFICE = { who: 'person:office' };
const MINISTRY = { who: 'person:ann' };
const PATIENCE = { timeout: 20_000, interval: 20 };
const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
const TODAY = localDay(Date.now(), catalogue.timeZone);
const scope = (agencies: string[]) => scopeOf({ agencies, provinces: [] }, catalogue);
const ALERT = '11111111-1111-4111-8111-111111111111';
const WHOLE = '22222222-2222-4222-8222-222222222222';

async function opened(receivers: Record<string, Receiver>) {
  const folder = await tempDir('directives');
  const settings = { kind: 'sqlite', file: join(folder.path, 'room.db') } as const;
  const database = await openDatabase({ settings, report: () => undefined });
  const notifying = prepareNotifying({
    database,
    catalogue,
    people: new Documents<Person>({ database, kind: 'person', schema: personSchema }),
    mail: undefined,
    webhookAllow: ['127.0.0.1'],
    telegram: undefined,
    url: 'https://room.example.org',
    registry: createRegistry(),
    report: () => undefined,
  });
  for (const [id, receiver] of Object.entries(receivers)) {
    await notifying.receivers.create(OFFICE, id, receiver);
    await database.write(OFFICE, (edit) => notifying.notices.setSecret(edit, id, id));
  }
  await notifying.routing.create(OFFICE, 'routing', {
    routes: Object.keys(receivers).length === 0 ? [] : [route({ agency: ['MPS'] }, Object.keys(receivers))],
  } satisfies Routing);
  const alerts = new AlertTable(database);
  const table = new DirectiveTable(database);
  const files = new EvidenceFiles({ table: new EvidenceFileTable(database), sees: {}, roomBytes: 1e6 });
  const store = new DirectiveStore({ table, alerts, catalogue, files });
  const reminders = new Reminders({ table, catalogue, report: () => undefined });
  const notifier = notifying.begin({ waits: [20, 20, 20], patienceMs: 5_000 });
  notifier.start();
  reminders.start();
  await rings(alerts, ALERT, 'MPS');
  await rings(alerts, WHOLE, '', { ...rule('critical'), over: { dim: 'all' } }, 'all');
  return {
    alerts,
    table,
    store,
    notifying,
    database,
    [Symbol.asyncDispose]: async () => {
      await reminders.stop();
      await notifier.stop();
      await database[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
const hook = (url: string, agencies: string[]): Receiver => ({
  name: 'hook',
  language: 'en',
  to: { channel: 'webhook', url, scope: { agencies, provinces: [] } },
});
const order = {
  text: 'Less that is overdue',
  due: addDays(TODAY, 2),
  wanted: { text: 'under 100', side: 'below', value: 100 },
} as const;
const unit = { dim: 'agency', code: 'MPS' } as const;
const response = { cause: 'ill', measure: 'more people', until: TODAY };

it('a task that is kept under the id of its letters as they were once made is that one still', async () => {
  await using it = await opened({});
  const plan = 'Resolution\u00a01';
  const task = { plan, item: '7', unit, text: 'Connect it', due: addDays(TODAY, 20), wanted: 'all' };
  const former = '42d3ac06-41a5-82cd-82c4-a10635688652';
  const tasks = new TaskStore({ table: it.table, directives: it.store, catalogue });
  const giving = { now: Date.now(), isTrial: false };
  await it.table.giveAll(OFFICE, [{ ...givenRow(task, Date.now(), catalogue), id: former }]);
  expect(await tasks.give(OFFICE, [task], giving)).toEqual({ refused: [], known: 1 });
  expect((await tasks.give(OFFICE, [{ ...task, text: 'Another' }], giving)).refused).toMatchObject([
    { row: 1, code: 'thereAlready' },
  ]);
});

it('a task of a plan is told to its unit by the same routes, with its plan and a link to it, and stands in its own ledger', async () => {
  await using theirs = await hooked((_, respond) => respond(200));
  await using it = await opened({ theirs: hook(theirs.url, ['MPS']) });
  const task = { plan: 'Resolution 1', item: '7', unit, text: 'Connect it', due: addDays(TODAY, 20), wanted: 'all' };
  const tasks = new TaskStore({ table: it.table, directives: it.store, catalogue });
  expect(await tasks.give(OFFICE, [task], { now: Date.now(), isTrial: false })).toMatchObject({
    refused: [],
    known: 0,
  });
  const told = () =>
    theirs.hits
      .map(({ body }) => JSON.parse(body) as { text: string; short: string; events: Notice[] })
      .find(({ events }) => events[0]?.directive?.kind === 'task');
  await vi.waitFor(() => expect(told()).toBeDefined(), PATIENCE);
  expect(told()?.text).toMatch(/New task.*Resolution 1, 7.*Connect it/s);
  expect(told()?.short).toContain(`/tasks?task=${taskId(task)}`);
  await vi.waitFor(
    async () =>
      expect((await it.table.entries([taskId(task)])).map(({ action }) => action)).toEqual([
        'task.given',
        'alert.told',
      ]),
    PATIENCE,
  );
});

it('each step is told to the receivers of its unit, with its link, and to nobody outside of their scope', async () => {
  await using theirs = await hooked((_, respond) => respond(200));
  await using others = await hooked((_, respond) => respond(200));
  await using it = await opened({ theirs: hook(theirs.url, ['MPS']), others: hook(others.url, ['MOH']) });
  const told = () =>
    theirs.hits
      .map(({ body }) => JSON.parse(body) as { text: string; short: string; events: Notice[] })
      .filter(({ events }) => events[0]?.directive !== undefined);
  const actions = () => told().map(({ events }) => events[0]?.action);
  // What happens at one moment is told together.
  await vi.waitFor(() => expect(theirs.hits).toHaveLength(1), PATIENCE);
  const id = await it.store.give(OFFICE, { alert: ALERT, unit, ...order });
  await vi.waitFor(() => expect(actions()).toEqual(['directive.given']), PATIENCE);
  expect(told()[0]?.text).toMatch(/New directive.*Less that is overdue/s);
  expect(told()[0]?.short).toContain(`/alerts?directive=${id}`);
  await it.store.respond(MINISTRY, EVERYTHING, id, { ...response, version: 1 });
  await vi.waitFor(() => expect(actions()).toHaveLength(2), PATIENCE);
  await it.store.decide(OFFICE, id, 2, { what: 'sent-back', why: 'no figures' });
  await vi.waitFor(() => expect(actions()).toHaveLength(3), PATIENCE);
  expect(told()[2]?.text).toContain('no figures');
  // Of the country's alert a ministry is told what it is to do, and no number of it.
  const whole = await it.store.give(OFFICE, { alert: WHOLE, unit, ...order });
  await vi.waitFor(() => expect(actions()).toHaveLength(4), PATIENCE);
  expect(told()[3]?.events[0]).toMatchObject({ dim: 'agency', code: 'MPS', directive: { id: whole } });
  expect(JSON.stringify(told()[3])).not.toMatch(/\b151\b/);
  const seen = await it.store.get(whole, scope(['MPS']));
  expect(seen?.directive).not.toHaveProperty('alert');
  expect(JSON.stringify(seen)).not.toMatch(/\b151\b|alert\.fired/);
  expect((await it.store.get(whole, EVERYTHING))?.directive).toMatchObject({ alert: { id: WHOLE }, isReached: false });
  expect(await it.store.get(whole, scope(['MOH']))).toBeUndefined();
  expect(others.hits.filter(({ body }) => body.includes('directive'))).toEqual([]);
  // The ledger of the alert has who was told, and the directive's own timeline what became of both.
  await vi.waitFor(async () => {
    const { entries = [] } = (await it.store.get(id, scope(['MPS']))) ?? {};
    expect(entries.filter(({ action }) => action === 'alert.told')).toHaveLength(4);
    expect(entries.map(({ action }) => action).filter((action) => action.startsWith('directive.'))).toEqual([
      'directive.given',
      'directive.answered',
      'directive.sent_back',
    ]);
  }, PATIENCE);
});

it('its unit is reminded before it is due and after it, once each, and not once it answered', async () => {
  await using theirs = await hooked((_, respond) => respond(200));
  await using it = await opened({ theirs: hook(theirs.url, ['MPS']) });
  const actions = () =>
    theirs.hits.flatMap(({ body }) => (JSON.parse(body) as { events: Notice[] }).events.map(({ action }) => action));
  const reminders = () => actions().filter((action) => /due_soon|overdue/.test(action));
  const id = await it.store.give(OFFICE, { alert: ALERT, unit, ...order });
  const given = await it.table.get(id);
  expect(Date.parse(given?.remind_at ?? '')).toBeGreaterThan(Date.now());
  const due = (day: string) =>
    it.database.write(OFFICE, async ({ query }) => {
      await query
        .updateTable('directive')
        .set({ due: day, remind_at: new Date(Date.now() - 1_000).toISOString() })
        .where('id', '=', id)
        .execute();
    });
  await due(TODAY);
  await vi.waitFor(() => expect(reminders()).toEqual(['directive.due_soon']), PATIENCE);
  await due(addDays(TODAY, -3));
  await vi.waitFor(() => expect(reminders()).toEqual(['directive.due_soon', 'directive.overdue']), PATIENCE);
  expect(await it.store.list('open', scope(['MPS']))).toMatchObject({
    directives: [{ state: 'overdue', daysLeft: -3 }],
  });
  expect((await it.store.list('open', scope(['MOH']))).directives).toEqual([]);
  await it.store.respond(MINISTRY, EVERYTHING, id, { ...response, version: 1 });
  expect((await it.table.get(id))?.remind_at).toBeNull();
  expect(await it.store.get(id, EVERYTHING)).toMatchObject({
    directive: { state: 'answered', isAnsweredLate: false },
  });
  // Whoever looks at the same moment sends no second one.
  await it.store.decide(OFFICE, id, 2, { what: 'sent-back', why: 'again', due: TODAY });
  const row = await it.table.get(id);
  if (row === undefined) throw new Error('it is there');
  await Promise.all([1, 2].map(() => it.table.remind({ who: 'room' }, row, 'due_soon', null)));
  await vi.waitFor(() => expect(reminders()).toHaveLength(3), PATIENCE);
  expect((await it.table.entries([id])).filter(({ action }) => action === 'directive.due_soon')).toHaveLength(2);
});

it('is not taken back over what its unit said since, and as many as an alert may have are given', async () => {
  await using it = await opened({});
  const id = await it.store.give(OFFICE, { alert: ALERT, unit, ...order });
  await expect(it.store.undo(OFFICE, id, 1)).rejects.toMatchObject({ code: 'nothing_to_undo' });
  await it.store.decide(OFFICE, id, 1, { what: 'withdrawn', why: 'not meant' });
  await it.store.undo(OFFICE, id, 2);
  await it.store.respond(MINISTRY, EVERYTHING, id, { ...response, version: 3 });
  await expect(it.store.undo(OFFICE, id, 3)).rejects.toMatchObject({ code: 'conflict' });
  await expect(it.store.undo(OFFICE, id, 4)).rejects.toMatchObject({ code: 'nothing_to_undo' });
  const given = await Promise.allSettled(
    Array.from({ length: 25 }, () => it.store.give(OFFICE, { alert: ALERT, unit, ...order })),
  );
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(19);
  expect((await it.table.ofAlert(ALERT)).length).toBe(20);
});

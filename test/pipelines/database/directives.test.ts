/** Directives as rows: one of two who change the same version is refused, a reminder leaves once, and the audit has all of it. */
import { Conflict, DIRECTIVE, type DirectiveRow, DirectiveTable, searchAudit, TASK_IMPORT } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const OFFICE = { who: 'person:office' };
const given = {
  kind: 'directive',
  alert: 'one',
  dim: 'agency',
  code: 'A',
  state: 'open',
  due: '2026-11-20',
  remind_at: '2026-11-17T01:00:00.000Z',
  body: '{}',
};
const moved =
  (state: string, settled_at: string | null = null) =>
  (row: DirectiveRow) => ({ ...row, state, settled_at });

describe.each(KINDS)('%s', (kind) => {
  it('takes one of two changes of a version, with its message and its entry, and nothing of the other', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const [one, other] = [await fresh.open(), await fresh.open()];
    const [table, second] = [new DirectiveTable(one), new DirectiveTable(other)];
    await table.give(OFFICE, { id: 'd', ...given });
    const done = await Promise.allSettled([
      table.move({ who: 'person:ann' }, 'd', 1, 'answered', moved('answered')),
      second.move({ who: 'person:ben' }, 'd', 1, 'answered', moved('answered')),
    ]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = done.find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toBeInstanceOf(Conflict);
    expect((refused.reason as Conflict).newest.version).toBe(2);
    expect(await second.get('d')).toMatchObject({ state: 'answered', version: 2 });
    expect((await table.entries(['d'])).map(({ action, version }) => `${action} ${version}`)).toEqual([
      'directive.given 1',
      'directive.answered 2',
    ]);
    const sent = await one.read((query) =>
      query.selectFrom('outbox').select('body').where('channel', '=', 'directive').execute(),
    );
    expect(sent).toHaveLength(2);
    // What is thrown while it is changed changes nothing.
    await expect(
      table.move(OFFICE, 'd', 2, 'confirmed', () => {
        throw new Error('settled');
      }),
    ).rejects.toThrow('settled');
    expect(await table.move(OFFICE, 'none', 1, 'confirmed', moved('done'))).toBeUndefined();
    expect((await table.entries(['d'])).length).toBe(2);
  });

  it('tells how they stood before thousands of changes, page by page, and that there are too many', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new DirectiveTable(database);
    await database.write(OFFICE, async (edit) => {
      for (let n = 0; n < 10_500; n++)
        edit.record({
          action: 'task.changed',
          kind: DIRECTIVE,
          subject: `t${n % 7}`,
          version: n + 2,
          before: { due: `day ${n}`, settled_at: null, body: { words: 'many' } },
        });
      // The first of a task was nothing before, and a reminder changes nothing.
      edit.record({ action: 'task.given', kind: DIRECTIVE, subject: 't0', version: 1, after: {} });
      edit.record({ action: 'task.reminded', kind: DIRECTIVE, subject: 't0' });
    });
    const found = await table.stoodBefore('2000', 10_500);
    expect(found?.map(({ before }) => before)).toEqual(
      Array.from({ length: 10_500 }, (_, n) => ({ due: `day ${n}`, settled_at: null })),
    );
    expect(await table.stoodBefore('2000', 10_499)).toBeUndefined();
    expect(await table.stoodBefore('2999', 10_500)).toEqual([]);
  });

  it('lists what is due first before the others, and what was settled last', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const table = new DirectiveTable(await fresh.open());
    for (const [id, due] of Object.entries({ a: '2026-12-01', b: '2026-11-01', c: '2026-11-30' }))
      await table.give(OFFICE, { id, ...given, due });
    expect((await table.list('open', 0)).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    await table.move(OFFICE, 'b', 1, 'confirmed', moved('done', '2026-11-02T00:00:00.000Z'));
    await table.move(OFFICE, 'c', 1, 'withdrawn', moved('withdrawn', '2026-11-03T00:00:00.000Z'));
    expect((await table.list('open', 0)).map(({ id }) => id)).toEqual(['a']);
    expect((await table.list('settled', 1)).map(({ id }) => id)).toEqual(['c']);
    expect((await table.ofAlert('one')).length).toBe(3);
  });

  it('counts what each unit has overdue until it is settled, whatever was answered', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const table = new DirectiveTable(await fresh.open());
    const due = (id: string, day: string, more: object = {}) =>
      table.give(OFFICE, { id, ...given, ...more, alert: null, due: day });
    await due('a', '2026-11-19');
    await due('b', '2026-11-18');
    // Its last day is not over.
    await due('c', '2026-11-20');
    await due('d', '2026-11-01', { dim: 'province', code: 'P' });
    await due('e', '2026-11-01', { code: 'B' });
    await table.move(OFFICE, 'b', 1, 'answered', moved('answered'));
    await table.move(OFFICE, 'e', 1, 'confirmed', moved('done', '2026-11-02T00:00:00.000Z'));
    const found = await table.overdue('2026-11-20');
    expect(found.map(({ dim, code, count }) => `${dim} ${code} ${count}`).sort()).toEqual([
      'agency A 2',
      'province P 1',
    ]);
  });

  it('takes an import back as one, but what somebody changed since, and whom nobody told of it hears nothing', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const [one, other] = [await fresh.open(), await fresh.open()];
    const [table, second] = [new DirectiveTable(one), new DirectiveTable(other)];
    const rows = Array.from({ length: 260 }, (_, n) => ({ ...given, kind: 'task', alert: null, id: `t${n}` }));
    expect(await table.giveAll(OFFICE, rows, { batch: 'b1' })).toEqual([]);
    await table.giveAll(OFFICE, [{ ...given, kind: 'task', alert: null, id: 'alone' }], { batch: 'b2' });
    const outgoing = (): Promise<{ id: string; body: string }[]> =>
      one.read((query) =>
        query.selectFrom('outbox').select(['id', 'body']).where('channel', '=', 'directive').execute(),
      );
    const toldOf = async (): Promise<string[]> =>
      (await outgoing()).flatMap(({ body }) => {
        const {
          directive,
          others = [],
          action,
        } = JSON.parse(body) as {
          directive: string;
          others?: string[];
          action: string;
        };
        return [directive, ...others].map((id) => `${action} ${id}`);
      });
    // Few messages tell of many, each once.
    expect((await outgoing()).length).toBe(4);
    expect((await toldOf()).toSorted()).toEqual(
      [...rows.map(({ id }) => `task.given ${id}`), 'task.given alone'].toSorted(),
    );
    await table.move({ who: 'person:ann' }, 't7', 1, 'answered', moved('answered'));
    expect((await table.batches()).map(({ id, count, untouched, who }) => [id, count, untouched, who])).toEqual(
      expect.arrayContaining([
        ['b1', 260, 259, 'person:office'],
        ['b2', 1, 1, 'person:office'],
      ]),
    );
    const trial = await table.takeBack(OFFICE, 'b1', { isTrial: true });
    expect([trial?.taken.length, trial?.kept.map(({ id }) => id)]).toEqual([259, ['t7']]);
    expect((await table.some(rows.map(({ id }) => id))).length).toBe(260);
    // Everybody was told but of the first; of that one a message waits.
    const [first, ...others] = await outgoing();
    const waits = JSON.parse(first?.body ?? '') as { directive: string; others: string[] };
    await one.write(OFFICE, ({ query }) =>
      query
        .deleteFrom('outbox')
        .where(
          'id',
          'in',
          others.map(({ id }) => id),
        )
        .execute(),
    );
    const both = await Promise.all([table, second].map((each) => each.takeBack(OFFICE, 'b1', { isTrial: false })));
    expect(both.map((each) => each?.taken.length).toSorted()).toEqual([0, 259].toSorted());
    expect((await table.some(rows.map(({ id }) => id))).map(({ id }) => id)).toEqual(['t7']);
    const back = (await toldOf()).filter((each) => each.startsWith('task.taken_back'));
    expect(back.length).toBe(259 - [waits.directive, ...waits.others].filter((id) => id !== 't7').length);
    expect(back).not.toContain(`task.taken_back ${waits.directive}`);
    expect(await table.takeBack(OFFICE, 'none', { isTrial: false })).toBeUndefined();
    expect((await table.entries(['t8'])).map(({ action, version }) => [action, version])).toEqual([
      ['task.given', 1],
      ['task.taken_back', null],
    ]);
    const { entries } = await one.read((query) => searchAudit(query, { kind: TASK_IMPORT, limit: 10 }));
    expect(entries.map(({ action, subject, after }) => [action, subject, after])).toEqual([
      ['task_import.taken_back', 'b1', { tasks: 259, kept: 1 }],
      ['task_import.made', 'b2', { tasks: 1 }],
      ['task_import.made', 'b1', { tasks: 260 }],
    ]);
    // The mended file may be sent under the same names.
    expect(
      await table.giveAll(
        OFFICE,
        rows.filter(({ id }) => id === 't8'),
        { batch: 'b3' },
      ),
    ).toEqual([]);
    // Who saw what was taken back answers nothing by it, and nobody reads it there.
    await expect(table.move({ who: 'person:ann' }, 't8', 1, 'answered', moved('answered'))).rejects.toThrow(Conflict);
    expect((await table.entries(['t8'])).map(({ action, version }) => [action, version])).toEqual([['task.given', 2]]);
    const since = new Date(Date.now() - 3_600_000).toISOString();
    expect((await table.moves(since)).filter(({ subject }) => subject === 't8').length).toBe(1);
    expect((await table.batches()).find(({ id }) => id === 'b3')).toMatchObject({ count: 1, untouched: 1 });
    expect((await table.takeBack(OFFICE, 'b3', { isTrial: false }))?.taken.length).toBe(1);
  });

  it('sends a reminder on once, whoever looks', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const [table, second] = [new DirectiveTable(await fresh.open()), new DirectiveTable(await fresh.open())];
    await table.give(OFFICE, { id: 'd', ...given });
    expect(await table.due('2026-11-17T00:59:59.000Z')).toEqual([]);
    const [row] = await table.due('2026-11-17T01:00:00.000Z');
    if (row === undefined) throw new Error('it is due');
    const next = '2026-11-20T01:00:00.000Z';
    const room = { who: 'room' };
    await Promise.all([table, second].map((each) => each.remind(room, row, 'due_soon', next)));
    expect((await table.entries(['d'])).map(({ action }) => action)).toEqual(['directive.given', 'directive.due_soon']);
    expect(await second.due('2026-11-18T00:00:00.000Z')).toEqual([]);
    expect(await table.get('d')).toMatchObject({ remind_at: next, version: 1 });
  });
});

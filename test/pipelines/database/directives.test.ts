/** Directives as rows: one of two who change the same version is refused, a reminder leaves once, and the audit has all of it. */
import { Conflict, DIRECTIVE, type DirectiveRow, DirectiveTable } from '@room/database';
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

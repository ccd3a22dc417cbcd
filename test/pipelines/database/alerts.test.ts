/** What rings, as rows: written by one of two who believe to lead, answered once, told in one order. */
import { type AlertInstanceRow, type AlertRow, AlertTable, Conflict, type InstanceChange } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const ROOM = { who: 'room' };
const AT = '2026-11-19T03:00:00.000Z';
const key = { rule: 'R', dim: 'agency', code: 'A' };
const row: AlertInstanceRow = {
  ...key,
  state: 'firing',
  since: AT,
  former: null,
  alert: 'one',
  reading: '{}',
  version: 0,
};
const alert: AlertRow = {
  id: 'one',
  ...key,
  rule_version: 1,
  body: '{}',
  state: 'firing',
  since: AT,
  began_at: AT,
  ended_at: null,
  outcome: null,
  opened: '{}',
  latest: '{}',
  acknowledged_at: null,
  acknowledged_by: null,
  answer: null,
  answer_version: 0,
};
const begins: InstanceChange = {
  from: 0,
  key,
  to: row,
  begins: alert,
  told: { alert: 'one', action: 'alert.fired', after: { reading: { value: 1 } } },
};
const ends: InstanceChange = {
  from: 1,
  key,
  to: undefined,
  moves: { id: 'one', set: { state: 'ended', since: AT, latest: '{}', ended_at: AT, outcome: 'recovered' } },
  told: { alert: 'one', action: 'alert.ended', after: { outcome: 'recovered' } },
};

describe.each(KINDS)('%s', (kind) => {
  it('takes a change from one of two who lead, and nothing of the other', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const [one, other] = [new AlertTable(await fresh.open()), new AlertTable(await fresh.open())];
    const told = { alert: 'two', action: 'alert.fired', after: {} };
    const done = await Promise.allSettled([
      one.apply(ROOM, [begins]),
      other.apply(ROOM, [{ ...begins, begins: { ...alert, id: 'two' }, told }]),
    ]);
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((done.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
    const alerts = await one.list('open', 0);
    expect(alerts).toHaveLength(1);
    expect(await other.instances()).toMatchObject([{ ...key, state: 'firing', version: 1 }]);
    const [kept = alert] = alerts;
    await one.apply(ROOM, [{ ...ends, moves: { id: kept.id, set: ends.moves?.set ?? kept } }]);
    await expect(other.apply(ROOM, [ends])).rejects.toThrow(Conflict);
    expect([await one.list('open', 0), await one.instances()]).toEqual([[], []]);
    expect(await other.list('ended', 10)).toMatchObject([{ id: kept.id, outcome: 'recovered' }]);
  });

  it('notes the first who acknowledges, takes an answer over the one that was seen, and tells all of it in order', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const table = new AlertTable(await fresh.open());
    await table.apply(ROOM, [begins]);
    expect(await table.acknowledge({ who: 'person:lan' }, 'one')).toMatchObject({ acknowledged_by: 'person:lan' });
    expect(await table.acknowledge({ who: 'person:minh' }, 'one')).toMatchObject({ acknowledged_by: 'person:lan' });
    await table.answer({ who: 'person:lan' }, 'one', 0, { cause: 'first' });
    await expect(table.answer({ who: 'person:minh' }, 'one', 0, { cause: 'second' })).rejects.toThrow('person:lan');
    const answered = await table.answer({ who: 'person:minh' }, 'one', 1, { cause: 'third' });
    expect([answered?.answer_version, JSON.parse(answered?.answer ?? '')]).toMatchObject([2, { cause: 'third' }]);
    expect(await table.answer(ROOM, 'none', 0, {})).toBeUndefined();
    expect((await table.timeline('one')).map(({ action, who }) => `${action} ${who}`)).toEqual([
      'alert.fired room',
      'alert.acknowledged person:lan',
      'alert.answered person:lan',
      'alert.answered person:minh',
    ]);
    await table.looked(AT, new Map([['one', '{"value":2}']]));
    await table.looked(AT, new Map());
    expect([await table.lookedAt(), (await table.get('one'))?.latest]).toEqual([AT, '{"value":2}']);
  });
});

/** What was reported of indicators, as rows: added once, corrected beside, all or none. */
import { Conflict, lastAudit, migrations, REPORTED_VALUE, ReportedValueTable } from '@room/database';
import { describe, expect, it } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const row = (period: string, revision: number, value: number | null, unit = '') => ({
  indicator: 'EID',
  by_unit: unit,
  period,
  revision,
  value: JSON.stringify(value),
  evidence: JSON.stringify({ text: 'report 12' }),
  note: null,
  why: revision === 1 ? null : 'a digit was missing',
});
const GIVER = { who: 'ministry' };

describe.each(KINDS)('%s', (kind) => {
  it('keeps what a correction corrects, and says both in the audit', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new ReportedValueTable(database);
    await table.add(GIVER, [row('2026-01', 1, 0.1)]);
    await table.add(GIVER, [row('2026-01', 2, 123456789.25)]);
    expect((await table.list('EID')).map(({ revision, value }) => [revision, JSON.parse(value)])).toEqual([
      [1, 0.1],
      [2, 123456789.25],
    ]);
    expect(await table.list('OTHER')).toEqual([]);
    const last = await database.read((query) => lastAudit(query, REPORTED_VALUE));
    expect(last).toMatchObject({
      action: 'reported_value.corrected',
      version: 2,
      before: { value: 0.1 },
      after: { value: 123456789.25, why: 'a digit was missing' },
    });
  });

  it('what was reported before units had values of their own is the value for all after the upgrade, and is corrected on', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const known = await migrations();
    const split = known.findIndex(({ name }) => name.includes('reported_by_units'));
    expect(split).toBeGreaterThan(0);
    const old = await fresh.open({ known: known.slice(0, split) });
    const at = '2026-02-03T04:05:06.789Z';
    const told = (period: string, revision: number, value: string, why: string | null) => ({
      indicator: 'EID',
      period,
      revision,
      value,
      who: 'person:ann',
      at,
      evidence: '{"text":"công văn “12”","link":"https://mps.example/12"}',
      note: "d'une note",
      why,
    });
    const written = [
      told('2026-01', 1, '0.1', null),
      told('2026-01', 2, '123456789.25', 'thiếu một huyện'),
      told('2026-02', 1, '70000000', null),
    ];
    // As the schema before had them: without a unit.
    await old.write(GIVER, (edit) =>
      edit.query
        .insertInto('reported_value')
        .values(written as never)
        .execute(),
    );
    await old[Symbol.asyncDispose]();

    const database = await fresh.open();
    const table = new ReportedValueTable(database);
    expect(await table.list()).toEqual(written.map((row) => ({ ...row, by_unit: '' })));
    // A unit's own value stands beside it, a correction after it; the same revision again is refused as before.
    await table.add(GIVER, [row('2026-01', 1, 3, 'HN'), row('2026-01', 3, 7)]);
    await expect(table.add(GIVER, [row('2026-02', 1, 8)])).rejects.toBeInstanceOf(Conflict);
    expect((await table.list('EID')).map(({ by_unit, period, revision }) => [by_unit, period, revision])).toEqual([
      ['', '2026-01', 1],
      ['', '2026-01', 2],
      ['', '2026-01', 3],
      ['', '2026-02', 1],
      ['HN', '2026-01', 1],
    ]);
    const last = await database.read((query) => lastAudit(query, REPORTED_VALUE));
    expect(last).toMatchObject({ before: { value: 123456789.25, why: 'thiếu một huyện' }, after: { value: 7 } });
  });

  it('takes one of two who report the same period at once', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const tables = [new ReportedValueTable(await fresh.open()), new ReportedValueTable(await fresh.open())];
    const done = await Promise.allSettled(tables.map((table, at) => table.add(GIVER, [row('2026-01', 1, at)])));
    expect(done.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(done.find(({ status }) => status === 'rejected')).toMatchObject({ reason: expect.any(Conflict) });
    expect(await tables[0]?.list()).toHaveLength(1);
  });

  it('takes all rows of a file or none, and no correction of what is not there', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const table = new ReportedValueTable(await fresh.open());
    await expect(table.add(GIVER, [row('2026-01', 1, 1), row('2026-02', 2, 1)])).rejects.toBeInstanceOf(Conflict);
    expect(await table.list()).toEqual([]);
  });

  it('keeps a unit’s value beside the one for all, and what was taken back', async (context) => {
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const table = new ReportedValueTable(database);
    await table.add(GIVER, [row('2026-01', 1, 10), row('2026-01', 1, 3, 'HN'), row('2026-01', 2, null, 'HN')]);
    expect((await table.list('EID')).map(({ by_unit, revision, value }) => [by_unit, revision, value])).toEqual([
      ['', 1, '10'],
      ['HN', 1, '3'],
      ['HN', 2, 'null'],
    ]);
    const last = await database.read((query) => lastAudit(query, REPORTED_VALUE));
    expect(last).toMatchObject({
      action: 'reported_value.taken_back',
      subject: 'EID HN 2026-01',
      after: { value: null },
    });
  });
});

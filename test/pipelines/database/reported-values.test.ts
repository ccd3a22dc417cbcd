/** What was reported of indicators, as rows: added once, corrected beside, all or none. */
import { Conflict, lastAudit, REPORTED_VALUE, ReportedValueTable } from '@room/database';
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

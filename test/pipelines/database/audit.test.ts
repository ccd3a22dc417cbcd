/** The chain of the audit: what was done to it afterwards is found, and named. */
import { type AuditFilter, type Database, type Head, searchAudit, verifyAudit } from '@room/database';
import { describe, expect, it, type TestContext } from 'vitest';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const COUNT = 1_100;

describe.each(KINDS)('the audit in %s', (kind) => {
  /** More than a page of it. */
  const written = async (context: TestContext) => {
    const fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    await database.write({ who: 'person:ann', why: 'all at once' }, async (edit) => {
      for (let n = 1; n <= COUNT; n++)
        edit.record({
          action: 'rule.changed',
          kind: 'rule',
          subject: `r${n}`,
          version: n,
          before: { n },
          after: { n: n + 1 },
        });
    });
    const tamper = (work: Parameters<Database['write']>[1]) => database.write({ who: 'stranger' }, work);
    const verify = (known?: Head) => database.read((query) => verifyAudit(query, { known }));
    return { database, tamper, verify, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() };
  };

  it('is whole as it was written', async (context) => {
    await using it = await written(context);
    expect(await it.verify()).toMatchObject({ ok: true, head: { sequence: COUNT } });
  });

  it.for([
    ['who', { who: 'person:anm' }],
    ['when', { at: '2020-01-01T00:00:00.000Z' }],
    ['what it was before', { before: '{"n":1051}' }],
    ['what it is after', { after: '{"n":1050}' }],
    ['why', { why: null }],
    ['its version', { version: 1 }],
    ['its hash', { hash: '0'.repeat(64) }],
  ] as const)('one entry with another %s is the first broken link', async ([, change], context) => {
    await using it = await written(context);
    await it.tamper(async ({ query }) => {
      await query.updateTable('audit').set(change).where('sequence', '=', 1_050).execute();
    });
    expect(await it.verify()).toMatchObject({ ok: false, sequence: 1_050 });
  });

  it('an entry that was taken out is named, at the beginning, in the middle and at the end', async (context) => {
    await using it = await written(context);
    for (const sequence of [COUNT, 500, 1]) {
      await it.tamper(async ({ query }) => {
        await query.deleteFrom('audit').where('sequence', '=', sequence).execute();
      });
      expect(await it.verify()).toMatchObject({ ok: false, sequence, reason: expect.stringContaining('missing') });
    }
  });

  it('a chain that was cut short with its end, or made anew, is not the one that was noted', async (context) => {
    await using it = await written(context);
    const noted = await it.verify();
    expect(noted.ok).toBe(true);
    const known = (noted as { head: Head }).head;
    expect(await it.verify(known)).toMatchObject({ ok: true });
    expect(await it.verify({ sequence: COUNT, hash: 'another' })).toMatchObject({ ok: false, sequence: COUNT });
    await it.tamper(async ({ query }) => {
      await query.deleteFrom('audit').where('sequence', '>', 1_000).execute();
      const last = query.selectFrom('audit').select('hash').where('sequence', '=', 1_000);
      await query.updateTable('audit_head').set({ sequence: 1_000, hash: last }).execute();
    });
    expect(await it.verify()).toMatchObject({ ok: true });
    expect(await it.verify(known)).toMatchObject({ ok: false, sequence: 1_001 });
  });

  it('holds texts that a database would not keep as they are', async (context) => {
    await using it = await written(context);
    const odd = 'a\0b\ud800c\u{1f600}"\\';
    await it.database.write({ who: odd, why: odd }, async (edit) =>
      edit.record({ action: 'rule.changed', kind: 'rule', subject: odd, before: odd, after: { [odd]: odd } }),
    );
    expect(await it.verify()).toMatchObject({ ok: true, head: { sequence: COUNT + 1 } });
  });

  it('a search that finds little says where to go on, and holds up nobody meanwhile', {
    timeout: 120_000,
  }, async (context) => {
    await using it = await written(context);
    const many = 52_000;
    await it.database.write({ who: 'person:ben' }, async (edit) => {
      for (let n = 0; n < many; n++) edit.record({ action: 'view.changed', kind: 'view', subject: `v${n}` });
    });
    const search = (filter: Partial<AuditFilter>) =>
      it.database.read((query) => searchAudit(query, { limit: 10, ...filter }));
    let turns = 0;
    let isCounting = true;
    const count = (): unknown => isCounting && ++turns > 0 && setImmediate(count);
    count();
    const first = await search({ who: 'person:ann', subject: 'r7' });
    isCounting = false;
    expect(first).toEqual({ entries: [], next: COUNT + many + 1 - 50_000 });
    expect(turns).toBeGreaterThan(20);
    const rest = await search({ who: '*ann', subject: 'r7*', before: first.next ?? 0 });
    expect(rest.entries.map(({ subject }) => subject)).toEqual([
      'r799',
      'r798',
      'r797',
      'r796',
      'r795',
      'r794',
      'r793',
      'r792',
      'r791',
      'r790',
    ]);
    expect(rest.next).toBe(790);
    expect((await search({ action: 'rule.*', kind: 'rule', limit: 3, before: 3 })).entries).toHaveLength(2);
    expect(await search({ who: '*nobody*', before: 2_000 })).toEqual({ entries: [] });
  });
});

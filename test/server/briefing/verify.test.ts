/** What was signed is known again, whoever changed a byte of it is found out, and corrections since are named whatever order they came in. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BRIEFING_PARTS, type Briefing, type KeptReport, knownAt } from '@room/contract';
import { type ReportedValueRow, ReportedValueTable } from '@room/database';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSealed, Seal } from '../../../server/src/briefing/seal.ts';
import { correctedSince, verifyBriefing } from '../../../server/src/briefing/verify.ts';
import { tempDir } from '../../harness/temp.ts';
import { freshDatabase, KINDS } from '../../postgres/fresh.ts';

const figure = { indicator: 'EID', period: '2026-01', revision: 1, value: 7 };
const briefing: Briefing = {
  kind: 'briefing',
  id: '0feebb63-727f-4964-83c9-b614781f0a13',
  room: 'room',
  period: 'week',
  from: '2026-11-22',
  to: '2026-11-28',
  madeAt: Date.parse('2026-11-29T03:00:00Z'),
  madeBy: 'person:lan',
  simulated: false,
  missing: [],
  parts: BRIEFING_PARTS.map((part) => ({
    part,
    more: 0,
    sentences:
      part === 'indicators'
        ? [
            {
              code: 'I1',
              asOf: 0,
              vi: 'Số định danh: 7.',
              en: 'Identities: 7.',
              path: '/programmes',
              figures: [figure],
            },
          ]
        : [],
  })),
};
const row = (revision: number, value: number | null, more: Partial<ReportedValueRow> = {}): ReportedValueRow => ({
  indicator: 'EID',
  by_unit: '',
  period: '2026-01',
  revision,
  value: JSON.stringify(value),
  who: 'ministry',
  at: new Date(Date.parse('2026-12-01T00:00:00Z') + revision).toISOString(),
  evidence: '{"text":"report 12"}',
  note: null,
  why: revision === 1 ? null : 'a digit was missing',
  ...more,
});

describe.each(KINDS)('%s', (kind) => {
  it('knows what it signed, before and after a correction, and no byte of it otherwise', async (context) => {
    await using folder = await tempDir('seal');
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const file = join(folder.path, 'briefing-key.pem');
    const sealed = await new Seal(file, database).sign(JSON.stringify(briefing));
    expect((await stat(file)).mode & 0o077).toBe(0);
    const table = new ReportedValueTable(database);
    const { who: _, at: __, ...first } = row(1, 7);
    await table.add({ who: 'ministry' }, [first]);
    const genuine = { verdict: 'genuine', id: briefing.id, madeAt: briefing.madeAt };
    expect(await verifyBriefing(sealed, database)).toEqual({ ...genuine, corrected: [] });
    const { who: ___, at: ____, ...second } = row(2, 9);
    await table.add({ who: 'ministry' }, [second]);
    expect(await verifyBriefing(sealed, database)).toEqual({
      ...genuine,
      corrected: [{ code: 'I1', indicator: 'EID', period: '2026-01', was: 7, now: 9, at: expect.any(Number) }],
    });
    for (let at = 0; at < sealed.text.length; at += 7) {
      const text = sealed.text.slice(0, at) + (sealed.text[at] === '1' ? '2' : '1') + sealed.text.slice(at + 1);
      expect(await isSealed({ ...sealed, text }, database)).toBe('changed');
    }
    expect(await isSealed({ ...sealed, signature: Buffer.alloc(64).toString('base64') }, database)).toBe('changed');
    expect(await isSealed({ ...sealed, signature: '' }, database)).toBe('changed');
    expect(await isSealed({ ...sealed, key: '0123456789abcdef' }, database)).toBe('unknownKey');
  });

  it('after its key was lost it signs on with another, and still knows the first', async (context) => {
    await using folder = await tempDir('seal');
    await using fresh = await freshDatabase(kind, context);
    const database = await fresh.open();
    const first = await new Seal(join(folder.path, 'one.pem'), database).sign('a');
    const second = await new Seal(join(folder.path, 'other.pem'), database).sign('a');
    const again = await new Seal(join(folder.path, 'one.pem'), database).sign('a');
    expect(second.key).not.toBe(first.key);
    expect(again).toEqual(first);
    expect(await isSealed(first, database)).toBe('genuine');
    expect(await isSealed(second, database)).toBe('genuine');
    expect(await isSealed({ ...first, key: second.key }, database)).toBe('changed');
  });
});

it('names the same corrections whatever the order of the rows, and the page knows the same value', () => {
  const rows = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (values, order) => {
      const all = [
        ...values.map((value, index) => row(index + 1, value)),
        row(9, 99, { period: '2026-02' }),
        row(9, 99, { by_unit: 'HN' }),
      ];
      const shuffled = all
        .map((each) => ({ each, at: order.next().value as number }))
        .sort((one, other) => one.at - other.at);
      const found = correctedSince(
        briefing,
        shuffled.map(({ each }) => each),
      );
      expect(found).toEqual(correctedSince(briefing, all));
      const newest = values.at(-1) ?? null;
      expect(found.map(({ now }) => now)).toEqual(values.length === 1 ? [] : [newest]);
      const kept = shuffled.map(
        ({ each }): KeptReport => ({
          period: each.period,
          revision: each.revision,
          value: JSON.parse(each.value) as number | null,
          who: each.who,
          at: Date.parse(each.at),
          evidence: { text: 'x' },
          ...(each.by_unit === '' ? {} : { by: each.by_unit }),
        }),
      );
      const known = knownAt(kept, Date.parse('2027-01-01')).filter(({ period }) => period === '2026-01');
      expect(known.map(({ value }) => value)).toEqual(newest === null ? [] : [newest]);
    }),
  );
});

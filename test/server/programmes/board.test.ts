/** The board of essential services: each once, what nobody uses first, silence never as nothing; against plain sums of generated counts. */
import { type EssentialServices, EVERYTHING, type Scope } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { type BoardGround, boardOf } from '../../../server/src/programmes/board.ts';

const label = (text: string) => ({ vi: text, en: text });
const service = (agencies: string[], counted?: string) => ({
  label: label(counted ?? 'none'),
  list: 'sure',
  agencies,
  ...(counted === undefined ? {} : { counted }),
});
const essential: EssentialServices = {
  of: 6,
  asOf: '2026-11-21',
  title: label('t'),
  source: label('s'),
  lists: { sure: { label: label('l'), isSure: true } },
  services: {
    ONE: service(['A'], 'ONE'),
    SHARED: service(['A', 'B'], 'SHARED'),
    TWIN: service(['B'], 'SHARED'),
    IDLE: service(['B'], 'IDLE'),
    UNCOUNTED: service(['C']),
  },
};
const scopeOf = (agency: string[], province: string[] = []): Scope => ({
  key: 'k',
  own: { agency: new Set(agency), province: new Set(province) },
});
const row = (code: string, province: string, submitted: number) => ({
  key: [code, province],
  now: { submitted, submittedOnline: submitted / 2, onTime: submitted / 4, late: 0 },
});
const board = (more: Partial<BoardGround> = {}) =>
  boardOf({
    essential,
    counted: { rows: [row('ONE', '01', 8), row('ONE', '79', 4), row('SHARED', '01', 100)], coverage: 1 },
    reported: new Map(),
    scope: EVERYTHING,
    mayAnswer: false,
    ...more,
  });

describe('a board', () => {
  it('counts a service that two ministries share once in all, and with each of them', () => {
    const { all, byAgency } = board();
    expect(all).toMatchObject({ services: 5, used: 3, unused: 1, counts: { submitted: 112 } });
    expect(byAgency.map(({ code, services, counts }) => [code, services, counts.submitted])).toEqual([
      ['A', 2, 112],
      ['B', 3, 100],
      ['C', 1, 0],
    ]);
  });

  it('puts what nobody uses first, and says that it does not know where little was reported', () => {
    expect(board().services.map(({ id, use }) => [id, use])).toEqual([
      ['IDLE', 'unused'],
      ['SHARED', 'used'],
      ['TWIN', 'used'],
      ['ONE', 'used'],
      ['UNCOUNTED', 'unmeasured'],
    ]);
    const idle = (coverage?: number) =>
      board({ counted: { rows: [], ...(coverage === undefined ? {} : { coverage }) } }).services.find(
        ({ id }) => id === 'IDLE',
      );
    expect(idle(0.5)).toMatchObject({ use: 'unknown' });
    expect(idle()).toMatchObject({ use: 'unknown' });
    // What is not known has no number, not zero.
    expect(idle(0.5)).not.toHaveProperty('now');
  });

  it('of provinces: as many services used there, and as many that are used elsewhere or nowhere', () => {
    expect(board().byProvince).toEqual([
      { code: '01', used: 2, unused: 2, counts: { submitted: 108, submittedOnline: 54, onTime: 27, late: 0 } },
      { code: '79', used: 1, unused: 3, counts: { submitted: 4, submittedOnline: 2, onTime: 1, late: 0 } },
    ]);
    // What is missing may be a province's own: nobody is said to have used nothing there.
    const most = board({
      counted: { rows: [row('ONE', '01', 8), row('ONE', '79', 4), row('SHARED', '01', 100)], coverage: 0.97 },
    }).byProvince;
    expect(most.map(({ code, used, unused }) => [code, used, unused])).toEqual([
      ['01', 2, undefined],
      ['79', 1, undefined],
    ]);
  });

  it('shows a ministry its own services, shared ones too, which it alone may report; a province all of them', () => {
    const own = board({ scope: scopeOf(['B']), mayAnswer: true });
    expect(own.services.map(({ id, mayReport }) => [id, mayReport])).toEqual([
      ['IDLE', true],
      ['SHARED', true],
      ['TWIN', true],
    ]);
    const province = board({ scope: scopeOf([], ['01']), mayAnswer: true });
    expect(province.services).toHaveLength(5);
    expect(province.services.some(({ mayReport }) => mayReport)).toBe(false);
  });

  it('adds up to what was counted, whatever it was', () => {
    let seed = 7;
    const below = (n: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % n;
    };
    for (let round = 0; round < 200; round++) {
      const rows = Array.from({ length: 1 + below(12) }, () =>
        row(['ONE', 'SHARED', 'IDLE'][below(3)] ?? '', ['01', '79', ''][below(3)] ?? '', 4 * below(50)),
      );
      const { all, services } = board({ counted: { rows, coverage: 1 } });
      const plain = (code?: string) =>
        rows
          .filter(({ key }) => code === undefined || key[0] === code)
          .reduce((sum, { now }) => sum + now.submitted, 0);
      expect(all.counts.submitted).toBe(plain());
      for (const { counted, use, now } of services)
        if (counted !== undefined)
          expect([use, now?.submitted]).toEqual([plain(counted) > 0 ? 'used' : 'unused', plain(counted)]);
    }
  });
});

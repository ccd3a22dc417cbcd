/** What scenes say of their numbers: whether more wait, who is surely below, which shades a map has. */
import type { OnTimeOverDays } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { addMessages } from '../../../web/src/i18n/index.ts';
import { scenes } from '../../../web/src/i18n/scenes.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { shortTrend } from '../../../web/src/messages/overdue.ts';
import { isDead } from '../../../web/src/messages/walls.ts';
import { periodWords } from '../../../web/src/scenes/period-words.ts';
import { stepsOf } from '../../../web/src/scenes/steps.ts';
import { axisOf, sureGroups } from '../../../web/src/scenes/sure-rows.ts';
import { lineOf, trendOf } from '../../../web/src/scenes/waiting.ts';
import { catalogue } from '../room.ts';

addMessages(scenes);
const speech = speechIn('en', catalogue);

describe('who waits', () => {
  it('become more, fewer or as many, in per cent only of enough', () => {
    const said = (now?: number, before?: number) => trendOf(now, before, 'waitingWeek', speech);
    expect(said(1_100, 1_000)).toEqual({ direction: 'more', text: '100 more (10%) against 7 days before' });
    expect(said(900, 1_000)).toEqual({ direction: 'less', text: '100 fewer (10%) against 7 days before' });
    expect(said(1_001, 1_000)).toEqual({ direction: 'same', text: 'no change against 7 days before' });
    expect(said(9, 3)).toEqual({ direction: 'more', text: '6 more against 7 days before' });
    expect(said(5, 0)).toEqual({ direction: 'more', text: '5 more against 7 days before' });
    expect([said(undefined, 3), said(3, undefined)]).toEqual([undefined, undefined]);
    const short = (overdue?: number, weekBefore?: number) =>
      shortTrend(
        { ...(overdue === undefined ? {} : { overdue }), ...(weekBefore === undefined ? {} : { weekBefore }) },
        speech,
      );
    expect([short(110, 100), short(90, 100), short(9, 3), short(3, 3), short(3)]).toEqual([
      '▲ 10%',
      '▼ 10%',
      '▲ 6',
      '0',
      '',
    ]);
  });

  it('are drawn where they are known, and nowhere else', () => {
    const points = [
      { day: 'a', overdue: 0 },
      { day: 'b' },
      { day: 'c', overdue: 5 },
      { day: 'd', overdue: 10 },
      { day: 'e', overdue: 10 },
    ];
    expect(lineOf({ points }, 10)).toBe('M0.00 100.00M50.00 50.00L75.00 0.00L100.00 0.00');
  });

  it('are shaded in round steps that each hold some', () => {
    expect(stepsOf([])).toEqual([0]);
    expect(stepsOf([0, 0, 0])).toEqual([0]);
    expect(stepsOf([3, 14, 160, 900, 1_200, 7_000])).toEqual([0, 10, 100, 500, 1_000]);
  });
});

it('days are said by how many and up to when, by the room’s own day', () => {
  const days = { from: '2026-11-13', to: '2026-11-19' };
  // A quarter of an hour before and after its midnight, which is that of no other zone.
  const said = (at: string, language: 'vi' | 'en' = 'en') =>
    periodWords(days, { now: Date.parse(at), timeZone: 'Asia/Ho_Chi_Minh' }, speechIn(language, catalogue));
  expect(said('2026-11-19T23:45:00+07:00')).toBe('last 7 days, to today');
  expect(said('2026-11-20T00:15:00+07:00')).toBe('last 7 days, to yesterday');
  expect(said('2026-11-20T00:15:00+07:00', 'vi')).toBe('7 ngày qua, đến hôm qua');
  expect(said('2026-11-21T00:15:00+07:00')).toBe('7 days, to 19 Nov 2026');
});

describe('shares on time', () => {
  const found: OnTimeOverDays = {
    from: '2026-11-01',
    to: '2026-11-19',
    beforeFrom: '2026-10-13',
    target: 0.95,
    whole: { onTime: 1, late: 0 },
    simulated: false,
    units: [
      {
        id: 'A',
        onTime: 97,
        late: 3,
        now: { share: 0.97, low: 0.96, high: 0.98 },
        verdict: 'above',
        hasChanged: false,
      },
      { id: 'B', onTime: 80, late: 20, now: { share: 0.8, low: 0.78, high: 0.82 }, verdict: 'below', hasChanged: true },
      { id: 'old', onTime: 1, late: 9, now: { share: 0.1 }, verdict: 'unsure', hasChanged: false },
      { id: 'nobody', onTime: 1, late: 9, now: { share: 0.1 }, verdict: 'unsure', hasChanged: false },
    ],
  };

  it('are ranked by how sure they are: the surely worse first, and of units of today alone', () => {
    const groups = sureGroups(found, 'agency', catalogue, speech);
    expect(groups.map(({ verdict, rows }) => [verdict, rows.map(({ name, mark }) => `${name} ${mark}`)])).toEqual([
      ['below', ['Office B act']],
      ['above', ['A ok']],
    ]);
    const near = {
      ...found,
      units: [{ ...found.units[1], id: 'A', now: { share: 0.93, low: 0.92, high: 0.94 } }],
    } as OnTimeOverDays;
    expect(sureGroups(near, 'agency', catalogue, speech)[0]?.rows[0]?.mark).toBe('watch');
  });

  it('stand on an axis that begins below all of them', () => {
    const rows = sureGroups(found, 'agency', catalogue, speech).flatMap(({ rows: of }) => of);
    const { from, ticks } = axisOf(rows, 0.95);
    expect(from).toBeCloseTo(0.75);
    expect(ticks.map((tick) => Math.round(tick * 100))).toEqual([75, 80, 85, 90]);
    expect(axisOf([], 0.95).from).toBeLessThan(0.95);
  });
});

it('a screen that told nothing for three quarters of a minute is dead, and not one that just told', () => {
  const told = { screen: 'a', at: 1_000_000, state: {} as never };
  expect([isDead(undefined, 0), isDead(told, 1_045_000), isDead(told, 1_045_001)]).toEqual([true, false, true]);
});

import type { CurvePoint, QueryAnswer } from '@room/contract';
import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import {
  changeOf,
  inexactText,
  isByWorkingDay,
  isOpen,
  isUncompared,
  measureText,
  memberNames,
  periodText,
  scoringText,
  valueText,
} from '../../../web/src/messages/explore.ts';
import { catalogue } from '../room.ts';

const [vi, en] = [speechIn('vi', catalogue), speechIn('en', catalogue)];

const period = (from: string, to: string, days: number, workingDays?: number) => ({
  from,
  to,
  days,
  ...(workingDays === undefined ? {} : { workingDays }),
});
const NOVEMBER = period('2026-11-01', '2026-11-30', 30, 20);
const alike: QueryAnswer['periods'] = { now: NOVEMBER, before: period('2026-10-02', '2026-10-31', 30, 20) };
const longer: QueryAnswer['periods'] = { now: NOVEMBER, before: period('2026-10-02', '2026-10-31', 30, 25) };

/** Thirty days of so many finished each, of which on time as many as `onTime` says of the day. */
const byDays = (onTime: (day: number) => number, before: (day: number) => number): CurvePoint[] =>
  Array.from({ length: 30 }, (_, day) => {
    const of = (part: number) => ({ onTime: part, late: 1_000 - part, submitted: 1_000, submittedOnline: part });
    return { at: `2026-11-${String(day + 1).padStart(2, '0')}`, now: of(onTime(day)), before: of(before(day)) };
  });
const fell = byDays(
  (day) => 908 + (day % 5),
  (day) => 932 + (day % 5),
);
/** As far apart on the whole, and much further from day to day. */
const swings = byDays(
  (day) => 820 + 180 * (day % 2),
  (day) => 844 + 150 * ((day + 1) % 2),
);

it('a count changes by per cent, a share by points', () => {
  const counted = { now: { submitted: 110 }, before: { submitted: 100 } };
  expect(changeOf('submitted', counted, alike, en)?.text).toBe('+10%');
  const share = { now: { shareOnTime: 0.91 }, before: { shareOnTime: 0.934 } };
  expect(changeOf('shareOnTime', share, alike, vi)?.text).toBe('−2,4 điểm %');
});

it('says better or worse only of what days do not explain, and of nothing that is neither', () => {
  const share = { now: { shareOnTime: 0.91 }, before: { shareOnTime: 0.934 } };
  const of = (points?: CurvePoint[]) =>
    changeOf('shareOnTime', { ...share, ...(points === undefined ? {} : { points }) }, alike, en);
  expect(of(fell)?.isBetter).toBe(false);
  expect(of(swings)).toEqual({ text: '−2.4 points', isBetter: undefined });
  // Without days nobody can tell, nor of hours or months.
  expect([of(), of(fell.slice(0, 3)), of(fell.map((point) => ({ ...point, at: point.at.slice(0, 7) })))]).toEqual(
    Array(3).fill({ text: '−2.4 points', isBetter: undefined }),
  );
  for (const measure of [
    'submitted',
    'submittedOnline',
    'onTime',
    'late',
    'backlogOpen',
    'backlogOverdue',
    'indexMeasured',
  ] as const)
    expect([
      measure,
      changeOf(measure, { now: { [measure]: 24 }, before: { [measure]: 20 }, points: fell }, alike, en)?.isBetter,
    ]).toEqual([measure, undefined]);
});

it('points of an index change by points, and by nothing where more or less of it is measured; they stand beside what is', () => {
  const of = (indexPoints: number, indexMeasured = 24) => ({ indexPoints, indexMeasured });
  // Who surely moved the page of the index tells: here more or fewer is all that is said.
  expect(changeOf('indexPoints', { now: of(20.5), before: of(19) }, alike, vi)).toEqual({
    text: '+1,5 điểm',
    isBetter: undefined,
  });
  expect(changeOf('indexPoints', { now: of(20.5), before: of(4, 4) }, alike, vi)).toBeUndefined();
  // As shares are: not by the working day, nor of a day that has just begun.
  expect(changeOf('indexPoints', { now: of(18), before: of(19) }, longer, en)?.text).toBe('−1.0 points of the index');
  const begun = { ...alike, now: { ...NOVEMBER, openDays: 30 } };
  expect(changeOf('indexPoints', { now: of(18), before: of(19) }, begun, en)).toBeUndefined();
  expect(valueText('indexPoints', of(20.46), vi)).toBe('20,5 / 24');
  expect(valueText('indexPoints', undefined, vi)).toBe('—');
  expect(valueText('submitted', { submitted: 7 }, vi)).toBe('7');
});

it('says how much of the index is counted at all', () => {
  const label = { vi: 'x', en: 'x' };
  const components = [{ id: '2.1', label, points: 20, ratio: 'shareOnTime' as const }];
  expect(scoringText({ scoring: { decision: '1/X', points: 100, components } }, en)).toBe(
    'Index 1/X: the room counts at most 20 of its 100 points; 80 are not measured, which is not zero.',
  );
  expect(scoringText({}, en)).toBeUndefined();
});

it('what rounds to nothing is neither better nor worse', () => {
  const share = { now: { shareOnTime: 0.9058 }, before: { shareOnTime: 0.9061 } };
  expect(changeOf('shareOnTime', share, alike, en)).toEqual({ text: '0.0 points', isBetter: undefined });
  const count = { now: { submitted: 100_010 }, before: { submitted: 100_000 } };
  expect(changeOf('submitted', count, alike, en)?.isBetter).toBeUndefined();
});

it('between periods of other numbers of working days counts change by the working day, shares as they are', () => {
  expect(isByWorkingDay(alike)).toBe(false);
  expect(isByWorkingDay(longer)).toBe(true);
  // 90 in 20 days are 4.5 a day; 100 in 25 are 4.
  expect(changeOf('submitted', { now: { submitted: 90 }, before: { submitted: 100 } }, longer, en)?.text).toBe('+13%');
  expect(changeOf('shareOnline', { now: { shareOnline: 0.5 }, before: { shareOnline: 0.5 } }, longer, en)).toEqual({
    text: '0.0 points',
    isBetter: undefined,
  });
});

it('counts of periods that no working day is common to are not held against each other, shares are', () => {
  const [saturday, friday] = [period('2026-11-28', '2026-11-28', 1, 0), period('2026-11-27', '2026-11-27', 1, 1)];
  const sunday = period('2026-11-29', '2026-11-29', 1, 0);
  const counts = { now: { submitted: 30, shareOnline: 0.6 }, before: { submitted: 100, shareOnline: 0.5 } };
  const unlike = { now: saturday, before: friday };
  expect(isUncompared(unlike)).toBe(true);
  expect(changeOf('submitted', counts, unlike, en)).toBeUndefined();
  expect(changeOf('shareOnline', counts, unlike, en)?.text).toBe('+10.0 points');
  expect(changeOf('submitted', counts, { now: sunday, before: saturday }, en)?.text).toBe('−70%');
  // Two days against three, and nobody knows how many of them were worked.
  const unknown = { now: period('2030-11-01', '2030-11-02', 2), before: period('2030-10-01', '2030-10-03', 3) };
  expect(changeOf('submitted', counts, unknown, en)).toBeUndefined();
});

it('what is not over is not held against what is, its shares are', () => {
  const open = { now: { ...NOVEMBER, openDays: 2 }, before: period('2026-10-02', '2026-10-31', 30, 20) };
  const counts = { now: { submitted: 30, shareOnline: 0.6 }, before: { submitted: 100, shareOnline: 0.5 } };
  expect([isOpen(alike), isUncompared(alike)]).toEqual([false, false]);
  expect([isOpen(open), isUncompared(open), isUncompared(open, 'working-day')]).toEqual([true, true, true]);
  expect(changeOf('submitted', counts, open, en)).toBeUndefined();
  expect(changeOf('shareOnline', counts, open, en)?.text).toBe('+10.0 points');
  expect(changeOf('backlogOpen', { now: { backlogOpen: 1 }, before: { backlogOpen: 2 } }, open, en)?.text).toBe('−50%');
  expect(periodText(open.now, en)).toContain('2 days not over');
  expect(isUncompared({ now: open.now })).toBe(false);
  // Of hours of the night a share is none of a day.
  const begun = { now: { ...period('2026-11-30', '2026-11-30', 1, 1), openDays: 1 }, before: open.before };
  expect(changeOf('shareOnline', counts, begun, en)).toBeUndefined();
});

it('of a period that was hardly received no change is told, and the page says so', () => {
  const received = (now: number, before: number): QueryAnswer['periods'] => ({
    now: { ...alike.now, coverage: now },
    before: { ...NOVEMBER, coverage: before },
  });
  const of = { now: { submitted: 1_800 }, before: { submitted: 100 } };
  expect(changeOf('submitted', of, received(0.95, 0.036), en)).toBeUndefined();
  expect(changeOf('submitted', of, received(0.95, 0.9), en)?.text).toBe('+1,700%');
  const answer = { periods: received(0.95, 0.036) } as QueryAnswer;
  expect(inexactText(answer, 'submitted', catalogue, en)).toEqual([expect.stringContaining('95.0% and 3.6%')]);
});

it('of what is not known nothing is said, and from nothing no per cent', () => {
  expect(changeOf('submitted', { now: { submitted: 3 } }, alike, en)).toBeUndefined();
  expect(changeOf('submitted', { before: { submitted: 3 } }, alike, en)).toBeUndefined();
  expect(changeOf('submitted', { now: { submitted: 3 }, before: { submitted: 0 } }, alike, en)?.text).toBe('+3');
  // As many as there are, however many working days they came on.
  const grown = { now: { submitted: 230 }, before: { submitted: 0 } };
  expect(changeOf('submitted', grown, longer, en)?.text).toBe('+230');
  expect(measureText('submitted', undefined, en)).toBe('—');
});

it('a period says its length, its working days, and how much of it was reported', () => {
  expect(periodText({ ...NOVEMBER, coverage: 0.952 }, en)).toBe(
    "1 Nov 2026–30 Nov 2026 · 30 days · 20 working days · 95.2% of the portals' days received",
  );
  expect(periodText(period('2026-11-01', '2026-11-01', 1), en)).toBe('1 Nov 2026 · 1 day');
});

it('a unit that ended says until when, as another may have its code today', () => {
  const [unit] = catalogue.provinces;
  const ended = { ...unit, id: 'old', validTo: '2025-06-30' } as (typeof catalogue.provinces)[number];
  const names = memberNames('province', { ...catalogue, provinces: [...catalogue.provinces, ended] }, en);
  expect(names.get('old')).toMatch(/\(until 30 Jun 2025\)$/);
});

it('tasks and links are told as what they are: a state as it is, what adds up by the working day, a share by points', () => {
  expect(measureText('linkErrorShare', 0.041, vi)).toBe('4,1%');
  expect(measureText('tasksOverdue', 1_204, vi)).toBe('1.204');
  const tasks = (tasksOverdue: number) => ({ tasksOverdue, tasksSettled: tasksOverdue });
  // A state is held against a state, also of a period with more days; what was settled is not.
  expect(changeOf('tasksOverdue', { now: tasks(3), before: tasks(2) }, longer, en)).toEqual({
    text: '+50%',
    isBetter: false,
  });
  expect(changeOf('tasksSettled', { now: tasks(20), before: tasks(25) }, longer, en)).toMatchObject({ text: '0.0%' });
  const share = { now: { linkErrorShare: 0.05 }, before: { linkErrorShare: 0.02 } };
  // Requests are not independent of each other: more errors may be chance.
  expect(changeOf('linkErrorShare', share, alike, en)).toEqual({ text: '+3.0 points', isBetter: undefined });
  expect(memberNames('agency', catalogue, vi, 'tasksOpen').get('')).toBe('Đơn vị khác');
  expect(memberNames('agency', catalogue, vi, 'backlogOpen').get('')).toBe('Báo chung, không chia nhỏ');
  const reported = { ...NOVEMBER, coverage: 0.5 };
  expect(periodText(reported, en, 'links')).toMatch(/50\.0% of the time reported by links$/);
  expect(periodText(reported, en)).toMatch(/50\.0% of the portals' days received$/);
});

import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { changeOf, completeText, statusSentence, whyCompared } from '../../../web/src/messages/status.ts';
import { catalogue, measures, NOW, state } from '../room.ts';

const vi = speechIn('vi', catalogue);
const en = speechIn('en', catalogue);
const usual = { low: 52_000, median: 56_000, high: 61_000, days: 12 };
const comparable = { day: '2026-11-12', toNow: 56_010, total: 130_000, hours: {} };

it('calls a day within the usual range normal, and names the day it compares with', () => {
  const sentence = statusSentence(state({ usual, comparable }), 'live', vi);
  expect(sentence).toEqual({
    mark: 'ok',
    lead: 'Bình thường:',
    text: 'trong mức thường gặp 52.000–61.000; cao hơn 3,2% so với cùng giờ 12/11.',
  });
  expect(statusSentence(state({ usual, comparable }), 'live', en).text).toContain('3.2% above 12 Nov');
});

it('names the range when the day leaves it', () => {
  const low = statusSentence(state({ usual, total: measures({ submitted: 40_000 }) }), 'live', vi);
  expect([low.mark, low.lead]).toEqual(['watch', 'Thấp hơn thường gặp:']);
  expect(low.text).toBe('40.000 hồ sơ; cùng giờ 12 ngày làm việc gần nhất: 52.000–61.000.');
  const high = statusSentence(state({ usual, total: measures({ submitted: 70_000 }) }), 'live', vi);
  expect(high.lead).toBe('Cao hơn thường gặp:');
});

it('a few dossiers beyond an edge are no warning', () => {
  const low = { ...usual, low: 553, median: 580, high: 610 };
  const near = statusSentence(state({ usual: low, dayType: 'rest', total: measures({ submitted: 548 }) }), 'live', vi);
  expect([near.mark, near.lead, near.text]).toEqual([
    'ok',
    'Gần mức thường gặp:',
    '548 hồ sơ; cùng giờ 12 ngày nghỉ cuối tuần gần nhất: 553–610.',
  ]);
  expect(statusSentence(state({ usual: low, total: measures({ submitted: 500 }) }), 'live', vi).mark).toBe('watch');
  // Of a large count the same share is one.
  expect(statusSentence(state({ usual, total: measures({ submitted: 50_500 }) }), 'live', vi).mark).toBe('watch');
});

it('claims nothing on little history', () => {
  expect(statusSentence(state(), 'live', vi).lead).toBe('Chưa đủ số liệu các ngày trước:');
  const young = statusSentence(state({ usual: { ...usual, days: 2 }, comparable }), 'live', vi);
  expect([young.mark, young.text]).toEqual(['none', 'cao hơn 3,2% so với cùng giờ 12/11.']);
});

it('does not judge a number that too few sources stand behind', () => {
  const sentence = statusSentence(state({ usual, coverage: { asOf: 0, share: 0.71 } }), 'live', vi);
  expect([sentence.mark, sentence.text]).toEqual([
    'unknown',
    'mới có 71,0% lượng thường gặp đến giờ này; chưa thể đánh giá chung.',
  ]);
});

it('speaks of a usual volume only where one is known, and of percentages only where enough stands behind them', () => {
  const sources = {
    a: { status: 'reporting' as const, reportedTo: NOW, weight: 0.5 },
    b: { status: 'never' as const, weight: 0.5 },
  };
  const alone = state({ sources, coverage: { asOf: NOW, share: 0.02, of: 'sources' } });
  expect(statusSentence(alone, 'live', en)).toEqual({
    mark: 'unknown',
    lead: 'Too few sources:',
    text: 'only 1/2 sources report, too few to judge.',
  });
  expect(statusSentence(alone, 'live', vi).text).toBe('mới có 1/2 nguồn đang báo, chưa thể kết luận.');
  // Whoever was never heard has no usual volume: what is complete is so of the others.
  expect(completeText({ asOf: NOW, share: 1, of: 'volume' }, alone, en, 'completeToday')).toBe(
    '100.0% since 0:00, 1 never reported',
  );
  // What is in of the day and who sends at this moment are two things, and two words.
  const some = { asOf: NOW, share: 0.8, of: 'volume' as const };
  expect(completeText(some, state(), en, 'completeToday')).toBe('80.0% since 0:00');
  expect(completeText(some, state(), en, 'reportingNow')).toBe('80.0% report');
  const night = { comparable: { ...comparable, toNow: 2 }, total: measures({ submitted: 7 }) };
  expect(statusSentence(state(night), 'live', en).text).not.toMatch(/%/);
  expect(
    changeOf(state({ comparable: { ...comparable, toNow: 30 }, total: measures({ submitted: 33 }) }), en),
  ).toBeCloseTo(0.1);
});

it('says why today is held against a day of another weekday', () => {
  const sunday = { period: { from: '2026-11-22', to: '2026-11-22' }, comparable: { ...comparable, day: '2026-11-20' } };
  const why = (some: object, worked: string[] = []) =>
    whyCompared(state({ ...sunday, ...some }), { calendar: { ...catalogue.calendar, worked } }, en);
  expect(why({ dayType: 'working' }, ['2026-11-22'])).toBe('Sunday worked');
  expect([why({ dayType: 'rest' }), why({ dayType: 'holiday' }), why({ dayType: 'working' })]).toEqual([
    'both days off',
    'both holidays',
    'both working days',
  ]);
  expect(why({ dayType: 'rest', comparable: { ...comparable, day: '2026-11-15' } })).toBe('Sunday too');
});

it('does not call old numbers normal', () => {
  expect(statusSentence(state({ usual }), 'disconnected', vi).text).toContain('10:42:07');
  expect(statusSentence(state({ usual }), 'stale', en).lead).toBe('Numbers are late:');
});

it('names the time that cannot be, where a clock is wrong', () => {
  const computedAt = state({}).computedAt + 600_000;
  expect(statusSentence(state({ computedAt, usual }), 'ahead', vi).text).toContain('10:52:');
});

it('tells nothing yet from zero', () => {
  const nothing = { events: 0, total: measures() };
  expect(statusSentence(state(nothing), 'empty', vi).lead).toBe('Chưa có dữ liệu:');
  // Nobody knows what came since.
  expect(statusSentence(state(nothing), 'disconnected', vi).lead).toBe('Mất kết nối:');
  expect(statusSentence(state({ total: measures(), usual }), 'live', vi).lead).toBe('Thấp hơn thường gặp:');
});

it('speaks of one dossier as of one', () => {
  const one = { total: measures({ submitted: 1 }) };
  expect(statusSentence(state({ ...one, kind: 'past' }), 'live', en).text).toBe('1 dossier submitted.');
  expect(statusSentence(state(one), 'live', en).text).toBe('1 dossier since midnight, no day to compare with yet.');
});

it('sums up a past period with its busiest day', () => {
  const past = state({
    kind: 'past',
    period: { from: '2017-12-27', to: '2017-12-31' },
    total: measures({ submitted: 9_999 }),
    days: { '2017-12-27': 1_775, '2017-12-28': 3_357 },
  });
  const sentence = statusSentence(past, 'live', vi);
  expect(`${sentence.lead} ${sentence.text}`).toBe(
    '27/12/2017–31/12/2017: 9.999 hồ sơ nộp; nhiều nhất Thứ Năm 28/12: 3.357.',
  );
});

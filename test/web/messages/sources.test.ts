import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { type Line, ofCharacters } from '../../../web/src/messages/line.ts';
import {
  footerNotes,
  listedSources,
  reportingCount,
  reportingText,
  silentSources,
} from '../../../web/src/messages/sources.ts';
import { catalogue, NOW, state } from '../room.ts';

const vi = speechIn('vi', catalogue);
const ill = state({
  sources: {
    'urn:a': { status: 'late', reportedTo: NOW - 245_000, weight: 0.5 },
    'urn:n': { status: 'silent', reportedTo: NOW - 1_449_000, weight: 0.3 },
    'urn:s': { status: 'never', weight: 0.2 },
  },
});
/** So many characters, each note with its mark and the gap after it. */
const lineOf = (length: number): Line => ({ length, of: ({ text }) => text.length + 4 });
const texts = (some: ReturnType<typeof state>, room: number) =>
  footerNotes(some, catalogue, NOW, lineOf(room), vi).map(({ text }) => text);

it('counts those that report in time: late and silent ones are not among them', () => {
  expect(reportingCount(listedSources(ill, catalogue))).toBe(0);
  expect(reportingCount(listedSources(state(), catalogue))).toBe(3);
});

it('while nothing is heard it says when so many reported, and not that they do', () => {
  const text = (fresh: boolean) => reportingText(state(), listedSources(state(), catalogue), fresh, vi);
  expect([text(true), text(false)]).toEqual(['Nguồn đang báo: 3/3', 'Nguồn đã báo lúc 10:42: 3/3']);
});

it('those that fell silent today come before those that never reported, however heavy they are', () => {
  const heavy = state({
    sources: { ...ill.sources, 'urn:s': { status: 'never', weight: 0.9 } },
  });
  expect(silentSources(heavy, catalogue).map(({ id }) => id)).toEqual(['urn:n', 'urn:s']);
});

it('names silent and late sources with since when', () => {
  expect(texts(ill, 200)).toEqual([
    'Cổng North im lặng từ 10:18',
    'Cổng South chưa từng báo',
    'Portal of A chậm 4 phút',
  ]);
});

it('a portal is not called what the place is called whose dossiers others report too', () => {
  const [first] = footerNotes(ill, catalogue, NOW, lineOf(200), speechIn('en', catalogue));
  expect(first?.text).toBe('portal of North silent since 10:18');
});

it('counts the sources for which there is no room', () => {
  expect(texts(ill, 52)).toEqual(['Cổng North im lặng từ 10:18', 'và 2 nguồn khác']);
  expect(texts(ill, 20)).toEqual(['2 nguồn im lặng, 1 chậm']);
});

it('always says what the room holds back, and late changes where there is room', () => {
  const busy = { ...ill, pipeline: { pending: 12_345, quarantined: 12 }, lateChanges: { '2026-11-18': -38 } };
  expect(texts(busy, 60).slice(0, 2)).toEqual(['12.345 bản ghi chờ tính', '12 bản ghi lỗi, chưa tính']);
  expect(texts(busy, 300).at(-1)).toBe('Số liệu ngày 18/11 thay đổi −38 hồ sơ do báo muộn');
});

it('says while the past is being filled in, in as many words as there is room for', () => {
  const pipeline = { pending: 12_345, quarantined: 12, filling: { events: 250_000, since: NOW - 1_440_000 } };
  const filling = 'Đang nạp 250,0 nghìn bản ghi cũ, bắt đầu 10:18';
  const [waits, failed] = ['12.345 bản ghi chờ tính', '12 bản ghi lỗi, chưa tính'];
  expect(texts({ ...state(), pipeline }, 200)).toEqual([waits, filling, failed]);
  // What waits is mostly what is filled in.
  expect(texts({ ...ill, pipeline }, 80)).toEqual([filling, failed]);
  expect(texts({ ...ill, pipeline }, 70)).toEqual(['Đang nạp 250,0 nghìn bản ghi cũ', failed]);
  expect(texts({ ...ill, pipeline }, 40)).toEqual([failed]);
});

it('where not even the number of silent sources has room beside what waits, the heading alone says it', () => {
  const waiting = { ...ill, pipeline: { pending: 114, quarantined: 163 } };
  const both = ['114 bản ghi chờ tính', '163 bản ghi lỗi, chưa tính'];
  expect(texts(waiting, 90)).toEqual([...both, '2 nguồn im lặng, 1 chậm']);
  expect(texts(waiting, 70)).toEqual(both);
});

it('says in fewer words what waits where those have no room, and what is not counted alone where nothing else has', () => {
  const waiting = { ...state(), pipeline: { pending: 114, quarantined: 163 } };
  expect(texts(waiting, 48)).toEqual(['114 chờ tính', '163 bản ghi lỗi, chưa tính']);
  expect(texts(waiting, 40)).toEqual(['163 bản ghi lỗi, chưa tính']);
  expect(texts(waiting, 20)).toEqual(['163 lỗi']);
});

it('of a period that is over it says who did not report in it, and not since when it is silent now', () => {
  const over = { ...ill, kind: 'past' as const };
  expect(texts(over, 200)).toEqual(['Cổng North không báo trong kỳ này', 'Cổng South không báo trong kỳ này']);
});

it('what is filled in is no fault, and says when that began', () => {
  const filling = { events: 250_000, since: NOW - 1_440_000 };
  const notes = (language: 'vi' | 'en') =>
    footerNotes(
      { ...state(), pipeline: { filling } },
      catalogue,
      NOW,
      ofCharacters(200),
      speechIn(language, catalogue),
    );
  expect(notes('en')).toEqual([{ mark: 'none', text: 'adding 250.0 thousand past records, started 10:18' }]);
  expect(notes('vi')[0]?.mark).toBe('none');
});

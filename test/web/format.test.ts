import { expect, it } from 'vitest';
import { formatIn } from '../../web/src/format.ts';

const vi = formatIn('vi', 'Asia/Ho_Chi_Minh');
const en = formatIn('en', 'Asia/Ho_Chi_Minh');
const at = Date.parse('2026-11-19T10:42:07+07:00');

it('groups thousands as each language does, four digits too', () => {
  expect([vi.count(57_802), vi.count(1_775), en.count(57_802), vi.count(-38)]).toEqual([
    '57.802',
    '1.775',
    '57,802',
    '−38',
  ]);
});

it('says rough numbers in long words, never in short ones', () => {
  expect(vi.rough(15_000)).toBe('15,0 nghìn');
  expect(vi.rough(1_240_000)).toBe('1,2 triệu');
  expect(en.rough(15_000)).toBe('15.0 thousand');
  expect(vi.rough(9_999)).toBe('9.999');
  expect([vi.tenths(7.24), en.tenths(7)]).toEqual(['7,2', '7.0']);
  expect([0.0321, 3.214, 1_234.5].map(vi.rate)).toEqual(['0,0321', '3,21', '1.235']);
  expect(vi.axis(20_000)).toBe('20 nghìn');
  expect(vi.axisBare(10_000)).toBe('10');
});

it('signs a change with the minus sign, and rounds a large one', () => {
  expect([vi.change(0.0321), vi.change(-0.244), en.change(-0.0321), vi.size(-0.14)]).toEqual([
    '+3,2%',
    '−24%',
    '−3.2%',
    '14%',
  ]);
  expect([vi.change(0.0004), en.change(-0.0004), en.change(0)]).toEqual(['0,0%', '0.0%', '0.0%']);
});

it('tells a number from the limit that it stands beside, and a limit as it was set', () => {
  expect([
    vi.share(0.8998),
    vi.share(0.8998, 0.9),
    vi.share(0.9, 0.8998),
    vi.share(0.9, 0.9),
    en.share(0.899, 0.9),
  ]).toEqual(['90,0%', '89,98%', '90,00%', '90,0%', '89.9%']);
  expect([vi.count(1_235, 1_234.56), vi.count(1_234.56, 1_235), en.count(1_000, 900)]).toEqual([
    '1.235,0',
    '1.234,6',
    '1,000',
  ]);
  expect([vi.limit(0.9), en.limit(0.925), vi.limit(0.29)]).toEqual(['90%', '92.5%', '29%']);
});

it('writes days and times of the given zone', () => {
  expect([vi.monthOf('2026-11-19'), en.monthOf('2026-09-01')]).toEqual(['11/2026', 'Sep 2026']);
  expect([vi.day('2026-11-19'), en.day('2026-11-19'), en.dayOfYear('2026-09-01')]).toEqual([
    '19/11/2026',
    '19 Nov 2026',
    '1 Sep',
  ]);
  expect([vi.clock(at), vi.minute(at), vi.weekday('2026-11-19')]).toEqual(['10:42:07', '10:42', 'Thứ Năm']);
  expect(vi.period('2017-12-27', '2017-12-31')).toBe('27/12/2017–31/12/2017');
  expect(vi.period('2017-12-27', '2017-12-27')).toBe('27/12/2017');
});

it('names the day of a time that is not of today', () => {
  expect(vi.since(at - 3_600_000, at)).toBe('09:42');
  expect(vi.since(at - 2 * 86_400_000, at)).toBe('10:42 17/11');
  expect(vi.since(at - 365 * 86_400_000, at)).toBe('10:42 19/11/2025');
});

it('tells a span in its largest whole unit', () => {
  expect([vi.span(50_000), vi.span(245_000), vi.span(3 * 3_600_000), en.span(1_000), vi.span(-5)]).toEqual([
    '50 giây',
    '4 phút',
    '3 giờ',
    '1 sec',
    '0 giây',
  ]);
});

it('parts names that hold commas by semicolons', () => {
  expect(en.list(['Agriculture, Environment', 'Construction'])).toBe('Agriculture, Environment; Construction');
  expect(en.list(['Health', 'Construction'])).toBe('Health, Construction');
});

it('writes an estimate and its bounds in one unit and with as many decimals, three digits of the largest', () => {
  expect(vi.estimate(22_200, [22_000, 22_500])).toEqual({ digits: '22,2', unit: 'nghìn', range: '22,0–22,5' });
  expect(en.estimate(130_200, [125_400, 134_900])).toEqual({
    digits: '130',
    unit: 'thousand',
    range: '125–135',
  });
  expect(vi.estimate(960_000, [900_000, 1_049_000])).toEqual({
    digits: '0,96',
    unit: 'triệu',
    range: '0,90–1,05',
  });
  expect(en.estimate(2_360.4, [2_100, 2_600])).toEqual({ digits: '2,360', unit: '', range: '2,100–2,600' });
});

import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { dateReader, formatTrouble } from '../../../pipelines/src/import/dates.ts';

const read = (text: string, formats: string | string[], timeZone = 'Asia/Ho_Chi_Minh'): string => {
  try {
    const at = dateReader({ timeZone, formats: [formats].flat(), languages: ['en', 'vi'] })(text);
    return at.toISO({ suppressMilliseconds: true }) ?? '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('iso', () => {
  it.each([
    ['2026-11-19 10:42:07', '2026-11-19T10:42:07+07:00'],
    ['2026-11-19T10:42:07', '2026-11-19T10:42:07+07:00'],
    ['2026-11-19 10:42:07.123456', '2026-11-19T10:42:07.123+07:00'],
    ['2026-11-19 10:42:07+00', '2026-11-19T17:42:07+07:00'],
    ['2026-11-19 10:42:07 UTC', '2026-11-19T17:42:07+07:00'],
    ['2026-11-19T10:42:07Z', '2026-11-19T17:42:07+07:00'],
    ['2026-11-19', '2026-11-19T00:00:00+07:00'],
    ['20261119', '2026-11-19T00:00:00+07:00'],
    ['2026-323', '2026-11-19T00:00:00+07:00'],
    ['2026-W47-4', '2026-11-19T00:00:00+07:00'],
    ['2026-11-19 24:00:00', '2026-11-20T00:00:00+07:00'],
    ['2026-11-19 7:05:00', '2026-11-19T07:05:00+07:00'],
  ])('reads %s', (text, expected) => {
    expect(read(text, 'iso')).toBe(expected);
  });

  it.each(['10:42', '2026', '2026-11', '202611', '2026-W47', '0000-00-00 00:00:00', 'NULL', '-'])(
    'takes %s for no day',
    (text) => {
      expect(read(text, 'iso')).toBe(`"${text}" is not a date in the format iso`);
    },
  );
});

it.each([
  ['1795096800', 'epoch', '2026-11-19T21:00:00+07:00'],
  ['1795096800', 'X', '2026-11-19T21:00:00+07:00'],
  ['1795096800.5', 'epoch', '2026-11-19T21:00:00.500+07:00'],
  ['1795096800000', 'epochMs', '2026-11-19T21:00:00+07:00'],
  ['1795096800000', 'epoch', '"1795096800000" is not a date in the format epoch'],
  ['1795096800', 'epochMs', '"1795096800" is not a date in the format epochMs'],
])('numbers of %s as %s', (text, format, expected) => {
  expect(read(text, format)).toBe(expected);
});

it('agrees with another reading of the same seconds', () => {
  expect(DateTime.fromISO(read('1795096800', 'epoch')).toSeconds()).toBe(1_795_096_800);
});

it.each([
  ['19/11/2026 5:03 CH', 'd/M/yyyy h:mm a', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 5:03 SA', 'd/M/yyyy h:mm a', '2026-11-19T05:03:00+07:00'],
  ['19/11/2026 5:03 chiều', 'd/M/yyyy h:mm a', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 5:03 PM', 'd/M/yyyy h:mm a', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 5:03CH', 'd/M/yyyy h:mm a', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 5:03 p.m.', 'd/M/yyyy h:mm a', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 5:03PM', 'd/M/yyyy h:mm a', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 5:03PM', 'd/M/yyyy h:mma', '2026-11-19T17:03:00+07:00'],
  ['19/11/2026 8:30 tối', 'd/M/yyyy h:mm a', '2026-11-19T20:30:00+07:00'],
  ['19/11/2026 12:30 tối', 'd/M/yyyy h:mm a', '"19/11/2026 12:30 tối" is not a date in the format d/M/yyyy h:mm a'],
  ['Nov. 19, 2026', 'MMM d, yyyy', '2026-11-19T00:00:00+07:00'],
  ['Nov. 19, 2026', 'MMM. d, yyyy', '2026-11-19T00:00:00+07:00'],
  ['Sept 9, 2026', 'MMM d, yyyy', '2026-09-09T00:00:00+07:00'],
  ['November 19, 2026', 'MMMM d, yyyy', '2026-11-19T00:00:00+07:00'],
  ['19 November 2026', 'd MMMM yyyy', '2026-11-19T00:00:00+07:00'],
  ['19 Tháng 11 2026', 'd MMMM yyyy', '2026-11-19T00:00:00+07:00'],
  ['19 thang 11 2026', 'd MMMM yyyy', '2026-11-19T00:00:00+07:00'],
  ['19 Tháng Mười Một 2026', 'd MMMM yyyy', '2026-11-19T00:00:00+07:00'],
  ['19 tháng tư 2026', 'd MMMM yyyy', '2026-04-19T00:00:00+07:00'],
  ['19-Th11-2026', 'd-MMM-yyyy', '2026-11-19T00:00:00+07:00'],
  ['ngày 19 tháng 11 năm 2026', "'ngày' d 'tháng' M 'năm' yyyy", '2026-11-19T00:00:00+07:00'],
])('words of two languages: %s', (text, format, expected) => {
  expect(read(text, format)).toBe(expected);
});

it('a day without midnight begins when its clock does, and a time that no clock showed is refused', () => {
  for (const format of ['dd/MM/yyyy', 'iso']) {
    const day = format === 'iso' ? '2018-11-04' : '04/11/2018';
    expect(read(day, format, 'America/Sao_Paulo')).toBe('2018-11-04T01:00:00-02:00');
  }
  expect(read('2018-11-04 00:30', 'iso', 'America/Sao_Paulo')).toMatch(/does not exist in America\/Sao_Paulo/);
});

describe('a format', () => {
  it.each(['yyyy', 'HH:mm', 'MM/yyyy', 'dd/MM', 'kkkk-WW'])('that names no day is refused: %s', (format) => {
    expect(formatTrouble(format)).toMatch(/^names no day/);
  });
  it('that cannot tell the halves of the day apart is refused', () => {
    expect(formatTrouble('dd/MM/yyyy hh:mm')).toMatch(/^has h without a/);
  });
  it.each(['iso', 'epoch', 'dd/MM/yyyy', 'dd/MM/yyyy hh:mm a', 'D', 'yyyyooo', 'kkkk-WW-E', "d 'tháng' M yyyy"])(
    'that names one is taken: %s',
    (format) => {
      expect(formatTrouble(format)).toBeUndefined();
    },
  );
});

it.each([
  ['0001-01-01 00:00:00', 'iso'],
  ['1753-01-01', 'iso'],
  ['1899-12-30', 'iso'],
  ['1900-01-01 00:00:00', 'yyyy-MM-dd HH:mm:ss'],
  ['1970-01-01', 'iso'],
  ['1970-01-01T00:00:00Z', 'iso'],
  ['31/12/9999', 'd/M/yyyy'],
])('%s stands where no date is known, and is refused with what to do', (text, format) => {
  expect(read(text, format)).toBe(
    `"${text}" is what programs write for no date: name it in "empty" in the mapping, or mend the cell`,
  );
});

it.each(['1970-01-02', '1970-01-01 09:30:00', '1901-05-03'])('%s is an old date', (text) => {
  expect(read(text, 'iso')).toMatch(/^19/);
});

import { type QueryAnswer, querySchema } from '@room/contract';
import { describe, expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { askedTexts, filtersOf, filterText, remarksOn } from '../../../web/src/messages/question.ts';
import { catalogue } from '../room.ts';

const [vi, en] = [speechIn('vi', catalogue), speechIn('en', catalogue)];
const question = (of: Record<string, string> = {}) =>
  querySchema.parse({ from: '2026-11-23', to: '2026-11-29', boundaries: 'today', ...of });

describe('what a question is about stands in words', () => {
  it('whom it is narrowed to, by what it is split, of what its numbers are', () => {
    const asked = question({
      agency: 'A',
      province: 'N,S',
      channel: '2',
      split: 'agency,province',
      per: '1000-people',
    });
    expect(askedTexts(asked, 'late', catalogue, en, '2025-12-31')).toEqual([
      'Office: A',
      'Place: North, South',
      'Channels: Net',
      'Split by Office × Place',
      'Shown per: 1,000 people, people on 31 Dec 2025',
    ]);
    expect(askedTexts(asked, 'late', catalogue, vi).at(-1)).toBe('Tính theo: Mỗi 1.000 dân');
    // A share is of no number of people.
    expect(askedTexts(asked, 'shareOnTime', catalogue, en).at(-1)).toBe('Split by Office × Place');
    expect(filtersOf(asked, catalogue, en).map((one) => filterText(one, catalogue, en))).toEqual([
      'Office: A',
      'Place: North',
      'Place: South',
      'Channels: Net',
    ]);
  });

  it('one that is narrowed to nothing is of the whole country; other units than those of today are named', () => {
    expect(askedTexts(question(), 'late', catalogue, vi)).toEqual(['Cả nước']);
    expect(askedTexts(question({ boundaries: 'as-reported' }), 'late', catalogue, en).at(-1)).toBe(
      'Units that were merged: As they were then',
    );
  });

  it('many of one dimension are named in part, with how many more there are', () => {
    const codes = Array.from({ length: 9 }, (_, n) => `p${n}`);
    expect(askedTexts(question({ service: codes.join(',') }), 'late', catalogue, en)[0]).toBe(
      `Services: ${codes.slice(0, 6).join(', ')}, 3 others`,
    );
  });
});

it('that a change is told by the working day is said beside a count, not beside a share', () => {
  const answer = {
    periods: {
      now: { from: '2026-11-23', to: '2026-11-29', days: 7, workingDays: 5 },
      before: { from: '2026-11-16', to: '2026-11-22', days: 7, workingDays: 6 },
    },
  } as QueryAnswer;
  const ids = (measure: 'late' | 'shareOnTime', isAlone: boolean) =>
    remarksOn(answer, { per: 'period', measure, isAlone }, catalogue, en).map(({ id }) => id);
  expect(ids('late', true)).toEqual(['by-working-day']);
  expect(ids('shareOnTime', true)).toEqual([]);
  expect(ids('shareOnTime', false)).toEqual(['by-working-day']);
});

import { fixedOn } from '@room/contract';
import { expect, it } from 'vitest';
import { speechIn } from '../../../../web/src/messages/context.ts';
import { movingText, timeText } from '../../../../web/src/messages/kept.ts';
import { askedIn } from '../../../../web/src/pages/explore/asked.ts';
import { isSame, questionOf, toView } from '../../../../web/src/pages/explore/views.ts';
import { catalogue } from '../../room.ts';

const TODAY = '2026-11-28';
const LATER = '2026-12-05';
const asked = (query: Record<string, string>, today = TODAY) => {
  const found = askedIn(query, today);
  if ('fault' in found) throw new Error(found.fault);
  return found;
};
const speech = speechIn('en', catalogue);

it('an address may say its days by the one that runs, and asks the API for the days that are meant', () => {
  expect(asked({ from: 'month-1', to: 'month-1' }).fields).toMatchObject({ from: '2026-10-01', to: '2026-10-31' });
  expect(askedIn({ from: 'month+1' }, TODAY)).toEqual({ fault: expect.stringMatching(/^from: /) });
});

it('what is kept and opened asks exactly the same', () => {
  const address = {
    from: '2026-10-01',
    to: '2026-10-31',
    province: 'N,S',
    split: 'agency',
    sort: 'late',
    per: 'working-day',
    compare: '2025-10-01:2025-10-31',
    boundaries: 'as-reported',
  };
  const before = asked(address);
  for (const time of ['fixed', 'moving'] as const) {
    const question = questionOf(before, time, TODAY);
    const { path, query } = toView(
      { lang: 'en', split: 'channel' },
      { id: 'v', body: { name: '', question, share: { with: 'nobody' } } },
    );
    expect([path, query['lang'], query['view']]).toEqual(['/explore', 'en', 'v']);
    expect(asked(query).fields).toEqual(before.fields);
    expect(isSame(asked(query), question, TODAY)).toBe(true);
    expect(isSame(asked({}), { from: 'day-28', to: 'day-1', measures: 'late' }, TODAY)).toBe(true);
    expect(isSame(asked({ ...query, sort: 'submitted' }), question, TODAY)).toBe(false);
  }
});

it('what moves is of other days a week later, what is fixed of the same', () => {
  const before = asked({ from: '2026-11-21', to: '2026-11-27' });
  const at = (time: 'fixed' | 'moving') => fixedOn(questionOf(before, time, TODAY), LATER)['from'];
  expect([at('moving'), at('fixed')]).toEqual(['2026-11-28', '2026-11-21']);
});

it('says of which time a view is', () => {
  expect(timeText({ from: 'day-28', to: 'day-1' }, TODAY, speech)).toBe(
    'moves with the day, now 31 Oct 2026–27 Nov 2026',
  );
  expect(timeText({ from: '2026-10-01', to: '2026-10-01' }, TODAY, speech)).toBe('fixed 1 Oct 2026');
  const text = (from: string, to: string) => movingText({ from, to }, TODAY, speech);
  expect([text('day-28', 'day-1'), text('day-6', 'day'), text('month-1', 'month-1'), text('week-1', 'day-1')]).toEqual([
    '28 days to yesterday',
    '7 days to today',
    'last month',
    'from 16 Nov 2026 to 27 Nov 2026',
  ]);
});

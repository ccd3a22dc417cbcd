import { expect, it } from 'vitest';
import { speechIn } from '../../../web/src/messages/context.ts';
import { reportedText, unfinishedText } from '../../../web/src/messages/past.ts';
import { catalogue, NOW, state } from '../room.ts';

const said = (period: { from: string; to: string }, asOf: string, language: 'vi' | 'en' = 'vi') =>
  reportedText(
    state({ kind: 'past', period, coverage: { asOf: Date.parse(`${asOf}+07:00`), share: 0.955 } }),
    NOW,
    catalogue.timeZone,
    speechIn(language, catalogue),
  );
const day = (of: string) => ({ from: of, to: of });

it('a report up to midnight is one of the day that ends there, and its share says of what', () => {
  expect(said(day('2026-11-18'), '2026-11-19T00:00:00')).toBe('đến 18/11/2026 · đủ 95,5%');
  expect(said(day('2026-11-18'), '2026-11-18T17:30:00', 'en')).toBe('as of 18 Nov 2026 · 95.5% complete');
});

it('a period that runs does not pass for one that is over', () => {
  expect(said(day('2026-11-19'), '2026-11-19T10:40:00')).toBe('kỳ chưa hết, đến 10:40 · đủ 95,5%');
  expect(said({ from: '2026-11-01', to: '2026-11-30' }, '2026-11-18T09:00:00', 'en')).toBe(
    'not ended, up to 09:00 18 Nov · 95.5% complete',
  );
});

it('of a day that is over it does not say that none is finished yet', () => {
  const text = (of: string) =>
    unfinishedText(state({ kind: 'past', period: day(of) }), NOW, catalogue.timeZone, speechIn('en', catalogue));
  expect([text('2026-11-18'), text('2026-11-19')]).toEqual(['none finished', 'none finished yet']);
});

it('where nobody reported there is no time', () => {
  const { coverage: _, ...silent } = state({ kind: 'past' });
  expect(reportedText(silent, NOW, catalogue.timeZone, speechIn('vi', catalogue))).toBe('');
});

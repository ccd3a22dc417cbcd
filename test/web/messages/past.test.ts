import { expect, it } from 'vitest';
import type { Connection } from '../../../web/src/messages/connection.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { pastConnection, reportedText, sourcesText, unfinishedText } from '../../../web/src/messages/past.ts';
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
  expect(said(day('2026-11-18'), '2026-11-19T00:00:00')).toBe('đến 18/11/2026 · có 95,5% báo cáo hằng ngày');
  expect(said(day('2026-11-18'), '2026-11-18T17:30:00', 'en')).toBe('as of 18 Nov 2026 · 95.5% of daily reports');
});

it('a period that runs does not pass for one that is over', () => {
  expect(said(day('2026-11-19'), '2026-11-19T10:40:00')).toBe('kỳ chưa hết, đến 10:40 · có 95,5% báo cáo hằng ngày');
  expect(said({ from: '2026-11-01', to: '2026-11-30' }, '2026-11-18T09:00:00', 'en')).toBe(
    'not ended, up to 09:00 18 Nov · 95.5% of daily reports',
  );
});

it('that nobody reported one as finished is not that none is, and of a day that is over not that none is yet', () => {
  const text = (of: string) =>
    unfinishedText(state({ kind: 'past', period: day(of) }), NOW, catalogue.timeZone, speechIn('en', catalogue));
  expect([text('2026-11-18'), text('2026-11-19')]).toEqual([
    'no source reported one as finished',
    'no source reported one as finished yet',
  ]);
});

it('where nobody reported there is no time', () => {
  const { coverage: _, ...silent } = state({ kind: 'past' });
  expect(reportedText(silent, NOW, catalogue.timeZone, speechIn('vi', catalogue))).toBe('');
});

it('all sources reported once, and a small part of what was due came: which is which', () => {
  const said = (share: number) =>
    sourcesText(
      state({ kind: 'past', coverage: { asOf: NOW, share, of: 'days' } }),
      { n: 52, all: 52 },
      speechIn('en', catalogue),
    );
  const once = 'Sources that reported at least once in this period: 52/52.';
  expect(said(0.132)).toBe(`${once} Each is due every day: 13.2% of these daily reports came.`);
  expect(said(1)).toBe(once);
});

it('a page of a period never says live, nor that it loads what it will not show', () => {
  const english = speechIn('en', catalogue);
  const live: Connection = { state: 'live', mark: 'ok', text: 'Live, 2 sec behind' };
  const past: Connection = { state: 'live', mark: 'ok', text: 'Past period' };
  const of = (heard: Connection, shown: ReturnType<typeof state> | undefined, isRefused = false) => {
    const { state: is, text } = pastConnection(heard, { state: shown, isRefused }, english);
    return `${is}: ${text}`;
  };
  const over = state({ kind: 'past' });
  expect(of(live, state(), true)).toBe('refused: No period shown');
  expect(of({ state: 'loading', mark: 'none', text: 'Loading' }, undefined, true)).toBe('refused: No period shown');
  expect(of(live, state())).toBe('loading: Reading the period');
  expect(of({ ...past, state: 'empty' }, { ...over, events: 0 })).toBe('empty: Period without numbers');
  expect(of(past, over)).toBe('live: Past period');
  const lost: Connection = { state: 'disconnected', mark: 'disconnected', text: 'Disconnected 5 sec' };
  expect(of(lost, over, true)).toBe('disconnected: Disconnected 5 sec');
});

import type { Projection } from '@room/contract';
import { expect, it } from 'vitest';
import { attentionSentences } from '../../../web/src/messages/attention.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import {
  agedText,
  dayEstimate,
  dayProjection,
  episodeEvidence,
  episodeText,
  unusualNow,
  whyNone,
} from '../../../web/src/messages/forecasting.ts';
import { ofCharacters } from '../../../web/src/messages/line.ts';
import { statusSentence } from '../../../web/src/messages/status.ts';
import { catalogue, episode, forecasts, measures, NOW, state } from '../room.ts';

const vi = speechIn('vi', catalogue);
const en = speechIn('en', catalogue);
const day: Projection = {
  from: '2026-11-19',
  to: '2026-11-19',
  counted: 57_000,
  mean: 130_200,
  bands: [
    [128_000, 132_000],
    [125_000, 135_000],
    [120_000, 140_000],
  ],
  backtests: 20,
};

it('says what is unusual, by how much and since when, with its evidence, in both languages', () => {
  expect([episodeText(episode(), catalogue, NOW, vi), episodeText(episode(), catalogue, NOW, en)]).toEqual([
    'North cao hơn dự kiến 67% từ 09:00',
    'North 67% above expected since 09:00',
  ]);
  expect([episodeEvidence(episode(), catalogue, vi), episodeEvidence(episode(), catalogue, en)]).toEqual([
    '1.670 so với 1.000 dự kiến; chủ yếu: One 81%',
    '1,670 against 1,000 expected; mostly One 81%',
  ]);
});

it('gives counts instead of a change of many hundred per cent, and keeps trifles off the wall', () => {
  const few = episode({ observed: 46, expected: 1 });
  expect(episodeText(few, catalogue, NOW, en)).toBe('North has 46 dossiers, 1 expected, since 09:00');
  expect(unusualNow(forecasts({ episodes: [few] }), en)).toEqual([]);
});

it('says of silence that it is silence, and gives no counts for it', () => {
  const silent = episode({ kind: 'silence', dim: 'source', code: 'urn:n', observed: 0, drivers: [] });
  expect(episodeText(silent, catalogue, NOW, en)).toBe('portal of North silent since 09:00');
  expect(episodeEvidence(silent, catalogue, en)).toBe('');
});

it('says when an episode is over', () => {
  const over = episode({ kind: 'drop', observed: 400, end: Date.parse('2026-11-19T10:00:00+07:00') });
  expect(episodeText(over, catalogue, NOW, en)).toBe('North 60% below expected, 09:00–10:00');
});

it('puts the most unusual of now on the wall, beside who is behind, in the place of good news', () => {
  const unusual = forecasts({
    episodes: [episode(), episode({ id: 'e2', observed: 1_200 }), episode({ id: 'e3', end: NOW })],
  });
  const said = (agencies: Parameters<typeof state>[0]) =>
    attentionSentences(state({ ...agencies, forecasts: unusual }), catalogue, en, ofCharacters(100)).map(
      ({ lead, text }) => `${lead} ${text}`,
    );
  const north = 'Unusual: North 67% above expected since 09:00 and 1 more.';
  expect(said({ agencies: { A: measures({ onTime: 100, late: 1 }) } })).toEqual([north]);
  expect(said({ agencies: { A: measures({ onTime: 80, late: 20 }) } })).toEqual([north, 'Act: A below 90% on time.']);
});

it('says where the day will end only from a projection of this day', () => {
  const expected = state({
    forecasts: forecasts({ projections: { day } }),
    usual: { low: 50_000, median: 56_000, high: 60_000, days: 8 },
    comparable: { day: '2026-11-12', toNow: 56_000, total: 128_000, hours: {} },
  });
  expect(statusSentence(expected, 'live', en).text).toBe(
    'within the usual range; 3.2% above 12 Nov at this time; about 130 thousand dossiers by midnight.',
  );
  const yesterday = { ...day, from: '2026-11-18', to: '2026-11-18' };
  expect(dayProjection(state({ forecasts: forecasts({ projections: { day: yesterday } }) }))).toBeUndefined();
  expect(dayProjection(state())).toBeUndefined();
});

it('an old forecast says how old, and no longer where the day will end', () => {
  const old = forecasts({ knownTo: NOW - 5 * 3_600_000, projections: { day } });
  const aged = state({
    forecasts: old,
    usual: { low: 50_000, median: 56_000, high: 60_000, days: 8 },
    comparable: { day: '2026-11-12', toNow: 56_000, total: 128_000, hours: {} },
  });
  expect(statusSentence(aged, 'live', en).text).toBe('within the usual 50,000–60,000; 3.2% above 12 Nov at this time.');
  expect([agedText(old, NOW, vi), agedText(forecasts(), NOW, vi)]).toEqual(['theo số liệu 5 giờ trước', undefined]);
});

it('a number and its bounds have one unit and one precision', () => {
  expect(dayEstimate(state({ forecasts: forecasts({ projections: { day } }) }), vi)).toEqual({
    digits: '130',
    unit: 'nghìn',
    range: '125–135',
  });
});

it('says why there is no forecast', () => {
  expect(whyNone({ reason: 'not-enough-history', detail: '3 values are known' }, en)).toBe(
    'no forecast: not enough history',
  );
});

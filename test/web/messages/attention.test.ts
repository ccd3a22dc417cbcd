import type { Catalogue } from '@room/contract';
import { expect, it } from 'vitest';
import { attentionSentences } from '../../../web/src/messages/attention.ts';
import { speechIn } from '../../../web/src/messages/context.ts';
import { lengthOn, namesWithin, ofCharacters } from '../../../web/src/messages/line.ts';
import { catalogue, episode, forecasts, measures, NOW, state } from '../room.ts';

const vi = speechIn('vi', catalogue);
const LINE = ofCharacters(84);
const said = (some: Parameters<typeof state>[0], line = LINE) =>
  attentionSentences(state(some), catalogue, vi, line).map(({ mark, lead, text }) => `${mark} ${lead} ${text}`);

it('names who needs attention and why, the worse threshold first', () => {
  const agencies = { A: measures({ onTime: 85, late: 15 }), B: measures({ onTime: 93, late: 7 }) };
  expect(said({ agencies })).toEqual(['act Cần xử lý: A dưới 90% đúng hạn.']);
  expect(said({ agencies: { ...agencies, A: measures({ onTime: 99, late: 1 }) } })).toEqual([
    'watch Cần chú ý: Office B dưới 95% đúng hạn.',
  ]);
});

it('calls nobody below a limit beside whose name the limit itself stands: whoever is not clear of it is at it', () => {
  const hovering = { ...measures({ onTime: 9_001, late: 999 }), onTimeStanding: 'act' as const };
  expect(said({ agencies: { A: hovering } })).toEqual(['act Cần xử lý: A dưới hoặc sát mức 90% đúng hạn.']);
});

it('where too few report it speaks of those that do, and of nobody who is silent', () => {
  const agencies = { A: measures({ onTime: 85, late: 15 }), B: measures({ onTime: 80, late: 20 }) };
  const sources = {
    'urn:b': { status: 'silent', reportedTo: NOW - 3_600_000, weight: 0.5 } as const,
    'urn:n': { status: 'reporting', reportedTo: NOW, weight: 0.5 } as const,
  };
  const ofB = { id: 'urn:b', label: { vi: 'Cổng B', en: 'Portal of B' }, unit: 'B', lateAfter: 30, silentAfter: 300 };
  const among = (some: object) =>
    attentionSentences(
      state({ agencies, sources, ...some }),
      { ...catalogue, sources: [ofB, ...catalogue.sources.slice(1, 2)] },
      vi,
      LINE,
    ).map(({ mark, text }) => `${mark} ${text}`);
  expect(among({ isCoverageLow: true })).toContain('act trong số đang báo, A dưới 90% đúng hạn.');
  expect(among({ isCoverageLow: false })).toContain('act Office B, A dưới 90% đúng hạn.');
});

it('blames nobody for a handful of dossiers', () => {
  expect(said({ agencies: { A: measures({ onTime: 1, late: 9 }) } })[0]).toContain('chưa đủ hồ sơ xong');
  expect(said({ agencies: { A: measures({ onTime: 100, late: 1 }) } })).toEqual([
    'ok Đúng hạn: không bộ, ngành nào dưới 95%.',
  ]);
});

it('says what is not known by the unit that a silent portal speaks for', () => {
  const sources = {
    'urn:a': { status: 'reporting', weight: 0.5 } as const,
    'urn:n': { status: 'silent', reportedTo: NOW - 1_440_000, weight: 0.3 } as const,
    'urn:s': { status: 'never', weight: 0.2 } as const,
  };
  expect(said({ sources }, ofCharacters(120))).toContain('unknown Chưa rõ: Cổng North, Cổng South không gửi dữ liệu.');
});

it('stays on one line however many are silent', () => {
  const many: Catalogue = {
    ...catalogue,
    agencies: Array.from({ length: 6 }, (_, i) => ({
      id: `A${i}`,
      code: `${i}`,
      label: { vi: `Một tên cơ quan khá dài số ${i}`, en: `Office ${i}` },
    })),
    sources: Array.from({ length: 20 }, (_, i) => ({
      id: `urn:${i}`,
      label: { vi: `Cổng dịch vụ công của tỉnh ${i}`, en: `Portal ${i}` },
      lateAfter: 60,
      silentAfter: 300,
    })),
  };
  const sentences = attentionSentences(
    state({
      agencies: Object.fromEntries(many.agencies.map(({ id }) => [id, measures({ onTime: 50, late: 50 })])),
      sources: Object.fromEntries(many.sources.map(({ id }) => [id, { status: 'silent', weight: 0.05 }])),
    }),
    many,
    vi,
    LINE,
  );
  expect(lengthOn(LINE, sentences)).toBeLessThanOrEqual(84);
  expect(sentences.at(-1)?.text).toContain('20 nguồn');
});

it('says nothing of silence now about a period that is over', () => {
  const sources = { 'urn:n': { status: 'silent', weight: 0.3 } as const };
  expect(said({ kind: 'past', sources }).some((text) => text.startsWith('unknown'))).toBe(false);
});

it('names as many as fit and counts the rest', () => {
  const within = (names: readonly string[], room: number, speech = vi) =>
    namesWithin(names, ({ length }) => length <= room, { only: 'unitsOnly', more: 'unitsMore' }, speech);
  expect(within(['Alpha', 'Beta', 'Gamma'], 40)).toBe('Alpha, Beta, Gamma');
  expect(within(['Alpha', 'Beta', 'Gamma'], 12)).toBe('3 bộ, ngành');
  expect(within(['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'], 32)).toBe('Alpha, Beta và 3 bộ, ngành khác');
  expect(within(['A name too long for the room'], 5)).toBe('A name too long for the room');
  expect(within(['Alpha', 'A name that is much longer'], 28, speechIn('en', catalogue))).toBe(
    'Alpha and 1 other ministry',
  );
});

const surge = () => forecasts({ episodes: [episode({ observed: 4_500, expected: 1_000 })] });
const behind = { A: measures({ onTime: 60, late: 40 }), B: measures({ onTime: 60, late: 41 }) };

it('an episode comes before those who are behind every day, and is never dropped for them', () => {
  expect(said({ agencies: behind, forecasts: surge() })).toEqual([
    'watch Khác thường: North có 4.500 hồ sơ, dự kiến 1.000, từ 09:00.',
  ]);
  expect(said({ agencies: behind, forecasts: surge() }, ofCharacters(120))).toEqual([
    'watch Khác thường: North có 4.500 hồ sơ, dự kiến 1.000, từ 09:00.',
    'act Cần xử lý: Office B, A dưới 90% đúng hạn.',
  ]);
});

it('a portal that fell silent today comes before those who are behind, one that never reported after them', () => {
  const marks = (status: 'silent' | 'never', reportedTo: number) =>
    said({ agencies: behind, sources: { 'urn:n': { status, reportedTo, weight: 0.3 } } }, ofCharacters(200)).map(
      (text) => text.split(' ')[0],
    );
  expect(marks('silent', NOW - 1_440_000)).toEqual(['unknown', 'act']);
  expect(marks('silent', NOW - 40 * 3_600_000)).toEqual(['act', 'unknown']);
});

it('names those with the most late dossiers first, not the worst share of few', () => {
  const agencies = { A: measures({ onTime: 25, late: 5 }), B: measures({ onTime: 880, late: 120 }) };
  expect(said({ agencies })).toEqual(['act Cần xử lý: Office B, A dưới 90% đúng hạn.']);
});

import type { Catalogue } from '@room/contract';
import { expect, it } from 'vitest';
import { attentionSentences } from '../../../web/src/messages/attention.ts';
import { namesWithin, speechIn } from '../../../web/src/messages/context.ts';
import { catalogue, measures, NOW, state } from '../room.ts';

const vi = speechIn('vi', catalogue);
const said = (some: Parameters<typeof state>[0]) =>
  attentionSentences(state(some), catalogue, vi).map(({ mark, lead, text }) => `${mark} ${lead} ${text}`);

it('names who needs attention and why, the worse threshold first', () => {
  const agencies = { A: measures({ onTime: 85, late: 15 }), B: measures({ onTime: 93, late: 7 }) };
  expect(said({ agencies })).toEqual(['act Cần xử lý: A dưới 90% đúng hạn.']);
  expect(said({ agencies: { ...agencies, A: measures({ onTime: 99, late: 1 }) } })).toEqual([
    'watch Cần chú ý: Office B dưới 95% đúng hạn.',
  ]);
});

it('blames nobody for a handful of dossiers', () => {
  expect(said({ agencies: { A: measures({ onTime: 1, late: 9 }) } })[0]).toContain('chưa đủ hồ sơ xong');
  expect(said({ agencies: { A: measures({ onTime: 100, late: 1 }) } })).toEqual([
    'ok Đúng hạn: không đơn vị nào dưới 95%.',
  ]);
});

it('says what is not known by the unit that a silent portal speaks for', () => {
  const sources = {
    'urn:a': { status: 'reporting', weight: 0.5 } as const,
    'urn:n': { status: 'silent', reportedTo: NOW - 1_440_000, weight: 0.3 } as const,
    'urn:s': { status: 'never', weight: 0.2 } as const,
  };
  expect(said({ sources }).at(-1)).toBe('unknown Chưa rõ: North, South không gửi dữ liệu.');
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
  );
  const length = sentences.reduce((sum, { lead, text }) => sum + lead.length + text.length + 1, 0);
  expect(length).toBeLessThanOrEqual(84);
  expect(sentences.at(-1)?.text).toContain('20 nơi');
});

it('says nothing of silence now about a period that is over', () => {
  const sources = { 'urn:n': { status: 'silent', weight: 0.3 } as const };
  expect(said({ kind: 'past', sources }).some((text) => text.startsWith('unknown'))).toBe(false);
});

it('names as many as fit and counts the rest', () => {
  expect(namesWithin(['Alpha', 'Beta', 'Gamma'], 40, vi)).toBe('Alpha, Beta, Gamma');
  expect(namesWithin(['Alpha', 'Beta', 'Gamma'], 12, vi)).toBe('3 nơi');
  expect(namesWithin(['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon'], 25, vi)).toBe('Alpha, Beta và 3 nơi khác');
  expect(namesWithin(['A name too long for the room'], 5, vi)).toBe('A name too long for the room');
});

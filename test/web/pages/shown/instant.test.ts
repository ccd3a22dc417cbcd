import { expect, it } from 'vitest';
import { instantIn, instantText } from '../../../../web/src/pages/shown/instant.ts';

const ZONE = 'Asia/Ho_Chi_Minh';

it('an address names the room’s own time, and reads back as it was written', () => {
  const at = Date.parse('2026-11-19T10:42:07+07:00');
  expect(instantIn('2026-11-19T10:42:07', ZONE)).toBe(at);
  expect(instantIn('2026-11-19T10:42', ZONE)).toBe(at - 7_000);
  expect(instantText(at + 999, ZONE)).toBe('2026-11-19T10:42:07');
});

it.each([undefined, '', 'now', '2026-13-45T10:00', '2026-11-19', '2026-11-19T24:00', '2026-11-19T10:60', '1795061'])(
  '%j names no instant',
  (text) => {
    expect(instantIn(text, ZONE)).toBeUndefined();
  },
);

import {
  type Change,
  changeRecord,
  INNER_VERSION,
  type Pulse,
  pulseRecord,
  readChange,
  readPulse,
} from '@room/contract';
import { describe, expect, it } from 'vitest';
import { state } from '../../web/room.ts';

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const head = { epoch: 'e', seq: 3, days: ['2026-11-19'] };
const patch: Pulse = { kind: 'patch', ...head, patch: { total: { submitted: 5 } } };
const full: Pulse = { kind: 'state', ...head, state: state({}) };

describe('what is written into the inner topics', () => {
  it('is read as it was, and says of which version it is', () => {
    for (const pulse of [patch, full]) {
      const { key, value } = pulseRecord(pulse);
      expect(key).toBe('pulse');
      expect(JSON.parse(value)).toMatchObject({ version: INNER_VERSION });
      expect(readPulse(bytes(value))).toEqual({ ok: true, value: pulse });
    }
    for (const change of [{ days: ['2026-11-19'], hours: [498_000] }, { days: [] }] satisfies Change[])
      expect(readChange(bytes(changeRecord(change).value))).toEqual({ ok: true, value: change });
  });

  it('an earlier version said no version, and a later one may say more', () => {
    expect(readPulse(bytes(patch))).toEqual({ ok: true, value: patch });
    expect(readPulse(bytes({ version: INNER_VERSION, ...patch, more: 1 }))).toEqual({ ok: true, value: patch });
    expect(readChange(bytes({ days: [] }))).toEqual({ ok: true, value: { days: [] } });
  });

  it('a later version that is read otherwise is told by its number', () => {
    const why = `it is of version 2, and this process knows ${INNER_VERSION}; upgrade it too`;
    expect(readPulse(bytes({ version: 2, kind: 'frame' }))).toEqual({ ok: false, why });
    expect(readChange(bytes({ version: 2, ...patch }))).toEqual({ ok: false, why });
  });

  it.each<[unknown, string]>([
    ['', 'it is no JSON'],
    ['\u{fffd}{', 'it is no JSON'],
    [null, 'it: '],
    [[patch], 'it: '],
    [{ ...patch, kind: 'frame' }, 'kind: '],
    [{ ...patch, seq: -1 }, 'seq: '],
    [{ ...patch, seq: '3' }, 'seq: '],
    [{ ...patch, epoch: '' }, 'epoch: '],
    [{ ...patch, days: 'today' }, 'days: '],
    [{ ...patch, patch: null }, 'patch: not a merge patch'],
    [{ ...full, state: { total: {} } }, 'state: not the state of a wall'],
    [{ ...full, state: undefined }, 'state: not the state of a wall'],
    [{ version: 'x', ...patch }, 'it is of version x'],
  ])('%j is no pulse, and why is said', (value, why) => {
    const read = readPulse(bytes(value));
    expect(read).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });
});

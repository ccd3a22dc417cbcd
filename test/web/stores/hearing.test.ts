import { expect, it } from 'vitest';
import { Hearing, LOOK_EVERY } from '../../../web/src/stores/hearing.ts';

/** Looks as often as a page does, up to `until`, and answers when it found silence first. */
function looked(hearing: Hearing, from: number, until: number): number | undefined {
  for (let at = from; at <= until; at += LOOK_EVERY) if (hearing.look(at).silentSince !== undefined) return at;
  return undefined;
}

it('silence is known once nothing came for six seconds, and said to be since the last message', () => {
  const hearing = new Hearing(0);
  hearing.heard(1_000);
  expect(looked(hearing, 0, 20_000)).toBe(7_200);
  expect(hearing.look(8_000).silentSince).toBe(1_000);
});

it('there is none while messages come each five seconds, nor after one that came late', () => {
  const hearing = new Hearing(0);
  for (let at = 0; at <= 30_000; at += 5_000) {
    hearing.heard(at);
    expect(looked(hearing, at, at + 4_999)).toBeUndefined();
  }
  expect(looked(hearing, 35_000, 36_000)).toBeUndefined();
  expect(looked(hearing, 36_500, 45_000)).toBe(36_500);
  hearing.heard(45_000);
  expect(looked(hearing, 45_500, 50_000)).toBeUndefined();
});

it('a page that was held up reads first what came meanwhile', () => {
  const hearing = new Hearing(0);
  expect(looked(hearing, 0, 2_000)).toBeUndefined();
  expect(hearing.look(60_000)).toEqual({ isQuiet: false, silentSince: undefined });
  expect(hearing.look(60_500).silentSince).toBe(0);
});

it('nothing for two seconds is said, and judged only later', () => {
  const hearing = new Hearing(0);
  hearing.heard(1_000);
  const said: number[] = [];
  for (let at = 0; at < 6_000; at += LOOK_EVERY) if (hearing.look(at).isQuiet) said.push(at);
  expect(said[0]).toBe(3_000);
  hearing.heard(6_000);
  expect(hearing.look(6_000)).toEqual({ isQuiet: false, silentSince: undefined });
});

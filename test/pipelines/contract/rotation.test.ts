/** Which scene a wall shows when: the same for every screen that knows its program. */
import { isQuiet, presentedAt, type ScreenProgram, shownAt } from '@room/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogue } from '../../web/room.ts';

const at = (text: string): number => Date.parse(`${text}+07:00`);
const NOON = at('2026-11-19T12:00:00');
const scene = { name: { vi: 'a', en: 'a' }, tiles: [] };
const program = (some: Partial<ScreenProgram> = {}): ScreenProgram => ({
  at: NOON,
  wall: { id: 'main', name: 'Main', scale: 1 },
  turns: [
    { scene: 'a', seconds: 30, when: 'always' },
    { scene: 'b', seconds: 20, when: 'day' },
    { scene: 'c', seconds: 10, when: 'quiet' },
  ],
  day: { from: 6, to: 20 },
  order: {},
  jumps: [],
  scenes: { a: scene, b: scene, c: scene },
  ...some,
});
const shows = (of: ScreenProgram, when: number) => shownAt(of, catalogue, when);

it('is quiet in nights and on days off, and nowhere else', () => {
  const day = { from: 6, to: 20 };
  const told = [
    '2026-11-19T05:59:59',
    '2026-11-19T06:00:00',
    '2026-11-19T19:59:59',
    '2026-11-19T20:00:00',
    '2026-11-21T10:00:00',
  ];
  expect(told.map((text) => isQuiet(at(text), day, catalogue))).toEqual([true, false, false, true, true]);
});

it('takes turns of their lengths, those of the day by day and those of the night by night', () => {
  const seen = (from: number): string => {
    const scenes: string[] = [];
    for (let now = from; now < from + 120_000; now += 1_000) scenes.push(shows(program(), now)?.scene ?? '');
    return ['a', 'b', 'c'].map((name) => `${name}${scenes.filter((one) => one === name).length}`).join(' ');
  };
  // Cycles of 50 s and of 40 s: of 120 s whatever their beginning.
  expect(seen(NOON)).toMatch(/^a(6\d|7\d|8\d) b(4|5)\d c0$/);
  expect(seen(at('2026-11-19T23:00:00'))).toBe('a90 b0 c30');
});

it('says until when, and shows nothing else before', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 * 86_400_000 }), fc.integer({ min: 1, max: 100_000 }), (offset, lead) => {
      const now = NOON + offset;
      const of = program({
        order: { show: { scene: 'c', isHold: false, from: now + lead, until: now + 2 * lead } },
        jumps: [{ scene: 'b', from: now + 3 * lead, until: now + 4 * lead }],
      });
      const first = shows(of, now);
      if (first === undefined) throw new Error('nothing is shown');
      expect(first.until).toBeGreaterThan(now);
      for (const part of [0.25, 0.5, 0.99]) {
        const between = Math.floor(now + (Math.min(first.until, now + 86_400_000) - now) * part);
        expect(shows(of, between)?.scene).toBe(first.scene);
      }
    }),
  );
});

it('shows what is ordered from its instant on, an alert before it, and what is held before all', () => {
  const order = { show: { scene: 'b', isHold: false, from: NOON + 2_000, until: NOON + 60_000 } };
  const jumps = [{ scene: 'c', from: NOON + 10_000, until: NOON + 20_000 }];
  const said = (of: ScreenProgram, after: number) => {
    const { scene: shown, why } = shows(of, NOON + after) ?? {};
    return `${shown} ${why}`;
  };
  const of = program({ turns: [{ scene: 'a', seconds: 30, when: 'always' }], order, jumps });
  expect([1_999, 2_000, 9_999, 10_000, 19_999, 20_000, 59_999, 60_000].map((after) => said(of, after))).toEqual([
    'a turn',
    'b show',
    'b show',
    'c jump',
    'c jump',
    'b show',
    'b show',
    'a turn',
  ]);
  const held = program({ ...of, order: { show: { ...order.show, isHold: true } } });
  expect(said(held, 15_000)).toBe('b hold');
});

it('passes over scenes that are gone, and shows the others of a wall that has none for these hours', () => {
  const gone = program({ scenes: { b: scene } });
  expect(shows(gone, NOON)?.scene).toBe('b');
  expect(shows(gone, at('2026-11-19T23:00:00'))?.scene).toBe('b');
  expect(shows(program({ scenes: {} }), NOON)).toBeUndefined();
  expect(
    shows(program({ scenes: { b: scene }, order: { show: { scene: 'a', isHold: true, from: 0 } } }), NOON)?.scene,
  ).toBe('b');
});

it('a presented past stands still or passes as fast as was said, from its beginning to its end', () => {
  const past = at('2026-11-12T10:00:00');
  const present = { at: past, from: NOON, until: NOON + 60_000, speed: 10 };
  const shown = [-1, 0, 1_000, 59_999, 60_000].map((later) => presentedAt(present, NOON + later));
  expect(shown).toEqual([undefined, past, past + 10_000, past + 599_990, undefined]);
  expect(presentedAt({ ...present, speed: 0 }, NOON + 30_000)).toBe(past);
  expect(presentedAt(undefined, NOON)).toBeUndefined();
});

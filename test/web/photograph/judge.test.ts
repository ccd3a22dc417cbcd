import { expect, it } from 'vitest';
import { faultsOf } from './judge.ts';
import type { Seen, SeenText } from './seen.ts';
import { arcMinutes, SIZES, type Size } from './sizes.ts';

const WALL: Size = { width: 1920, height: 1080, kind: 'wall' };
const PHONE: Size = { width: 390, height: 844, kind: 'phone' };

const text = (some: Partial<SeenText> = {}): SeenText => ({
  text: 'a text',
  at: 'p',
  ink: { left: 100, top: 100, right: 200, bottom: 120 },
  size: 31,
  main: false,
  inReach: false,
  shortened: false,
  ...some,
});

const seen = (texts: SeenText[], some: Partial<Seen> = {}): Seen => ({
  layout: 'wall',
  viewport: { width: 1920, height: 1080 },
  beyond: { width: 0, height: 0 },
  texts,
  sideways: [],
  outgrown: [],
  ...some,
});

const kinds = (of: Seen, size = WALL): string[] => faultsOf(of, size).map(({ kind }) => kind);

it('31 units are 12 arc minutes on every wall, and 52 are 20', () => {
  for (const size of SIZES.filter(({ kind }) => kind === 'wall')) {
    const unit = Math.min(size.width, size.height) / 1080;
    expect([arcMinutes(31 * unit, size), arcMinutes(52 * unit, size)]).toEqual([
      expect.closeTo(12.3, 1),
      expect.closeTo(20.6, 1),
    ]);
  }
});

it('finds nothing wrong with texts that are read whole', () => {
  const below = text({ ink: { left: 100, top: 121, right: 200, bottom: 140 } });
  const tile = { left: 90, top: 90, right: 210, bottom: 130 };
  expect(
    kinds(
      seen([text({ tile }), below, text({ size: 56, main: true, ink: { left: 300, top: 0, right: 400, bottom: 40 } })]),
    ),
  ).toEqual([]);
});

it.each<[string, Partial<SeenText>]>([
  ['small', { size: 30 }],
  ['small', { size: 48, main: true }],
  ['cut', { left: { left: 100, top: 100, right: 190, bottom: 120 } }],
  ['cut', { left: 'nothing' }],
  ['shortened', { shortened: true, left: { left: 100, top: 100, right: 190, bottom: 120 } }],
  ['covered', { under: 'nav' }],
  ['outside', { ink: { left: 1_900, top: 100, right: 1_930, bottom: 120 } }],
  ['outside', { ink: { left: 100, top: 1_070, right: 200, bottom: 1_090 } }],
  ['outside', { tile: { left: 90, top: 90, right: 190, bottom: 130 } }],
])('%s: %o', (kind, some) => {
  expect(kinds(seen([text(some)]))).toEqual([kind]);
});

it('finds texts upon each other, and what is larger than its screen', () => {
  const over = text({ ink: { left: 190, top: 115, right: 290, bottom: 135 } });
  expect(kinds(seen([text(), over]))).toEqual(['overlap']);
  expect(kinds(seen([], { beyond: { width: 71, height: 0 } }))).toEqual(['sideways']);
  expect(kinds(seen([], { sideways: [{ at: 'div.scroll', by: 532 }] }))).toEqual(['sideways']);
  expect(kinds(seen([], { beyond: { width: 0, height: 1_403 } }))).toEqual(['scrolls']);
});

it('a page may be higher than its screen, and a phone is held in the hand', () => {
  const page = seen([text({ size: 12.5 })], { layout: 'page', beyond: { width: 0, height: 2_000 } });
  expect(kinds(page)).toEqual([]);
  const small = seen([text({ size: 13 })], {
    viewport: { width: 390, height: 844 },
    beyond: { width: 0, height: 600 },
  });
  expect(kinds(small, PHONE)).toEqual([]);
  expect(kinds(seen([text({ size: 11.9 })]), PHONE)).toEqual(['small']);
  expect([kinds(seen([text({ size: 13, inReach: true })])), kinds(seen([text({ size: 11, inReach: true })]))]).toEqual([
    [],
    ['small'],
  ]);
});

import { expect, it } from 'vitest';
import { framed } from '../../../web/src/charts/frame.ts';
import { wrapped } from '../../../web/src/charts/wrapped.ts';

const COLOURS = { ground: '#000', text: '#fff', quiet: '#888' };

it('a text is parted at its spaces, an address wherever its line ends, and nothing of it is lost', () => {
  const address = `https://room.example/explore?province=${Array.from({ length: 40 }, (_, n) => `34-${n}`).join('%2C')}`;
  const lines = wrapped(`Open ${address}`, 400, 14);
  expect(lines.length).toBeGreaterThan(3);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(Math.floor(400 / (14 * 0.56)));
  expect(lines.join('').replace('Open', '')).toBe(address);
  expect(wrapped('a few words', 400, 14)).toEqual(['a few words']);
});

it('a drawing has the colour of each period before its name, and grows with what is written', () => {
  const size = { width: 300, height: 100, type: 10 };
  const words = {
    title: 'Late',
    lines: [
      { text: 'Place: North' },
      { text: 'this week', key: { colour: '#123456', width: 2 } },
      { text: 'last week', key: { colour: '#654321', width: 1 } },
    ],
    notes: ['x'.repeat(300)],
  };
  const { svg, height } = framed('<g/>', size, words, COLOURS);
  for (const part of ['>Place: North<', 'fill="#123456"', 'fill="#654321"', '>this week<']) expect(svg).toContain(part);
  expect(height).toBeGreaterThan(framed('<g/>', size, { ...words, notes: ['x'] }, COLOURS).height);
  // What is written beside a key begins after it.
  const [, plain, keyed] = [...svg.matchAll(/<text x="([\d.]+)"/g)].map(([, x]) => Number(x));
  expect(keyed).toBeGreaterThan(plain ?? 0);
});

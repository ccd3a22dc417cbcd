/** Lists of a scene's tiles: a name is whole whatever its room, and what is not shown is counted. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstThatFit, type Listed, linesOf, sharedBy, standing } from '../../../web/src/scenes/list.ts';

const MINISTRIES: Listed = {
  width: 1_824,
  height: 690,
  rows: 17,
  longest: 400,
  beside: [604, 172],
  drawn: [220, 260],
  parted: 20,
  fine: false,
};

describe('a list', () => {
  it('stands in one column where all have room, and its rows fill it', () => {
    const found = standing(MINISTRIES);
    expect(found).toMatchObject({ columns: 1, name: 400, lines: 1, shown: 17, each: 17 });
    expect(found.row).toBeCloseTo(670 / 17);
    expect(standing({ ...MINISTRIES, height: 4_000 }).row).toBe(72);
  });

  it('takes two columns where one is too short and names are whole in both', () => {
    expect(standing({ ...MINISTRIES, rows: 34 })).toMatchObject({ columns: 2, lines: 1, shown: 34, each: 17 });
    expect(standing({ ...MINISTRIES, rows: 34, longest: 700 })).toMatchObject({ columns: 1, shown: 16 });
  });

  it('shows more on a finer screen', () => {
    const usual: Listed = { ...MINISTRIES, width: 1_050, rows: 34, longest: 200, beside: [172, 172] };
    expect(standing(usual)).toMatchObject({ columns: 1, shown: 16 });
    expect(standing({ ...usual, drawn: [220, 110], fine: true })).toMatchObject({ columns: 2, shown: 34 });
  });

  it('breaks a name where it has no room in one line, and gives its row the height', () => {
    const found = standing({ ...MINISTRIES, width: 500, rows: 40, beside: [172, 172] });
    expect(found.lines).toBeGreaterThan(1);
    expect(found.row).toBeGreaterThanOrEqual(found.lines * 36);
  });

  it('is whole where it is scrolled', () => {
    expect(standing({ ...MINISTRIES, height: Number.POSITIVE_INFINITY, rows: 200 })).toMatchObject({
      columns: 1,
      shown: 200,
      row: 44,
    });
  });

  it('stays within its room, whatever that is', () => {
    const listed = fc.record({
      width: fc.integer({ min: 0, max: 4_000 }),
      height: fc.integer({ min: 0, max: 2_000 }),
      rows: fc.integer({ min: 0, max: 80 }),
      longest: fc.integer({ min: 0, max: 900 }),
      parted: fc.constantFrom(0, 10, 20),
      fine: fc.boolean(),
    });
    fc.assert(
      fc.property(listed, (some) => {
        const found = standing({ ...some, beside: [300, 172], drawn: [200, 110] });
        expect(found.shown).toBeLessThanOrEqual(some.rows);
        expect(found.columns * found.each).toBeGreaterThanOrEqual(found.shown + Number(found.shown < some.rows));
        // One row is there even where there is no room for it.
        if (found.each > 2) expect(found.each * found.row).toBeLessThanOrEqual(some.height - some.parted + 0.01);
        if (found.lines === 1) expect(found.name).toBeGreaterThanOrEqual(some.longest);
      }),
    );
  });
});

describe('what stands one under the other', () => {
  it('is shown as far as it has room, with the words that count the others', () => {
    expect(firstThatFit([90, 90, 90], 270, 40)).toBe(3);
    expect(firstThatFit([90, 90, 90], 269, 40)).toBe(2);
    expect(firstThatFit([90, 90, 90], 210, 40)).toBe(1);
    expect(firstThatFit([90], 20, 40)).toBe(0);
    expect(firstThatFit([], 20, 40)).toBe(0);
  });

  it('goes on in a second column', () => {
    expect(firstThatFit([90, 90, 90, 90], 180, 40, 2)).toBe(4);
    expect(firstThatFit([90, 90, 90, 90, 90], 220, 40, 2)).toBe(4);
    expect(firstThatFit([90, 90, 90, 90, 90], 180, 40, 2)).toBe(3);
  });

  it('has as many lines as its width asks for, and one at least', () => {
    expect([linesOf(0, 100), linesOf(100, 100), linesOf(101, 100), linesOf(5, 0)]).toEqual([1, 1, 2, 5]);
  });
});

it('lists in one place have what they need, and of too little as much as any other, but for what they do not need', () => {
  expect(sharedBy([300, 100], 500)).toEqual([300, 100]);
  expect(sharedBy([900, 100], 500)).toEqual([400, 100]);
  expect(sharedBy([900, 400], 500)).toEqual([250, 250]);
  expect(sharedBy([100, 900, 900], 500)).toEqual([100, 200, 200]);
  expect(sharedBy([900, 400], Number.POSITIVE_INFINITY)).toEqual([900, 400]);
  expect(sharedBy([], 500)).toEqual([]);
});

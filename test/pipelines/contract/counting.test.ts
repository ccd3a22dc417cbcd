import {
  type Backlog,
  type Counted,
  Counting,
  placeAt,
  placeMark,
  type Standing,
  type Submission,
} from '@room/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { submission } from '../warehouse/rows.ts';

const event = (id: string, change: Partial<Submission> = {}): Submission =>
  submission(id, '2026-11-19T03:00:00Z', change);
const level: Backlog = {
  kind: 'backlog',
  source: 'urn:s',
  id: 'level',
  simulated: false,
  at: 0,
  service: 'S1',
  agency: 'A1',
  open: 3,
  overdue: 1,
};

type Known = ReadonlyMap<string, Counted & { left?: number }>;
/** What becomes of each event; ids are their own keys. */
function decided(
  events: readonly (Submission | Backlog)[],
  known: Known = new Map(),
  standings?: ReadonlyMap<string, Standing>,
): (string | undefined)[] {
  const counting = new Counting({
    counted: (key) => known.get(key),
    left: (key) => known.get(key)?.left,
    there: (target, it) => standings?.get(placeAt(target, it)),
  });
  return events.map((it) => {
    const fault = counting.decide(it, it.id, it.kind === 'submission' ? it.corrects : undefined);
    return typeof fault === 'object' ? fault.code : fault;
  });
}
const correction = (id: string, corrects: string, count: number): Submission => event(id, { corrects, count });

describe('of events with an id or an original in common', () => {
  it('the first of equal ids counts, whatever the others are', () => {
    const events = [event('a'), event('a', { count: 9 }), { ...level, id: 'a' }, correction('a', 'a', -1)];
    expect(decided(events)).toEqual([undefined, 'duplicate', 'duplicate', 'duplicate']);
    expect(decided(events.slice(0, 1), new Map([['a', { correction: false }]]))).toEqual(['duplicate']);
  });

  it('an id that was refused is free', () => {
    expect(decided([correction('c', 'a', -1), event('a'), correction('c', 'a', -1)])).toEqual([
      'corrects_unknown',
      undefined,
      undefined,
    ]);
  });

  it('a correction counts where its original does, and is a submission', () => {
    expect(
      decided([event('a'), correction('c', 'a', -1), correction('d', 'c', 0), level, correction('e', 'level', 0)]),
    ).toEqual([undefined, undefined, 'corrects_correction', undefined, 'corrects_other_type']);
    expect(decided([correction('c', 'a', 1)], new Map([['a', { correction: true }]]))).toEqual(['corrects_correction']);
  });

  it('corrections leave no less than nothing, as far as it is known what is left', () => {
    const taking = [
      correction('c', 'a', -2),
      correction('d', 'a', -2),
      correction('e', 'a', 1),
      correction('f', 'a', -2),
    ];
    const answers = [undefined, 'corrects_too_much', undefined, undefined];
    expect(decided([event('a', { count: 3 }), ...taking]).slice(1)).toEqual(answers);
    const known = { correction: false, kind: 'submission', count: 5 } as const;
    expect(decided(taking, new Map([['a', { ...known, left: 3 }]]))).toEqual(answers);
    expect(decided(taking, new Map([['a', known]]))).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('says why in words that name the original and what is left', () => {
    const known = new Map([['a', { correction: false, kind: 'submission', count: 5 } as const]]);
    const counting = new Counting({ counted: (key) => known.get(key), left: () => 2, there: () => undefined });
    expect(counting.decide(correction('c', 'a', -3), 'c', 'a')).toEqual({
      code: 'corrects_too_much',
      reason: 'corrects "a", which counted 5, of which its corrections left 2: -3 would make it less than zero',
    });
  });

  it('a correction takes away only where its original, or a correction of it, is counted', () => {
    const there = { agency: 'A2' };
    const others: Partial<Submission>[] = [
      there,
      { service: 'S2' },
      { province: 'P2' },
      { channel: 1 },
      { status: 2 },
      { onTime: false },
      { day: '2026-11-18' },
    ];
    for (const change of others) {
      const list = [event('a'), event('c', { ...change, corrects: 'a', count: -1 })];
      expect(decided(list), JSON.stringify(change)).toEqual([undefined, 'corrects_elsewhere']);
      expect(placeMark(event('a')) === placeMark(event('a', change)), JSON.stringify(change)).toBe(false);
    }
    // Another instant of its day is no other place.
    const later = event('c', { occurredAt: Date.parse('2026-11-19T09:00:00Z'), corrects: 'a', count: -1 });
    expect(decided([event('a'), later])).toEqual([undefined, undefined]);
    // What was moved can be moved on, from where it is, and a correction that brings something is held against no place.
    const moved = [event('a'), correction('c', 'a', -1), event('d', { ...there, corrects: 'a', count: 1 })];
    expect(decided([...moved, correction('e', 'a', -1)])[3]).toBe('corrects_elsewhere');
    expect(decided([...moved, event('e', { ...there, corrects: 'a', count: -1 })])[3]).toBeUndefined();
  });

  it('of what stands there only some may be known', () => {
    const known = new Map([['a', { correction: false, kind: 'submission', count: 5, left: 5 } as const]]);
    const taking = [correction('c', 'a', -2), correction('d', 'a', -2)];
    const at = (standing: Standing) => new Map([[placeAt('a', event('a')), standing]]);
    expect(decided(taking, known, at({ count: 3, isWhole: true }))).toEqual([undefined, 'corrects_elsewhere']);
    expect(decided(taking, known, at({ count: 3, isWhole: false }))).toEqual([undefined, 'corrects_gone']);
    expect(decided(taking, known, new Map())).toEqual([undefined, undefined]);
  });

  it('it does not matter where a list is cut into ranges or requests', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const one = fc.record({
      id: ids,
      count: fc.integer({ min: -2, max: 3 }),
      corrects: fc.option(ids, { nil: undefined }),
      agency: fc.constantFrom('A1', 'A2'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 14 }), fc.nat(14), (given, cut) => {
        const events = given.map(({ corrects, ...it }) =>
          event(it.id, corrects === undefined ? it : { ...it, corrects }),
        );
        const whole = decided(events);
        const known = new Map<string, Counted & { left?: number }>();
        const places = new Map<string, number>();
        for (const [at, it] of events.slice(0, cut).entries()) {
          if (whole[at] !== undefined) continue;
          const original = it.corrects === undefined ? undefined : known.get(it.corrects);
          if (original?.left !== undefined) original.left += it.count;
          const kind = it.corrects === undefined ? 'submission' : 'correction';
          const place = placeAt(it.corrects ?? it.id, it);
          places.set(place, (places.get(place) ?? 0) + it.count);
          known.set(it.id, { correction: kind === 'correction', kind, count: it.count, left: it.count });
        }
        const standings = new Map(
          events.map((it) => {
            const place = placeAt(it.corrects ?? it.id, it);
            return [place, { count: places.get(place) ?? 0, isWhole: true }];
          }),
        );
        expect([...whole.slice(0, cut), ...decided(events.slice(cut), known, standings)]).toEqual(whole);
      }),
    );
  });
});

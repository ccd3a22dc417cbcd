import { type Backlog, type Counted, Counting, type Submission } from '@room/contract';
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
function decided(events: readonly (Submission | Backlog)[], known: Known = new Map()): (string | undefined)[] {
  const counting = new Counting({ counted: (key) => known.get(key), left: (key) => known.get(key)?.left });
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
    const counting = new Counting({ counted: (key) => known.get(key), left: () => 2 });
    expect(counting.decide(correction('c', 'a', -3), 'c', 'a')).toEqual({
      code: 'corrects_too_much',
      reason: 'corrects "a", which counted 5, of which its corrections left 2: -3 would make it less than zero',
    });
  });

  it('it does not matter where a list is cut into ranges or requests', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd');
    const one = fc.record({
      id: ids,
      count: fc.integer({ min: -2, max: 3 }),
      corrects: fc.option(ids, { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 14 }), fc.nat(14), (given, cut) => {
        const events = given.map(({ id, count, corrects }) =>
          event(id, corrects === undefined ? { count } : { count, corrects }),
        );
        const whole = decided(events);
        const known = new Map<string, Counted & { left?: number }>();
        for (const [at, it] of events.slice(0, cut).entries()) {
          if (whole[at] !== undefined) continue;
          const original = it.corrects === undefined ? undefined : known.get(it.corrects);
          if (original?.left !== undefined) original.left += it.count;
          const kind = it.corrects === undefined ? 'submission' : 'correction';
          known.set(it.id, { correction: kind === 'correction', kind, count: it.count, left: it.count });
        }
        expect([...whole.slice(0, cut), ...decided(events.slice(cut), known)]).toEqual(whole);
      }),
    );
  });
});

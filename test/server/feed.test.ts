import { type Delta, diff, type Pulse, type WallState } from '@room/contract';
import { expect, it } from 'vitest';
import { Feed } from '../../server/src/live/feed.ts';

const state = (submitted: number): WallState => ({ total: { submitted } }) as unknown as WallState;
const full = (epoch: string, seq: number, submitted: number): Pulse => ({
  kind: 'state',
  epoch,
  seq,
  state: state(submitted),
  days: [],
});
const patch = (epoch: string, seq: number, from: number, to: number): Pulse => ({
  kind: 'patch',
  epoch,
  seq,
  patch: diff(state(from), state(to)) ?? {},
  days: ['2026-11-19'],
});

function feed() {
  const deltas: Delta[] = [];
  const days: string[] = [];
  const made = new Feed(
    (delta) => deltas.push(delta),
    (changed) => days.push(...changed),
  );
  return { feed: made, deltas, days };
}

it('waits for a full state, then follows patch by patch', () => {
  const { feed: one, deltas, days } = feed();
  one.receive(patch('a', 4, 1, 2));
  expect(one.current).toBeUndefined();
  one.receive(full('a', 5, 2));
  one.receive(patch('a', 6, 2, 3));
  expect(one.current).toMatchObject({ epoch: 'a', seq: 6, state: { total: { submitted: 3 } } });
  expect(deltas.map(({ seq }) => seq)).toEqual([5, 6]);
  expect(days).toEqual(['2026-11-19']);
});

it('a full state in mid-epoch is a delta like any other', () => {
  const { feed: one, deltas } = feed();
  one.receive(full('a', 0, 1));
  one.receive(full('a', 1, 2));
  expect(deltas.at(-1)).toMatchObject({ seq: 1, patch: { total: { submitted: 2 } } });
});

it('a record stored twice changes nothing; a lost one waits for the next full state', () => {
  const { feed: one, deltas } = feed();
  one.receive(full('a', 0, 1));
  one.receive(patch('a', 1, 1, 2));
  one.receive(patch('a', 1, 1, 2));
  expect([one.current?.seq, deltas.length]).toEqual([1, 2]);
  one.receive(patch('a', 3, 3, 4));
  expect(one.current).toBeUndefined();
  one.receive(full('a', 50, 9));
  expect(one.current?.state.total.submitted).toBe(9);
});

it('a publisher that was replaced cannot take the wall back', () => {
  const { feed: one } = feed();
  one.receive(full('a', 7, 1));
  one.receive(full('b', 0, 5));
  one.receive(patch('a', 8, 1, 2));
  one.receive(full('a', 9, 2));
  expect(one.current).toMatchObject({ epoch: 'b', seq: 0, state: { total: { submitted: 5 } } });
});

it('passes over what it cannot read, as a later version, says so once, and goes on with what it can', () => {
  const said: string[] = [];
  let unknown = 0;
  const made = new Feed(
    () => undefined,
    () => undefined,
    () => unknown++,
    (_, message) => said.push(message),
  );
  const record = (value: unknown) => ({
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  });
  for (const value of [{ version: 2, kind: 'frame' }, '{', { version: 2, kind: 'frame' }]) made.read(record(value));
  expect(said).toEqual([expect.stringContaining('passed over: it is of version 2')]);
  // Which days it would have told is not known.
  expect(unknown).toBe(1);
  expect(made.current).toBeUndefined();
  const shown = { ...state(1), computedAt: 1, period: {}, sources: {}, pipeline: {} } as unknown as WallState;
  made.read(record({ ...full('a', 0, 1), state: shown, version: 1 }));
  made.read(record(patch('a', 1, 1, 2)));
  expect(made.current).toMatchObject({ seq: 1, state: { total: { submitted: 2 } } });
});

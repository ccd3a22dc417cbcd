import { expect, it } from 'vitest';
import { HistoryFilling } from '../../../pipelines/src/pulse/filling.ts';

const HOUR = 3_600_000;
const MIDNIGHT = Date.parse('2026-11-19T00:00:00+07:00');

/** A filling that is read each three seconds from `from` on (milliseconds after midnight); tells what is known after each reading. */
function reader(from = 10 * HOUR) {
  const filling = new HistoryFilling();
  let at = from;
  let [yesterday, older] = [0, 0];
  return (more: { yesterday?: number; older?: number } = {}, after = 3_000, day = '2026-11-19') => {
    at += after;
    yesterday += more.yesterday ?? 0;
    older += more.older ?? 0;
    const midnight = day === '2026-11-19' ? MIDNIGHT : MIDNIGHT + 24 * HOUR;
    return filling.heard({ day, yesterday, older }, { now: MIDNIGHT + at, at, midnight });
  };
}

it('many events of earlier days are the past being filled in, from the first of them until few come', () => {
  const read = reader();
  expect(read({ older: 50_000 }), 'what had come before the first reading').toBeUndefined();
  expect(read({ older: 600 })).toBeUndefined();
  expect(read({ older: 400 })).toEqual({ events: 1_000, since: MIDNIGHT + 10 * HOUR + 6_000 });
  expect(read({ yesterday: 5_000 })).toEqual({ events: 6_000, since: MIDNIGHT + 10 * HOUR + 6_000 });
  for (let n = 0; n < 100; n++) expect(read({ older: 10 })).toBeDefined();
  expect(read({}, 60_000)?.events).toBe(7_000);
  expect(read({}, 60_000)).toBeUndefined();
  expect(read({ older: 999 })).toBeUndefined();
});

it('what portals bring late is none', () => {
  const read = reader();
  read();
  for (let n = 0; n < 1_000; n++) expect(read({ older: 20 })).toBeUndefined();
});

it('after midnight what is a little late is of yesterday, and tells nothing', () => {
  const read = reader(0);
  read();
  for (let n = 0; n < 100; n++) expect(read({ yesterday: 2_000 })).toBeUndefined();
  expect(read({ older: 1_000 })?.events).toBe(1_000);
  expect(read({ yesterday: 5_000 }, HOUR)).toMatchObject({ events: 6_000 });
});

it('goes on over midnight, when counting by day begins anew', () => {
  const read = reader(23.99 * HOUR);
  read();
  const began = read({ older: 3_000 });
  expect(began?.events).toBe(3_000);
  const filling = new HistoryFilling();
  const clock = { now: 0, at: 0, midnight: 0 };
  filling.heard({ day: 'a', yesterday: 0, older: 9_000 }, clock);
  filling.heard({ day: 'a', yesterday: 0, older: 11_000 }, clock);
  expect(filling.heard({ day: 'b', yesterday: 0, older: 500 }, clock)).toEqual({ events: 2_500, since: 0 });
});

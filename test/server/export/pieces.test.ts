/** A long file leaves the event loop to others: what stands in it is made when its turn has come, and no sooner. */
import { expect, it } from 'vitest';
import { cellsIn } from '../../../server/src/export/pieces.ts';
import { clockIn } from '../../../server/src/export/table.ts';

it('of a page of events some become rows at a time, with a turn of the event loop after each part', async () => {
  let turns = 0;
  let isOver = false;
  const look = (): void => {
    turns++;
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  const madeBy: number[] = [];
  let made = 0;
  const events = Array.from({ length: 1_001 }, (_, n) => n);
  const rows: unknown[] = [];
  for await (const piece of cellsIn(events, (n) => {
    made++;
    return [n];
  })) {
    madeBy.push(made);
    rows.push(...piece.map(([n]) => n));
  }
  isOver = true;
  expect(rows).toEqual(events);
  expect(madeBy).toEqual([250, 500, 750, 1_000, 1_001]);
  expect(turns).toBeGreaterThanOrEqual(4);
});

it.each(['Asia/Ho_Chi_Minh', 'America/Los_Angeles', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'])(
  'an instant stands there as the clocks of %s show it',
  (timeZone) => {
    const clock = clockIn(timeZone);
    const asked = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    const from = Date.UTC(2015, 0, 1);
    // Each about five hours, at any second and millisecond; of the days on which clocks change each minute.
    const spread = Array.from({ length: 8_000 }, (_, n) => from + n * 17_999_999);
    const changes = ['2026-03-08', '2026-04-04', '2026-10-03', '2026-11-01'].flatMap((day) =>
      Array.from({ length: 2 * 1_440 }, (_, n) => Date.parse(`${day}T00:00:00Z`) + n * 60_000 + 59_999),
    );
    for (const at of [...spread, ...changes, from - 1, -1]) expect([at, clock(at)]).toEqual([at, asked.format(at)]);
  },
);

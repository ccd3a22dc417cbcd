import { expect, it } from 'vitest';
import { ServerClock } from '../../../web/src/stores/server-clock.ts';

const SERVER = Date.parse('2026-11-19T10:42:09+07:00');
const MINUTES = 60_000;

it('goes on between messages, and takes the time of the server whatever the screen said', () => {
  const clock = new ServerClock(SERVER - 10 * MINUTES, 500);
  expect(clock.now(1_500)).toBe(SERVER - 10 * MINUTES + 1_000);
  clock.told(SERVER, 2_000);
  expect([clock.now(2_000), clock.now(5_000)]).toEqual([SERVER, SERVER + 3_000]);
});

it('is renewed by each message: a screen that slept has lost time, and the clock of a server may be set', () => {
  const clock = new ServerClock(SERVER, 0);
  clock.told(SERVER + 30 * MINUTES, 1_000);
  expect(clock.now(1_000)).toBe(SERVER + 30 * MINUTES);
  clock.told(SERVER, 2_000);
  expect(clock.now(2_000)).toBe(SERVER);
});

it('does not go to and fro with the time that messages take', () => {
  const clock = new ServerClock(SERVER, 0);
  clock.told(SERVER + 1_000, 1_400);
  clock.told(SERVER + 2_000, 2_050);
  expect(clock.now(3_000)).toBe(SERVER + 3_000);
  clock.told(SERVER + 4_000, 3_990);
  expect(clock.now(5_000)).toBe(SERVER + 5_010);
});

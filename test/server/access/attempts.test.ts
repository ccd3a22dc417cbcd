import { expect, it } from 'vitest';
import { Attempts } from '../../../server/src/access/attempts.ts';

const STRANGER = { login: 'lan', address: '10.0.0.1', device: undefined };
const OWN = { login: 'lan', address: '10.0.0.1', device: 'signed' };

function at(): { attempts: Attempts; pass: (ms: number) => void } {
  let now = 0;
  return {
    attempts: new Attempts(() => now),
    pass: (ms) => {
      now += ms;
    },
  };
}
const fail = (attempts: Attempts, attempt: typeof STRANGER | typeof OWN, times: number): void => {
  for (let n = 0; n < times; n++) attempts.begin(attempt);
};

it('waits from the fifth failure on, each time twice as long, up to a quarter of an hour', () => {
  const { attempts, pass } = at();
  fail(attempts, STRANGER, 4);
  expect(attempts.wait(STRANGER)).toBe(0);
  const waits: number[] = [];
  for (let n = 0; n < 12; n++) {
    attempts.begin(STRANGER);
    waits.push(attempts.wait(STRANGER) / 1_000);
    pass(attempts.wait(STRANGER));
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
});

it('counts those that are under way: many at once are no way around', () => {
  const { attempts } = at();
  fail(attempts, STRANGER, 5);
  expect(attempts.wait(STRANGER)).toBeGreaterThan(0);
});

it('a stranger slows down neither another address, nor a browser that signed in before, nor another name', () => {
  const { attempts } = at();
  fail(attempts, STRANGER, 40);
  expect(attempts.wait(STRANGER)).toBeGreaterThan(0);
  expect(attempts.wait({ ...STRANGER, address: '10.0.0.2' })).toBe(0);
  expect(attempts.wait(OWN)).toBe(0);
  expect(attempts.wait({ ...STRANGER, login: 'minh' })).toBe(0);
});

it('one address that tries many names is slowed down with each of them', () => {
  const { attempts } = at();
  for (let n = 0; n < 50; n++) attempts.begin({ ...STRANGER, login: `name${n}` });
  expect(attempts.wait({ ...STRANGER, login: 'another' })).toBeGreaterThan(0);
  expect(attempts.wait(OWN)).toBe(0);
});

it('who signs in has failed no more, and an office behind one address may sign in all day', () => {
  const { attempts, pass } = at();
  fail(attempts, STRANGER, 4);
  attempts.begin(STRANGER);
  attempts.succeeded(STRANGER);
  expect(attempts.wait(STRANGER)).toBe(0);
  for (let n = 0; n < 200; n++) {
    const somebody = { ...STRANGER, login: `name${n}` };
    expect(attempts.wait(somebody)).toBe(0);
    attempts.begin(somebody);
    attempts.succeeded(somebody);
  }
  fail(attempts, OWN, 6);
  expect(attempts.wait(OWN)).toBeGreaterThan(0);
  pass(2 * 3_600_000);
  fail(attempts, OWN, 4);
  expect(attempts.wait(OWN)).toBe(0);
});

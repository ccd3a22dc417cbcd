/** Ten numbers of the page, picked at random: each leads to evidence that matches it. */
import type { Catalogue, QueryAnswer } from '@room/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { ANSWERED, ago, asked, at, openPage, WAIT } from '../desk.ts';

const PICKED = 10;
const AGENCIES = ['MPS', 'MOH', 'MOF'];
const PROVINCES = ['01', '04', '79', '96'];

/** Mulberry32: the same numbers for the same seed, each below 1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seed = Math.floor(Math.random() * 2 ** 31);
const random = randomOf(seed);
const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const upTo = (most: number): number => Math.floor(random() * most);

let room: Room;
let submitted = 0;
beforeAll(async () => {
  room = await startRoom();
  const { statuses } = (await (await fetch(`${room.url}/v1/catalogue`)).json()) as Pick<Catalogue, 'statuses'>;
  const data = Array.from({ length: 300 }, () => {
    const agency = pick(AGENCIES);
    return {
      agency,
      procedure: `OTHER-${agency}`,
      province: pick(PROVINCES),
      channel: 1 + upTo(2),
      status: pick(statuses).code,
      occurredAt: `${ago(1 + upTo(12))}T${String(upTo(24)).padStart(2, '0')}:10:00+07:00`,
      count: 1 + upTo(40),
    };
  });
  const all = [...data, ...data.slice(0, 20).map((one, n) => ({ ...one, count: -1, corrects: `n-${n}` }))];
  const entries = new Set(statuses.filter(({ entry }) => entry).map(({ code }) => code));
  submitted = all.reduce((sum, { status, count }) => sum + (entries.has(status) ? count : 0), 0);
  const levels = AGENCIES.map((agency, n) => ({
    ...submission(`w-${agency}`),
    type: 'backlog.reported',
    data: { agency, procedure: `OTHER-${agency}`, at: `${ago(1)}T12:00:00+07:00`, open: 50 + n, overdue: 5 + n },
  }));
  const results = await send(room, [...all.map((one, n) => submission(`n-${n}`, one)), ...levels]);
  expect(results.filter(({ result }) => result !== 'accepted')).toEqual([]);
  const counted = async (): Promise<unknown> => {
    const asked = `from=${ago(12)}&to=${ago(0)}&measures=submitted,backlogOpen`;
    return ((await (await fetch(`${room.url}/v1/query?${asked}`)).json()) as QueryAnswer).total.now;
  };
  await vi.waitFor(async () => expect(await counted()).toEqual({ submitted, backlogOpen: 153 }), WAIT);
});
afterAll(() => room[Symbol.asyncDispose]());

const evidence = (page: Page, test: string): Promise<string | null> =>
  at(page, test)
    .textContent({ timeout: 1_000 })
    .catch(() => null);

it(`whichever number is picked, what it is made of adds up to it (seed ${seed})`, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, `/explore?lang=en&split=agency&from=${ago(6)}&to=${ago(0)}`, {
    ready: ANSWERED,
  });
  await at(page, 'table-agency').waitFor(WAIT);
  await at(page, 'prove-channel-1').waitFor(WAIT);
  await at(page, 'map').locator('summary').press('Enter');
  await page.locator('[data-test="map"] button.proven').first().waitFor(WAIT);
  const numbers = page.locator('button.proven:visible');
  // Boards come one after the other.
  await expect.poll(() => numbers.count(), WAIT).toBeGreaterThan(2 * PICKED);
  const left = Array.from({ length: await numbers.count() }, (_, n) => n);
  const told: string[] = [];
  for (let n = 0; n < PICKED; n++) {
    const [place = 0] = left.splice(upTo(left.length), 1);
    const number = numbers.nth(place);
    const label = (await number.getAttribute('aria-label')) ?? '';
    await number.press('Enter');
    await expect.poll(() => evidence(page, 'evidence-verdict'), { ...WAIT, message: label }).toMatch(/They match/);
    // It is the number that was pressed, and the sum is the one that is told of it.
    const shown = new URLSearchParams(asked(page)['evidence']).get('shown');
    const sum = await at(page, 'evidence-number').getAttribute('data-value');
    expect(`${label}: ${sum}`).toBe(`${label}: ${shown}`);
    told.push(label);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('[data-test="evidence"]').count(), WAIT).toBe(0);
  }
  expect(new Set(told).size).toBeGreaterThan(1);
});

/** Points of the index as any other measure, in a real browser on a real room: the same as the page of the index says, with what is measured beside them. */
import type { IndexAnswer, QueryAnswer } from '@room/contract';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';
import { ANSWERED, ago, asked, openPage, WAIT } from '../desk.ts';

const DAY = ago(1);
const MONTH = DAY.slice(0, 7);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  const occurredAt = `${DAY}T10:00:00+07:00`;
  const done = { occurredAt, status: 9, channel: 1 };
  await send(room, [
    // Hanoi: 2 of 10 online is 1.6 of 4 points, 3 of 4 in time 15 of 20.
    submission('p-1', { occurredAt, count: 2 }),
    submission('p-2', { occurredAt, count: 8, channel: 1 }),
    submission('p-3', { ...done, count: 3, onTime: true }),
    submission('p-4', { ...done, count: 1, onTime: false }),
    // Ca Mau: all online, and nothing that was finished is known of: 4 of 4 points.
    submission('p-5', { occurredAt, count: 5, province: '96' }),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const ask = async <T>(path: string): Promise<T> => {
  const response = await fetch(`${room.url}${path}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
};
const query = (more: string): Promise<QueryAnswer> => ask(`/v1/query?measures=indexPoints&split=province&${more}`);

it('is what the page of the index says of the same units and days, by HTTP, in a file and on paper', async () => {
  await expect
    .poll(async () => (await query(`from=${DAY}&to=${DAY}`)).rows.length, { timeout: 60_000, interval: 300 })
    .toBe(2);
  const page = await ask<IndexAnswer>(`/v1/index?period=${MONTH}&units=province`);
  const { rows, total } = await query(`from=${page.from}&to=${page.to}&boundaries=${page.to}`);
  const told = new Map(rows.map(({ key, now }) => [key[0], now]));
  expect(told.size).toBe(page.units.length);
  for (const { code, points, measured } of page.units)
    expect(told.get(code)).toEqual({ indexPoints: expect.closeTo(points, 9), indexMeasured: measured });
  expect(told.get('34-96')).toEqual({ indexPoints: 4, indexMeasured: 4 });
  expect(told.get('34-01')).toEqual({ indexPoints: expect.closeTo(16.6, 9), indexMeasured: 24 });
  expect(total.now).toEqual({ indexPoints: expect.closeTo(page.all.points, 9), indexMeasured: page.all.measured });

  const file = await fetch(
    `${room.url}/v1/query.csv?measures=indexPoints&split=province&from=${DAY}&to=${DAY}&lang=en`,
  );
  expect(await file.text()).toMatch(/^"Provinces, code",Provinces,Index points,Index points that are measured\r\n/m);
  const paper = await fetch(
    `${room.url}/v1/query.pdf?measures=indexPoints&split=province&from=${DAY}&to=${DAY}&lang=en`,
  );
  expect(
    Buffer.from(await paper.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  // Points end at their most: whoever asks who made their change is told what to ask instead.
  const refused = await fetch(`${room.url}/v1/explain?measure=indexPoints&from=${DAY}&to=${DAY}&compare=previous`);
  expect([refused.status, await refused.text()]).toEqual([400, expect.stringMatching(/ask for the shares/)]);
}, 120_000);

const cell = (page: Page, test: string): Promise<string | null> =>
  page.locator(`[data-test="${test}"]`).first().textContent();

it.each([
  [1440, 900],
  [390, 844],
])('is chosen, split, proven and explained by its shares at %i', async (width, height) => {
  await using browser = await openBrowser();
  const path = `/explore?lang=en&from=${DAY}&to=${DAY}&compare=previous&split=province`;
  const page = await openPage(browser, room, path, { ready: ANSWERED, width, height });
  await page.click('[data-test="measure-indexPoints"]');
  await expect.poll(() => asked(page)['sort'], WAIT).toBe('indexPoints');
  await expect.poll(() => cell(page, 'index-measured'), WAIT).toMatch(/of 24 points that are measured/);
  expect(await page.locator('[data-test="points"]').textContent()).toMatch(
    /at most 24 of its 100 points; 76 are not measured/,
  );
  await expect.poll(() => cell(page, 'row-34-96'), WAIT).toMatch(/4\.0/);
  expect(await cell(page, 'measured-34-96')).toMatch(/^4$/);
  expect(await cell(page, 'measured-34-01')).toMatch(/^24$/);
  // Whoever has least stands first, as of shares.
  expect(await page.locator('[data-test="table-province"] tbody tr').first().textContent()).toMatch(/Mau/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
  expect(await violations(page, '.cards')).toEqual([]);

  await page.locator('[data-test="row-34-01"] button').click();
  await page.locator('[data-test="evidence-verdict"]').filter({ hasText: 'They match' }).waitFor({ timeout: 40_000 });
  expect(await page.locator('[data-test="evidence-sum"]').textContent()).toMatch(
    /16\.6.*Share on time 3\/4; Share submitted online 2\/10/s,
  );
  await page.click('[data-test="evidence-close"]');

  const explain = page.locator('[data-test="explain"]');
  await expect
    .poll(() => explain.allTextContents().then((texts) => texts.map((text) => text.trim())), WAIT)
    .toEqual(['What made the change: Share on time?', 'What made the change: Share submitted online?']);
  await explain.first().click();
  await expect.poll(() => asked(page)['explain'], WAIT).toBe('shareOnTime');
  expect(asked(page)['sort']).toBe('indexPoints');
});

it('a question about an indicator leads to the page of programmes', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=vi', { ready: ANSWERED });
  await page.fill('[data-test="ask"]', 'giá trị chỉ tiêu');
  const link = page.locator('[data-test="ask-page"]');
  expect(await link.getAttribute('href')).toMatch(/^\/programmes(\?|$)/);
  const others = page.locator('[data-test="elsewhere"] a');
  expect(await others.evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).pathname))).toEqual([
    '/programmes',
  ]);
});

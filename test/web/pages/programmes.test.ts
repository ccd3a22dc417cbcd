/** The page of programmes in a real browser on a real room: what is overdue, a report, its correction, the way back, a file, an earlier day. */
import type { ScopeGrant } from '@room/contract';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { WAIT } from './desk.ts';

let room: Room;
/** Reports for one ministry. */
let police: CookieClient;
/** Sees everything and reports for everybody. */
let office: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  const administrator = await firstAdministrator(room);
  const invited = async (id: string, scope: ScopeGrant): Promise<CookieClient> => {
    const rights = ['view', 'analyse', 'answer'];
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  police = await invited('police', { agencies: ['MPS'], provinces: [] });
  office = await invited('office', 'all');
});
afterAll(() => room[Symbol.asyncDispose]());

async function desk(browser: Browser, client = police, width = 1440, height = 900): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'room-session', value: client.cookies.get('room-session') ?? '', url: room.url }]);
  return context;
}
async function open(context: BrowserContext, query = '?lang=en'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${room.url}/programmes${query}`);
  await page.locator('[data-test="indicators"]').waitFor(WAIT);
  return page;
}
const row = (page: Page, id: string): Locator => page.locator(`tr[data-test="indicator-${id}"]`);
const reports = (page: Page): Promise<(string | null)[]> =>
  page.locator('[data-test="report"]').evaluateAll((rows) => rows.map((each) => each.textContent));

it('a ministry reports, corrects and takes back, and every step stays to be read', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser);
  const page = await open(place);
  await expect
    .poll(() => page.locator('[data-test="overdue"]').textContent(), WAIT)
    .toContain('Electronic identification accounts');
  expect(await row(page, 'EID-ACCOUNTS').textContent()).toContain('published, as of 28 Dec 2023');
  await row(page, 'EID-ACCOUNTS').locator('button').click();
  await page.locator('[data-test="new-report"]').click();
  await page.locator('[name="period"]').selectOption('2026-02');
  await page.locator('[name="value"]').fill('71000000');
  await page.locator('[name="evidence"]').fill('report 12');
  await page.locator('[name="link"]').fill('https://example.vn/12');
  await page.keyboard.press('Enter');
  await expect.poll(() => reports(page), WAIT).toEqual([expect.stringMatching(/71,000,000 *stands/)]);
  expect(await row(page, 'EID-ACCOUNTS').textContent()).toContain('reported for February 2026');
  await page.locator('[data-test="correct"]').click();
  await page.locator('[name="value"]').fill('72000000');
  await page.locator('[name="evidence"]').fill('report 12, corrected');
  await page.locator('[name="why"]').fill('a district was missing');
  await page.locator('[data-test="send-report"]').click();
  await expect
    .poll(() => reports(page), WAIT)
    .toEqual([expect.stringMatching(/72,000,000 *stands/), expect.stringMatching(/71,000,000 *superseded/)]);
  // What the correction replaced is in force again.
  await page.locator('[data-test="undo"]').click();
  await expect.poll(async () => (await reports(page)).length, WAIT).toBe(3);
  expect((await reports(page))[0]).toMatch(/71,000,000 *stands.*report 12/);
  await page.locator('[data-test="withdraw"]').click();
  await page.locator('[name="why"]').fill('by mistake');
  await page.locator('[data-test="confirm"]').first().click();
  await expect.poll(async () => (await reports(page))[0], WAIT).toContain('taken back');
  await page.locator('[data-test="undo"]').click();
  await expect.poll(async () => (await reports(page))[0], WAIT).toMatch(/71,000,000 *stands/);
  expect(await reports(page)).toHaveLength(5);
  // What was taken back is reported anew by the same form, over the step that took it back.
  await page.locator('[data-test="withdraw"]').click();
  await page.locator('[name="why"]').fill('by mistake again');
  await page.locator('[data-test="confirm"]').first().click();
  await expect.poll(async () => (await reports(page))[0], WAIT).toContain('taken back');
  await page.locator('[data-test="new-report"]').click();
  await page.locator('[name="period"]').selectOption('2026-02');
  await page.locator('[data-test="was-taken-back"]').waitFor(WAIT);
  await page.locator('[name="value"]').fill('73000000');
  await page.locator('[name="evidence"]').fill('report 12, again');
  await page.locator('[name="why"]').fill('it was of this month');
  await page.locator('[data-test="send-report"]').click();
  await expect.poll(async () => (await reports(page))[0], WAIT).toMatch(/73,000,000 *stands/);
  expect(await reports(page)).toHaveLength(7);
  expect(await violations(page)).toEqual([]);
});

it('what a file would be refused for is shown row by row, and nothing of it is taken', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser);
  const page = await open(place);
  const give = (rows: string): Promise<void> =>
    page.locator('[name="rows"]').setInputFiles({
      name: 'reports.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`indicator,period,unit,value,evidence\n${rows}`),
    });
  await give(
    'VNEID-VEHICLES,2026-02,count,2500000,report 3\nVNEID-VEHICLES,2026-03,share,0.5,report 4\nNPSP-ACCOUNTS,2026-02,count,1,x\n',
  );
  await expect
    .poll(() => page.locator('[data-test="rows-fault"]').allTextContents(), WAIT)
    .toEqual([
      expect.stringMatching(/2 *unit *It is reported as count/),
      expect.stringMatching(/3 *indicator *There is no indicator NPSP-ACCOUNTS/),
    ]);
  // What can be seen in the file and what the room alone knows are told together.
  await give('VNEID-VEHICLES,2026-02,count,many,\nVNEID-VEHICLES,2026-03,share,0.5,report 4\n');
  await expect
    .poll(() => page.locator('[data-test="rows-fault"]').allTextContents(), WAIT)
    .toEqual([
      expect.stringMatching(/1 *value *The value must be a number/),
      expect.stringMatching(/1 *evidence/),
      expect.stringMatching(/2 *unit *It is reported as count/),
    ]);
  await give('VNEID-VEHICLES,2026-02,count,2500000,report 3\n');
  await page.locator('[data-test="take-rows"]').click();
  await expect.poll(() => page.locator('[data-test="rows-taken"]').textContent(), WAIT).toBe('1 report was taken.');
  await expect.poll(() => row(page, 'VNEID-VEHICLES').textContent(), WAIT).toContain('2,500,000');
  // What was just taken is taken back by one step, and stays to be read.
  await page.locator('[data-test="undo-rows"]').click();
  await expect
    .poll(() => page.locator('[data-test="rows-taken"]').textContent(), WAIT)
    .toContain('1 row was taken back');
  await expect.poll(() => row(page, 'VNEID-VEHICLES').textContent(), WAIT).not.toContain('2,500,000');
});

it('reads a file with an office’s own columns by its mapping, and shows what each row would become', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser);
  const page = await open(place);
  const fields = {
    indicator: 'VNEID-VEHICLES',
    period: { column: 'Kỳ' },
    unit: 'count',
    value: { column: 'Số xe' },
    evidence: { column: 'Công văn' },
  };
  const map = (mapping: object): Promise<void> =>
    page.locator('[name="rows-mapping"]').setInputFiles({
      name: 'mapping.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(mapping)),
    });
  const give = (csv: string): Promise<void> =>
    page.locator('[name="rows"]').setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await map({ rows: 'reports', fields: { ...fields, period: undefined } });
  await give('Kỳ,Số xe,Công văn\ntháng 4/2026,2.600.000,công văn 4\n');
  await expect.poll(() => page.locator('[data-test="rows-unread"]').textContent(), WAIT).toContain('fields.period');
  await map({ rows: 'reports', numberFormat: '1.234,5', fields });
  await give('Kỳ,Số xe,Công văn\ntháng 13/2026,2.600.000,công văn 4\n');
  await expect
    .poll(() => page.locator('[data-test="rows-fault"]').allTextContents(), WAIT)
    .toEqual([expect.stringMatching(/^2.*months are 1 to 12/)]);
  await give('Kỳ,Số xe,Công văn\ntháng 4/2026,2.600.000,công văn 4\n');
  await expect
    .poll(() => page.locator('[data-test="rows-row"]').allTextContents(), WAIT)
    .toEqual([expect.stringMatching(/^2.*2026-04.*2600000.*công văn 4.*VNEID-VEHICLES/)]);
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-test="take-rows"]').click();
  await expect.poll(() => row(page, 'VNEID-VEHICLES').textContent(), WAIT).toContain('2,600,000');
});

it('shows what was known on an earlier day, says so, and lets nobody report into it', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, police, 390, 844);
  const page = await open(place);
  await page.locator('[data-test="known-at"]').fill('2026-01-31');
  await page.locator('[data-test="as-known"]').waitFor(WAIT);
  expect(await row(page, 'VNEID-VEHICLES').textContent()).toContain('2,200,000');
  await row(page, 'VNEID-VEHICLES').locator('button').click();
  await page.locator('[data-test="no-reports"]').waitFor(WAIT);
  expect(await page.locator('[data-test="new-report"], [data-test="rows-file"]').count()).toBe(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);
});

it('a briefing that is brought back names which figures were corrected since, as people write them', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const report = { indicator: 'ONLINE-FILING', period: '2026-01', unit: 'share', evidence: { text: 'report 12' } };
  await office.told('/v1/indicators/reports', { reports: [{ ...report, value: 0.4104 }] });
  const { id } = await office.told<{ id: string }>('/v1/briefings', { period: 'week' });
  const sealed = JSON.stringify(await office.told(`/v1/briefings/${id}`));
  await office.told('/v1/indicators/reports', {
    reports: [{ ...report, value: 0.4102, revision: 1, why: 'a province was missing' }],
  });
  await using place = await desk(browser, office);
  const page = await open(place, '?lang=vi');
  const bring = async (text: string): Promise<string | null> => {
    await page
      .locator('[name="sealed"]')
      .setInputFiles({ name: 'briefing.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    return page.locator('[data-test="verdict"]').textContent(WAIT);
  };
  expect(await bring(sealed)).toMatch(/I1: Hồ sơ nộp trực tuyến, tháng 1\/2026 khi đó là 41,04%, nay là 41,02% từ/);
  expect(await violations(page)).toEqual([]);
  await page.reload();
  expect(await bring(sealed.replace('0.4104', '0.4105'))).toContain('đã bị sửa');
});

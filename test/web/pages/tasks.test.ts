/** The page of tasks in a real browser on a real room: a plan is brought as a file, a ministry answers its own, the Office confirms. */
import { readFile } from 'node:fs/promises';
import { addDays, localDay } from '@room/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { WAIT } from './desk.ts';

const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
/** As people write it. */
const YEAR_END = `31/12/${Number(TODAY.slice(0, 4)) + 1}`;
const HEAD = 'plan,item,agency,text,due,wanted,head';
const PLAN = [
  `Plan 2026,1,MPS,Connect the registers,${addDays(TODAY, 20)},signed off,Trần Văn A`,
  `Plan 2026,2,MPS,Cut two papers,${addDays(TODAY, -12)},a decision,`,
  `Plan 2026,3,MOH,Publish the prices,${addDays(TODAY, 3)},a page,`,
].join('\n');

let room: Room;
let police: CookieClient;
let office: CookieClient;
beforeAll(async () => {
  room = await startRoom();
  const administrator = await firstAdministrator(room);
  const person = async (id: string, rights: string[], scope: unknown): Promise<CookieClient> => {
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  police = await person('police', ['view', 'answer'], { agencies: ['MPS'], provinces: [] });
  office = await person('office', ['view', 'direct'], 'all');
});
afterAll(() => room[Symbol.asyncDispose]());

async function desk(browser: Browser, who: CookieClient, width = 1440, height = 900): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' });
  await context.addCookies([{ name: 'room-session', value: who.cookies.get('room-session') ?? '', url: room.url }]);
  return context;
}
async function open(context: BrowserContext, query = '?lang=en'): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${room.url}/tasks${query}`);
  await page.locator('[data-test="task-numbers"], [data-test="directive-detail"]').first().waitFor(WAIT);
  return page;
}
const give = (page: Page, rows: string): Promise<void> =>
  page
    .locator('[name="rows"]')
    .setInputFiles({ name: 'plan.csv', mimeType: 'text/csv', buffer: Buffer.from(`${HEAD}\n${rows}`) });
const lines = (page: Page): Promise<string[]> => page.locator('[data-test="task"] .title').allTextContents();

it('a plan is refused row by row with reasons, and given once it is mended', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, office);
  const page = await open(place);
  await page.locator('[data-test="no-tasks"]').waitFor(WAIT);
  const faults = () => page.locator('[data-test="rows-fault"]').allTextContents();
  await give(page, `Plan 2026,1,MPS,Connect,${YEAR_END},signed,\nPlan 2026,2,,Cut,${TODAY},,`);
  await expect
    .poll(faults, WAIT)
    .toEqual([
      expect.stringMatching(/1 *due *Write the day/),
      expect.stringMatching(/2 *wanted *It is empty/),
      expect.stringMatching(/2 *agency *Give one of/),
    ]);
  await give(page, `Plan 2026,1,XYZ,Connect,${TODAY},signed,\nPlan 2026,1,MPS,Cut,${TODAY},signed,`);
  await expect
    .poll(faults, WAIT)
    .toEqual([
      expect.stringMatching(/1 *unit *There is no unit XYZ/),
      expect.stringMatching(/2 *item *It stands in row 1 already/),
    ]);
  await give(page, PLAN);
  await page.locator('[data-test="take-rows"]').click();
  await expect.poll(() => page.locator('[data-test="rows-taken"]').textContent(), WAIT).toBe('3 tasks were given.');
  await expect.poll(() => lines(page), WAIT).toEqual(['Cut two papers', 'Publish the prices', 'Connect the registers']);
  expect(await page.locator('[data-test="tasks-n-overdue"]').textContent()).toBe('1');
  expect(await page.locator('[data-test="task-units"] tbody tr').first().textContent()).toContain('12 days');
  expect(await violations(page)).toEqual([]);
});

it('a form says in the words of the page what is wrong, at the field, to the ear as well, and goes to the first of these', async (context) => {
  // Whatever language the browser speaks.
  await using browser = await orSkip(context, openBrowser());
  await using theirs = await desk(browser, police);
  const page = await open(theirs, '?lang=vi');
  await page.locator('[data-test="task"]').last().click();
  await page.locator('[name="cause"]').waitFor(WAIT);
  await page.locator('[data-test="respond"]').click();
  const faults = () => page.locator('[data-test="field-fault"]').allTextContents();
  const EMPTY = 'Ô này còn trống: hãy điền.';
  await expect.poll(faults, WAIT).toEqual([EMPTY, EMPTY, 'Chưa có ngày: hãy chọn một ngày.']);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('cause');
  const described = (name: string) =>
    page.locator(`[name="${name}"]`).evaluate((field) => {
      const id = field.getAttribute('aria-describedby');
      return [field.getAttribute('aria-invalid'), id === null ? null : document.getElementById(id)?.textContent];
    });
  expect(await described('cause')).toEqual(['true', EMPTY]);
  expect(await violations(page)).toEqual([]);
  // What is mended is told no more, by the keyboard alone.
  await page.keyboard.type('two were ill');
  await page.keyboard.press('Tab');
  await page.keyboard.type('decision 12');
  await expect.poll(faults, WAIT).toEqual(['Chưa có ngày: hãy chọn một ngày.']);
  expect(await described('cause')).toEqual([null, null]);
  await page.locator('[name="until"]').fill(addDays(TODAY, -1));
  await page.locator('[name="evidence"]').fill('mps.example/12');
  await page.keyboard.press('Enter');
  const today = `${TODAY.slice(8)}/${TODAY.slice(5, 7)}/${TODAY.slice(0, 4)}`;
  await expect
    .poll(faults, WAIT)
    .toEqual([
      `Ngày này quá sớm: hãy chọn ${today} hoặc sau đó.`,
      'Đây không phải một đường dẫn: hãy dán cả địa chỉ, bắt đầu bằng https://',
    ]);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('until');
  // Done before it was given: the form says so before anything is sent.
  await page.locator('[name="is-done"]').selectOption({ index: 1 });
  await page.locator('[name="done"]').fill(addDays(TODAY, -1));
  await page.locator('[data-test="respond"]').click();
  await expect.poll(faults, WAIT).toContainEqual(expect.stringMatching(/Ngày này quá sớm.*việc này được giao ngày/));
  expect(await page.locator('[data-test="directive-state"]').getAttribute('data-value')).toBe('open');
  await page.close();
});

it('how many were open and overdue is drawn by day, and told in words', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, office, 390, 844);
  const page = await open(place);
  const overdue = page.locator('[data-test="history-overdue"]');
  await expect.poll(() => overdue.textContent(), WAIT).toBe('Overdue: 1');
  expect(await page.locator('[data-test="history-open"]').textContent()).toBe('Open: 3');
  expect(await page.locator('[data-test="task-history"] path').count()).toBe(2);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
  const [file] = await Promise.all([
    page.waitForEvent('download', WAIT),
    page.locator('[data-test="take-task-history"]').click(),
  ]);
  expect(await readFile(await file.path(), 'utf8')).toContain(`${TODAY},Ministry of Public Security,MPS,2,1,0`);
});

it('a ministry sees and answers its own alone, the Office confirms, and both see what moved', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using theirs = await desk(browser, police, 390, 844);
  const page = await open(theirs);
  await expect.poll(() => lines(page), WAIT).toEqual(['Cut two papers', 'Connect the registers']);
  expect(await page.locator('[data-test="rows-file"]').count()).toBe(0);
  await page.locator('[data-test="task"]').first().click();
  await page.locator('[name="cause"]').fill('two decisions were joined');
  await page.locator('[name="measure"]').fill('decision 12');
  await page.locator('[name="until"]').fill(TODAY);
  // Promised for a day after the due day: that is said before it is sent.
  await page.locator('[data-test="promise-late"]').waitFor(WAIT);
  await page.locator('[name="evidence"]').fill('https://mps.example/12');
  await page.keyboard.press('Enter');
  const state = (of: Page) => of.locator('[data-test="directive-state"]').getAttribute('data-value');
  await expect.poll(() => state(page), WAIT).toBe('answered');
  expect(await page.locator('[data-test="who-directs"]').textContent()).toMatch(/the right “Direct”/);
  expect(await page.locator('[data-test="after-due"]').textContent()).toMatch(/counts as overdue/);
  expect(await page.locator('[data-test="directive-state"]').textContent()).toMatch(/Said to be done by/);
  // What will be done and what is are two answers.
  await page.locator('[data-test="respond-again"]').click();
  await page.locator('[name="is-done"]').selectOption({ label: 'is done, with evidence' });
  await page.locator('[name="done"]').fill(TODAY);
  await page.locator('[data-test="respond"]').click();
  await page.locator('[data-test="said-done"]').waitFor(WAIT);
  // The timeline has both answers with their days, and the evidence.
  await expect
    .poll(() => page.locator('[data-test="ledger"]').textContent(), WAIT)
    .toMatch(/Will be done by.*Evidence: mps\.example.*Done on.*Evidence: mps\.example/s);
  expect(await page.locator('[data-test="directive-state"]').textContent()).toMatch(/Said to be done on/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  expect(await violations(page)).toEqual([]);

  await using place = await desk(browser, office);
  const other = await open(place, `?lang=en${new URL(page.url()).search.replace(/^\?(lang=en)?/, '')}`);
  await other.locator('[data-test="of-plan"]').waitFor(WAIT);
  expect(await other.locator('[data-test="directive-state"]').textContent()).toMatch(/12 days overdue/);
  await other.locator('[data-test="confirm-done"]').click();
  await other.locator('[data-test="confirm"]').first().click();
  await expect.poll(() => state(other), WAIT).toBe('done');
  await other.locator('[data-test="tasks-settled"]').click();
  await expect.poll(() => lines(other), WAIT).toEqual(['Cut two papers']);
  expect(await other.locator('[data-test="moved"]').textContent()).toBe('new');
  // What was done with it since, and what its unit says it did.
  const steps = await other.locator('[data-test="step"]').allTextContents();
  expect(steps).toEqual([
    expect.stringMatching(/: police, /),
    expect.stringMatching(/: police, /),
    expect.stringMatching(/: office, /),
    'Done: decision 12',
  ]);
  expect(await violations(other)).toEqual([]);
});

it('a plan that was brought in error is taken back as one, after a question, and what was changed since stays', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using place = await desk(browser, office);
  const page = await open(place);
  const before = await lines(page);
  await give(page, [1, 2].map((n) => `Wrong plan,${n},MPS,In error ${n},${addDays(TODAY, 30)},x,`).join('\n'));
  await page.locator('[data-test="take-rows"]').click();
  await expect.poll(() => lines(page), WAIT).toEqual(expect.arrayContaining(['In error 1', 'In error 2']));
  // One of them is answered meanwhile.
  const { tasks } = await police.told<{ tasks: { id: string; version: number; order: { text: string } }[] }>(
    '/v1/tasks',
  );
  const answered = tasks.find(({ order }) => order.text === 'In error 2');
  const said = { version: answered?.version, cause: 'x', measure: 'y', until: addDays(TODAY, 9) };
  await police.told(`/v1/directives/${answered?.id}/answer`, said);
  await page.reload();
  await page.locator('[data-test="open-imports"]').click();
  const newest = page.locator('[data-test="task-import"]').first();
  expect(await newest.textContent()).toMatch(/2 tasks.*office/s);
  await newest.locator('[data-test="undo-import"]').click();
  await expect
    .poll(() => page.locator('[role="alertdialog"]').textContent(), WAIT)
    .toMatch(/Take back 1 task .*1 that was changed since stays/);
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  expect(await lines(page)).toContain('In error 1');
  await newest.locator('[data-test="undo-import"]').click();
  await page.locator('[data-test="confirm"]').click();
  await expect
    .poll(() => page.locator('[data-test="import-undone"]').textContent(), WAIT)
    .toMatch(/1 task was taken back\..*Wrong plan.*2/s);
  expect(await page.locator('[data-test="kept-task"]').count()).toBe(1);
  await expect.poll(() => lines(page), WAIT).not.toContain('In error 1');
  expect([...(await lines(page))].sort()).toEqual([...before, 'In error 2'].sort());
  expect(await violations(page)).toEqual([]);
});

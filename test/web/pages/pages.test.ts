/** The pages beside the wall, in a real browser on a real room: their addresses, and what they say in each of their states. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const DAY = 24 * 3_600_000;
const local = (at: number): string => new Date(at + 7 * 3_600_000).toISOString().slice(0, 10);
const FOUR_AGO = local(Date.now() - 4 * DAY);
const THREE_AGO = local(Date.now() - 3 * DAY);
const TWO_AGO = local(Date.now() - 2 * DAY);

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  await send(room, [
    submission('p-1', { occurredAt: `${THREE_AGO}T10:00:00+07:00`, count: 7 }),
    submission('p-2', { occurredAt: `${TWO_AGO}T10:00:00+07:00`, count: 5 }),
    submission('p-3'),
  ]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

const value = (page: Page, name: string) =>
  page.locator(`[data-test="${name}"]`).first().getAttribute('data-value', { timeout: 1_000 });
const address = (page: Page): string => page.url().slice(room.url.length);

async function open(browser: Browser, path: string, width = 1440, height = 900): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await browser.newPage({ viewport: { width, height } });
  await page.goto(`${room.url}${path}`);
  return page;
}

it('the server answers each page with the document, and nothing else that is unknown', async () => {
  const answers = await Promise.all(
    [
      '/',
      '/past',
      '/past?from=2026-11-01&to=2026-11-02',
      '/forecasts',
      '/past/1',
      '/forecast',
      '/explore',
      '/explorer',
    ].map(async (path) => {
      const { status, headers } = await fetch(`${room.url}${path}`);
      return [path, status, headers.get('content-type')?.split(';')[0], headers.get('cache-control')];
    }),
  );
  expect(answers).toEqual([
    ['/', 200, 'text/html', 'no-cache'],
    ['/past', 200, 'text/html', 'no-cache'],
    ['/past?from=2026-11-01&to=2026-11-02', 200, 'text/html', 'no-cache'],
    ['/forecasts', 200, 'text/html', 'no-cache'],
    ['/past/1', 404, 'application/json', null],
    ['/forecast', 404, 'application/json', null],
    ['/explore', 200, 'text/html', 'no-cache'],
    ['/explorer', 404, 'application/json', null],
  ]);
  expect((await fetch(`${room.url}/past`, { method: 'POST' })).status).toBe(404);
});

it('addresses of earlier versions lead to the pages of today', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const [old, now] of [
    ['/?page=foresight&lang=en', '/forecasts?lang=en'],
    ['/?day=2026-11-19', '/past?from=2026-11-19&to=2026-11-19'],
    ['/?from=2026-11-01&to=2026-11-19&theme=light', '/past?theme=light&from=2026-11-01&to=2026-11-19'],
    ['/?day=yesterday', '/past?day=yesterday'],
  ] as const) {
    const page = await open(browser, old);
    await expect.poll(() => address(page), WAIT).toBe(now);
    await page.locator('main').waitFor();
    await page.close();
  }
});

it('the unit of a wall is its own, and the rem of a page the reader’s', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const sizes = (page: Page, layout: string) =>
    page.evaluate(
      (at) => [':root', at].map((name) => getComputedStyle(document.querySelector(name) ?? document.body).fontSize),
      layout,
    );
  for (const [path, layout, width, height, type] of [
    ['/', '.wall', 1920, 1080, '31px'],
    ['/', '.wall', 3840, 2160, '62px'],
    ['/past', '.page', 1440, 900, '13.5px'],
    ['/past', '.page', 390, 844, '13.5px'],
    ['/forecasts', '.page', 3840, 2160, '27px'],
  ] as const) {
    const page = await open(browser, path, width, height);
    await page.locator(`${layout} [data-test="connection"]:not([data-state="loading"])`).waitFor();
    expect([path, width, ...(await sizes(page, layout))]).toEqual([path, width, '16px', type]);
    await page.close();
  }
});

it('goes from the wall to a period, to the forecasts and back, in the chosen language, over one connection', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/?lang=en', 1920, 1080);
  await expect.poll(() => value(page, 'submitted-today').catch(() => ''), WAIT).toBe('1');
  const sockets: string[] = [];
  const documents: string[] = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  page.on('request', (request) => {
    if (request.resourceType() === 'document') documents.push(request.url());
  });
  await page.mouse.move(100, 100);
  await page.locator('[data-test="controls"] a[href^="/past"]').click();
  await expect.poll(() => address(page)).toBe('/past?lang=en');
  // Who reads by ear hears the page that they came to.
  await expect.poll(() => page.locator('main').evaluate((main) => main === document.activeElement)).toBe(true);
  for (const [name, day] of [
    ['From', THREE_AGO],
    ['To', TWO_AGO],
  ] as const) {
    await page.getByRole('group', { name, exact: true }).getByRole('spinbutton').first().focus();
    await page.keyboard.type(day.split('-').toReversed().join(''));
  }
  await page.keyboard.press('Enter');
  await expect.poll(() => address(page)).toBe(`/past?lang=en&from=${THREE_AGO}&to=${TWO_AGO}`);
  await expect.poll(() => value(page, 'period-total').catch(() => ''), WAIT).toBe('12');
  // In one way of writing days: that of the title.
  const picked = await page.locator('.picker .day').allTextContents();
  expect(picked.map((day) => day.trim()).join('–')).toBe(await page.locator('h1').textContent());
  expect([await value(page, `day-${THREE_AGO}`), await value(page, `day-${TWO_AGO}`)]).toEqual(['7', '5']);

  await page.locator('nav a[href^="/forecasts"]').click();
  await page.locator('[data-test="calibration"]').waitFor();
  expect(address(page)).toBe('/forecasts?lang=en');
  expect(await page.title()).toMatch(/^Forecasts · /);

  await page.locator('nav a[href^="/?"]').click();
  // What the room says is there at once: nothing is asked for anew.
  await page.locator('[data-test="submitted-today"][data-value="1"]').waitFor();
  await page.goBack();
  await page.goBack();
  await expect.poll(() => value(page, 'period-total').catch(() => ''), WAIT).toBe('12');
  expect({ sockets, documents }).toEqual({ sockets: [], documents: [] });
});

it('a period without dossiers says so and where there are some; one that is refused says why and offers no vain retry', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, '/past?day=2020-01-01&lang=en');
  const words = page.locator('[data-test="words"]');
  await expect.poll(() => words.textContent({ timeout: 1_000 }).catch(() => ''), WAIT).toContain('1 Jan 2020');
  expect(await words.textContent()).toContain('there are no numbers of it');
  expect(await page.locator('[data-test="last-day"]').getAttribute('href')).toMatch(/^\/past\?lang=en&from=20\d\d-/);
  expect(await page.locator('[data-test="period-total"]').count()).toBe(0);
  const said = () => page.locator('[data-test="connection"]').textContent({ timeout: 1_000 });
  expect(await said()).toContain('Period without numbers');

  await page.goto(`${room.url}/past?from=2020-01-01&to=2026-01-01&lang=vi`);
  const failure = page.locator('[data-test="failure"]');
  await failure.waitFor({ timeout: 20_000 });
  expect(await failure.textContent()).toContain('Hãy chọn một kỳ ngắn hơn');
  expect(await failure.textContent()).toContain('có 2.193 ngày, nhiều nhất xem được 800 ngày');
  expect(await failure.locator('[lang="en"]').count()).toBe(0);
  expect(await page.locator('[data-test="retry"]').count()).toBe(0);
  await expect.poll(said, WAIT).toContain('Không có kỳ để xem');
  // The way out: as much of it as is shown.
  await page.locator('[data-test="instead"]').click();
  await expect.poll(() => address(page), WAIT).toBe('/past?lang=vi&from=2023-10-25&to=2026-01-01');
  await failure.waitFor({ state: 'detached', timeout: 20_000 });

  for (const [asked, why] of [
    ['day=19/11/2026', 'Không mở được kỳ này'],
    [`day=${local(Date.now() + 2 * DAY)}`, 'Kỳ này chưa bắt đầu'],
  ]) {
    await page.goto(`${room.url}/past?${asked}&lang=vi`);
    await failure.waitFor({ timeout: 20_000 });
    expect(await failure.textContent()).toContain(why);
    await expect.poll(said, WAIT).toContain('Không có kỳ để xem');
    expect(await page.locator('[data-test="instead"]').getAttribute('href')).toContain(
      `from=${local(Date.now() - DAY)}`,
    );
    expect(await page.locator('[data-test="period-total"]').count()).toBe(0);
  }
});

it('what changes of a past period reaches every page that shows it, and nobody asks for it', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const pages: Page[] = [];
  const asked: string[] = [];
  for (const path of [`/past?day=${FOUR_AGO}&lang=en`, `/past?from=${FOUR_AGO}&to=${THREE_AGO}&lang=en`]) {
    const page = await open(browser, path);
    await page.locator('h1').waitFor();
    await page.locator('[data-test="waiting"]').waitFor({ state: 'detached', timeout: 40_000 });
    page.on('request', (request) => {
      // Who sits here, what people noted beside the numbers, and code that comes after the page: none of the numbers themselves.
      if (!/\/v1\/(session|annotations)$|\/assets\//.test(request.url())) asked.push(request.url());
    });
    pages.push(page);
  }
  await send(room, [submission('c-1', { occurredAt: `${FOUR_AGO}T11:00:00+07:00`, count: 3 })]);
  // A first number of a day of which there was none, and a change of one that was there.
  for (const [n, total] of ['3', '10'].entries())
    await expect.poll(() => value(pages[n] as Page, 'period-total').catch(() => ''), WAIT).toBe(total);
  await send(room, [submission('c-2', { occurredAt: `${FOUR_AGO}T12:00:00+07:00`, count: 1 })]);
  for (const [n, total] of ['4', '11'].entries())
    await expect.poll(() => value(pages[n] as Page, 'period-total').catch(() => ''), WAIT).toBe(total);
  expect(asked).toEqual([]);
});

it('a question that failed is asked again at once by whoever does not wait', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.route('**/v1/calibration', (route) => route.abort());
  await page.goto(`${room.url}/forecasts?lang=vi`);
  const failure = page.locator('[data-test="failure"]');
  await failure.waitFor({ timeout: 40_000 });
  // In the language of the page alone.
  expect(await failure.locator('[lang="en"]').count()).toBe(0);
  await page.locator('[data-test="retry"]').click();
  await page.locator('[data-test="retry"]:not([aria-busy="true"])').waitFor();
  expect(await failure.count()).toBe(1);
  await page.unroute('**/v1/calibration');
  await page.locator('[data-test="retry"]').click();
  await failure.waitFor({ state: 'detached', timeout: 5_000 });
});

it('while the server is away old numbers are called old, and new ones come once it is back', {
  timeout: 120_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, `/past?from=${THREE_AGO}&to=${TWO_AGO}&lang=en`);
  await expect.poll(() => value(page, 'period-total').catch(() => ''), WAIT).toBe('12');
  const other = await open(browser, `/past?day=${TWO_AGO}&lang=en`);
  await expect.poll(() => value(other, 'period-total').catch(() => ''), WAIT).toBe('5');

  await room.kill();
  await page.locator('[data-test="failure"]').waitFor({ timeout: 40_000 });
  expect(await page.locator('[data-test="failure"]').textContent()).toMatch(
    /computed at \d\d:\d\d:\d\d.*does not answer/s,
  );
  expect(await value(page, 'period-total')).toBe('12');
  expect(await page.locator('[data-test="connection"]').getAttribute('data-state')).toBe('disconnected');
  // A period that never had an answer has nothing to call old.
  await other.locator('nav a[href^="/past"]').last().click();
  await other.locator('[data-test="failure"]').waitFor({ timeout: 40_000 });
  expect(await other.locator('[data-test="period-total"]').count()).toBe(0);

  // Who asks again now learns no more, and does no harm.
  await page.locator('[data-test="retry"]').click();
  await page.locator('[data-test="failure"]').waitFor();

  await room.restart();
  await send(room, [submission('p-4', { occurredAt: `${TWO_AGO}T11:00:00+07:00`, count: 2 })]);
  await page.locator('[data-test="failure"]').waitFor({ state: 'detached', timeout: 20_000 });
  // What changes of a past day comes without asking.
  await expect.poll(() => value(page, 'period-total').catch(() => ''), WAIT).toBe('14');
});

it('while it opens a room goes by no other name, and says when its server is not heard', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage();
  await page.route('**/v1/catalogue', () => undefined);
  await page.goto(`${room.url}/?lang=en`);
  const opening = page.locator('.opening');
  await opening.waitFor({ timeout: 40_000 });
  expect((await opening.textContent())?.trim()).toBe('Loading');
  expect(await page.title()).toMatch(/Loading/);
  await page.routeWebSocket(/socket\.io/, (socket) => void socket.close());
  await page.route('**/socket.io/**', (route) => route.abort());
  await page.reload();
  await expect
    .poll(() => opening.textContent(), WAIT)
    .toMatch(/^Disconnected: no numbers have come yet; trying again\.$/);
});

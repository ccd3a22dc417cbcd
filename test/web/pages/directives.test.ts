/**
 * The walk of one overdue surge: from the event to the inbox, to e-mail and webhook, acknowledged, answered, turned into a directive,
 * answered again, recovered and confirmed; two people in two browsers on a real room, with a real mail server and a real receiver.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { addDays, localDay } from '@room/contract';
import type { Browser, Page } from 'playwright-core';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { type AlertingRoom, startAlertingRoom } from '../../harness/alerting.ts';
import { openBrowser } from '../../harness/browser.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { hooked } from '../../server/notify/scene.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const TODAY = localDay(Date.now(), 'Asia/Ho_Chi_Minh');
const MINISTRY_MAIL = 'ann@mps.example';

const mails: string[] = [];
const post = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  logger: false,
  onData: (stream, _, done) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    stream.on('end', () => {
      mails.push(text);
      done();
    });
  },
});
let hook: Awaited<ReturnType<typeof hooked>>;
let alerting: AlertingRoom;
let axe: string;
let office: CookieClient;
let ministry: CookieClient;

beforeAll(async () => {
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  hook = await hooked((_, respond) => respond(200));
  await new Promise<void>((resolve) => void post.listen(0, '127.0.0.1', resolve));
  const { port } = post.server.address() as AddressInfo;
  alerting = await startAlertingRoom(3_600, {
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    MAIL_FROM: 'room@example.org',
    WEBHOOK_ALLOW: '127.0.0.1',
  });
  const { room } = alerting;
  const administrator = await firstAdministrator(room);
  const invited = async (id: string, rights: string[], scope: unknown): Promise<CookieClient> => {
    const { token } = await administrator.told<{ token: string }>('/v1/people', { id, name: id, rights, scope });
    const client = new CookieClient(room);
    await client.told('/v1/session/accept', { token, password: PASSWORD });
    return client;
  };
  const scope = { agencies: ['MPS'], provinces: [] };
  office = await invited('office', ['view', 'direct'], 'all');
  ministry = await invited(MINISTRY_MAIL, ['view', 'analyse', 'answer'], scope);
  await administrator.told('/v1/receivers', {
    id: 'mail',
    name: 'Mail',
    language: 'en',
    to: { channel: 'mail', person: MINISTRY_MAIL },
  });
  await administrator.told('/v1/receivers', {
    id: 'hook',
    name: 'Hook',
    language: 'en',
    to: { channel: 'webhook', url: hook.url, scope },
  });
  await administrator.told('/v1/receivers/hook/secret', {});
  await administrator.told('/v1/routing', {
    version: 0,
    routes: [{ match: { agency: ['MPS'] }, receivers: ['mail', 'hook'] }],
  });
});
afterAll(async () => {
  await alerting[Symbol.asyncDispose]();
  await hook[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => post.close(() => resolve()));
});

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const field = (page: Page, name: string) => page.locator(`[name="${name}"]`).first();
/** Its portal goes on telling meanwhile. */
const told = (what: () => number | Promise<number>, wanted: number) =>
  expect
    .poll(async () => {
      await alerting.tell(0);
      return what();
    }, WAIT)
    .toBe(wanted);
const hits = (what: string): number => hook.hits.filter(({ body }) => body.includes(what)).length;

async function open(browser: Browser, who: CookieClient, path: string, viewport = SIZES[0]): Promise<Page> {
  onTestFailed(() => console.error(alerting.room.logs()));
  const context = await browser.newContext(viewport === undefined ? {} : { viewport });
  const cookies = who.cookie.split('; ').map((pair) => {
    const cut = pair.indexOf('=');
    return { name: pair.slice(0, cut), value: pair.slice(cut + 1), url: alerting.room.url };
  });
  await context.addCookies(cookies);
  const page = await context.newPage();
  await page.goto(`${alerting.room.url}${path}`);
  return page;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (of: Document) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
}

it('a surge is told, answered, ordered to be mended, mended and confirmed, each step seen on the other side', {
  timeout: 480_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const theirs = await open(browser, ministry, '/alerts?lang=en');
  const above = await open(browser, office, '/alerts?lang=en');
  await at(theirs, 'no-alerts').waitFor(WAIT);
  await alerting.tellOverdue(1_500);
  await told(() => at(theirs, 'alert').count(), 1);
  await expect.poll(() => [mails.length, hits('alert.fired')], WAIT).toEqual([1, 1]);

  // A wall says so too, and who has not answered yet.
  const wall = await open(browser, office, '/?lang=en', { width: 1920, height: 1080 });
  await expect.poll(() => at(wall, 'rings').textContent(), WAIT).toMatch(/1 critical alert.*not answered:/);

  await at(theirs, 'alert').click();
  await at(theirs, 'acknowledge').click();
  await expect.poll(() => at(theirs, 'acknowledged').getAttribute('data-value'), WAIT).toBe('yes');
  await field(theirs, 'cause').fill('two people were ill');
  await field(theirs, 'measure').fill('forty people more');
  await field(theirs, 'until').fill(addDays(TODAY, 5));
  await at(theirs, 'send').click();
  await at(theirs, 'answer').waitFor(WAIT);
  await expect.poll(() => at(wall, 'rings').textContent(), WAIT).toMatch(/1 critical alert.*; answered:/);
  expect(await at(theirs, 'give').count()).toBe(0);

  await at(above, 'alert').click();
  await at(above, 'answer').waitFor(WAIT);
  await at(above, 'give').click();
  await field(above, 'text').fill('Bring what is overdue below 900');
  await field(above, 'head').fill('Trần Quang Minh');
  await field(above, 'due').fill(addDays(TODAY, 7));
  await field(above, 'wanted').fill('fewer than 900');
  // Where it rang is what is wanted, until something else is typed.
  expect(await field(above, 'value').inputValue()).toBe('1,000');
  await field(above, 'value').fill('900');
  await at(above, 'order').click();
  await at(above, 'to-directive').waitFor(WAIT);

  await at(theirs, 'which-directives').click();
  await at(theirs, 'directive').click();
  expect(await at(theirs, 'order-text').textContent()).toContain('below 900');
  expect(await at(theirs, 'reached').textContent()).toContain('not reached');
  expect(await at(theirs, 'office').count()).toBe(0);
  await field(theirs, 'cause').fill('as told');
  await field(theirs, 'measure').fill('done since Monday');
  await field(theirs, 'until').fill(TODAY);
  await field(theirs, 'evidence').fill('https://mps.example/report');
  await at(theirs, 'respond').click();
  await at(theirs, 'response').waitFor(WAIT);

  await at(above, 'to-directive').click();
  await at(above, 'send-back').click();
  await above.locator('.dialog-box textarea').fill('no figures');
  await at(above, 'confirm').click();
  await expect.poll(() => at(above, 'directive-state').getAttribute('data-value'), WAIT).toBe('open');
  await expect.poll(() => at(theirs, 'decided').textContent(), WAIT).toContain('no figures');
  await field(theirs, 'measure').fill('done, 800 are left');
  await at(theirs, 'respond').click();

  await alerting.tellOverdue(800);
  await told(() => hits('alert.ended'), 1);
  await expect.poll(() => at(wall, 'rings').count(), WAIT).toBe(0);
  await above.reload();
  await expect.poll(() => at(above, 'reached').textContent(), WAIT).toContain('is reached');
  await at(above, 'confirm-done').click();
  await at(above, 'confirm').click();
  await expect.poll(() => at(above, 'directive-state').getAttribute('data-value'), WAIT).toBe('done');

  // One timeline of both, the same on both sides; and all that was told had been told twice.
  await expect.poll(() => at(theirs, 'directive-state').getAttribute('data-value'), WAIT).toBe('done');
  await theirs.reload();
  await at(theirs, 'ledger').waitFor(WAIT);
  const names = (await at(theirs, 'ledger').locator('strong').allTextContents()).filter((name) => name !== 'Told');
  expect(names.filter((name) => !/Recovering/.test(name))).toEqual([
    'Rang',
    'Acknowledged',
    'Answered',
    'Directive',
    'Directive answered',
    'Sent back',
    'Directive answered',
    'Ended',
    'Confirmed as done',
  ]);
  await expect
    .poll(() => [hits('directive.given'), hits('directive.sent_back'), hits('directive.confirmed')], WAIT)
    .toEqual([1, 1, 1]);
  await expect.poll(() => mails.length, WAIT).toBe(hook.hits.length);

  await at(above, 'undo').click();
  await expect.poll(() => at(above, 'directive-state').getAttribute('data-value'), WAIT).toBe('answered');
});

it('times by ministry are there as a table', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, office, '/alerts/times?lang=en');
  await at(page, 'times-MPS').waitFor(WAIT);
  expect(await at(page, 'times-MPS').textContent()).toMatch(/1 of 1/);
  await page.locator('[data-test="by"]').selectOption('province');
  await expect.poll(() => page.locator('tbody tr').count(), WAIT).toBe(1);
});

it('no page of it breaks a rule of accessibility or runs off a screen, in either language', {
  timeout: 480_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const { directives } = await office.told<{ directives: { id: string; alert?: { id: string } }[] }>('/v1/directives');
  const [first] = directives;
  const pages = [
    [office, `/alerts?directive=${first?.id}&`, 'ledger'],
    [ministry, `/alerts?directive=${first?.id}&`, 'respond-again'],
    [office, `/alerts?alert=${first?.alert?.id}&`, 'give'],
    [office, '/alerts/times?', 'times'],
  ] as const;
  for (const viewport of SIZES)
    for (const [who, path, ready] of pages)
      for (const choice of ['lang=vi&theme=dark', 'lang=en&theme=light']) {
        const page = await open(browser, who, `${path}${choice}`, viewport);
        await at(page, ready).waitFor(WAIT);
        if (ready === 'give') await at(page, 'give').click();
        const seen = { path, choice, width: viewport.width };
        expect({ ...seen, violations: await violations(page) }).toEqual({ ...seen, violations: [] });
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect({ ...seen, sideways: sideways > 0 }).toEqual({ ...seen, sideways: false });
        await page.context().close();
      }
});

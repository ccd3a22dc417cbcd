/** The page of who is told, in a real browser on a real room with a real mail server: from nothing to a mail, its ledger, and silence. */
import { type Alerts, addDays, type KeptReceiver, type KeptRouting, type KeptSilence, localDay } from '@room/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed, vi } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { CookieClient, firstAdministrator, PASSWORD } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { openPost, type Post } from '../../harness/post.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';
import { at, WAIT } from './desk.ts';

const LONG = { timeout: 180_000 };
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const MINISTRY_PORTAL = 'urn:portal:agency:MPS';
const MAIL = 'mps@example.org';

let post: Post;
let room: Room;
let administrator: CookieClient;
let answerer: CookieClient;
let sent = 0;
const tell = (count: number) =>
  send(room, [submission(`r-${sent++}`, { count }, { source: MINISTRY_PORTAL })], MINISTRY_PORTAL);

beforeAll(async () => {
  post = await openPost();
  room = await startRoom({ env: { SMTP_URL: post.url, MAIL_FROM: 'room@example.org' } });
  administrator = await firstAdministrator(room);
  const person = { name: 'Hoa', rights: ['view', 'answer'], scope: { agencies: ['MPS'], provinces: [] } };
  const { token } = await administrator.told<{ token: string }>('/v1/people', { ...person, id: MAIL });
  answerer = new CookieClient(room);
  await answerer.told('/v1/session/accept', { token, password: PASSWORD });
  await administrator.told('/v1/rules', {
    id: 'T-01',
    label: { vi: 'Quá nhiều hồ sơ', en: 'Too many dossiers' },
    over: { dim: 'agency', codes: ['MPS'] },
    when: {
      kind: 'threshold',
      measure: 'submitted',
      window: { kind: 'today' },
      side: 'above',
      against: { kind: 'value', limit: 100 },
    },
    forSeconds: 0,
    keepSeconds: 0,
    severity: 'critical',
    owner: 'somebody',
    reason: { vi: 'để thử', en: 'a test' },
  });
  await tell(1);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await post[Symbol.asyncDispose]();
});

async function open(
  browser: Browser,
  client: CookieClient,
  choice = 'lang=en',
  viewport = DESK,
  path = '/alerts/routes',
): Promise<Page> {
  onTestFailed(() => console.error(room.logs().slice(-4_000)));
  const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
  const { hostname } = new URL(room.url);
  await context.addCookies([...client.cookies].map(([name, value]) => ({ name, value, domain: hostname, path: '/' })));
  const page = await context.newPage();
  await page.goto(`${room.url}${path}?${choice}`);
  return page;
}
const part = (page: Page, name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();
const field = (page: Page, form: string, name: string) => page.locator(`[data-test="${form}"] [name="${name}"]`);
const receivers = async () => (await administrator.told<{ receivers: KeptReceiver[] }>('/v1/receivers')).receivers;
const routing = () => administrator.told<KeptRouting>('/v1/routing');

it(
  'a receiver is made and tried, a route leads to it, an alert arrives by mail, and the ledger says so',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const page = await open(browser, administrator);
    await at(page, 'no-routes').waitFor(WAIT);
    await part(page, 'Receivers');
    await at(page, 'new-receiver').click();
    await field(page, 'receiver-form', 'id').fill('duty-police');
    await field(page, 'receiver-form', 'name').fill('Duty of the police');
    await field(page, 'receiver-form', 'language').selectOption('en');
    await field(page, 'receiver-form', 'person').selectOption(MAIL);
    await at(page, 'save-receiver').click();
    const row = page.locator('[data-test="receiver-duty-police"]');
    await row.waitFor(WAIT);

    post.refuses = true;
    await row.locator('[data-test="try"]').click();
    await row.locator('[data-test="trial"][data-value="failed"]').waitFor(WAIT);
    expect(await row.locator('[data-test="trial"]').textContent()).toContain('mailbox full');
    post.refuses = false;
    await row.locator('[data-test="try"]').click();
    await row.locator('[data-test="trial"][data-value="said"]').waitFor(WAIT);
    expect(post.got).toMatchObject([{ to: MAIL }]);

    await part(page, 'Routes');
    await at(page, 'new-route').click();
    await field(page, 'route-form', 'label').selectOption('agency');
    await field(page, 'route-form', 'value').selectOption('MPS');
    await at(page, 'add-label').click();
    await at(page, 'save-route').click();
    await at(page, 'lacking').waitFor();
    await at(page, 'tells-duty-police').check();
    await at(page, 'add-step').click();
    await at(page, 'step-1-duty-police').check();
    await at(page, 'save-route').click();
    await at(page, 'route-1').waitFor(WAIT);
    expect(await at(page, 'route-1').textContent()).toMatch(/tell Duty of the police.*after 15 min/s);
    await at(page, 'rest').waitFor();
    expect((await routing()).routes).toMatchObject([
      {
        match: { agency: ['MPS'] },
        receivers: ['duty-police'],
        escalation: [{ afterMinutes: 15, receivers: ['duty-police'] }],
      },
    ]);

    await tell(150);
    await vi.waitFor(() => expect(post.got).toHaveLength(2), WAIT);
    expect(post.got[1]?.text).toContain('Too many dossiers');
    await part(page, 'Ledger');
    await expect.poll(() => at(page, 'all-entries').textContent(), WAIT).toMatch(/Told.*duty-police: mail, 250/s);
    // Whoever it is of sees the same lines, and nothing more.
    const told = await answerer.told<{ entries: { told?: { receiver: string } }[] }>('/v1/ledger?which=told');
    expect(told.entries.map((entry) => entry.told?.receiver)).toContain('duty-police');
  },
);

it('routes change order, are taken back, and nobody writes over what they have not seen', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const before = await routing();
  const route = { match: {}, receivers: ['duty-police'], groupBy: [], waitSeconds: 0, goesOn: false, escalation: [] };
  await administrator.told('/v1/routing', { routes: [...before.routes, route], version: before.version });
  const page = await open(browser, administrator);
  await at(page, 'route-2').waitFor(WAIT);
  expect(await page.locator('[data-test="rest"]').count()).toBe(0);
  await page.locator('[data-test="route-2"] [data-test="up"]').click();
  await expect.poll(async () => (await routing()).routes[0]?.match, WAIT).toEqual({});
  await at(page, 'undo').click();
  await expect.poll(async () => (await routing()).routes[0]?.match, WAIT).toEqual({ agency: ['MPS'] });

  await page.route('**/v1/routing', (asked) =>
    asked.request().method() === 'GET' ? asked.fulfill({ json: before }) : asked.continue(),
  );
  await page.reload();
  await at(page, 'route-1').waitFor(WAIT);
  await page.locator('[data-test="route-1"] [data-test="remove-route"]').click();
  await at(page, 'confirm').click();
  await page.locator('[data-test="failure"][data-code="conflict"]').waitFor(WAIT);
  expect((await routing()).routes).toHaveLength(2);
  await page.unroute('**/v1/routing');
  await page.reload();

  await at(page, 'routing-history').click();
  await at(page, 'versions').waitFor(WAIT);
  expect(await at(page, 'versions').textContent()).toMatch(/lan/);
  await page.locator('[data-test="versions"] [data-test="take-version"]').last().click();
  await expect.poll(async () => (await routing()).routes.length, WAIT).toBe(1);
});

it('a roster says who is on duty and where nobody is, and routes name it', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, administrator);
  await part(page, 'Duty');
  await at(page, 'no-rosters').waitFor(WAIT);
  await at(page, 'new-roster').click();
  await field(page, 'roster-form', 'id').fill('week-duty');
  await field(page, 'roster-form', 'name').fill('Duty by week');
  await page.locator('[data-test="roster-form"] select[name^="week-"]').first().selectOption('duty-police');
  await at(page, 'save-roster').click();
  const row = page.locator('[data-test="roster-week-duty"]');
  await row.locator('[data-test="on-duty"][data-value="somebody"]').waitFor(WAIT);
  expect(await row.textContent()).toMatch(
    /On duty: Duty of the police, until .*then nobody.*Nobody has the weeks from/s,
  );
  await row.locator('[data-test="edit-roster"]').click();
  await field(page, 'roster-form', 'otherwise').selectOption('duty-police');
  await at(page, 'save-roster').click();
  await expect.poll(() => row.locator('[data-test="gaps"]').count(), WAIT).toBe(0);
  await part(page, 'Routes');
  await at(page, 'new-route').click();
  expect(await at(page, 'tells-week-duty').count()).toBe(1);
});

it('a silence shows what it would mute, mutes that, and is ended', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await vi.waitFor(async () => {
    if ((await answerer.told<Alerts>('/v1/alerts')).alerts.length === 0) await tell(150);
    expect((await answerer.told<Alerts>('/v1/alerts')).alerts).toHaveLength(1);
  }, WAIT);
  const page = await open(browser, administrator);
  await part(page, 'Silences');
  await at(page, 'no-silences').waitFor(WAIT);
  await at(page, 'new-silence').click();
  await field(page, 'silence-form', 'label').selectOption('rule');
  await field(page, 'silence-form', 'value').selectOption('T-01');
  await at(page, 'add-label').click();
  await expect.poll(() => at(page, 'preview').textContent(), WAIT).toContain('Too many dossiers');
  await field(page, 'silence-form', 'reason').fill('works at the data centre');
  await at(page, 'save-silence').click();
  await page.locator('[data-test="silence"][data-value="on"]').waitFor(WAIT);
  const kept = async () => (await administrator.told<{ silences: KeptSilence[] }>('/v1/silences')).silences;
  expect(await kept()).toMatchObject([
    { match: { rule: ['T-01'] }, who: 'person:lan', reason: 'works at the data centre' },
  ]);
  const [alert] = (await answerer.told<Alerts>('/v1/alerts')).alerts;
  await answerer.told(`/v1/alerts/${alert?.id}/acknowledge`, {});
  await part(page, 'Ledger');
  await expect.poll(() => at(page, 'all-entries').textContent(), WAIT).toMatch(/Not told.*duty-police: silenced/s);
  await part(page, 'Silences');
  await page.locator('[data-test="silence"] [data-test="end-silence"]').click();
  await at(page, 'confirm').click();
  await expect.poll(async () => (await kept()).length, WAIT).toBe(0);
});

it('what waits says why, a receiver that is removed comes back, and its history is told', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, administrator);
  post.refuses = true;
  const [alert] = (await answerer.told<Alerts>('/v1/alerts')).alerts;
  const answer = {
    cause: 'a rush',
    measure: 'more people',
    until: addDays(localDay(Date.now(), 'Asia/Ho_Chi_Minh'), 30),
    version: 0,
  };
  await answerer.told(`/v1/alerts/${alert?.id}/answer`, answer);
  await part(page, 'Not delivered');
  await page.locator('[data-test="delivery"][data-value="waits"]').waitFor(WAIT);
  await expect.poll(() => at(page, 'delivery').textContent(), WAIT).toContain('mailbox full');
  post.refuses = false;
  await page.locator('[data-test="no-deliveries"]').waitFor(WAIT);

  await part(page, 'Receivers');
  const row = page.locator('[data-test="receiver-duty-police"]');
  await row.locator('[data-test="remove-receiver"]').click();
  await at(page, 'confirm').click();
  await expect.poll(async () => (await receivers()).length, WAIT).toBe(0);
  await page.locator('[data-test="undo"]:visible').click();
  await expect
    .poll(async () => (await receivers()).map(({ id, version }) => [id, version]), WAIT)
    .toEqual([['duty-police', 3]]);
  await row.locator('[data-test="receiver-history"]').click();
  await expect.poll(() => row.locator('[data-test="versions"]').textContent(), WAIT).toMatch(/version 3.*version 1/s);
});

it('whoever may not change it is told so', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await open(browser, answerer);
  await at(page, 'refused').waitFor(WAIT);
  expect(await page.getByRole('tab').count()).toBe(0);
});

it(
  'the page and its forms keep the rules of accessibility and fit a screen, in either language',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const steps = ['new-route', 'new-receiver', 'new-roster', 'new-silence', 'all-entries', 'no-deliveries'];
    for (const viewport of [DESK, PHONE])
      for (const choice of ['lang=vi&theme=dark', 'lang=en&theme=light']) {
        const page = await open(browser, administrator, choice, viewport);
        await at(page, 'route-1').waitFor(WAIT);
        for (const [index, step] of steps.entries()) {
          await page.getByRole('tab').nth(index).click();
          await at(page, step).waitFor(WAIT);
          if (step.startsWith('new-')) await at(page, step).click();
          const seen = { choice, width: viewport.width, step };
          expect({ ...seen, violations: await violations(page) }).toEqual({ ...seen, violations: [] });
          const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect({ ...seen, sideways: sideways > 0 }).toEqual({ ...seen, sideways: false });
        }
        await page.context().close();
      }
  },
);

/** Signing in through an identity provider, in a real browser, at a real provider of another site. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { CALLBACK } from '../../../server/src/access/provider-routes.ts';
import { openBrowser } from '../../harness/browser.ts';
import { type IdentityProvider, startIdentityProvider } from '../../harness/identity-provider.ts';
import { orSkip } from '../../harness/need.ts';
import { freePort } from '../../harness/process.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { tempDir } from '../../harness/temp.ts';

const WAIT = { timeout: 40_000, interval: 100 };
const PASSWORD = 'correct horse battery';
const MAPPING = [
  { when: { groups: 'room-leaders' }, rights: ['view', 'analyse', 'administer'], scope: 'all' },
  {
    when: { groups: ['room-units', 'room-offices'] },
    rights: ['view', 'answer'],
    scope: { agencies: { claim: 'agency' }, provinces: [] },
  },
];

let provider: IdentityProvider;
let room: Room;
let folder: Awaited<ReturnType<typeof tempDir>>;
beforeAll(async () => {
  const port = await freePort();
  folder = await tempDir('provider');
  const mapping = join(folder.path, 'mapping.json');
  await writeFile(mapping, JSON.stringify(MAPPING));
  provider = await startIdentityProvider({
    rooms: [`http://127.0.0.1:${port}`],
    callback: CALLBACK,
    people: {
      lan: {
        name: 'Nguyễn Thị Lan',
        preferred_username: 'Lan.Nguyễn',
        groups: ['staff', 'room-leaders', 'room-units'],
        agency: 'MOH',
      },
      mai: { name: 'Mai', preferred_username: 'mai', groups: ['room-leaders'] },
      minh: { name: 'Minh', preferred_username: 'minh', groups: ['room-offices'], agency: ['MOH', 'no such unit'] },
      stranger: { name: 'Stranger', groups: ['staff'] },
    },
  });
  room = await startRoom({
    env: {
      PORT: String(port),
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: provider.client.id,
      OIDC_CLIENT_SECRET: provider.client.secret,
      OIDC_MAPPING: mapping,
      OIDC_NAME: 'Office ID',
    },
  });
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const address = (page: Page): string => new URL(page.url()).pathname;
const refused = (page: Page) => at(page, 'refused').getAttribute('data-key', { timeout: 1_000 });
const desk = (browser: Browser) => browser.newContext({ viewport: { width: 1440, height: 900 } });

async function open(context: BrowserContext, path: string): Promise<Page> {
  onTestFailed(() => console.error(room.logs()));
  const page = await context.newPage();
  await page.goto(`${room.url}${path}`);
  return page;
}
/** From the page of the room to that of the provider, and back. */
async function signIn(page: Page, login: string): Promise<void> {
  await at(page, 'provider').click();
  const field = page.locator('input[name="login"]');
  await field.fill(login);
  await page.locator('input[name="password"]').fill('any');
  await page.locator('button[type="submit"]').first().click();
}
/** The session as the page sees it. */
const session = (page: Page) =>
  page.evaluate(async () => (await (await fetch('/v1/session')).json()) as Record<string, unknown>);
/** Why, as the log has it, by the id that the page shows. */
async function causeOf(page: Page): Promise<string> {
  const id = /[\da-f-]{36}/.exec((await at(page, 'refused').textContent()) ?? '')?.[0] ?? 'none';
  const line = room
    .logs()
    .split('\n')
    .find((each) => each.includes(id) && each.includes('"cause"'));
  return (JSON.parse(line ?? '{}') as { cause?: string }).cause ?? '';
}

it('before anybody has an account it shows the way to the provider, and whoever it vouches for has what their groups are worth', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using theirs = await desk(browser);
  const page = await open(theirs, '/?lang=en&theme=light');
  await expect.poll(() => address(page), WAIT).toBe('/sign-in');
  expect(await at(page, 'provider').textContent()).toBe('Sign in with Office ID');
  expect(await at(page, 'sign-in').count()).toBe(1);
  expect(await at(page, 'needs-set-up').count()).toBe(0);
  await signIn(page, 'lan');
  await expect.poll(() => address(page), WAIT).toBe('/');
  expect(new URL(page.url()).search).toBe('?lang=en&theme=light');
  expect(await session(page)).toMatchObject({
    kind: 'person',
    id: expect.stringMatching(/^lan\.nguyen\+[\da-f]{12}$/),
    name: 'Nguyễn Thị Lan',
    rights: ['view', 'analyse', 'administer'],
    scope: 'all',
  });
  const cookies = Object.fromEntries((await theirs.cookies(room.url)).map((cookie) => [cookie.name, cookie]));
  expect(cookies['room-session']).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
  expect(cookies['room-flow']).toBeUndefined();
  expect(cookies['room-device']).toBeUndefined();

  await page.goto(`${room.url}/admin/people?lang=en`);
  const row = page.locator('[data-test^="person-lan.nguyen"]');
  await expect.poll(() => row.locator('[data-test="state"]').textContent(), WAIT).toBe(`Through ${provider.issuer}`);
  expect(await row.locator('[data-test="edit"], [data-test="invite-again"]').count()).toBe(0);
  await page.goto(`${room.url}/account?lang=en`);
  await expect.poll(() => at(page, 'signs-in-by').textContent(), WAIT).toBe('Office ID');
  expect(await page.locator('[data-test="change-password"]').count()).toBe(0);

  // Out of the room, and of the provider.
  await at(page, 'sign-out').click();
  await page.locator('button[name="logout"]').click();
  await expect.poll(() => address(page), WAIT).toBe('/sign-in');
  expect(await session(page)).toMatchObject({ kind: 'visitor', rights: [] });
  await at(page, 'provider').click();
  await page.locator('input[name="login"]').waitFor();
});

it('a group that was taken away takes its rights at the next sign-in, the last one all of them, on every device', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using one = await desk(browser);
  await using other = await desk(browser);
  const [first, second] = [await open(one, '/sign-in?lang=en'), await open(other, '/sign-in?lang=en')];
  const lan = provider.people.get('lan') ?? {};
  const mai = provider.people.get('mai') ?? {};
  await using third = await desk(browser);
  // Else lan would stay an administrator.
  const leader = await open(third, '/sign-in?lang=en');
  await signIn(leader, 'mai');
  await expect.poll(() => address(leader), WAIT).toBe('/');
  await signIn(first, 'lan');
  await expect.poll(() => address(first), WAIT).toBe('/');
  try {
    provider.people.set('lan', { ...lan, groups: ['room-units'] });
    await signIn(second, 'lan');
    await expect.poll(() => address(second), WAIT).toBe('/');
    const less = { rights: ['view', 'answer'], scope: { agencies: ['MOH'], provinces: [] } };
    expect(await session(second)).toMatchObject(less);
    await expect.poll(() => session(first), WAIT).toMatchObject(less);
    provider.people.set('lan', { ...lan, groups: ['staff'] });
    const last = await open(other, '/account?lang=en');
    await at(last, 'sign-out').click();
    await last.locator('button[name="logout"]').click();
    await expect.poll(() => address(last), WAIT).toBe('/sign-in');
    await signIn(last, 'lan');
    await expect.poll(() => refused(last).catch(() => ''), WAIT).toBe('noMapping');
    // The other page is told, and leads to the sign-in.
    await expect.poll(() => address(first), WAIT).toBe('/sign-in');
    // Of whoever is the last administrator the room says so instead.
    provider.people.set('mai', { ...mai, groups: ['staff'] });
    await leader.goto(`${room.url}/account?lang=en`);
    await at(leader, 'sign-out').click();
    await leader.locator('button[name="logout"]').click();
    await expect.poll(() => address(leader), WAIT).toBe('/sign-in');
    await signIn(leader, 'mai');
    // Who may view nothing has that page first.
    await expect.poll(() => address(leader), WAIT).toBe('/admin/people');
    await leader.goto(`${room.url}/admin/people?lang=en`);
    const kept = leader.locator('[data-test^="person-mai"] [data-test="kept"]');
    await expect.poll(() => kept.textContent(), WAIT).toContain('nobody else has it');
    expect(room.logs()).toMatch(/mai\+[\da-f]{12} stays an administrator/);
    expect(await leader.locator('[data-test="kept"]').count()).toBe(1);
  } finally {
    provider.people.set('lan', lan);
    provider.people.set('mai', mai);
  }
});

it('whom no rule fits is told so, in both languages, with an id by which the log has the cause', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  for (const [language, words] of [
    ['en', 'none of your groups may do anything here'],
    ['vi', 'chưa nhóm nào của bạn được cấp quyền'],
  ] as const) {
    await using theirs = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const page = await open(theirs, `/sign-in?lang=${language}`);
    await signIn(page, 'stranger');
    await expect
      .poll(
        () =>
          at(page, 'refused')
            .textContent()
            .catch(() => ''),
        WAIT,
      )
      .toContain(words);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    expect(await causeOf(page)).toMatch(/^no rule of OIDC_MAPPING fits person\+[\da-f]{12}$/);
    expect(await session(page)).toMatchObject({ kind: 'visitor', rights: [] });
  }
  await using administrators = await desk(browser);
  const page = await open(administrators, '/sign-in?lang=en');
  await signIn(page, 'lan');
  await expect.poll(async () => (await session(page).catch(() => ({ kind: '' })))['kind'], WAIT).toBe('person');
  const audit = await administrators.request.get(`${room.url}/v1/audit?action=session.refused`);
  const { entries } = (await audit.json()) as { entries: { subject: string; why?: string }[] };
  expect(entries[0]).toMatchObject({
    subject: expect.stringMatching(/^person\+/),
    why: expect.stringContaining('no rule'),
  });
});

it('who comes back with another state, a code that was used, too late or without having gone is not signed in', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using theirs = await desk(browser);
  const page = await open(theirs, '/sign-in?lang=en');
  let back = '';
  page.once('request', function keep(request) {
    if (request.url().includes(CALLBACK)) back = request.url();
    else page.once('request', keep);
  });
  let kept: { name: string; value: string; url: string } | undefined;
  await at(page, 'provider').click();
  await page.locator('input[name="login"]').waitFor();
  const [flow] = (await theirs.cookies(room.url)).filter(({ name }) => name === 'room-flow');
  expect(flow).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  if (flow !== undefined) kept = { name: flow.name, value: flow.value, url: room.url };
  await page.locator('input[name="login"]').fill('minh');
  await page.locator('input[name="password"]').fill('any');
  await page.keyboard.press('Enter');
  await expect.poll(() => address(page), WAIT).toBe('/');
  expect(await session(page)).toMatchObject({ scope: { agencies: ['MOH'], provinces: [] } });
  await theirs.clearCookies({ name: 'room-session' });

  const tried = async (url: string): Promise<string | null> => {
    await page.goto(url);
    return at(page, 'refused').getAttribute('data-key');
  };
  // The address alone, in the browser that it was of.
  expect(await tried(back)).toBe('signInExpired');
  // With all that the browser had then.
  const put = async (): Promise<void> => void (kept && (await theirs.addCookies([kept])));
  await put();
  expect(await tried(back)).toBe('providerFailed');
  expect(await causeOf(page)).toContain('invalid_grant');
  await put();
  const wrong = new URL(back);
  wrong.searchParams.set('state', 'another');
  expect(await tried(wrong.href)).toBe('signInExpired');
  await put();
  expect(
    await tried(
      `${room.url}${CALLBACK}?error=access_denied&state=${new URL(back).searchParams.get('state')}&iss=${encodeURIComponent(provider.issuer)}`,
    ),
  ).toBe('signInCancelled');
  for (const forged of ['x', Buffer.from('{}').toString('base64url'), Buffer.from('[1').toString('base64url')]) {
    await theirs.addCookies([{ name: 'room-flow', value: forged, url: room.url }]);
    expect([forged, await tried(back)]).toEqual([forged, 'signInExpired']);
  }
  expect(await session(page)).toMatchObject({ kind: 'visitor' });
  for (const secret of [provider.client.secret, new URL(back).searchParams.get('code') ?? '-'])
    expect(room.logs()).not.toContain(secret);
});

it('whatever is brought back without a sign-in leads to the page that says so, and signs nobody in', async () => {
  const text = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom('code', 'state', 'error', '__proto__', '%', '#', '?'),
  );
  const flow = fc.oneof(
    text,
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc
      .record({
        state: text,
        nonce: text,
        verifier: text,
        redirectUri: fc.constant(room.url),
        until: fc.constant(9e15),
        query: text,
      })
      .map((made) => Buffer.from(JSON.stringify(made)).toString('base64url')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 4 }), flow, async (query, cookie) => {
      const response = await fetch(`${room.url}${CALLBACK}?${new URLSearchParams(query)}`, {
        redirect: 'manual',
        headers: { cookie: `room-flow=${encodeURIComponent(cookie)}` },
      });
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toMatch(
        /^\/sign-in(\?[\w=&-]*)?#refused=(sign_in_expired|provider_failed)\.[\w-]+$/,
      );
      expect(response.headers.getSetCookie().join()).not.toContain('room-session');
    }),
    { numRuns: 60 },
  );
});

it('an account that an administrator disabled stays out, whatever the provider says', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using theirs = await desk(browser);
  await using administrators = await desk(browser);
  const administrator = await open(administrators, '/sign-in?lang=en');
  await signIn(administrator, 'lan');
  await expect.poll(() => address(administrator), WAIT).toBe('/');
  const page = await open(theirs, '/sign-in?lang=en');
  await signIn(page, 'minh');
  await expect.poll(() => address(page), WAIT).toBe('/');
  await administrator.goto(`${room.url}/admin/people?lang=en`);
  const row = administrator.locator('[data-test^="person-minh"]');
  await row.locator('[data-test="disable"]').click();
  await at(administrator, 'confirm').click();
  await expect.poll(() => address(page), WAIT).toBe('/sign-in');
  await at(page, 'provider').click();
  await expect.poll(() => refused(page).catch(() => ''), WAIT).toBe('accountIsDisabled');
  // What the provider says is not to be edited here.
  const edited = await administrator.evaluate(async () => {
    const { csrfToken } = (await (await fetch('/v1/session')).json()) as { csrfToken: string };
    const { people } = (await (await fetch('/v1/people')).json()) as { people: { id: string; version: number }[] };
    const minh = people.find(({ id }) => id.startsWith('minh'));
    const tell = async (path: string, body: object): Promise<string> => {
      const response = await fetch(`/v1/people/${encodeURIComponent(minh?.id ?? '')}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-csrf-token': csrfToken },
        body: JSON.stringify(body),
      });
      return ((await response.json()) as { error?: { code: string } }).error?.code ?? '';
    };
    const more = { name: 'Minh', rights: ['administer'], scope: 'all', isDisabled: false, version: minh?.version };
    return [await tell('', more), await tell('/invite', {})];
  });
  expect(edited).toEqual(['from_provider', 'from_provider']);
  await row.locator('[data-test="enable"]').click();
  await expect.poll(() => row.locator('[data-test="state"]').getAttribute('data-value'), WAIT).toBe('enabled');
  await at(page, 'provider').click();
  await expect.poll(() => address(page), WAIT).toBe('/');
});

it('a provider that is away keeps neither the room from starting nor those with a password from signing in', {
  timeout: 120_000,
}, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await provider.stop();
  try {
    await room.restart();
    await using theirs = await desk(browser);
    const page = await open(theirs, '/sign-in?lang=en');
    await at(page, 'provider').click();
    await expect
      .poll(
        () =>
          at(page, 'failure')
            .getAttribute('data-code', { timeout: 1_000 })
            .catch(() => ''),
        WAIT,
      )
      .toBe('provider_away');
    const text = (await at(page, 'failure').textContent()) ?? '';
    expect(text).toContain('accounts with a password can sign in');
    const id = /[\da-f-]{36}/.exec(text)?.[0] ?? 'none';
    expect(
      room
        .logs()
        .split('\n')
        .find((line) => line.includes(id) && line.includes('"cause"')),
    ).toMatch(/ECONNREFUSED|fetch failed/);

    const set = await fetch(`${room.url}/v1/operator/set-up`, {
      method: 'POST',
      headers: { authorization: `Bearer ${room.operatorToken}`, 'content-type': 'application/json' },
      body: '{}',
    });
    const { token } = (await set.json()) as { token: string };
    await page.goto(`${room.url}/sign-in?lang=en#invitation=${token}`);
    await page.locator('input[name="name"]').fill('Local');
    // The name that somebody of the provider has is free: they are two.
    await page.locator('input[name="username"]').fill('lan');
    for (const name of ['password', 'again']) await page.locator(`input[name="${name}"]`).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expect.poll(() => address(page), WAIT).toBe('/');
    expect(await session(page)).toMatchObject({ id: 'lan', name: 'Local' });
  } finally {
    await provider.start();
  }
  await using theirs = await desk(browser);
  const page = await open(theirs, '/sign-in?lang=en');
  await page.locator('[data-test="provider"]').waitFor();
  // It is left alone for a moment after it did not answer.
  await expect
    .poll(async () => {
      if (address(page) === '/sign-in' && new URL(page.url()).origin === room.url) await at(page, 'provider').click();
      return page.locator('input[name="login"]').count();
    }, WAIT)
    .toBe(1);
});

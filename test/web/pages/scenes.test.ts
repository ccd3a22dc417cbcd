/** Scenes in real browsers on a real room: screens of a wall in step, ordered from a desk, edited, and each tile by itself. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { addDays, type Catalogue, type KeptWall, localDay, type PairedScreen, type ShownAnswer } from '@room/contract';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it, onTestFailed } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { send, submission } from '../../harness/client.ts';
import { type CookieClient, colleague, firstAdministrator } from '../../harness/cookies.ts';
import { orSkip } from '../../harness/need.ts';
import { type Room, startRoom } from '../../harness/room.ts';
import { violations } from '../axe.ts';

const WAIT = { timeout: 60_000, interval: 100 };
const LONG = { timeout: 300_000 };
const STEP_MS = 200;
const WALL = '1920x1080';

let room: Room;
let administrator: CookieClient;
beforeAll(async () => {
  room = await startRoom({ env: { VISITORS: 'view' } });
  administrator = await firstAdministrator(room);
  await send(room, [submission('a', { count: 7 }), submission('b', { agency: 'MOH', procedure: 'DV02', count: 5 })]);
});
afterAll(() => room[Symbol.asyncDispose]());

const at = (page: Page, name: string) => page.locator(`[data-test="${name}"]`).first();
const shows = (page: Page) =>
  at(page, 'showing')
    .getAttribute('data-value', { timeout: 1_000 })
    .catch(() => '');
const noSideways = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

async function display(browser: Browser, size = WALL): Promise<BrowserContext> {
  const [width = 0, height = 0] = size.split('x').map(Number);
  return browser.newContext({ viewport: { width, height } });
}
async function desk(browser: Browser, width = 1440, height = 900): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width, height } });
  const value = administrator.cookies.get('room-session') ?? '';
  await context.addCookies([{ name: 'room-session', value, url: room.url }]);
  return context;
}

/** A display that was let in, at its wall. */
async function letIn(context: BrowserContext, name: string): Promise<{ page: Page; id: string }> {
  onTestFailed(() => console.error(room.logs().slice(-4_000)));
  const page = await context.newPage();
  await page.goto(`${room.url}/screen?lang=en`);
  const code = await at(page, 'code').getAttribute('data-value', WAIT);
  const { id } = await administrator.told<PairedScreen>('/v1/screens', { code, name, scope: 'all' });
  await page.waitForURL((url) => url.pathname === '/', WAIT);
  return { page, id };
}
const make = (name: string, screens: string[], some: object = {}): Promise<KeptWall> =>
  administrator.told<KeptWall>('/v1/walls', {
    name,
    screens,
    turns: ['ministries', 'waiting', 'provinces'].map((scene) => ({ scene, seconds: 5, when: 'always' })),
    day: { from: 0, to: 24 },
    scale: 1,
    ...some,
  });

const rule = (id: string, severity: string, agency: string) => ({
  id,
  label: { vi: id, en: id },
  owner: 'somebody',
  reason: { vi: 'để thử', en: 'a test' },
  severity,
  over: { dim: 'agency', codes: [agency] },
  when: {
    kind: 'threshold',
    measure: 'submitted',
    window: { kind: 'today' },
    side: 'above',
    against: { kind: 'value', limit: 1 },
  },
  forSeconds: 0,
  keepSeconds: 0,
});

/** Notes from now on when the page painted each scene, by the machine's own clock. */
async function watchPaints(page: Page): Promise<() => Promise<{ scene: string; at: number }[]>> {
  await page.evaluate(() => {
    const painted: { scene: string; at: number }[] = [];
    Object.assign(window, { painted });
    const note = (): void => {
      const scene = document.querySelector('[data-test="showing"]')?.getAttribute('data-value') ?? '';
      if (painted.at(-1)?.scene === scene) return;
      const entry = { scene, at: 0 };
      painted.push(entry);
      // The frame after the change is the one that shows it.
      requestAnimationFrame((time) => {
        entry.at = performance.timeOrigin + time;
      });
    };
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  return () => page.evaluate(() => (window as unknown as { painted: { scene: string; at: number }[] }).painted);
}

it('screens of a wall change in step, show what is ordered, hold it, and go on', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using hall = await display(browser);
  await using foyer = await display(browser, '1280x720');
  const [one, two] = [await letIn(hall, 'Left'), await letIn(foyer, 'Right')];
  const wall = await make('Hall', [one.id, two.id]);
  const pages = [one.page, two.page];
  for (const page of pages) await expect.poll(() => shows(page), WAIT).not.toBe('');
  const seen = await Promise.all(pages.map(watchPaints));
  // Each display paints at its own time; of changes that both saw the first is that which was under way.
  await expect
    .poll(async () => Math.min(...(await Promise.all(seen.map((read) => read()))).map((all) => all.length)), WAIT)
    .toBeGreaterThan(7);
  const [left = [], right = []] = await Promise.all(seen.map((read) => read()));
  const apart = left
    .slice(1)
    .flatMap(({ scene, at: painted }) => {
      const same = right.slice(1).find((other) => other.scene === scene && Math.abs(other.at - painted) < 2_500);
      return same === undefined || same.at === 0 || painted === 0 ? [] : [Math.abs(same.at - painted)];
    })
    .toSorted((a, b) => a - b);
  process.stdout.write(`painted apart (ms): ${apart.map(Math.round).join(' ')}\n`);
  expect(apart.length).toBeGreaterThan(4);
  expect(apart[Math.floor(apart.length / 2)]).toBeLessThan(STEP_MS);

  await using office = await desk(browser);
  const page = await office.newPage();
  await page.goto(`${room.url}/admin/screens?lang=en`);
  const control = at(page, `wall-${wall.id}`);
  await control.locator('[data-test="wall-scene"]').selectOption('alerts', WAIT);
  await control.locator('[data-test="wall-show"]').click();
  for (const each of pages) {
    await expect.poll(() => shows(each), WAIT).toBe('alerts');
    expect(await at(each, 'showing').getAttribute('data-why')).toBe('show');
  }
  await control.locator('[data-test="wall-hold"]').click();
  await expect.poll(() => at(one.page, 'showing').getAttribute('data-why'), WAIT).toBe('hold');
  await expect.poll(() => control.locator('[data-test="wall-shows"]').getAttribute('data-why'), WAIT).toBe('hold');
  await control.locator('[data-test="wall-identify"]').click();
  await expect.poll(() => at(one.page, 'naming').textContent(), WAIT).toContain('Left');
  expect(await at(two.page, 'naming').textContent(WAIT)).toContain('Right');
  // Two in a row: none is lost because the other is under way.
  await control.evaluate((wall) => {
    for (const what of ['wall-hold', 'wall-release']) wall.querySelector<HTMLElement>(`[data-test="${what}"]`)?.click();
  });
  await expect.poll(() => at(two.page, 'showing').getAttribute('data-why'), WAIT).toBe('turn');

  // Each tells of itself, and which of them does not is seen.
  const state = (name: string) => control.locator(`[data-test="state-${name}"]`).getAttribute('data-value', WAIT);
  await expect.poll(() => state('Left'), WAIT).toBe('well');
  expect(await control.locator('[data-test="state-Left"]').textContent()).toMatch(/MB/);
  await one.page.evaluate(() => Object.assign(window, { isBefore: true }));
  await control.locator('[data-test="wall-reload"]').click();
  await expect.poll(() => one.page.evaluate(() => !('isBefore' in window)).catch(() => false), WAIT).toBe(true);
  await expect.poll(() => shows(one.page), WAIT).not.toBe('');
  await foyer.close();
  await expect.poll(() => state('Right'), { timeout: 120_000, interval: 1_000 }).toBe('dead');
  expect(await violations(page)).toEqual([]);
});

it('an alert of the highest severity jumps in and the wall goes back', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using hall = await display(browser);
  const { page, id } = await letIn(hall, 'Jumping');
  await make('Jumps', [id], {
    turns: [{ scene: 'pulse', seconds: 60, when: 'always' }],
    // Long enough to be seen where all is slow.
    jump: { scene: 'alerts', seconds: 45 },
  });
  await expect.poll(() => shows(page), WAIT).toBe('pulse');
  await at(page, 'submitted-today').waitFor(WAIT);
  // Whoever looks at the running day alone hears of it too.
  await using office = await display(browser);
  const plain = await office.newPage();
  await plain.goto(`${room.url}/?lang=en`);
  await plain.waitForResponse((response) => response.url().includes('/v1/ringing'), WAIT);
  await administrator.told('/v1/rules', rule('JUMP', 'critical', 'MPS'));
  await expect.poll(() => at(plain, 'spoken').textContent(), WAIT).toMatch(/^\d+ critical alert/);
  await expect.poll(() => at(page, 'showing').getAttribute('data-why'), WAIT).toBe('jump');
  expect(await shows(page)).toBe('alerts');
  // Whoever does not see it hears it at once.
  await expect.poll(() => at(page, 'spoken').textContent(), WAIT).toMatch(/^New alert of the highest severity: JUMP/);
  const line = page.locator('[data-test="alert-line"]').first();
  expect(await line.getAttribute('data-value', WAIT)).toBe('critical');
  await expect.poll(() => at(page, 'submitted-today').count(), WAIT).toBe(0);
  await expect.poll(() => shows(page), { ...WAIT, timeout: 90_000 }).toBe('pulse');
  await at(page, 'submitted-today').waitFor(WAIT);
});

it(
  'a past instant stands on all screens of a wall, not live beyond doubt, across a reload, until it is ended',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using hall = await display(browser);
    await using foyer = await display(browser, '1280x720');
    const [one, two] = [await letIn(hall, 'Present left'), await letIn(foyer, 'Present right')];
    const wall = await make('Presented', [one.id, two.id], {
      turns: [{ scene: 'pulse', seconds: 60, when: 'always' }],
    });
    const pages = [one.page, two.page];
    for (const page of pages) await at(page, 'submitted-today').waitFor(WAIT);
    // What walls showed is kept a moment later.
    const kept = async () => (await administrator.ask(`/v1/shown?at=${Date.now() - 1_000}`)).status;
    await expect.poll(kept, WAIT).toBe(200);

    await using office = await desk(browser);
    const page = await office.newPage();
    await page.goto(`${room.url}/admin/screens?lang=en`);
    const control = page.locator(`[data-test="present-${wall.id}"]`);
    await control.locator('summary').click(WAIT);
    // What is yet to come was shown nowhere.
    const day = control.locator('input[type="date"]');
    const today = await day.inputValue();
    const hour = 3_600_000;
    await day.fill(new Date(Date.now() + (24 + 7) * hour).toISOString().slice(0, 10));
    await control.locator('[data-test="present-ahead"]').waitFor(WAIT);
    expect(await control.locator('[data-test="present-show"]').isDisabled()).toBe(true);
    await day.fill(today);
    await control.locator('[name="present-clock"]').fill('00:00:01');
    await control.locator('[data-test="present-show"]').click();
    for (const each of pages) await at(each, 'presented').waitFor(WAIT);
    // Just after midnight nothing was shown, which is said in words; still it is not live.
    for (const each of pages) await expect.poll(() => at(each, 'presented').textContent(), WAIT).toContain('NOT LIVE');
    for (const each of pages) await expect.poll(() => at(each, 'presented').textContent(), WAIT).toContain('00:00:01');
    await control.locator('[data-test="present-nothing"]').waitFor(WAIT);
    const shownBy = () => at(page, `wall-${wall.id}`).locator('[data-test="wall-shows"]').textContent();
    await expect.poll(shownBy, WAIT).toContain('the past, not live');
    await expect.poll(() => at(one.page, 'spoken').textContent(), WAIT).toContain('Not live');

    const seconds = 1_000 * Math.floor(Date.now() / 1_000) - 2_000;
    await administrator.told(`/v1/walls/${wall.id}/order`, { order: 'present', at: seconds, speed: 0 });
    const shownAt = (each: Page) =>
      at(each, 'not-live')
        .getAttribute('data-value', { timeout: 1_000 })
        .catch(() => null);
    for (const each of pages) await expect.poll(() => shownAt(each), WAIT).not.toBeNull();
    // What was shown seconds ago may not be written yet: until it is, a screen that asked earlier stands at one before.
    const written = async () => (await administrator.told<ShownAnswer>(`/v1/shown?at=${seconds}`)).kept.to;
    await expect.poll(written, WAIT).toBeGreaterThanOrEqual(seconds);
    const last = `${(await administrator.told<ShownAnswer>(`/v1/shown?at=${seconds}`)).at}`;
    for (const each of pages) await expect.poll(() => shownAt(each), WAIT).toBe(last);
    expect(Number(last)).toBeLessThanOrEqual(seconds);
    // As its own wall is, smaller as a whole: what is laid out by its proportions is laid out alike.
    for (const each of pages) {
      const frame = () =>
        each.evaluate(() => {
          const wall = document.querySelector('[data-test="shown-wall"] .wall');
          if (wall === null) return undefined;
          const { x, y, width, height } = wall.getBoundingClientRect();
          const isWithin = x > 0 && x + width < innerWidth && y > 0 && y + height < innerHeight;
          return { isWithin, proportion: (width / height) * (innerHeight / innerWidth) };
        });
      await expect.poll(frame, WAIT).toEqual({ isWithin: true, proportion: expect.closeTo(1, 3) });
    }
    expect(await violations(one.page)).toEqual([]);
    await one.page.reload();
    await expect.poll(() => shownAt(one.page), WAIT).toBe(await shownAt(two.page));

    // What was shown is kept by the log and the order by the database: another process goes on where the room was killed.
    const before = await shownAt(two.page);
    await room.kill();
    await room.restart();
    // Its portals may have been silent since: that the server is heard again is what counts.
    const state = (each: Page) => at(each, 'connection').first().getAttribute('data-state');
    for (const each of pages) {
      await expect.poll(() => state(each), WAIT).not.toMatch(/disconnected|silent|loading/);
      await expect.poll(() => shownAt(each), WAIT).toBe(before);
    }

    await page.reload();
    await expect
      .poll(() => control.locator('[data-test="presenting"]').getAttribute('data-value'), WAIT)
      .toBe(`${seconds}`);
    await control.locator('[data-test="present-step--5000"]').click();
    const stepped = () => control.locator('[data-test="presenting"]').getAttribute('data-value');
    await expect.poll(stepped, WAIT).toBe(`${seconds - 5_000}`);
    // Played as fast as time passes it never comes to now, by when it would end by itself.
    await control.locator('select').selectOption('1');
    await control.locator('[data-test="present-play"]').click();
    await control.locator('[data-test="present-pause"]').waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    await control.locator('[data-test="present-live"]').click();
    for (const each of pages) await at(each, 'presented').waitFor({ state: 'detached', ...WAIT });
    for (const each of pages) await at(each, 'submitted-today').waitFor(WAIT);
  },
);

it(
  'a presented past shows the scene that stands there as it was, and the next one when it is ordered',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using hall = await display(browser);
    const { id, page } = await letIn(hall, 'Present scenes');
    const wall = await make('Presented scenes', [id], { turns: [{ scene: 'waiting', seconds: 60, when: 'always' }] });
    await expect.poll(() => shows(page), WAIT).toBe('waiting');
    // Of each scene everything is kept soon after the room began.
    const kept = async (scene: string) => {
      const response = await administrator.ask(`/v1/shown?at=${Date.now()}&scene=${scene}`);
      return response.ok ? ((await response.json()) as ShownAnswer).scene?.missing : undefined;
    };
    for (const scene of ['waiting', 'tasks']) await expect.poll(() => kept(scene), WAIT).toEqual([]);
    const order = (body: object) => administrator.told(`/v1/walls/${wall.id}/order`, body);
    await order({ order: 'present', at: Date.now() - 1_000, speed: 0 });
    const then = () =>
      page
        .locator('[data-test="presented"] [data-test="scene-then"]')
        .getAttribute('data-value', { timeout: 1_000 })
        .catch(() => null);
    await expect.poll(then, WAIT).toBe('waiting');
    expect(await at(page, 'not-live').textContent()).toMatch(/^NOT LIVE as walls showed it at .*live again at/);
    await page.locator('[data-test="presented"] [data-test="tile-waiting"] h2').waitFor(WAIT);
    await order({ order: 'show', scene: 'tasks' });
    await expect.poll(then, WAIT).toBe('tasks');
    expect(await violations(page)).toEqual([]);
    await order({ order: 'live' });
    await at(page, 'presented').waitFor({ state: 'detached', ...WAIT });
    await expect.poll(() => shows(page), WAIT).toBe('tasks');
  },
);

it(
  'a screen is silent until it is told to chime, and then chimes by the severity of what begins to ring',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    await using hall = await display(browser);
    await using foyer = await display(browser);
    for (const each of [hall, foyer])
      await each.addInitScript(() => {
        const notes: number[] = [];
        Object.assign(window, { notes });
        const Kept = window.OscillatorNode;
        window.OscillatorNode = class extends Kept {
          constructor(sound: BaseAudioContext, options?: OscillatorOptions) {
            super(sound, options);
            notes.push(options?.frequency ?? 0);
          }
        };
        Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'running' });
      });
    const [heard, silent] = [await letIn(hall, 'Chiming'), await letIn(foyer, 'Silent')];
    await make('Chimes', [heard.id, silent.id], {
      turns: [{ scene: 'pulse', seconds: 60, when: 'always' }],
      sounding: [heard.id],
    });
    for (const { page } of [heard, silent]) {
      await expect.poll(() => shows(page), WAIT).toBe('pulse');
      await at(page, 'submitted-today').waitFor(WAIT);
    }
    const known = heard.page
      .waitForResponse((response) => response.url().includes('/v1/alerts'), WAIT)
      .catch(() => null);
    await heard.page.reload();
    await known;
    await administrator.told('/v1/rules', rule('CHIME', 'warning', 'MOH'));
    const notes = (page: Page) => page.evaluate(() => (window as unknown as { notes: number[] }).notes);
    await expect.poll(() => notes(heard.page), WAIT).toEqual([523, 659]);
    // Each once: where another begins, what rings already is not heard again.
    await administrator.told('/v1/rules', rule('CHIME-TOO', 'info', 'MOH'));
    await expect.poll(() => notes(heard.page), WAIT).toEqual([523, 659, 523]);
    expect(await notes(silent.page)).toEqual([]);
  },
);

it('a tile that fails says so alone, and comes back by itself', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  await page.route('**/v1/wall/waiting?by=agency', (route) =>
    route.fulfill({ status: 503, json: { error: { code: 'warehouse', reason: 'no' } } }),
  );
  await page.goto(`${room.url}/?scene=day-so-far&lang=en`);
  const tile = (kind: string) => at(page, `tile-${kind}`);
  await tile('waiting').locator('[data-test="tile-failed"]').waitFor(WAIT);
  expect(await tile('day-so-far').locator('[data-test="so-far"]').textContent(WAIT)).toContain('12');
  expect(await tile('alerts').locator('[data-test="tile-failed"]').count()).toBe(0);
  await page.unroute('**/v1/wall/waiting?by=agency');
  await tile('waiting').locator('[data-test="tile-failed"]').waitFor({ state: 'detached', timeout: 60_000 });
  await page.close();
});

it(
  'on a fine screen the national pulse shows all places by name and single minutes, and nowhere else',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    const see = async (size: string, path: string) => {
      const [width = 0, height = 0] = size.split('x').map(Number);
      await page.setViewportSize({ width, height });
      await page.goto(`${room.url}${path}lang=en`);
      await at(page, 'submitted-today').waitFor(WAIT);
    };
    const all = JSON.parse(await readFile(join(DEFAULT_CATALOGUE, 'catalogue.json'), 'utf8')) as Catalogue;
    const today = all.provinces.filter(({ validTo }) => validTo === undefined).map(({ id }) => id);
    await see('3840x2160', '/?scene=pulse&');
    await at(page, 'province-strip').waitFor(WAIT);
    const rows = page.locator('[data-test^="strip-"]');
    expect(await rows.evaluateAll((of) => of.map((row) => row.getAttribute('data-test')))).toEqual(
      today.map((id) => `strip-${id}`),
    );
    // A name is whole, and so is its count.
    const cut = await rows.evaluateAll((of) => of.filter((row) => row.scrollWidth > row.clientWidth + 1).length);
    expect([cut, await noSideways(page)]).toEqual([0, 0]);
    const single = page.locator('main .hour .single');
    await single.waitFor(WAIT);
    expect(await violations(page)).toEqual([]);
    for (const [size, path] of [
      ['1920x1080', '/?scene=pulse&'],
      ['5120x2160', '/?scene=pulse&'],
      ['3840x2160', '/?'],
    ] as const) {
      await see(size, path);
      await page.waitForLoadState('networkidle');
      expect([size, path, await at(page, 'province-strip').count()]).toEqual([size, path, 0]);
      expect([size, path, await single.count()]).toEqual([size, path, 0]);
    }
    await page.close();
  },
);

it('what was drawn on a canvas that the graphics card lost is drawn again', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await browser.newPage({ reducedMotion: 'reduce' });
  await page.goto(`${room.url}/`);
  // The map of the day, which nothing else draws anew while its places stay as they are.
  const canvas = page.locator('main .places canvas').first();
  const painted = () =>
    canvas.evaluate((of: HTMLCanvasElement) => {
      const pixels = of.getContext('2d')?.getImageData(0, 0, of.width, of.height).data;
      return pixels?.some((value, at) => at % 4 === 3 && value > 0);
    });
  await expect.poll(painted, WAIT).toBe(true);
  await canvas.evaluate((of: HTMLCanvasElement) => of.getContext('2d')?.clearRect(0, 0, of.width, of.height));
  expect(await painted()).toBe(false);
  // Within some frames: later another subject's turn would draw it anyway.
  await canvas.evaluate(async (of: HTMLCanvasElement) => {
    of.dispatchEvent(new Event('contextrestored'));
    for (let frame = 0; frame < 30; frame++) await new Promise(requestAnimationFrame);
  });
  expect(await painted()).toBe(true);
  await page.close();
});

it(
  'walls show who owes what was ordered, the index as far as it is measured, essential services, and nobody by chance',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const { timeZone } = JSON.parse(await readFile(join(DEFAULT_CATALOGUE, 'catalogue.json'), 'utf8')) as Catalogue;
    const today = localDay(Date.now(), timeZone);
    const tasks = [
      ['1', 'MOH', -9],
      ['2', 'MOH', -2],
      ['3', 'MPS', -1],
      ['4', 'MPS', 3],
    ].map(([item, code, days]) => ({
      plan: 'Plan',
      item,
      unit: { dim: 'agency', code },
      text: `Write number ${item}`,
      due: addDays(today, Number(days)),
      wanted: 'it is written',
    }));
    const office = await colleague(room, administrator, 'office', ['view', 'direct']);
    expect(await office.told('/v1/tasks', { tasks })).toMatchObject({ taken: 4, refused: [] });
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' });
    const open = (scene: string) => page.goto(`${room.url}/?scene=${scene}&lang=en`);
    const value = (name: string) => at(page, name).getAttribute('data-value', WAIT);

    await open('tasks');
    expect(await value('tasks-overdue')).toBe('3');
    expect(await value('owes-MOH')).toBe('2');
    const owed = await at(page, 'owes-MOH').textContent();
    expect(owed).toContain('9 days');
    expect(await at(page, 'task-due').textContent(WAIT)).toContain('Write number 4');
    // The longest overdue first, with whose it is and for how long.
    expect(await at(page, 'task-late').textContent(WAIT)).toMatch(/9 days overdue.*Health.*Write number 1/s);
    expect(await page.locator('[data-test="task-late"]').count()).toBe(3);
    // They were given a moment ago.
    expect(await at(page, 'tasks-trend').textContent()).toContain('nothing to compare');
    await expect.poll(() => at(page, 'spoken').textContent(), WAIT).toContain('3 overdue, of 4 that are open');
    expect(await page.locator('[data-test="tile-tasks"] tbody tr').count()).toBe(6);

    await open('service-index-ministries');
    // Nothing was finished: of the index only what is filed online is measured.
    expect(Number(await value('index-missing'))).toBe(96);
    expect(await page.locator('[data-test^="score-M"]').count()).toBeGreaterThan(0);
    // Of one day nobody can be held apart from another.
    expect(await at(page, 'index-alike').textContent(WAIT)).toContain('None can be told apart');
    expect(await page.locator('[data-test="score-watch"], [data-test="score-ok"]').count()).toBe(0);

    await open('essential');
    expect(await at(page, 'essential-decided').textContent(WAIT)).toBe('53');
    // Nothing was reported of most days: whoever uses nothing is not known.
    await expect.poll(() => at(page, 'essential-unused').textContent(), WAIT).toBe('0');
    expect(await page.locator('[data-test^="essential-service-"][data-value="unused"]').count()).toBe(0);
    expect(await page.locator('[data-test^="essential-service-"][data-value="unknown"]').count()).toBeGreaterThan(0);
    // Nobody said yet whether any is deployed.
    expect(await page.locator('[data-test^="deployed-"]:not([data-value="unknown"])').count()).toBe(0);

    await page.route('**/v1/wall/leaders**', (route) =>
      route.fulfill({ status: 403, json: { error: { code: 'outside_scope', reason: 'no' } } }),
    );
    await open('leaders');
    expect(await at(page, 'tile-refused').textContent(WAIT)).toContain('Only for screens that may see all units');
    expect(await page.locator('[data-test="tile-failed"]').count()).toBe(0);
    await page.close();
  },
);

it('an administrator writes a scene by the keyboard, sees it beside, and takes it back', LONG, async (context) => {
  await using browser = await orSkip(context, openBrowser());
  await using office = await desk(browser);
  const page = await office.newPage();
  await page.goto(`${room.url}/admin/screens?lang=en`);
  await at(page, 'scene-add').click(WAIT);
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('scene-vi');
  await page.keyboard.type('Của ta');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Ours');
  const preview = await office.newPage();
  await preview.goto(`${room.url}/?scene=draft&lang=en`);
  await at(preview, 'tile-waiting').waitFor(WAIT);
  await page.bringToFront();
  await page.locator('[data-test="edit-tile-0"] [name="kind"]').selectOption('units');
  await at(preview, 'tile-units').waitFor(WAIT);
  // Over each other: refused in words, and nothing is lost.
  await at(page, 'tile-add').click();
  await page.keyboard.press('Enter');
  await page.locator('[data-test="scene-save"]').click();
  await expect.poll(() => at(page, 'failure').textContent(), WAIT).toContain('not over each other');
  await page.locator('[data-test="edit-tile-0"] [name="height"]').fill('4');
  for (const index of [1, 2]) {
    const tile = page.locator(`[data-test="edit-tile-${index}"]`);
    if ((await tile.count()) === 0) continue;
    await tile.locator('[name="row"]').fill('5');
    await tile.locator('[name="column"]').fill(index === 1 ? '1' : '7');
  }
  expect(await violations(page)).toEqual([]);
  await page.locator('[data-test="scene-save"]').click();
  await expect.poll(() => at(page, 'scene-done').textContent(), WAIT).toContain('Ours is saved');
  await at(page, 'scene-undo').click();
  await expect.poll(() => at(page, 'scene-done').textContent(), WAIT).toContain('Taken back');
  await expect.poll(() => page.locator('[data-test="scenes"]').textContent(), WAIT).not.toContain('Ours');
});

it(
  'every scene stands on every screen in both languages and themes, and breaks no rule of accessibility',
  LONG,
  async (context) => {
    await using browser = await orSkip(context, openBrowser());
    const page = await browser.newPage({ reducedMotion: 'reduce' });
    for (const size of ['1920x1080', '3840x2160', '1080x1920', '2560x1080'])
      for (const [index, scene] of [
        'ministries',
        'provinces',
        'late',
        'services',
        'programmes',
        'waiting',
        'alerts',
        'focus',
        'focus-province',
        'day-so-far',
        'databases',
        'tasks',
        'service-index',
        'service-index-ministries',
        'essential',
        'leaders',
      ].entries()) {
        const choice = index % 2 === 0 ? 'lang=vi&theme=dark' : 'lang=en&theme=light';
        const [width = 0, height = 0] = size.split('x').map(Number);
        const of = { size, scene };
        await page.setViewportSize({ width, height });
        await page.goto(`${room.url}/?scene=${scene}&${choice}`);
        await page.locator('[data-test="scene"]').waitFor(WAIT);
        await expect.poll(() => page.locator('[data-test="scene"] [aria-busy="true"]').count(), WAIT).toBe(0);
        expect({ ...of, found: await violations(page) }).toEqual({ ...of, found: [] });
        expect([of, await noSideways(page)]).toEqual([of, 0]);
        // One place is read out, and it begins with what is seen.
        const title = await page.locator('header h1').textContent();
        await expect.poll(() => at(page, 'spoken').textContent(), WAIT).toContain(`${title}.`);
        expect([of, await page.locator('[role="status"], [role="alert"], [aria-live]').count()]).toEqual([of, 1]);
      }
    await page.close();
  },
);

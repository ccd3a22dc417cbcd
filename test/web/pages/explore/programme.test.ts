/** Tasks as what is counted on the page of questions, in a real browser on a real room: chosen, split by ministry, asked in words. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../../harness/browser.ts';
import { send, submission } from '../../../harness/client.ts';
import { orSkip } from '../../../harness/need.ts';
import { type Room, startRoom } from '../../../harness/room.ts';
import { violations } from '../../violations.ts';
import { ANSWERED, ago, asked, openPage, WAIT } from '../desk.ts';

let room: Room;
beforeAll(async () => {
  room = await startRoom();
  // All numbers here are made up, as those of a trial are: the Office is looked at by a click.
  await writeFile(join(room.dataDir, 'simulator-keys.jsonl'), '');
  await send(room, [submission('t-1', { occurredAt: `${ago(1)}T10:00:00+07:00`, count: 5 })]);
  const task = (item: string, code: string, due: string) => ({
    plan: 'Plan 2026',
    item,
    unit: code === '34-01' ? { dim: 'province', code } : { dim: 'agency', code },
    text: `Task ${item}`,
    due,
    wanted: 'all of it',
  });
  const tasks = [
    task('1', 'MPS', ago(5)),
    task('2', 'MPS', ago(6)),
    task('3', 'MPS', ago(-9)),
    task('4', 'MOH', ago(5)),
    task('5', '34-01', ago(5)),
  ];
  const given = await fetch(`${room.url}/v1/tasks`, {
    method: 'POST',
    headers: { cookie: 'room-look=leadership', 'content-type': 'application/json', origin: room.url },
    body: JSON.stringify({ tasks }),
  });
  expect([given.status, await given.text()]).toEqual([200, expect.stringContaining('"taken":5')]);
});
afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

it.each([
  [1440, 900],
  [390, 844],
])(
  'an analyst turns to tasks, splits those overdue by ministry, and goes on to their page, at %i',
  async (width, height) => {
    await using browser = await openBrowser();
    // Of dossiers it is split by service and told per working day, which tasks do not know.
    const path = `/explore?lang=en&from=${ago(3)}&to=${ago(0)}&compare=previous&split=service&per=working-day`;
    const page = await openPage(browser, room, path, { ready: ANSWERED, width, height });
    await page.click('[data-test="subject-tasks"]');
    await expect.poll(() => asked(page)['sort'], WAIT).toBe('tasksOpen');
    expect(asked(page)).not.toHaveProperty('per');
    expect(asked(page)).not.toHaveProperty('split');
    const card = (name: string) =>
      page.locator(`[data-test="measure-${name}"] [data-value]`).getAttribute('data-value');
    await expect.poll(() => card('tasksOpen'), WAIT).toBe('5');
    expect(await card('tasksOverdue')).toBe('4');
    expect(await page.locator('[data-test="measure-submitted"]').count()).toBe(0);
    await page.click('[data-test="measure-tasksOverdue"]');
    const ranked = page.locator('[data-test="board-agency"] li');
    await expect
      .poll(() => ranked.allTextContents().then((all) => all.map((text) => text.replace(/\s+/g, ' '))), WAIT)
      .toEqual([
        expect.stringMatching(/Public Security.*2/),
        expect.stringMatching(/Health.*1/),
        expect.stringMatching(/Other units.*1/),
      ]);
    await page.click('[data-test="split-agency"]');
    const row = (code: string) => page.locator(`[data-test="row-${code}"]`).getAttribute('data-value');
    await expect.poll(() => row('MPS'), WAIT).toBe('2');
    expect([await row('MOH'), await row('')]).toEqual(['1', '1']);
    expect(asked(page)).toMatchObject({ sort: 'tasksOverdue', split: 'agency' });
    // What tasks do not have is not offered.
    expect(await page.locator('[data-test="cross"]').count()).toBe(0);
    expect(await page.locator('[data-test="board-service"]').count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    expect(await violations(page, '.cards')).toEqual([]);

    await page.locator('[data-test="row-MPS"] button').click();
    await expect.poll(() => new URL(page.url()).pathname, WAIT).toBe('/tasks');
  },
);

it('is asked in words, within one ministry, in Vietnamese', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = await openPage(browser, room, '/explore?lang=vi', { ready: ANSWERED });
  await page.fill('[data-test="ask"]', 'bao nhiêu nhiệm vụ quá hạn của Bộ Công an hôm nay');
  await page.press('[data-test="ask"]', 'Enter');
  await expect.poll(() => asked(page), WAIT).toMatchObject({ sort: 'tasksOverdue', agency: 'MPS' });
  const value = page.locator('[data-test="measure-tasksOverdue"] [data-value]');
  await expect.poll(() => value.getAttribute('data-value'), WAIT).toBe('2');
  expect(await page.locator('[data-test="measure-tasksOverdue"] .name').textContent()).toBe('Nhiệm vụ quá hạn');
  // Of one ministry no province is ranked.
  expect(await page.locator('[data-test="board-province"]').count()).toBe(0);
  await page.click('[data-test="subject-dossiers"]');
  await expect.poll(() => page.locator('[data-test="measure-submitted"]').count(), WAIT).toBe(1);
  expect(asked(page)).not.toHaveProperty('sort');
});

/** What is wrong in a page is seen in a real browser: each fault planted once, beside the same without it. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, type TestContext } from 'vitest';
import { openBrowser } from '../../harness/browser.ts';
import { orSkip } from '../../harness/need.ts';
import { faultsOf } from './judge.ts';
import { keepPaintedTexts, lookAtPage } from './seen.ts';

const DESK = { width: 800, height: 600, kind: 'desk' } as const;
let browser: Promise<Browser>;
beforeAll(() => {
  browser = openBrowser();
  browser.catch(() => undefined);
});
afterAll(async () => {
  await browser.then(
    (open) => open.close(),
    () => undefined,
  );
});

async function kindsIn(context: TestContext, body: string): Promise<string[]> {
  const page = await (await orSkip(context, browser)).newPage({ viewport: DESK });
  await page.addInitScript(keepPaintedTexts);
  await page.goto(
    `data:text/html,${encodeURIComponent(`<!doctype html><style>body { font: 20px sans-serif; margin: 8px }</style>${body}`)}`,
  );
  const faults = faultsOf(await page.evaluate(lookAtPage, { main: '.main', spare: '.spare' }), DESK);
  await page.close();
  return [...new Set(faults.map(({ kind }) => kind))];
}

const canvas = (x: number, size = 20): string => `<canvas width="300" height="60"></canvas><script>
const pen = document.querySelector('canvas').getContext('2d');
pen.font = '${size}px sans-serif';
pen.fillText('painted before', 0, 40);
pen.clearRect(0, 0, 300, 60);
pen.fillText('painted', ${x}, 40);
pen.fillText('beside', 200, 40);
</script>`;

it.for<[string[], string, string]>([
  [[], 'lines beneath each other', '<p style="line-height: 1">one line<br>another line, ỆÖ gjy</p>'],
  [
    [],
    'what is only heard',
    '<p style="position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap">only heard</p><p>seen</p>',
  ],
  [
    ['overlap'],
    'two texts at one place',
    '<p style="position: absolute">one text</p><p style="position: absolute">another text</p>',
  ],
  [
    ['cut'],
    'a text that a box cuts',
    '<p style="width: 80px; overflow: hidden; white-space: nowrap">longer than its box</p>',
  ],
  [
    ['cut'],
    'a line that a box hides',
    '<p style="height: 24px; width: 100px; overflow: hidden">a first line and a second one</p>',
  ],
  [
    [],
    'what is left out whole',
    '<p style="height: 24px; width: 100px; overflow: hidden">a line <span class="spare" style="display: block">and more</span></p>',
  ],
  [
    ['shortened'],
    'an ellipsis',
    '<p style="width: 80px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">longer than its box</p>',
  ],
  [
    ['sideways', 'outside'],
    'a line that is wider than the screen',
    '<p style="white-space: nowrap; width: 900px; text-align: right">far to the right</p>',
  ],
  [
    ['sideways'],
    'a box that is scrolled sideways',
    '<div style="overflow-x: auto; width: 200px"><p style="width: 300px">wide</p></div>',
  ],
  [
    ['outside'],
    'what leaves its tile',
    '<section class="tile" style="width: 80px; white-space: nowrap">longer than its tile</section>',
  ],
  [
    ['covered'],
    'a bar over a text',
    '<p>a text</p><nav style="position: fixed; inset: 0 0 auto; height: 60px; background: red"></nav>',
  ],
  [
    [],
    'a clear layer over a text',
    '<p>a text</p><svg style="position: fixed; inset: 0; width: 100%; height: 60px"></svg>',
  ],
  [['small'], 'small type', '<p style="font-size: 11px">small</p>'],
  [[], 'what a chart paints', canvas(0)],
  [['overlap'], 'painted texts upon each other', canvas(180)],
  [['cut'], 'a painted text that the canvas ends', canvas(-20)],
  [['small'], 'small painted type', canvas(0, 11)],
])('%j: %s', async ([kinds, , body], context) => {
  expect(await kindsIn(context, body)).toEqual(kinds);
});

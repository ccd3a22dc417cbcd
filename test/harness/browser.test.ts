import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { orSkip } from './need.ts';

test('the browser renders a page and runs its script', async (context) => {
  await using browser = await orSkip(context, openBrowser());
  const page = '<title>a</title><p id=p>before</p><script>document.title = p.textContent = "after"</script>';
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(page));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    expect(await tab.title()).toBe('after');
    expect(await tab.locator('#p').textContent()).toBe('after');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

/** Debian's Chromium, Chrome, or Playwright's own build: whichever is there first. */
import { access } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';
import { childEnv } from './config.ts';
import { Unavailable } from './need.ts';
import { which } from './process.ts';
import { inTurn } from './turns.ts';

const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A headless browser for `await using`. Throws `Unavailable` where there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findChromium();
  // Chromium refuses to build its sandbox as root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return inTurn(() => chromium.launch({ executablePath, args: [...sandbox, ...ARGS], env: childEnv() }));
}

async function findChromium(): Promise<string> {
  const installed = await which('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  if (installed !== undefined) return installed;
  const own = chromium.executablePath();
  const there = await access(own).then(
    () => true,
    () => false,
  );
  if (there) return own;
  throw new Unavailable('no browser: install Chromium, or run test/node_modules/.bin/playwright-core install chromium');
}

/** One real room with its simulated portals, and pages of it in a browser: what pictures are taken of. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_CATALOGUE } from '@room/catalogue';
import { addDays, type Catalogue, type Language, localDay } from '@room/contract';
import type { Browser, Page } from 'playwright-core';
import { type Room, startRoom } from '../../harness/room.ts';
import { tempDir } from '../../harness/temp.ts';
import { openPortals, type Portals } from './portals.ts';
import { keepPaintedTexts } from './seen.ts';

export type Theme = 'dark' | 'light';

/** How a picture is taken. */
export interface Look {
  language: Language;
  theme: Theme;
}

export interface Studio extends AsyncDisposable {
  room: Room;
  portals: Portals;
  sources: readonly string[];
  /** A local day before the running one, which is that of 0. */
  daysAgo(days: number): string;
}

/** A time zone in which it is now this hour of the day. */
export function zoneAt(hour: number, now = new Date()): string {
  const ahead = ((hour - now.getUTCHours() + 36) % 24) - 12;
  // The signs of these names are those of POSIX: west is positive.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/** The room that ships, where it is now `hour` o'clock of a working day, so that pictures of different hours can be compared. */
export async function openStudio({ hour = 10 } = {}): Promise<Studio> {
  const opened: AsyncDisposable[] = [];
  const keep = <T extends AsyncDisposable>(one: T): T => {
    opened.unshift(one);
    return one;
  };
  const close = async (): Promise<void> => {
    for (const one of opened.splice(0)) await one[Symbol.asyncDispose]();
  };
  try {
    const folder = keep(await tempDir('studio'));
    const path = join(folder.path, 'catalogue');
    await cp(DEFAULT_CATALOGUE, path, { recursive: true });
    const file = join(path, 'catalogue.json');
    const shipped = JSON.parse(await readFile(file, 'utf8')) as Catalogue;
    const timeZone = zoneAt(hour);
    const today = localDay(Date.now(), timeZone);
    const worked = [...shipped.calendar.worked, today];
    const catalogue = { ...shipped, timeZone, calendar: { ...shipped.calendar, worked } };
    await writeFile(file, JSON.stringify(catalogue));
    const room = keep(await startRoom({ catalogue: path, isTrial: true }));
    const portals = keep(await openPortals(room, catalogue));
    return {
      room,
      portals,
      sources: catalogue.sources.map(({ id }) => id),
      daysAgo: (days) => addDays(today, -days),
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A page that keeps what its charts paint; `path` may have a query. */
export async function openPage(
  browser: Browser,
  url: string,
  path: string,
  { language, theme }: Look,
  prepare?: (page: Page) => Promise<unknown>,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' });
  await page.addInitScript(keepPaintedTexts);
  await prepare?.(page);
  await page.goto(`${url}${path}${path.includes('?') ? '&' : '?'}lang=${language}&theme=${theme}`);
  return page;
}

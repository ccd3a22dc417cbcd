/** Outages between a room and a wall in a real browser, and what the wall shows of each: when it says so, when it is back, when its number moves. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { post, submission } from './client.ts';
import type { OutageProxy, ProxyMode } from './outage-proxy.ts';
import type { Room } from './room.ts';

export const OUTAGES = ['killed', 'stopped', '502', 'black hole', 'refused', 'cut'] as const;
export type Outage = (typeof OUTAGES)[number];

/** Of these the wall learns from silence alone. */
export const isSilent = (outage: Outage): boolean => outage === 'stopped' || outage === 'black hole';
/** These befall the room, for all its walls; the others what stands before it. */
export const isOfTheRoom = (outage: Outage): boolean => outage === 'killed' || outage === 'stopped';

const MODES: Readonly<Partial<Record<Outage, ProxyMode>>> = {
  '502': 'bad gateway',
  'black hole': 'black hole',
  refused: 'refuse',
  cut: 'cut',
};

/** Milliseconds. */
export interface Course {
  /** From the outage until the wall says that it is not heard. */
  toldAfter: number;
  /** From its end until the wall is live. */
  liveAfter: number;
  /** From then until its number moves. */
  movesAfter: number;
  /** What the wall was in between, each state once. */
  states: string[];
  /** What somebody who reads by ear was told, in turn. */
  spoken: string[];
}

interface Shown {
  at: number;
  state: string;
  value: number;
  spoken: string;
}

const EACH_MS = 250;
const STEP_MS = 20;
const GIVEN_UP_MS = 45_000;

/** Posts an event four times a second, whatever becomes of them, until it is disposed of. */
export function submitting(room: Room): Disposable {
  const send = (): void =>
    void post({ url: room.url, key: (source) => room.key(source) }, [submission(randomUUID())]).catch(() => undefined);
  const timer = setInterval(send, EACH_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Opens a wall and waits until it is live; from then on the page notes what it shows. */
export async function openWall(page: Page, proxy: OutageProxy): Promise<void> {
  await page.goto(`${proxy.url}/?lang=en`);
  await page.locator('[data-test="connection"][data-state="live"]').waitFor({ timeout: 60_000 });
  // As text: what a bundler adds to a function's source is not known in the page.
  await page.evaluate(`
    globalThis.shown = [];
    const look = () => {
      const of = (name) => document.querySelector('[data-test="' + name + '"]');
      const state = of('connection')?.dataset.state ?? 'none';
      const value = Number(of('submitted-today')?.dataset.value);
      const spoken = of('spoken')?.textContent ?? '';
      const last = shown.at(-1);
      if (last?.state !== state || last.value !== value || last.spoken !== spoken) shown.push({ at: Date.now(), state, value, spoken });
    };
    setInterval(look, ${STEP_MS});
    look();
  `);
}

/** Lets `outage` last for `ms`, and answers what the walls at `pages` showed of it, each behind its proxy. */
export async function course(
  outage: Outage,
  ms: number,
  room: Room,
  walls: readonly { page: Page; proxy: OutageProxy }[],
): Promise<Course[]> {
  for (const { page } of walls) await page.evaluate('shown.splice(0, shown.length - 1)');
  const mode = MODES[outage];
  const began = Date.now();
  if (mode !== undefined) await Promise.all(walls.map(({ proxy }) => proxy.set(mode)));
  else await room.kill(outage === 'killed' ? 'SIGKILL' : 'SIGSTOP');
  await sleep(ms);
  if (mode !== undefined) await Promise.all(walls.map(({ proxy }) => proxy.set('pass')));
  else if (outage === 'stopped') await room.kill('SIGCONT');
  else await room.restart();
  const ended = Date.now();
  return Promise.all(walls.map(({ page }) => courseAt(page, began, ended)));
}

async function courseAt(page: Page, began: number, ended: number): Promise<Course> {
  for (;;) {
    const shown = (await page.evaluate('shown')) as Shown[];
    const told = shown.find(({ at, state }) => at > began && state !== 'live');
    const before = shown.findLast(({ at }) => at <= ended)?.value ?? Number.NaN;
    // Whoever noticed nothing was live all the time.
    const live = told === undefined ? undefined : shown.find(({ at, state }) => at >= ended && state === 'live');
    const moved = live && shown.find(({ at, value }) => at >= live.at && value > before);
    if (told !== undefined && live !== undefined && moved !== undefined)
      return {
        toldAfter: told.at - began,
        liveAfter: live.at - ended,
        movesAfter: moved.at - live.at,
        states: each(shown.filter(({ at }) => at >= told.at && at < live.at).map(({ state }) => state)),
        spoken: turns(shown.filter(({ at }) => at > began).map(({ spoken }) => spoken)),
      };
    if (Date.now() - ended > GIVEN_UP_MS) throw new Error(`the wall is not back: ${JSON.stringify(shown.slice(-12))}`);
    await sleep(100);
  }
}

const each = (of: readonly string[]): string[] => [...new Set(of)];
/** Without what is the same as what came before it. */
const turns = (of: readonly string[]): string[] => of.filter((one, n) => one !== of[n - 1]);

/** The states of wall and pages, in an order in which one real room can be brought into them. */
import type { Page } from 'playwright-core';
import type { Studio } from './studio.ts';

export interface State {
  name: string;
  /** Address without the choices of the screen. */
  path: string;
  /** Seen once the page is as it is to be looked at. */
  ready: string;
  /** Brings the room there, before its pages are opened. */
  bring?: () => Promise<void>;
  /** Of a page before it is opened. */
  prepare?: (page: Page) => Promise<unknown>;
  /** What happens once the pages are open; then `then` is seen. */
  happens?: () => Promise<void>;
  until?: string;
  /** Done again before each picture. */
  touch?: (page: Page) => Promise<unknown>;
}

export const NIGHT = 'night';
export const NIGHT_HOUR = 2;

/** What a new room's walls show beside the running day. */
const SCENES = [
  'ministries',
  'provinces',
  'late',
  'services',
  'programmes',
  'tasks',
  'service-index',
  'service-index-ministries',
  'essential',
  'leaders',
  'databases',
  'waiting',
  'alerts',
  'focus',
  'focus-province',
  'day-so-far',
];
const LIVE = '[data-test="connection"][data-state="live"]';
const HISTORY_DAYS = 100;
/** How long ago those have reported last that are silent. */
const SILENT_MS = 40 * 60_000;
const FEW = 12;
const SILENT = 4;

export function statesOf({ room, portals, sources, daysAgo }: Studio): State[] {
  const all = new Set(sources);
  const few = new Set(sources.slice(1, 1 + FEW));
  const most = new Set(sources.slice(0, -SILENT));
  const past = (from: number, to = 1): string => `/past?from=${daysAgo(from)}&to=${daysAgo(to)}`;
  const total = '[data-test="period-total"]';
  const block = (address: string) => (page: Page) => page.route(address, () => undefined);
  const opened = Date.now();
  let isMuted = false;

  return [
    { name: 'opening', path: '/', ready: '.opening', prepare: block('**/v1/catalogue') },
    {
      name: 'loading',
      path: '/',
      ready: 'main.loading',
      prepare: (page) => page.routeWebSocket(/socket\.io/, () => undefined),
    },
    { name: 'empty', path: '/', ready: '[data-test="connection"][data-state="empty"]' },
    { name: 'forecasts-none', path: '/forecasts', ready: '[data-test="no-forecasts"]' },
    {
      name: 'few-reported',
      path: '/',
      ready: LIVE,
      bring: async () => {
        await portals.history(HISTORY_DAYS, opened - SILENT_MS, all);
        await portals.longAgo(700, daysAgo(HISTORY_DAYS));
        await portals.history(0, Date.now(), few, opened - SILENT_MS);
        portals.report(few);
      },
    },
    {
      name: 'silent-sources',
      path: '/',
      ready: LIVE,
      bring: async () => {
        portals.report(most);
        await portals.history(0, Date.now(), most, opened - SILENT_MS);
      },
    },
    {
      name: 'live',
      path: '/',
      ready: LIVE,
      bring: async () => {
        portals.report(all);
        await portals.history(0, Date.now(), all, opened - SILENT_MS);
      },
    },
    { name: 'controls', path: '/', ready: LIVE, touch: (page) => page.mouse.move(Math.random() * 100 + 100, 300) },
    { name: 'forecasts', path: '/forecasts', ready: '[data-test="projections"]' },
    { name: 'foreseen', path: '/', ready: '[data-test="expected-today"]' },
    { name: 'scene-pulse', path: '/?scene=pulse', ready: '[data-test="showing"]' },
    ...SCENES.map((scene) => ({
      name: `scene-${scene}`,
      path: `/?scene=${scene}`,
      ready: '[data-test="scene"]:not(:has([aria-busy="true"]))',
    })),
    {
      name: 'stale',
      path: '/',
      ready: '[data-test="connection"][data-state="stale"]',
      bring: async () => portals.report(new Set()),
    },
    {
      name: 'silent',
      path: '/',
      ready: '[data-test="submitted-today"]',
      bring: async () => portals.report(all),
      prepare: (page) => between(page, (frame) => (isMuted ? undefined : frame)),
      happens: async () => {
        isMuted = true;
      },
      until: '[data-test="connection"][data-state="silent"]',
    },
    {
      name: 'ahead',
      path: '/',
      ready: '[data-test="connection"][data-state="ahead"]',
      prepare: (page) => between(page, aheadBy(10 * 60_000)),
    },
    { name: 'crowded', path: '/', ready: LIVE, prepare: (page) => between(page, crowded) },
    { name: 'past-day', path: past(1), ready: total },
    { name: 'past-week', path: past(7), ready: total },
    { name: 'past-month', path: past(31), ready: total },
    { name: 'past-90-days', path: past(90), ready: total },
    { name: 'past-100-days', path: past(100), ready: total },
    { name: 'past-800-days', path: past(800), ready: total },
    { name: 'past-running', path: past(6, 0), ready: total },
    { name: 'past-empty', path: '/past?from=2020-01-01&to=2020-01-01', ready: '[data-test="last-day"]' },
    { name: 'past-refused', path: '/past?from=2020-01-01&to=2026-01-01', ready: '[data-test="failure"]' },
    { name: 'past-unreadable', path: '/past?day=2026-13-45', ready: '[data-test="failure"]' },
    {
      name: 'disconnected',
      path: '/',
      ready: '[data-test="submitted-today"]',
      happens: () => room.kill(),
      until: '[data-test="connection"][data-state="disconnected"]',
    },
    {
      name: 'past-disconnected',
      path: past(31),
      ready: total,
      bring: () => room.restart(),
      happens: () => room.kill(),
      until: '[data-test="failure"]',
    },
  ];
}

/** Puts itself between page and room: each message becomes what `change` makes of it, or never comes. Nothing else gets through. */
async function between(page: Page, change: (frame: string) => string | undefined): Promise<void> {
  await page.route('**/socket.io/**', (route) => route.abort());
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      const changed = typeof message === 'string' ? change(message) : message;
      if (changed !== undefined) socket.send(changed);
    });
  });
}

/** As from a process whose clock is so many milliseconds ahead of the server's. */
const aheadBy = (ms: number) => (frame: string) =>
  frame.replace(/("computedAt":)(\d+)/g, (_, name: string, at: string) => `${name}${Number(at) + ms}`);

interface Told {
  sources?: Record<string, Part | null>;
  agencies?: Record<string, Part | null>;
  provinces?: Record<string, Part | null>;
  pipeline?: Part;
  forecasts?: Part;
  computedAt?: number;
}
type Part = Record<string, unknown>;

/** Everything at once that a wall may have to say: silent portals, every office behind, every place unusual, an episode, what waits. */
function crowded(frame: string): string {
  const at = frame.indexOf('[');
  if (at < 0 || !/^4[23]/.test(frame)) return frame;
  const message = JSON.parse(frame.slice(at)) as ({ snapshot?: { state: Told }; patch?: Told } | null)[];
  for (const part of message) {
    const told = part?.snapshot?.state ?? part?.patch;
    if (told !== undefined) crowd(told, part?.snapshot !== undefined);
  }
  return frame.slice(0, at) + JSON.stringify(message);
}

function crowd(told: Told, isWhole: boolean): void {
  const each = (parts: Told['sources'], change: Part): void => {
    for (const part of Object.values(parts ?? {})) if (part !== null) Object.assign(part, change);
  };
  each(Object.fromEntries(Object.entries(told.sources ?? {}).slice(0, SILENT)), { status: 'silent' });
  each(told.agencies, { onTime: 1_000, late: 1_000, onTimeStanding: 'act' });
  each(told.provinces, {
    submitted: 100,
    usual: { low: 8, median: 10, high: 12, days: 20 },
    usualStanding: 'farAbove',
  });
  const since = Date.now() - 3_600_000;
  if (isWhole || told.pipeline !== undefined)
    told.pipeline = { ...told.pipeline, pending: 12_345, quarantined: 162, filling: { events: 333_294, since } };
  if (!isWhole && told.forecasts === undefined) return;
  const drop = {
    id: 'e',
    kind: 'drop',
    dim: 'all',
    code: '',
    metric: 'submitted',
    onset: since,
    score: 9,
    drivers: [],
  };
  told.forecasts = {
    madeAt: since,
    knownTo: since,
    hours: {},
    projections: {},
    targets: [],
    ...told.forecasts,
    episodes: [{ ...drop, observed: 1_000, expected: 100_000 }],
  };
}

/** Of another room, where it is deep in the night. */
export const nightOf = ({ portals, sources }: Studio): State => ({
  name: NIGHT,
  path: '/',
  ready: LIVE,
  bring: async () => {
    const all = new Set(sources);
    await portals.history(30, Date.now(), all);
    portals.report(all);
  },
});

/**
 * What history costs: a batch whose events lie on as many days as it has events against one of a single day, by turns, and five
 * years of history posted to an idle room, batch after batch in the order of their time, until all of it is counted.
 *
 *   npm run bench -- history [--events 1000] [--days 1000] [--pairs 5] [--years 5] [--rows 100000]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, type Catalogue, localDay, validOn } from '@room/contract';
import { NATIONAL, send, submission } from '../harness/client.ts';
import { scrape } from '../harness/metrics.ts';
import { type Room, startRoom } from '../harness/room.ts';
import { type Figure, print } from './report.ts';
import { median } from './topic.ts';

const { values } = parseArgs({
  strict: false,
  options: {
    events: { type: 'string', default: '1000' },
    days: { type: 'string', default: '1000' },
    pairs: { type: 'string', default: '5' },
    years: { type: 'string', default: '5' },
    rows: { type: 'string', default: '100000' },
  },
});
const EVENTS = Number(values['events']);
const DAYS = Number(values['days']);
const PAIRS = Number(values['pairs']);
const YEARS = Number(values['years']);
const ROWS = Number(values['rows']);
const BATCH = 1_000;
const LOOK_MS = 5;
/** Merges of what was counted go on for a while. */
const SETTLE_MS = 2_000;
const DAY = 86_400_000;
const PATIENCE_MS = 600_000;

const { catalogue } = await loadCatalogue(DEFAULT_CATALOGUE);
let made = 0;

interface Codes {
  agencies: string[];
  provinces: string[];
  procedures: string[];
}
const codes = new Map<string, Codes>();

/** What the catalogue knows on a day: units came and went within five years. */
function codesOn(day: string, { agencies, provinces, services }: Catalogue): Codes {
  let found = codes.get(day);
  if (found === undefined) {
    const valid = <T extends { validFrom?: string | undefined; validTo?: string | undefined }>(
      units: readonly T[],
    ): T[] => units.filter((unit) => validOn(unit, day));
    found = {
      agencies: valid(agencies).map(({ code }) => code),
      provinces: valid(provinces).map(({ code }) => code),
      procedures: valid(services).map(({ code }) => code),
    };
    codes.set(day, found);
  }
  return found;
}

function eventAt(at: number): Record<string, unknown> {
  const number = made++;
  const pick = (from: readonly string[]): string => from[number % from.length] ?? '';
  const { agencies, provinces, procedures } = codesOn(localDay(at, catalogue.timeZone), catalogue);
  return submission(`history-${number}`, {
    procedure: pick(procedures),
    agency: pick(agencies),
    province: pick(provinces),
    occurredAt: new Date(at).toISOString(),
  });
}

const counted = async (room: Room): Promise<number> => {
  const metrics = await scrape(room.url, room.operatorToken);
  const of = (result: string): number => metrics.get(`room_ingest_events_total{result="${result}"}`) ?? 0;
  if (of('quarantined') + of('duplicate') > 0) throw new Error('some of the history was refused');
  return of('counted');
};

const cpuOf = async (room: Room): Promise<number> =>
  (await scrape(room.url, room.operatorToken)).get('process_cpu_seconds_total') ?? 0;

async function until(room: Room, events: number): Promise<void> {
  for (const began = performance.now(); (await counted(room)) < events; await sleep(LOOK_MS))
    if (performance.now() - began > PATIENCE_MS) throw new Error('what was accepted is not counted after ten minutes');
}

/** Milliseconds from the post to the last event's count, and CPU seconds of the room. */
async function timed(room: Room, times: readonly number[]): Promise<{ ms: number; cpu: number }> {
  await sleep(SETTLE_MS);
  const before = await counted(room);
  const cpu = await cpuOf(room);
  const events = times.map(eventAt);
  const began = performance.now();
  await send(room, events);
  await until(room, before + events.length);
  const ms = performance.now() - began;
  await sleep(SETTLE_MS);
  return { ms, cpu: (await cpuOf(room)) - cpu };
}

async function spread(room: Room): Promise<Figure[]> {
  const today = localDay(Date.now(), catalogue.timeZone);
  const noon = (daysAgo: number): number => Date.parse(`${addDays(today, -daysAgo)}T05:00:00Z`);
  const oneDay = Array.from({ length: EVENTS }, (_, n) => noon(1) + n * 1_000);
  const manyDays = Array.from({ length: EVENTS }, (_, n) => noon(1 + Math.floor((n * DAYS) / EVENTS)));
  await timed(room, oneDay);
  const pairs: { one: number; many: number; cpu: number }[] = [];
  for (let n = 0; n < PAIRS; n++) {
    const one = await timed(room, oneDay);
    const many = await timed(room, manyDays);
    pairs.push({ one: one.ms, many: many.ms, cpu: many.cpu / one.cpu });
  }
  const of = (pick: (pair: (typeof pairs)[number]) => number): number => median(pairs.map(pick));
  return [
    {
      what: `${EVENTS} events of ${DAYS} days in one batch, from the post to the last count; median of ${PAIRS} pairs`,
      ours: `${of(({ many }) => many).toFixed(0)} ms`,
      peer: `${EVENTS} events of one day: ${of(({ one }) => one).toFixed(0)} ms`,
      ratio: of(({ one, many }) => many / one),
      goal: '<= 3',
    },
    {
      what: 'its CPU against that of one day, merges of two seconds counted in',
      ours: of(({ cpu }) => cpu).toFixed(2),
    },
  ];
}

async function years(room: Room): Promise<Figure> {
  await sleep(SETTLE_MS);
  const before = await counted(room);
  const end = Date.now() - DAY;
  const step = (YEARS * 365 * DAY) / ROWS;
  const began = performance.now();
  for (let at = 0; at < ROWS; at += BATCH) {
    const size = Math.min(BATCH, ROWS - at);
    await send(
      room,
      Array.from({ length: size }, (_, n) => eventAt(end - (ROWS - at - n) * step)),
    );
  }
  await until(room, before + ROWS);
  const seconds = (performance.now() - began) / 1_000;
  return {
    what: `${YEARS} years of history, ${ROWS} events in batches of ${BATCH}, posted one after the other`,
    ours: `${Math.round(ROWS / seconds)} rows/s`,
    goal: '>= 2000 rows/s',
  };
}

await using room = await startRoom();
await room.key(NATIONAL);
print('history', await spread(room));
print('history', [await years(room)]);

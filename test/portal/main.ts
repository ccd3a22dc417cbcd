/** The portals of a country as a program: history first, then live. See `--help`. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DEFAULT_CATALOGUE, loadCatalogue } from '@room/catalogue';
import { addDays, localDay, startOfDay, TOPICS } from '@room/contract';
import { historyEvents, type Span } from './history.ts';
import { HttpTransport } from './http.ts';
import { KafkaTransport } from './kafka.ts';
import { LiveLinks, linkHistory } from './links.ts';
import { Live } from './live.ts';
import { type World, worldOf } from './model.ts';
import priors from './priors.json' with { type: 'json' };
import { type Rate, rateOf } from './rate.ts';
import type { Transport } from './transport.ts';

const USAGE = `Usage: npm run portals -- --url URL --keys FILE | --brokers HOST:PORT,…  [--history DAYS] [--live]

  --url URL         address of the room          --keys FILE   JSON lines {"source":…,"key":…}; no key, no events
  --brokers LIST    produce to Kafka instead     --topic NAME  (default ${TOPICS.submissions})
  --history DAYS    send the days before now; a second run repeats the same events
  --live            go on in real time
  --volume FACTOR   times the expected volume (default 1)
  --speed FACTOR    live: the day's profile passes faster (default 1)
  --rate N          live: N events a second whatever the hour
  --calm            live: no outages, repeats, late or corrected events
  --seed N          (default 1)
  --catalogue DIR   (default: the one that a room uses)
  --state FILE      remembers which times were sent, so that a later --history fills only what is missing`;

const TICK = 250;
const MINUTE = 60_000;
/** Hours of history to each batch of reports of links. */
const HOURS_OF_LINKS = 6;

class UsageError extends Error {}

interface Settings {
  history: number | undefined;
  live: boolean;
  volume: number;
  speed: number;
  perSecond: number | undefined;
  calm: boolean;
  seed: number;
  catalogue: string;
  state: string | undefined;
  connect(stop: AbortSignal): Transport;
}

const note = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

function settingsOf(args: string[]): Settings | 'help' {
  let values: Record<string, string | boolean | undefined>;
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    ({ values } = parseArgs({
      args,
      options: {
        url: text,
        keys: text,
        brokers: text,
        topic: text,
        history: text,
        live: flag,
        volume: text,
        speed: text,
        rate: text,
        calm: flag,
        seed: text,
        catalogue: text,
        state: text,
        help: flag,
      },
    }));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  if (values['help'] === true) return 'help';
  const textOf = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const numberOf = (name: string): number | undefined => {
    const value = textOf(name);
    if (value === undefined) return undefined;
    if (!/^\d+(\.\d+)?$/.test(value)) throw new UsageError(`--${name} must be a number, not "${value}"`);
    return Number(value);
  };
  const history = numberOf('history');
  const live = values['live'] === true;
  if (history === undefined && !live) throw new UsageError('give --history DAYS, --live or both');
  return {
    history,
    live,
    volume: numberOf('volume') ?? 1,
    speed: numberOf('speed') ?? 1,
    perSecond: numberOf('rate'),
    calm: values['calm'] === true,
    seed: numberOf('seed') ?? 1,
    catalogue: textOf('catalogue') ?? DEFAULT_CATALOGUE,
    state: textOf('state'),
    connect: connector(textOf('url'), textOf('keys'), textOf('brokers'), textOf('topic') ?? TOPICS.submissions),
  };
}

function connector(
  url: string | undefined,
  keyFile: string | undefined,
  brokers: string | undefined,
  topic: string,
): Settings['connect'] {
  if ((url === undefined) === (brokers === undefined)) throw new UsageError('give one of --url and --brokers');
  if (brokers !== undefined) return (stop) => new KafkaTransport({ brokers: brokers.split(','), topic, stop, note });
  if (url === undefined || keyFile === undefined) throw new UsageError('--keys is missing');
  const keys = readKeys(keyFile);
  return (stop) => new HttpTransport({ url: url.replace(/\/+$/, ''), keys, stop, note });
}

function readKeys(file: string): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [at, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line.trim() === '') continue;
    let row: { source?: unknown; key?: unknown };
    try {
      row = JSON.parse(line) as typeof row;
    } catch {
      row = {};
    }
    if (typeof row.source !== 'string' || typeof row.key !== 'string')
      throw new UsageError(`${file}, line ${at + 1}: write {"source":"urn:…","key":"…"}`);
    keys.set(row.source, row.key);
  }
  return keys;
}

function readSpans(file: string | undefined): Span[] {
  if (file === undefined) return [];
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Span[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(`--state: ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Neighbouring times are written as one. */
function saveSpans(file: string | undefined, spans: readonly Span[]): void {
  if (file === undefined) return;
  const merged: Span[] = [];
  for (const span of spans.toSorted((one, other) => one.from - other.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ ...span });
  }
  writeFileSync(`${file}.new`, JSON.stringify(merged));
  renameSync(`${file}.new`, file);
}

async function sendHistory(
  settings: Settings,
  days: number,
  world: World,
  rate: Rate,
  until: number,
  covered: Span[],
  transport: Transport,
  stop: AbortSignal,
): Promise<void> {
  const started = performance.now();
  const { timeZone } = world.catalogue;
  const from = startOfDay(addDays(localDay(until, timeZone), -days), timeZone);
  const hours = Math.ceil((until - from) / 3_600_000);
  let passed = 0;
  let sent = 0;
  const ticker = setInterval(() => {
    const made = Math.min(passed / hours, 1);
    const taken = transport.accepted + transport.duplicate + transport.quarantined;
    const all = made > 0 ? Math.round(sent / made) : 0;
    console.log(`history ${taken}/~${all} ${all > 0 ? Math.floor((taken / all) * 100) : 0} %`);
  }, 1_000);
  try {
    const { volume, calm } = settings;
    const links = linkHistory({ world, rate, days, until, volume, calm, covered, around: until });
    for (const events of historyEvents({ world, rate, days, until, volume, covered })) {
      await transport.send(events, false);
      sent += events.length;
      // Beside the hours of dossiers, the running day first too.
      const beside = passed % HOURS_OF_LINKS === 0 ? links.next() : undefined;
      passed += 1;
      if (beside !== undefined && beside.done !== true) {
        await transport.send(beside.value, false);
        sent += beside.value.length;
      }
      if (stop.aborted) break;
    }
    for (const events of links) {
      if (stop.aborted) break;
      await transport.send(events, false);
      sent += events.length;
    }
    await transport.flush();
  } finally {
    clearInterval(ticker);
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  if (!stop.aborted) {
    covered.push({ from, to: until });
    saveSpans(settings.state, covered);
  }
  const { accepted, duplicate, quarantined } = transport;
  console.log(
    `history ${stop.aborted ? 'stopped' : 'done'} in ${seconds} s: ${sent} events, ${accepted} accepted, ${duplicate} duplicate, ${quarantined} quarantined`,
  );
}

async function sendLive(
  settings: Settings,
  world: World,
  rate: Rate,
  start: number,
  covered: Span[],
  transport: Transport,
  stop: AbortSignal,
): Promise<void> {
  const { volume, speed, calm, perSecond } = settings;
  const live = new Live({ world, rate, start, volume, speed, calm, ...(perSecond === undefined ? {} : { perSecond }) });
  // At a rate of events that is asked for nothing comes besides.
  const links = perSecond === undefined ? new LiveLinks({ world, rate, volume, calm, around: start }) : undefined;
  const span = { from: start, to: start };
  covered.push(span);
  console.log('live');
  let sent = 0;
  for (let tick = 0; !stop.aborted; tick += 1) {
    const now = Date.now();
    const events = [...live.advance(now), ...(links?.advance(now) ?? [])];
    await transport.send(events, true);
    sent += events.length;
    span.to = now;
    if (tick % 40 === 0) {
      saveSpans(settings.state, covered);
      if (tick > 0)
        console.log(`live ${sent} sent, ${transport.accepted} accepted, ${transport.quarantined} quarantined`);
    }
    await sleep(TICK, undefined, { signal: stop }).catch(() => undefined);
  }
  await transport.flush();
  saveSpans(settings.state, covered);
}

async function main(args: string[]): Promise<void> {
  const settings = settingsOf(args);
  if (settings === 'help') {
    console.log(USAGE);
    return;
  }
  const { catalogue } = await loadCatalogue(settings.catalogue);
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  const now = Date.now();
  const until = now - (now % MINUTE);
  const world = worldOf(catalogue, priors, settings.seed, localDay(until, catalogue.timeZone));
  const rate = rateOf(catalogue, priors, settings.seed);
  const covered = readSpans(settings.state);
  await using transport = settings.connect(ending.signal);
  if (settings.history !== undefined)
    await sendHistory(settings, settings.history, world, rate, until, covered, transport, ending.signal);
  if (settings.live && !ending.signal.aborted)
    await sendLive(settings, world, rate, until, covered, transport, ending.signal);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error instanceof UsageError ? `${error.message}\n\n${USAGE}` : error.message);
  process.exitCode = 2;
});
